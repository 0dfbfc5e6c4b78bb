"""The checks of a survey export: every way it misleads, counted and answered for, found or not."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from coee_nb.checks import Rule
from coee_nb.survey.codebook import Codebook
from coee_nb.survey.questions.cells import Problem
from coee_nb.survey.questions.constant_sum import ConstantSum
from coee_nb.survey.questions.kinds import kind_of
from coee_nb.survey.questions.states import asked
from coee_nb.survey.read import dispositions as rows_of
from coee_nb.survey.read.dates import Timestamps
from coee_nb.survey.read.hazards import is_long_matrix, speeders, straight_liners
from coee_nb.unseen import Unseen

CHECK_COLUMNS = ["check", "concerns", "count", "done", "least"]
NOTHING_FOUND = "none found"


def _reports(name: str, wrong: str, concerns: str, do: str) -> Rule:
    return Rule(name, concerns, wrong, do=do, effect="reports")


def _excludes(reason: str, concerns: str, do: str = "excluded", wrong: str = "") -> Rule:
    return Rule(reason, concerns, wrong or reason, do=do, effect="excludes")


_INELIGIBLE = "excluded: not eligible"
# A rule's id begins the reason that a row is excluded for; in the order of the table.
EXCLUDED = (
    _excludes(rows_of.SPAM, "rows with status spam"),
    _excludes(rows_of.PREVIEW, "rows with status preview"),
    _excludes(rows_of.TEST, "rows with status test"),
    _excludes(
        rows_of.DUPLICATE,
        "rows that repeat a response id",
        "excluded; the row of each id with most answers kept",
    ),
    _excludes(rows_of.SCREENED, "finished rows, by an answer or the survey", _INELIGIBLE),
    _excludes(rows_of.LEFT_SCREENED, "unfinished rows, by an answer", _INELIGIBLE),
    _excludes(rows_of.BLANK, "lines without any text"),
    _excludes("row has", "rows", wrong="row does not fit the header"),
)
EMPTY = _excludes(rows_of.EMPTY, "unfinished rows that answer no item", wrong="empty partial")
CONFLICT = _reports(
    "conflict",
    "repeated id with other answers",
    "response ids whose rows contradict each other",
    "answers of the row with most answers kept",
)
TRIAL = _reports("trial", "preview or test kept", "rows", "analysed, as asked")
EMPTY_PARTIAL = _reports(
    "empty_partial",
    "empty partial",
    "unfinished rows that answer no item",
    "kept: they count as responses, and answer no item",
)
ALL_SKIPPED = _reports(
    "all_skipped",
    "finished without an answer",
    "finished rows that answer no item",
    "kept: they left every question blank",
)
CLASH = _reports(
    "clash",
    "recode clash",
    "codes that stand for two answers",
    "no answer concerned: labels tell",
)
OUTSIDE = _reports("outside", "answer outside the choices", "answers", "left blank")
NOT_ASKED = _reports(
    "not_asked",
    "answered though not asked",
    "answers to questions that other answers rule out",
    "left blank: in no denominator of the question",
)
EXCLUSIVE = _reports(
    "exclusive",
    "“none of these” ticked with others",
    "respondents",
    "kept; counted apart from those who ticked it alone",
)
OTHER_SUM = _reports(
    "other_sum",
    "parts that do not add up to 100",
    "respondents, by question",
    "kept; shares are of what the parts add up to",
)
SPEEDERS = _reports(
    "speeders",
    "finished in under a third of the median time",
    "respondents",
    "kept: compare the results without them",
)
STRAIGHT = _reports(
    "straight",
    "the same answer in every row of a matrix",
    "respondents, by matrix",
    "kept: it may be meant",
)
REPEATED = _reports("repeated", "duplicate column name", "columns", "told apart by ImportId")
UNMAPPED = _reports("unmapped", "column not in the codebook", "columns", "not read")
ASIDE = _reports(
    "aside",
    "column without answers",
    "columns",
    "not in the codebook: read for who responded and when, if at all",
)
PERSONAL = _reports("personal", "personal column", "columns", "dropped, never read")
RESAVED = _reports(
    "resaved",
    "sign of a re-saved file",
    "header and cells",
    "read as it is; compare with the original export",
)
UNREAD_DATE = _reports("date", "date that cannot be read", "cells", "left blank")
SILENT = _reports("silent", "item nobody answered", "items", "kept")
UNGROUPED = _reports("ungrouped", "no {group} given", "rows", "kept as not stated")
COMPLETION = _reports("completion", "no column says who finished", "rows", "{how}")


@dataclass(frozen=True)
class Found:
    """What a rule found: how often, in what (by the rule where empty), and what was done.

    ``people`` are respondents counted apart, by item, say: the fewest of them decide what is shown.
    """

    rule: Rule
    count: int
    concerns: str = ""
    done: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    people: Sequence[int] = ()

    def line(self) -> dict[str, object]:
        """Return the row of the table."""
        done = (self.done or self.rule.do).format(**self.words) if self.count else NOTHING_FOUND
        return {
            "check": self.rule.wrong.format(**self.words),
            "concerns": self.concerns or self.rule.question,
            "count": self.count,
            "done": done,
            "least": min((number for number in self.people if number), default=0),
        }


@dataclass(frozen=True, repr=False)
class Evidence(Unseen):
    """What the reader saw of the export, as the checks need it.

    ``reasons`` counts the rows excluded; ``rows`` are the responses analysed; ``silent_partials``,
    ``silent_finishers`` and ``trials`` the rows of that kind that were kept; ``conflicts`` the
    repeated ids with other answers; ``unasked`` and ``exclusive`` respondents by item;
    ``completion`` how it is known who finished ("" where a column says so); ``seconds`` how long
    each response took, None where nothing tells.
    """

    rows: pd.DataFrame
    reasons: Mapping[str, int]
    silent_partials: int
    silent_finishers: int
    trials: int
    conflicts: int
    problems: Sequence[Problem]
    unasked: Mapping[str, int]
    exclusive: Mapping[str, int]
    codebook: Codebook
    repeated: Sequence[str]
    unmapped: Sequence[str]
    aside: Sequence[str]
    personal: Iterable[str]
    moments: Mapping[str, Timestamps | None]
    resaved: Mapping[str, int] = field(default_factory=dict)
    completion: str = ""
    seconds: np.ndarray | None = None


def checks_table(evidence: Evidence) -> pd.DataFrame:
    """Return one row a check, found or not.

    Columns: ``check``, ``concerns``, ``count``, ``done`` and ``least``: the fewest respondents that
    the count tells of, 0 where it tells of none.
    """
    found = [
        *_rows(evidence),
        *_answers(evidence),
        *_sums(evidence),
        *_manner(evidence),
        *_columns(evidence),
        *_gaps(evidence),
    ]
    return pd.DataFrame([one.line() for one in found], columns=CHECK_COLUMNS)


def _rows(evidence: Evidence) -> Iterator[Found]:
    for rule in EXCLUDED:
        yield Found(rule, _excluded(rule, evidence))
    yield Found(CONFLICT, evidence.conflicts, people=[evidence.conflicts])
    finished = int(evidence.rows["finished"].sum())
    silent = [evidence.silent_partials, evidence.silent_finishers]
    responded = [len(evidence.rows) - finished, finished]
    # how many answered nothing tells how many of the same answered something
    silent += [all_of - none for all_of, none in zip(responded, silent, strict=True)]
    if evidence.trials:
        yield Found(TRIAL, evidence.trials)
    if excluded := _excluded(EMPTY, evidence):
        yield Found(EMPTY, excluded)
    else:
        yield Found(EMPTY_PARTIAL, evidence.silent_partials, people=silent)
    yield Found(ALL_SKIPPED, evidence.silent_finishers, people=silent)


def _excluded(rule: Rule, evidence: Evidence) -> int:
    return sum(n for reason, n in evidence.reasons.items() if reason.startswith(rule.id))


def _answers(evidence: Evidence) -> Iterator[Found]:
    clashes = [
        f"{item.name}: code {code}"
        for item in evidence.codebook.every_item
        for code in kind_of(item).clashes(item)
    ]
    in_file = [problem for problem in evidence.problems if problem.kind == "clash"]
    cells = sum(problem.count for problem in in_file)
    yield Found(
        CLASH,
        cells or len(clashes),
        _listed(clashes) or _listed(sorted({problem.item for problem in in_file})),
        f"{cells} answers left blank" if cells else "",
        people=[problem.count for problem in in_file],
    )
    outside = [problem for problem in evidence.problems if problem.kind == "outside"]
    # The answers themselves may be free text that points at a person: not shown.
    different = Counter(problem.item for problem in outside)
    named = _listed([f"{name}: {n} different" for name, n in different.items()])
    counts = Counter(dict.fromkeys(different, 0))
    for problem in outside:
        counts[problem.item] += problem.count
    yield Found(OUTSIDE, sum(counts.values()), named, people=[*counts.values()])
    despite, both = evidence.unasked, evidence.exclusive
    # how many answered though not asked tells how many of those not asked did not
    silent = [
        int((~asked(evidence.rows, evidence.codebook[name])).sum()) - number
        for name, number in despite.items()
    ]
    for rule, by_item, others in ((NOT_ASKED, despite, silent), (EXCLUSIVE, both, [])):
        named = _listed(name for name, number in by_item.items() if number)
        yield Found(rule, sum(by_item.values()), named, people=[*by_item.values(), *others])


def _sums(evidence: Evidence) -> Iterator[Found]:
    """Yield how many made the parts of a whole add up to something else, where any is asked."""
    rows = evidence.rows
    kinds = [(item, kind_of(item)) for item in evidence.codebook.items]
    found = {
        item.name: kind.other_sums(item, rows)
        for item, kind in kinds
        if isinstance(kind, ConstantSum)
    }
    if found:
        people = [one for off, of in found.values() for one in (off, of - off)]
        named = _listed(name for name, (off, _) in found.items() if off)
        yield Found(OTHER_SUM, sum(off for off, _ in found.values()), named, people=people)


def _manner(evidence: Evidence) -> Iterator[Found]:
    """Yield the signs of answers given without reading, where the export can show them."""
    rows = evidence.rows
    if evidence.seconds is not None:
        number, people = speeders(evidence.seconds, rows["finished"].to_numpy(bool))
        yield Found(SPEEDERS, number, people=people)
    matrices = [item for item in evidence.codebook.items if is_long_matrix(item)]
    found = {item.name: straight_liners(rows, item) for item in matrices}
    if found:
        people = [one for _, told in found.values() for one in told]
        named = _listed(name for name, (number, _) in found.items() if number)
        yield Found(STRAIGHT, sum(number for number, _ in found.values()), named, people=people)


def _columns(evidence: Evidence) -> Iterator[Found]:
    personal = sorted(evidence.personal)
    yield Found(REPEATED, len(evidence.repeated), _listed(evidence.repeated))
    yield Found(UNMAPPED, len(evidence.unmapped), ", ".join(evidence.unmapped))
    yield Found(ASIDE, len(evidence.aside), ", ".join(evidence.aside))
    yield Found(PERSONAL, len(personal), _listed(sorted(set(personal))))
    signs = dict(evidence.resaved)
    read = {id(found): found for found in evidence.moments.values() if found}.values()
    if rewritten := sum(found.rewritten for found in read):
        signs["dates not as Qualtrics writes them"] = rewritten
    yield Found(RESAVED, sum(signs.values()), _listed(signs))
    yield Found(UNREAD_DATE, sum(found.unread for found in read))


def _gaps(evidence: Evidence) -> Iterator[Found]:
    rows = evidence.rows
    silent = [
        item.name
        for item in evidence.codebook.items
        if all(rows[column].isna().all() for column in item.columns)
    ]
    yield Found(SILENT, len(silent), _listed(silent))
    for group in evidence.codebook.groups:
        missing = int(rows[group.name].isna().sum())
        yield Found(
            UNGROUPED, missing, words={"group": group.name}, people=[missing, len(rows) - missing]
        )
    if evidence.completion:
        yield Found(COMPLETION, len(rows), words={"how": evidence.completion})


def _listed(names: Iterable[str], most: int = 8) -> str:
    names = list(names)
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
