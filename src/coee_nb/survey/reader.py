"""The door of the survey: an export and its codebook become responses, every row accounted for."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from coee_nb.errors import InputError
from coee_nb.findings import InputFile, input_file
from coee_nb.survey.answers import Problem, Reading, read_item, unanswered
from coee_nb.survey.codebook import Codebook, Item
from coee_nb.survey.dates import DateOrder, Moments, read_moments
from coee_nb.survey.exports import UNUSED_METADATA, Body, Coded, Export, open_export
from coee_nb.survey.hazards import Evidence, hazards_table

KeepOrNot = Literal["keep", "set aside"]
StopOrBlank = Literal["stop", "blank"]

SPAM, PREVIEW, TEST = "spam", "survey preview", "survey test"
DUPLICATE = "duplicate response id"
SCREENED = "finished but screened out"
EMPTY = "partial without any answer"
BLANK = "blank line"


@dataclass(frozen=True)
class Responses:
    """The responses of a survey.

    ``rows``: one row a response analysed: ``response_id``, ``finished`` (bool), ``progress``
    (percent, NaN where the export has none), ``started_on``, ``ended_on``, ``recorded_on``
    (datetime), ``center``, ``title`` and the columns of the codebook's items. Answers are labels
    (categoricals of the item's choices, in their order; comments are text); blank is NaN. A
    multi-select column holds its choice's label where chosen. A numeric column holds numbers, and
    labels where special codes of the codebook occur.
    ``set_aside``: ``row`` (as a spreadsheet numbers it), ``response_id``, ``reason``.
    ``hazards``: ``hazard``, ``concerns`` (rows, columns or items), ``count``, ``done``: every
    check made, also those that found nothing.
    ``account``: ``step``, ``rows``: rows read = rows set aside, by reason, + rows analysed.
    ``input``: the file with its hash and the same account. ``text``: the account as a sentence.
    """

    rows: pd.DataFrame
    set_aside: pd.DataFrame
    hazards: pd.DataFrame
    account: pd.DataFrame
    input: InputFile
    text: str


def read_responses(
    path: str | Path,
    codebook: Codebook,
    *,
    empty_partials: KeepOrNot = "keep",
    trial_responses: KeepOrNot = "set aside",
    unknown_answers: StopOrBlank = "stop",
    date_order: DateOrder | None = None,
    encoding: str | None = None,
) -> Responses:
    """Return the responses in the export at ``path`` as ``codebook`` explains them.

    Spam, repeated response ids (the most complete one stays) and respondents who were screened
    out are set aside; so are previews and tests unless ``trial_responses`` keeps them, and
    partials without an answer if ``empty_partials`` says so. An answer that the codebook does not
    explain stops the reading, or is left blank and counted with ``unknown_answers="blank"``.
    ``date_order`` ("month first", "day first") settles dates such as 2/1/2021 of a file that was
    saved again. Columns that point at a person are never read.

    Raises InputError naming the file, the item or column, and what to do.
    """
    export = open_export(path, encoding=encoding)
    layout = _layout(export, codebook)
    body = export.body([*export.metadata.values(), *layout.positions])
    metadata = {name: body.columns[position] for name, position in export.metadata.items()}
    state = _State.of(export, metadata, body)
    answered, screened = _answered(layout, body), _screened(layout, body)
    reasons = _reasons(
        state,
        answered,
        screened,
        blank=body.blank(),
        empty_partials=empty_partials,
        trial_responses=trial_responses,
    )
    kept = reasons == ""
    form = _form(metadata)
    readings = {
        item.name: read_item(item, [body.columns[p].take(kept) for p in layout.of[item.name]], form)
        for item in codebook.every_item
    }
    problems = [problem for reading in readings.values() for problem in reading.problems]
    if problems and unknown_answers == "stop":
        raise _unknown(problems, export.where)
    moments = {
        name: read_moments(metadata.get(name), date_order, where=export.where)
        for name in ("started_on", "ended_on", "recorded_on")
    }
    rows = _rows(state, kept, codebook, readings, moments)
    set_aside = _set_aside(body, state.ids, reasons)
    evidence = Evidence(
        rows=rows,
        reasons=set_aside["reason"].value_counts().to_dict(),
        empty_partials_kept=int((kept & ~state.finished & ~answered).sum()),
        trials_kept=int((kept & (state.kind != "")).sum()),
        problems=problems,
        codebook=codebook,
        repeated=layout.repeated,
        unmapped=layout.unmapped,
        personal=export.personal.values(),
        moments=moments,
        resaved=_resaved(export, metadata),
        no_finished_column="finished" not in metadata,
    )
    return _responses(path, rows, set_aside, hazards_table(evidence))


def _unknown(problems: list[Problem], where: str) -> InputError:
    """Return the error that lists every answer the codebook does not explain."""
    what = {"outside": "is not in the codebook", "clash": "stands for two answers"}
    found = [f"{p.item}: {p.answer!r} {what[p.kind]} ({p.count} times)" for p in problems[:12]]
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


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - 8} more" if len(names) > 8 else ""
    return ", ".join(names[:8]) + more


# Columns


@dataclass(frozen=True)
class _Layout:
    """Where each item's sources stand in the export, and the columns nobody asked for."""

    of: Mapping[str, tuple[int, ...]]
    items: Mapping[str, Item]
    repeated: tuple[str, ...]
    unmapped: tuple[str, ...]

    @property
    def positions(self) -> list[int]:
        return [position for positions in self.of.values() for position in positions]


def _layout(export: Export, codebook: Codebook) -> _Layout:
    places = _places(export)
    found = {
        item.name: tuple(_position(source, item, places, export) for source in item.sources)
        for item in codebook.every_item
    }
    absent = [
        source
        for item in codebook.every_item
        for source, position in zip(item.sources, found[item.name], strict=True)
        if position is None
    ]
    if len(absent) == sum(len(item.sources) for item in codebook.every_item):
        raise InputError(
            "none of the codebook's columns is in the header",
            where=export.where,
            expected=f"a header row with {absent[0]}, as a name or an ImportId",
            do="check that the file has its header rows and that the codebook is this survey's",
        )
    if absent:
        raise InputError(
            f"no column {_listed(absent)}",
            where=export.where,
            expected=f"every source of {codebook.where}",
            do="correct the codebook or export the columns",
        )
    names = [name for name in export.names if name]
    used = {position for positions in found.values() for position in positions}
    used |= set(export.metadata.values()) | set(export.personal)
    return _Layout(
        found,
        {item.name: item for item in codebook.every_item},
        tuple(dict.fromkeys(name for name in names if names.count(name) > 1)),
        tuple(
            name or export.import_ids[position]
            for position, name in enumerate(export.names)
            if position not in used and not export.spellings(position) & UNUSED_METADATA
        ),
    )


def _places(export: Export) -> dict[str, list[int]]:
    """Return the positions of every ImportId and, where no ImportId is so called, of every name.

    Older forms write QID2-1 for QID2_1: both spellings lead to the column.
    """
    places: dict[str, list[int]] = {}
    for spelling in (lambda key: key, lambda key: key.replace("-", "_")):
        for keys in (export.import_ids, export.names):
            found: dict[str, list[int]] = {}
            for position, key in enumerate(keys):
                found.setdefault(spelling(key), []).append(position)
            places = found | places
    places.pop("", None)
    return places


def _position(
    source: str, item: Item, places: Mapping[str, list[int]], export: Export
) -> int | None:
    positions = places.get(source) or places.get(source.replace("-", "_")) or [None]
    if len(positions) > 1:
        raise InputError(
            f"{len(positions)} columns are called {source}",
            where=f"{export.where}, item {item.name}",
            do="name the column in the codebook by its ImportId",
        )
    if positions[0] in export.personal:
        raise InputError(
            "the codebook asks for a column that points at a person",
            where=f"{export.where}, item {item.name}",
            do="take the item out of the codebook; such columns are never read",
        )
    return positions[0]


# Rows


@dataclass(frozen=True)
class _State:
    """What the export says about each response: id, whether finished, progress, kind of entry."""

    ids: np.ndarray
    finished: np.ndarray
    progress: np.ndarray
    kind: np.ndarray
    terminated: np.ndarray

    @classmethod
    def of(cls, export: Export, metadata: Mapping[str, Coded], body: Body) -> "_State":
        count = len(body.numbers)
        ids = _texts(metadata.get("response_id"), count)
        blank = ids == ""
        ids[blank] = [f"row {number}" for number in body.numbers[blank]]
        progress = _progress(metadata.get("progress"), count, export.where)
        terminated = metadata.get("terminated")
        return cls(
            ids=ids,
            finished=_finished(metadata.get("finished"), progress, export.where),
            progress=progress,
            kind=_kind(metadata.get("status"), metadata.get("channel"), count, export.where),
            terminated=np.zeros(count, bool)
            if terminated is None
            else terminated.where(bool(text.strip()) for text in terminated.texts),
        )


def _texts(coded: Coded | None, count: int) -> np.ndarray:
    if coded is None or not coded.texts:
        return np.full(count, "", dtype=object)
    return Coded(tuple(text.strip() for text in coded.texts), coded.positions).cells()


def _progress(coded: Coded | None, count: int, where: str) -> np.ndarray:
    if coded is None:
        return np.full(count, np.nan)
    values = pd.to_numeric(pd.Series(coded.texts, dtype=object), errors="coerce").to_numpy(float)
    wrong = [t for t, v in zip(coded.texts, values, strict=True) if t.strip() and np.isnan(v)]
    if wrong:
        raise InputError(
            f"progress {wrong[0][:20]!r}", where=where, expected="a percentage from 0 to 100"
        )
    return values[coded.positions]


_FINISHED = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


def _finished(coded: Coded | None, progress: np.ndarray, where: str) -> np.ndarray:
    """Return who finished; without that column, those at 100 % or of unknown progress."""
    if coded is None:
        return np.isnan(progress) | (progress >= 100)
    values = [_FINISHED.get(text.strip().lower()) for text in coded.texts]
    for text, value in zip(coded.texts, values, strict=True):
        if value is None and text.strip():
            raise InputError(
                f"finished {text[:20]!r}", where=where, expected="True or False, 1 or 0"
            )
    return coded.where(bool(value) for value in values)


def _kind(status: Coded | None, channel: Coded | None, count: int, where: str) -> np.ndarray:
    """Return spam, preview or test for each row, empty for a genuine one.

    Status is a text or a sum of flags: 1 preview, 2 test, 8 spam (4 imported, 16 offline and 32
    employee responses are genuine).
    """
    kinds = np.full(count, "", dtype=object)
    if channel is not None:
        kinds[channel.where(text.strip().lower() == "preview" for text in channel.texts)] = PREVIEW
    for kind in (TEST, PREVIEW, SPAM):  # the last one that applies is the reason given
        if status is not None:
            kinds[status.where(kind in _status_kinds(t, where) for t in status.texts)] = kind
    return kinds


_STATUS_WORDS = {"spam": SPAM, "preview": PREVIEW, "test": TEST}
_STATUS_FLAGS = {1: PREVIEW, 2: TEST, 8: SPAM}
_GENUINE = {"", "ip address", "imported", "offline response", "response", "ex", "offline ex"}


def _status_kinds(text: str, where: str) -> set[str]:
    word = text.strip().lower()
    if word.isdigit():
        return {kind for flag, kind in _STATUS_FLAGS.items() if int(word) & flag}
    kinds = {kind for part, kind in _STATUS_WORDS.items() if part in word}
    if not kinds and word not in _GENUINE:
        raise InputError(
            f"status {text[:30]!r}",
            where=where,
            expected="IP Address, Survey Preview, Survey Test, Imported, Spam or a number",
            do="export with numeric values if the labels are in another language",
        )
    return kinds


def _reasons(
    state: _State,
    answered: np.ndarray,
    screened: np.ndarray,
    *,
    blank: np.ndarray,
    empty_partials: KeepOrNot,
    trial_responses: KeepOrNot,
) -> np.ndarray:
    """Return why each row is set aside, empty for those that stay; the first reason counts."""
    reasons = np.where(blank, BLANK, np.where(state.kind == SPAM, SPAM, "")).astype(object)
    if trial_responses == "set aside":
        reasons = np.where(state.kind != "", state.kind, reasons)
    duplicates = _duplicates(state, reasons == "")
    reasons[duplicates] = DUPLICATE
    out = state.finished & (screened | state.terminated | ~answered) & (reasons == "")
    reasons[out] = SCREENED
    if empty_partials == "set aside":
        reasons[~state.finished & ~answered & (reasons == "")] = EMPTY
    return reasons


def _duplicates(state: _State, candidates: np.ndarray) -> np.ndarray:
    """Mark all but the most complete response of each id: finished, furthest, first."""
    frame = pd.DataFrame(
        {"id": state.ids, "finished": state.finished, "progress": state.progress}
    ).loc[candidates]
    best_first = frame.sort_values(["finished", "progress"], ascending=False, kind="stable")
    later = best_first.index[best_first["id"].duplicated()]
    mask = np.zeros(len(state.ids), bool)
    mask[later] = True
    return mask


def _answered(layout: _Layout, body: Body) -> np.ndarray:
    """Return who answered at least one item; Center and title place a person, and do not count."""
    answered = np.zeros(len(body.numbers), bool)
    for name, positions in layout.of.items():
        if name in ("center", "title"):
            continue
        item = layout.items[name]
        for position in positions:
            column = body.columns[position]
            answered |= column.where(not unanswered(text, item) for text in column.texts)
    return answered


def _screened(layout: _Layout, body: Body) -> np.ndarray:
    """Return who gave an answer that, by the codebook, ends the survey."""
    screened = np.zeros(len(body.numbers), bool)
    for name, positions in layout.of.items():
        item = layout.items[name]
        labels = item.screened_out
        codes = {code for code, label in item.codes if label in labels}
        for position in positions if labels else ():
            column = body.columns[position]
            screened |= column.where(text.strip() in labels | codes for text in column.texts)
    return screened


# The result


def _form(metadata: Mapping[str, Coded]) -> Literal["labels", "codes"] | None:
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
    state: _State,
    kept: np.ndarray,
    codebook: Codebook,
    readings: Mapping[str, Reading],
    moments: Mapping[str, Moments | None],
) -> pd.DataFrame:
    count = int(kept.sum())
    columns: dict[str, object] = {
        "response_id": pd.array(state.ids[kept], dtype="str"),
        "finished": state.finished[kept],
        "progress": state.progress[kept],
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


def _set_aside(body: Body, ids: np.ndarray, reasons: np.ndarray) -> pd.DataFrame:
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
    path: str | Path, rows: pd.DataFrame, set_aside: pd.DataFrame, hazards: pd.DataFrame
) -> Responses:
    by_reason = set_aside["reason"].value_counts().sort_index().to_dict()
    read = len(rows) + len(set_aside)
    steps = [("rows read", read)]
    steps += [(f"set aside: {reason}", count) for reason, count in by_reason.items()]
    steps += [("rows analysed", len(rows))]
    reasons = ", ".join(f"{count} {reason}" for reason, count in by_reason.items())
    text = f"{read:,} rows read, {len(rows):,} analysed"
    text += f" and {len(set_aside):,} set aside ({reasons})." if by_reason else ", none set aside."
    return Responses(
        rows=rows,
        set_aside=set_aside,
        hazards=hazards,
        account=pd.DataFrame(steps, columns=["step", "rows"]),
        input=input_file(path, rows=read, used=len(rows), set_aside=by_reason),
        text=text,
    )
