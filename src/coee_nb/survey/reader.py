"""An export and its codebook become responses, every row accounted for."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from coee_nb.errors import InputError
from coee_nb.findings import InputFile, input_file
from coee_nb.survey.codebook import Codebook
from coee_nb.survey.questions.cells import Answers, Form, Problem
from coee_nb.survey.questions.item import Item
from coee_nb.survey.questions.kinds import kind_of
from coee_nb.survey.questions.multi import exclusive_with_others
from coee_nb.survey.questions.states import without_unasked
from coee_nb.survey.read.checks import Evidence, checks_table
from coee_nb.survey.read.dates import DateOrder, Timestamps, read_moments
from coee_nb.survey.read.dispositions import (
    BLANK,
    DUPLICATE,
    LEFT_SCREENED,
    SCREENED,
    UNKNOWN,
    Entries,
    KeepOrNot,
    exclusion_reasons,
)
from coee_nb.survey.read.exports import Body, Coded, Export, open_export
from coee_nb.survey.read.hazards import durations
from coee_nb.survey.read.layout import (
    Layout,
    answers_given,
    contradicting,
    find_layout,
    screened_out,
)
from coee_nb.survey.read.weights import weight_column, weights_of
from coee_nb.unseen import Unseen

StopOrBlank = Literal["stop", "blank"]


@dataclass(frozen=True, repr=False)
class Responses(Unseen):
    """The responses of a survey.

    ``rows``: one row a response analysed: ``response_id``, ``finished`` (bool), ``progress``
    (percent, NaN where the export has none), ``started_on``, ``ended_on``, ``recorded_on``
    (datetime), the codebook's groups and the columns of its items. Answers are labels
    (categoricals of the item's choices, in their order; comments are text); blank is NaN. A
    multi-select column holds its choice's label where chosen. A numeric column holds numbers, and
    labels where special codes of the codebook occur. An answer to what was not asked is blank.
    ``excluded``: ``row`` (as a spreadsheet numbers it), ``response_id``, ``reason``.
    ``screened``: the groups of the rows screened out, who are not eligible.
    ``checks``: every check made, also those that found nothing, as ``checks.checks_table`` gives.
    ``account``: ``step``, ``rows``: rows read = rows excluded, by reason, + rows analysed.
    ``input``: the file with its hash and the same account. ``text``: the account as a sentence.
    ``completion_known``: whether the export tells who finished; else ``finished`` is all False.
    ``weights``: the survey weight of each row, where a column of them was asked for.
    """

    rows: pd.DataFrame
    excluded: pd.DataFrame
    screened: pd.DataFrame
    checks: pd.DataFrame
    account: pd.DataFrame
    input: InputFile
    text: str
    completion_known: bool
    weights: np.ndarray | None = None


def read_responses(
    path: str | Path,
    codebook: Codebook,
    *,
    empty_partials: KeepOrNot = "keep",
    trial_responses: KeepOrNot = "excluded",
    unknown_answers: StopOrBlank = "stop",
    date_order: DateOrder | None = None,
    encoding: str | None = None,
    weight: str | None = None,
) -> Responses:
    """Return the responses in the export at ``path`` as ``codebook`` explains them.

    Spam, repeated response ids (the row with most answers stays) and respondents who were screened
    out are excluded; so are previews and tests unless ``trial_responses`` keeps them, and
    partials without an answer if ``empty_partials`` says so. An answer that the codebook does not
    explain stops the reading, or is left blank and counted with ``unknown_answers="blank"``.
    ``date_order`` ("month first", "day first") settles dates such as 2/1/2021 of a file that was
    saved again. ``weight`` is the column of survey weights. Columns that point at a person are
    never read.

    Raises InputError naming the file, the item or column, and what to do.
    """
    source = _source(open_export(path, encoding=encoding), codebook, weight)
    reasons = exclusion_reasons(
        source.entries, source.given, screened_out(source.layout, source.body),
        blank=source.body.blank(), empty_partials=empty_partials, trial_responses=trial_responses,
    )  # fmt: skip
    kept = reasons == ""
    answers = source.answers(codebook.every_item, kept)
    problems = [problem for own in answers.values() for problem in own.problems]
    if problems and unknown_answers == "stop":
        raise _unknown(problems, source.export.where, source.body.numbers[kept])
    moments = _moments(source, date_order)
    rows = _rows(source.entries, kept, codebook, answers, moments)
    rows, unasked = without_unasked(rows, codebook.items)
    found = checks_table(_evidence(source, reasons, rows, problems, unasked, moments))
    made = _responses(path, source, reasons, rows, found)
    return made if weight is None else replace(made, weights=source.weights(kept))


_MOMENTS = ("started_on", "ended_on", "recorded_on")


@dataclass(frozen=True, repr=False)
class _Source(Unseen):
    """An export with its codebook, its columns read and still unexplained.

    ``given`` is how many cells of items each row fills in.
    """

    export: Export
    codebook: Codebook
    layout: Layout
    body: Body
    metadata: Mapping[str, Coded]
    entries: Entries
    given: np.ndarray
    weight: int | None = None

    def weights(self, chosen: np.ndarray) -> np.ndarray:
        """Return the weights of the rows chosen (a mask)."""
        column = self.body.columns[self.weight or 0].take(chosen)
        return weights_of(column, self.body.numbers[chosen], self.export.where)

    def answers(self, items: Iterable[Item], chosen: np.ndarray) -> dict[str, Answers]:
        """Return the answers of the rows chosen (a mask), by item."""
        form = _form(self.metadata)
        columns, of = self.body.columns, self.layout.of
        return {
            item.name: kind_of(item).read(
                item, [columns[position].take(chosen) for position in of[item.name]], form
            )
            for item in items
        }


def _moments(source: _Source, order: DateOrder | None) -> dict[str, Timestamps | None]:
    """Return the moments of each response; two names of one column have it read once."""
    export, columns = source.export, source.body.columns
    places = {name: export.metadata[name] for name in _MOMENTS if name in export.metadata}
    found = {
        place: read_moments(columns[place], order, where=export.where)
        for place in {*places.values()}
    }
    return {name: found[places[name]] if name in places else None for name in _MOMENTS}


def _source(export: Export, codebook: Codebook, weight: str | None) -> _Source:
    layout = find_layout(export, codebook)
    weighing = [] if weight is None else [weight_column(export, weight)]
    body = export.body([*export.metadata.values(), *layout.positions, *weighing])
    metadata = {name: body.columns[position] for name, position in export.metadata.items()}
    entries = Entries.of(metadata, body, where=export.where)
    given = answers_given(layout, body)
    of_weights = weighing[0] if weighing else None
    return _Source(export, codebook, layout, body, metadata, entries, given, of_weights)


def _evidence(
    source: _Source,
    reasons: np.ndarray,
    rows: pd.DataFrame,
    problems: list[Problem],
    unasked: Mapping[str, int],
    moments: Mapping[str, Timestamps | None],
) -> Evidence:
    """Return what the checks count."""
    entries, layout, kept = source.entries, source.layout, reasons == ""
    silent, unreadable = kept & (source.given == 0), [one for _, one in source.body.faulty]
    multiple = [item for item in source.codebook.items if item.exclusive]
    return Evidence(
        rows=rows,
        reasons=Counter([*reasons[~kept], *unreadable]),
        silent_partials=int((silent & ~entries.finished).sum()),
        silent_finishers=int((silent & entries.finished).sum()),
        trials=int((kept & (entries.kind != "")).sum()),
        conflicts=contradicting(layout, source.body, entries.ids, kept | (reasons == DUPLICATE)),
        problems=problems,
        unasked=unasked,
        exclusive={item.name: int(exclusive_with_others(rows, item).sum()) for item in multiple},
        codebook=source.codebook,
        repeated=layout.repeated,
        unmapped=[source.export.called(p) for p in layout.unmapped if p != source.weight],
        aside=[source.export.called(p) for p in layout.aside if p != source.weight],
        personal=source.export.personal.values(),
        moments=moments,
        resaved=_resaved(source.export, source.metadata),
        completion=entries.completion,
        seconds=durations(source.metadata, rows, kept),
    )


COMMON = 10  # an answer of so many people points at none of them


def _unknown(problems: list[Problem], where: str, numbers: np.ndarray) -> InputError:
    """Return the error that lists every answer the codebook does not explain.

    Codes and answers that many gave are quoted; any other may be a person's own words, and is
    named by the row of the export that holds it.
    """
    what = {"outside": "is not in the codebook", "clash": "stands for two answers"}
    found = []
    for one in problems[:12]:
        quoted = one.count >= COMMON or re.fullmatch(r"[+-]?\d{1,4}", one.answer)
        name = repr(one.answer) if quoted else f"the answer in row {numbers[one.first]}"
        found.append(f"{one.item}: {name} {what[one.kind]} ({one.count} times)")
    more = [f"and {len(problems) - 12} more"] if len(problems) > 12 else []
    return InputError(
        "; ".join(found + more),
        where=where,
        expected="codes or labels of the codebook",
        do="complete the codebook, or have unknown answers left blank and counted",
    )


def _resaved(export: Export, metadata: Mapping[str, Coded]) -> dict[str, int]:
    """Return the signs that a spreadsheet saved a Qualtrics export again."""
    qualtrics = {"response_id", "started_on", "finished"} <= set(metadata)
    signs = {}
    if qualtrics and export.header_rows and not export.has_import_ids:
        signs["no ImportId row"] = 1
    finished = metadata.get("finished", Coded((), np.array([], int)))
    capitals = sum(c for t, c in zip(finished.texts, finished.counts(), strict=True) if t.isupper())
    if capitals:
        signs["TRUE and FALSE in capitals"] = int(capitals)
    return signs


def _form(metadata: Mapping[str, Coded]) -> Form:
    """Tell a label export from a numeric one by how it writes who finished and the status."""
    texts = {
        text.strip()
        for name in ("finished", "status")
        if name in metadata
        for text in metadata[name].texts
    } - {""}
    if not texts:
        return None
    return "codes" if all(text.isdigit() for text in texts) else "labels"


def _rows(
    entries: Entries,
    kept: np.ndarray,
    codebook: Codebook,
    readings: Mapping[str, Answers],
    moments: Mapping[str, Timestamps | None],
) -> pd.DataFrame:
    count = int(kept.sum())
    columns: dict[str, Any] = {
        "response_id": pd.array(entries.ids[kept], dtype="str"),
        "finished": entries.finished[kept],
        "progress": entries.progress[kept],
    }
    for name, found in moments.items():
        blank = pd.Series(pd.NaT, index=range(count), dtype="datetime64[s]")
        columns[name] = (blank if found is None else found.values[kept]).array
    for group in codebook.groups:
        columns[group.name] = readings[group.name].columns[group.name].astype("str")
    for item in (*codebook.items, *codebook.embedded):
        columns |= readings[item.name].columns
    return pd.DataFrame(columns, index=pd.RangeIndex(count))


def _excluded(body: Body, ids: np.ndarray, reasons: np.ndarray) -> pd.DataFrame:
    aside = reasons != ""
    fitting = pd.DataFrame(
        {"row": body.numbers[aside], "response_id": ids[aside], "reason": reasons[aside]}
    )
    fitting.loc[fitting["reason"] == BLANK, "response_id"] = ""
    unreadable = pd.DataFrame(
        [(row, "", reason) for row, reason in body.faulty], columns=fitting.columns
    )
    both = pd.concat([fitting, unreadable]) if len(unreadable) else fitting
    return both.astype({"row": int, "response_id": "str", "reason": "str"}).sort_values(
        "row", ignore_index=True
    )


def _screened(source: _Source, reasons: np.ndarray) -> pd.DataFrame:
    """Return the groups of the rows screened out, NaN where they are not known."""
    chosen = np.isin(reasons, [SCREENED, LEFT_SCREENED])
    answers = source.answers(source.codebook.groups, chosen)
    known = {name: own.columns[name].astype("str") for name, own in answers.items()}
    return pd.DataFrame(known, index=range(int(chosen.sum())))


def _responses(
    path: str | Path,
    source: _Source,
    reasons: np.ndarray,
    rows: pd.DataFrame,
    checks: pd.DataFrame,
) -> Responses:
    excluded = _excluded(source.body, source.entries.ids, reasons)
    by_reason = excluded["reason"].value_counts().sort_index().to_dict()
    read = len(rows) + len(excluded)
    steps = [("rows read", read)]
    steps += [(f"excluded: {reason}", count) for reason, count in by_reason.items()]
    steps += [("rows analysed", len(rows))]
    words = ", ".join(f"{count} {reason}" for reason, count in by_reason.items())
    text = f"{read:,} {'row' if read == 1 else 'rows'} read, {len(rows):,} analysed"
    text += f" and {len(excluded):,} excluded ({words})." if by_reason else ", none excluded."
    return Responses(
        rows=rows,
        excluded=excluded,
        screened=_screened(source, reasons),
        checks=checks,
        account=pd.DataFrame(steps, columns=["step", "rows"]),
        input=input_file(path, rows=read, used=len(rows), excluded=by_reason),
        text=text,
        completion_known=source.entries.completion != UNKNOWN,
    )
