"""The hazards table: every way a survey export misleads, checked, counted and answered for."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from coee_nb.survey.codebook import Codebook
from coee_nb.survey.reading.answers import Problem
from coee_nb.survey.reading.dates import Moments
from coee_nb.survey.unseen import Unseen

HAZARD_COLUMNS = ["hazard", "concerns", "count", "done"]
NOTHING_FOUND = "none found"


@dataclass(frozen=True)
class Hazard:
    """One check: what it looks for, what it concerns, how often it was found, what was done."""

    hazard: str
    concerns: str
    count: int
    done: str


@dataclass(frozen=True, repr=False)
class Evidence(Unseen):
    """What the reader saw on its way, as the checks need it.

    ``reasons`` counts the rows set aside; ``empty_partials`` and ``trials`` the rows of that kind
    that were kept; ``rows`` are the responses analysed.
    """

    rows: pd.DataFrame
    reasons: Mapping[str, int]
    empty_partials_kept: int
    trials_kept: int
    problems: Sequence[Problem]
    codebook: Codebook
    repeated: Sequence[str]
    unmapped: Sequence[str]
    personal: Iterable[str]
    moments: Mapping[str, Moments | None]
    resaved: Mapping[str, int] = field(default_factory=dict)
    no_finished_column: bool = False


def hazards_table(evidence: Evidence) -> pd.DataFrame:
    """Return one row a check (``hazard``, ``concerns``, ``count``, ``done``), found or not."""
    checks: list[Callable[[Evidence], list[Hazard]]] = [
        _rows_set_aside,
        _empty_partials,
        _answers,
        _columns,
        _resaved,
        _gaps,
    ]
    found = [hazard for check in checks for hazard in check(evidence)]
    table = pd.DataFrame([vars(hazard) for hazard in found], columns=HAZARD_COLUMNS)
    table.loc[table["count"] == 0, "done"] = NOTHING_FOUND
    return table


_ASIDE = {
    "spam": "rows with status spam",
    "survey preview": "rows with status preview",
    "survey test": "rows with status test",
    "duplicate response id": "rows that repeat a response id",
    "finished but screened out": "finished rows without an answer, or ended by one",
    "blank line": "lines without any text",
}


def _rows_set_aside(evidence: Evidence) -> list[Hazard]:
    reasons = dict(evidence.reasons)
    kept = {"duplicate response id": "set aside; the most complete row of each id kept"}
    hazards = [
        Hazard(reason, concerns, reasons.pop(reason, 0), kept.get(reason, "set aside"))
        for reason, concerns in _ASIDE.items()
    ]
    misfits = sum(count for reason, count in reasons.items() if reason.startswith("row has"))
    hazards.append(Hazard("row does not fit the header", "rows", misfits, "set aside"))
    if evidence.trials_kept:
        hazards.append(
            Hazard("preview or test kept", "rows", evidence.trials_kept, "analysed, as asked")
        )
    return hazards


def _empty_partials(evidence: Evidence) -> list[Hazard]:
    aside = evidence.reasons.get("partial without any answer", 0)
    concerns = "unfinished rows that answer no item"
    done = "set aside" if aside else "kept: they count as responses, and answer no item"
    return [Hazard("empty partial", concerns, aside or evidence.empty_partials_kept, done)]


def _answers(evidence: Evidence) -> list[Hazard]:
    clashes = [
        f"{item.name}: code {code}"
        for item in evidence.codebook.every_item
        if item.kind != "multi" or item.joined
        for code in dict.fromkeys(code for code, _ in item.codes)
        if len({label for other, label in item.codes if other == code}) > 1
    ]
    in_file = [problem for problem in evidence.problems if problem.kind == "clash"]
    outside = [problem for problem in evidence.problems if problem.kind == "outside"]
    different = Counter(problem.item for problem in outside)
    clashing = _listed(clashes) or _listed(sorted({problem.item for problem in in_file}))
    cells = sum(problem.count for problem in in_file)
    return [
        Hazard(
            "recode clash",
            clashing or "codes that stand for two answers",
            cells or len(clashes),
            f"{cells} answers left blank" if cells else "no answer concerned: labels tell",
        ),
        Hazard(
            "answer outside the choices",
            # The answers themselves may be free text that points at a person: not shown.
            _listed([f"{name}: {n} different" for name, n in different.items()]) or "answers",
            sum(problem.count for problem in outside),
            "left blank",
        ),
    ]


def _columns(evidence: Evidence) -> list[Hazard]:
    personal = sorted(evidence.personal)
    kinds = _listed(sorted(set(personal)))
    return [
        Hazard(
            "duplicate column name",
            _listed(evidence.repeated) or "columns",
            len(evidence.repeated),
            "told apart by ImportId",
        ),
        Hazard(
            "column not in the codebook",
            _listed(evidence.unmapped) or "columns",
            len(evidence.unmapped),
            "not read",
        ),
        Hazard("personal column", kinds or "columns", len(personal), "dropped, never read"),
    ]


def _resaved(evidence: Evidence) -> list[Hazard]:
    signs = dict(evidence.resaved)
    rewritten = sum(found.rewritten for found in evidence.moments.values() if found)
    if rewritten:
        signs["dates not as Qualtrics writes them"] = rewritten
    unread = sum(found.unread for found in evidence.moments.values() if found)
    return [
        Hazard(
            "sign of a re-saved file",
            _listed(signs) or "header and cells",
            sum(signs.values()),
            "read as it is; compare with the original export",
        ),
        Hazard("date that cannot be read", "cells", unread, "left blank"),
    ]


def _gaps(evidence: Evidence) -> list[Hazard]:
    rows = evidence.rows
    silent = [
        item.name
        for item in evidence.codebook.items
        if all(rows[column].isna().all() for column in item.columns)
    ]
    hazards = [
        Hazard("item nobody answered", _listed(silent) or "items", len(silent), "kept"),
    ]
    for name in ("center", "title"):
        if getattr(evidence.codebook, name):
            gaps = int(rows[name].isna().sum())
            hazards.append(Hazard(f"no {name} given", "rows", gaps, "kept without a group"))
    if evidence.no_finished_column:
        hazards.append(
            Hazard("no column says who finished", "rows", len(rows), "taken from the progress")
        )
    return hazards


def _listed(names: Iterable[str], most: int = 8) -> str:
    names = list(names)
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
