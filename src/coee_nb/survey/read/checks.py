"""The checks table: every way a survey export misleads, checked, counted and answered for."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from coee_nb.survey.codebook import Codebook
from coee_nb.survey.questions.cells import Problem
from coee_nb.survey.questions.kinds import kind_of
from coee_nb.survey.read.dates import Timestamps
from coee_nb.unseen import Unseen

HAZARD_COLUMNS = ["check", "concerns", "count", "done"]
NOTHING_FOUND = "none found"


@dataclass(frozen=True)
class Check:
    """One check: what it looks for, what it concerns, how often it was found, what was done."""

    check: str
    concerns: str
    count: int
    done: str


@dataclass(frozen=True, repr=False)
class Evidence(Unseen):
    """What the reader saw of the export, as the checks need it.

    ``reasons`` counts the rows excluded; ``empty_partials`` and ``trials`` the rows of that kind
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
    moments: Mapping[str, Timestamps | None]
    resaved: Mapping[str, int] = field(default_factory=dict)
    no_finished_column: bool = False


def checks_table(evidence: Evidence) -> pd.DataFrame:
    """Return one row a check (``check``, ``concerns``, ``count``, ``done``), found or not."""
    checks: list[Callable[[Evidence], list[Check]]] = [
        _excluded_rows,
        _empty_partials,
        _answers,
        _columns,
        _resaved,
        _gaps,
    ]
    found = [one for check in checks for one in check(evidence)]
    table = pd.DataFrame([vars(one) for one in found], columns=HAZARD_COLUMNS)
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


def _excluded_rows(evidence: Evidence) -> list[Check]:
    reasons = dict(evidence.reasons)
    kept = {"duplicate response id": "excluded; the most complete row of each id kept"}
    checks = [
        Check(reason, concerns, reasons.pop(reason, 0), kept.get(reason, "excluded"))
        for reason, concerns in _ASIDE.items()
    ]
    misfits = sum(count for reason, count in reasons.items() if reason.startswith("row has"))
    checks.append(Check("row does not fit the header", "rows", misfits, "excluded"))
    if evidence.trials_kept:
        checks.append(
            Check("preview or test kept", "rows", evidence.trials_kept, "analysed, as asked")
        )
    return checks


def _empty_partials(evidence: Evidence) -> list[Check]:
    aside = evidence.reasons.get("partial without any answer", 0)
    concerns = "unfinished rows that answer no item"
    done = "excluded" if aside else "kept: they count as responses, and answer no item"
    return [Check("empty partial", concerns, aside or evidence.empty_partials_kept, done)]


def _answers(evidence: Evidence) -> list[Check]:
    clashes = [
        f"{item.name}: code {code}"
        for item in evidence.codebook.every_item
        for code in kind_of(item).clashes(item)
    ]
    in_file = [problem for problem in evidence.problems if problem.kind == "clash"]
    outside = [problem for problem in evidence.problems if problem.kind == "outside"]
    different = Counter(problem.item for problem in outside)
    clashing = _listed(clashes) or _listed(sorted({problem.item for problem in in_file}))
    cells = sum(problem.count for problem in in_file)
    return [
        Check(
            "recode clash",
            clashing or "codes that stand for two answers",
            cells or len(clashes),
            f"{cells} answers left blank" if cells else "no answer concerned: labels tell",
        ),
        Check(
            "answer outside the choices",
            # The answers themselves may be free text that points at a person: not shown.
            _listed([f"{name}: {n} different" for name, n in different.items()]) or "answers",
            sum(problem.count for problem in outside),
            "left blank",
        ),
    ]


def _columns(evidence: Evidence) -> list[Check]:
    personal = sorted(evidence.personal)
    kinds = _listed(sorted(set(personal)))
    return [
        Check(
            "duplicate column name",
            _listed(evidence.repeated) or "columns",
            len(evidence.repeated),
            "told apart by ImportId",
        ),
        Check(
            "column not in the codebook",
            _listed(evidence.unmapped) or "columns",
            len(evidence.unmapped),
            "not read",
        ),
        Check("personal column", kinds or "columns", len(personal), "dropped, never read"),
    ]


def _resaved(evidence: Evidence) -> list[Check]:
    signs = dict(evidence.resaved)
    rewritten = sum(found.rewritten for found in evidence.moments.values() if found)
    if rewritten:
        signs["dates not as Qualtrics writes them"] = rewritten
    unread = sum(found.unread for found in evidence.moments.values() if found)
    return [
        Check(
            "sign of a re-saved file",
            _listed(signs) or "header and cells",
            sum(signs.values()),
            "read as it is; compare with the original export",
        ),
        Check("date that cannot be read", "cells", unread, "left blank"),
    ]


def _gaps(evidence: Evidence) -> list[Check]:
    rows = evidence.rows
    silent = [
        item.name
        for item in evidence.codebook.items
        if all(rows[column].isna().all() for column in item.columns)
    ]
    checks = [
        Check("item nobody answered", _listed(silent) or "items", len(silent), "kept"),
    ]
    for name in ("center", "title"):
        if getattr(evidence.codebook, name):
            gaps = int(rows[name].isna().sum())
            checks.append(Check(f"no {name} given", "rows", gaps, "kept without a group"))
    if evidence.no_finished_column:
        checks.append(
            Check("no column says who finished", "rows", len(rows), "taken from the progress")
        )
    return checks


def _listed(names: Iterable[str], most: int = 8) -> str:
    names = list(names)
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
