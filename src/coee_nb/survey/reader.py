"""An export and its codebook become responses, every row accounted for."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from coee_nb.errors import InputError
from coee_nb.findings import InputFile, input_file
from coee_nb.survey.codebook import Codebook
from coee_nb.survey.questions.cells import Answers, Form, Problem
from coee_nb.survey.questions.kinds import kind_of
from coee_nb.survey.read.checks import Evidence, checks_table
from coee_nb.survey.read.dates import DateOrder, Timestamps, read_moments
from coee_nb.survey.read.dispositions import BLANK, Entries, KeepOrNot, exclusion_reasons
from coee_nb.survey.read.exports import Body, Coded, Export, open_export
from coee_nb.survey.read.layout import Layout, answered_any, find_layout, screened_out
from coee_nb.unseen import Unseen

StopOrBlank = Literal["stop", "blank"]


@dataclass(frozen=True, repr=False)
class Responses(Unseen):
    """The responses of a survey.

    ``rows``: one row a response analysed: ``response_id``, ``finished`` (bool), ``progress``
    (percent, NaN where the export has none), ``started_on``, ``ended_on``, ``recorded_on``
    (datetime), ``center``, ``title`` and the columns of the codebook's items. Answers are labels
    (categoricals of the item's choices, in their order; comments are text); blank is NaN. A
    multi-select column holds its choice's label where chosen. A numeric column holds numbers, and
    labels where special codes of the codebook occur.
    ``excluded``: ``row`` (as a spreadsheet numbers it), ``response_id``, ``reason``.
    ``checks``: ``check``, ``concerns`` (rows, columns or items), ``count``, ``done``: every
    check made, also those that found nothing.
    ``account``: ``step``, ``rows``: rows read = rows excluded, by reason, + rows analysed.
    ``input``: the file with its hash and the same account. ``text``: the account as a sentence.
    """

    rows: pd.DataFrame
    excluded: pd.DataFrame
    checks: pd.DataFrame
    account: pd.DataFrame
    input: InputFile
    text: str


def read_responses(
    path: str | Path,
    codebook: Codebook,
    *,
    empty_partials: KeepOrNot = "keep",
    trial_responses: KeepOrNot = "excluded",
    unknown_answers: StopOrBlank = "stop",
    date_order: DateOrder | None = None,
    encoding: str | None = None,
) -> Responses:
    """Return the responses in the export at ``path`` as ``codebook`` explains them.

    Spam, repeated response ids (the most complete one stays) and respondents who were screened
    out are excluded; so are previews and tests unless ``trial_responses`` keeps them, and
    partials without an answer if ``empty_partials`` says so. An answer that the codebook does not
    explain stops the reading, or is left blank and counted with ``unknown_answers="blank"``.
    ``date_order`` ("month first", "day first") settles dates such as 2/1/2021 of a file that was
    saved again. Columns that point at a person are never read.

    Raises InputError naming the file, the item or column, and what to do.
    """
    export = open_export(path, encoding=encoding)
    layout = find_layout(export, codebook)
    body = export.body([*export.metadata.values(), *layout.positions])
    metadata = {name: body.columns[position] for name, position in export.metadata.items()}
    entries = Entries.of(metadata, body, where=export.where)
    answered = answered_any(layout, body)
    reasons = exclusion_reasons(
        entries, answered, screened_out(layout, body), blank=body.blank(),
        empty_partials=empty_partials, trial_responses=trial_responses,
    )  # fmt: skip
    kept = reasons == ""
    answers = _answers(layout, body, kept, codebook, _form(metadata))
    problems = [problem for own in answers.values() for problem in own.problems]
    if problems and unknown_answers == "stop":
        raise _unknown(problems, export.where, body.numbers[kept])
    moments = {name: read_moments(metadata.get(name), date_order, where=export.where)
               for name in _MOMENTS}  # fmt: skip
    rows = _rows(entries, kept, codebook, answers, moments)
    excluded = _excluded(body, entries.ids, reasons)
    evidence = Evidence(
        rows=rows, reasons=excluded["reason"].value_counts().to_dict(),
        empty_partials_kept=int((kept & ~entries.finished & ~answered).sum()),
        trials_kept=int((kept & (entries.kind != "")).sum()),
        problems=problems, codebook=codebook, repeated=layout.repeated,
        unmapped=layout.unmapped, personal=export.personal.values(), moments=moments,
        resaved=_resaved(export, metadata), no_finished_column="finished" not in metadata,
    )  # fmt: skip
    return _responses(path, rows, excluded, checks_table(evidence))


_MOMENTS = ("started_on", "ended_on", "recorded_on")


def _answers(
    layout: Layout,
    body: Body,
    kept: np.ndarray,
    codebook: Codebook,
    form: Form,
) -> dict[str, Answers]:
    """Return the answers of the rows kept, by item."""
    answers = {}
    for item in codebook.every_item:
        cells = [body.columns[position].take(kept) for position in layout.of[item.name]]
        answers[item.name] = kind_of(item).read(item, cells, form)
    return answers


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
    for name in ("center", "title"):
        blank = pd.array([np.nan] * count, dtype="str")
        columns[name] = readings[name].columns[name].astype("str") if name in readings else blank
    for item in codebook.items:
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


def _responses(
    path: str | Path, rows: pd.DataFrame, excluded: pd.DataFrame, checks: pd.DataFrame
) -> Responses:
    by_reason = excluded["reason"].value_counts().sort_index().to_dict()
    read = len(rows) + len(excluded)
    steps = [("rows read", read)]
    steps += [(f"excluded: {reason}", count) for reason, count in by_reason.items()]
    steps += [("rows analysed", len(rows))]
    reasons = ", ".join(f"{count} {reason}" for reason, count in by_reason.items())
    text = f"{read:,} {'row' if read == 1 else 'rows'} read, {len(rows):,} analysed"
    text += f" and {len(excluded):,} excluded ({reasons})." if by_reason else ", none excluded."
    return Responses(
        rows=rows,
        excluded=excluded,
        checks=checks,
        account=pd.DataFrame(steps, columns=["step", "rows"]),
        input=input_file(path, rows=read, used=len(rows), excluded=by_reason),
        text=text,
    )
