"""The event log on disk: CSV files that are read whole, checked whole and only ever appended.

``recommendations.csv`` says once what a recommendation is; ``events.csv`` says what was learnt
about it and when. Nothing is overwritten: a correction is a later event that supersedes one.
``sources.csv``, which an older log lacks, says of each file imported how much of it was read.

Missing values: text is ``""``, a date ``NaT``, an amount or offset ``NaN`` or ``<NA>``.

``effective_to`` is when an event took effect (the last possible day of it) and is always given;
``effective_from`` is the first possible day, blank when the source does not tell. A status on an
undated page read on April 30 thus took effect by April 30, no more. ``recorded_on`` is the day
the log learnt of it: the register on a date is rebuilt from the events recorded by that date.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import ClassVar

import numpy as np
import pandas as pd

from coee_nb.errors import InputError
from coee_nb.files import read_file, writing
from coee_nb.lazily import offered
from coee_nb.origins import origin_of
from coee_nb.paths import resolve, shown
from coee_nb.recommendations.columns import (
    AMOUNTS,
    EVENT_COLUMNS,
    EVENT_DATES,
    LATER_COLUMNS,
    RECOMMENDATION_COLUMNS,
    RECOMMENDATION_DATES,
    SOURCE_COLUMNS,
)
from coee_nb.recommendations.contradictions import refuse_contradictions
from coee_nb.results import Result

RECOMMENDATIONS_FILE = "recommendations.csv"
EVENTS_FILE = "events.csv"
SOURCES_FILE = "sources.csv"
LOCK_FILE = ".log.lock.tmp"
LOCK_SECONDS = 60
# A spreadsheet runs a cell that opens with one of these; the log keeps such a cell as text by an
# apostrophe in front, and takes it off again on reading.
_FORMULA = r"^('*[=+\-@])"
_GUARDED = r"^'('*[=+\-@])"
_LINE_BREAKING = "[\t\n\v\f\r\x85\xa0\u2028\u2029]|  |^ | $"
_FREE_TEXT = (
    "issuer", "report", "number", "agency", "title", "text", "source_file", "source_span", "note",
    "by",
)  # fmt: skip


@dataclass(frozen=True, repr=False)
class Log(Result):
    """The log as it stands on disk.

    ``recommendations``: one row a recommendation, columns ``RECOMMENDATION_COLUMNS``.
    ``events``: one row an event in the order of the file, columns ``EVENT_COLUMNS``.
    ``sources``: one row a file imported on a day, columns ``SOURCE_COLUMNS``.
    ``name``: the folder as readers see it, and ``origin`` of its rows (published, own records or
    generated); blank for a log that was made in memory.
    """

    SHOWS: ClassVar[Mapping[str, Sequence[str]]] = {
        "recommendations": ("recommendation_id", "issuer", "agency", "title", "issued_on"),
        "events": ("event_id", "recommendation_id", "kind", "effective_to", "status", "ecd_to"),
    }

    recommendations: pd.DataFrame
    events: pd.DataFrame
    sources: pd.DataFrame = field(default_factory=lambda: sources_table(pd.DataFrame()))
    name: str = ""
    origin: str = ""


def read(folder: str | Path) -> Log:
    """Return the log in ``folder``, or refuse it with the file and row that is wrong.

    Raises InputError for a missing file or column, an unreadable date or number, an unknown
    word, and every contradiction listed in ``contradictions.refuse_contradictions``.
    """
    folder = resolve(folder)
    paths = folder / RECOMMENDATIONS_FILE, folder / EVENTS_FILE
    for path in paths:
        if not path.is_file():
            raise InputError(
                "there is no such file",
                where=str(path),
                expected=f"an event log of {RECOMMENDATIONS_FILE} and {EVENTS_FILE}",
                do="name the log's folder, or start one with coee recommendations import",
            )
    log = Log(
        recommendations_table(_cells(paths[0], RECOMMENDATION_COLUMNS), where=str(paths[0])),
        events_table(_cells(paths[1], EVENT_COLUMNS), where=str(paths[1])),
        _sources(folder / SOURCES_FILE),
        shown(folder),
        origin_of(folder),
    )
    refuse_contradictions(log.recommendations, log.events, *map(str, paths))
    return log


def _sources(path: Path) -> pd.DataFrame:
    if not path.is_file():
        return sources_table(pd.DataFrame())
    return sources_table(_cells(path, SOURCE_COLUMNS), where=str(path))


def empty() -> Log:
    """Return a log that holds nothing yet.

    >>> empty().events.empty
    True
    """
    return Log(
        recommendations_table(pd.DataFrame(columns=list(RECOMMENDATION_COLUMNS))),
        events_table(pd.DataFrame(columns=list(EVENT_COLUMNS))),
    )


def refuse_unknown(log: Log, recommendation_id: str) -> None:
    """Raise InputError for a recommendation that the log does not hold, with the nearest it does.

    >>> refuse_unknown(empty(), "OIG-22-34.1")
    Traceback (most recent call last):
    coee_nb.errors.InputError: the log has no recommendation 'OIG-22-34.1'. \
Expected: an id of recommendations.csv.
    """
    ids = log.recommendations["recommendation_id"].tolist()
    if recommendation_id in ids:
        return
    near = get_close_matches(recommendation_id, ids, n=3, cutoff=0.6)
    told = f"; near it are {', '.join(near)}" if near else ""
    raise InputError(
        f"the log has no recommendation {recommendation_id!r}",
        expected=f"an id of {RECOMMENDATIONS_FILE}{told}",
    )


def append(folder: str | Path, recommendations: pd.DataFrame, events: pd.DataFrame) -> Log:
    """Append rows to the log in ``folder`` under its lock and return the log as it then stands.

    Columns that are left out are blank. ``event_id`` is assigned here. A folder without a log
    gets one. The log is read again once the lock is held, so two writers at once lose nothing,
    and what would contradict it is refused with the log untouched.

    Raises InputError when the rows contradict the log or the lock stays taken for a minute.
    """
    return update(folder, lambda _: (recommendations, events))


def update(folder: str | Path, compose: Callable[[Log], tuple[pd.DataFrame, ...]]) -> Log:
    """Append what ``compose`` makes of the log: it sees the log as it stands under the lock.

    ``compose`` returns recommendations, events and, where a file was imported, its sources row.
    """
    from filelock import FileLock, Timeout

    folder = resolve(folder)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(folder / LOCK_FILE, timeout=LOCK_SECONDS):
            old = _read_or_empty(folder)
            recommendations, events, *sources = compose(old)
            new = _joined(folder, old, recommendations, events, *sources)
            # Recommendations first: a stop between the two renames leaves a valid log whose new
            # recommendations merely lack events, which the next import of the file adds.
            for name, before, after in (
                (RECOMMENDATIONS_FILE, old.recommendations, new.recommendations),
                (EVENTS_FILE, old.events, new.events),
                (SOURCES_FILE, old.sources, new.sources),
            ):
                needed = name != SOURCES_FILE and not (folder / name).exists()
                if needed or len(after) > len(before):
                    _write(folder / name, after)
            return new
    except Timeout as error:
        raise InputError(
            f"another program held the log for {LOCK_SECONDS} seconds",
            where=str(folder),
            do="wait for it to end and run this again",
        ) from error


def _read_or_empty(folder: Path) -> Log:
    present = [name for name in (RECOMMENDATIONS_FILE, EVENTS_FILE) if (folder / name).exists()]
    return read(folder) if present else empty()


def _joined(
    folder: Path,
    old: Log,
    recommendations: pd.DataFrame,
    events: pd.DataFrame,
    sources: pd.DataFrame | None = None,
) -> Log:
    paths = str(folder / RECOMMENDATIONS_FILE), str(folder / EVENTS_FILE)
    added = _one_line(recommendations_table(recommendations, where="recommendations to append"))
    happened = _one_line(events_table(events, where="events to append"))
    happened["event_id"] = _next_ids(old.events, len(happened))
    new = Log(
        pd.concat([old.recommendations, added], ignore_index=True),
        pd.concat([old.events, happened], ignore_index=True),
        pd.concat([old.sources, sources_table(sources)], ignore_index=True)
        if sources is not None
        else old.sources,
        shown(folder),
    )
    refuse_contradictions(new.recommendations, new.events, *paths)
    return new


def _next_ids(events: pd.DataFrame, count: int) -> list[str]:
    last = int(events["event_id"].iat[-1][1:]) if len(events) else 0
    return [f"E{number:06d}" for number in range(last + 1, last + 1 + count)]


def recommendations_table(frame: pd.DataFrame, *, where: str = "recommendations") -> pd.DataFrame:
    """Return ``frame`` with the columns and types of ``recommendations.csv``."""
    return _typed(frame, RECOMMENDATION_COLUMNS, RECOMMENDATION_DATES, AMOUNTS, (), where)


def events_table(frame: pd.DataFrame, *, where: str = "events") -> pd.DataFrame:
    """Return ``frame`` with the columns and types of ``events.csv``."""
    return _typed(frame, EVENT_COLUMNS, EVENT_DATES, (), ("source_start",), where)


def sources_table(frame: pd.DataFrame, *, where: str = "sources") -> pd.DataFrame:
    """Return ``frame`` with the columns and types of ``sources.csv``."""
    counts = ("total", "shown", "read", "unread", "excluded")
    return _typed(frame, SOURCE_COLUMNS, ("as_of",), (), counts, where)


def _typed(
    frame: pd.DataFrame,
    columns: tuple[str, ...],
    dates: tuple[str, ...],
    amounts: tuple[str, ...],
    offsets: tuple[str, ...],
    where: str,
) -> pd.DataFrame:
    strange = [column for column in frame.columns if column not in columns]
    if strange:
        raise InputError(
            f"unknown column {strange[0]!r}", where=where, expected=f"only {', '.join(columns)}"
        )
    typed = {}
    # Most columns of most additions are not given: one blank column stands for all of a type.
    blank = pd.Series("", index=frame.index, dtype="str")
    no_day, no_number = blank.astype("datetime64[s]"), pd.Series(np.nan, index=frame.index)
    for column in columns:
        given = column in frame
        if column in dates:
            typed[column] = _as_dates(frame[column], column, where) if given else no_day
        elif column in amounts + offsets:
            typed[column] = _as_numbers(frame[column], column, where) if given else no_number
        else:
            typed[column] = frame[column].astype("str").fillna("") if given else blank
    table = pd.DataFrame(typed).reset_index(drop=True)
    return table.astype(dict.fromkeys(offsets, "Int64"))


def _one_line(table: pd.DataFrame) -> pd.DataFrame:
    """Put every text on one line, so that a row of the file is a line of a difference."""
    cleaned = {}
    for column in table.columns.intersection(_FREE_TEXT):
        text = table[column]
        broken = text.str.contains(_LINE_BREAKING, regex=True)
        cleaned[column] = text.mask(broken, text[broken].str.split().str.join(" "))
    return table.assign(**cleaned)


def _as_dates(values: pd.Series, column: str, where: str) -> pd.Series:
    if pd.api.types.is_datetime64_any_dtype(values):
        return values.astype("datetime64[s]")
    if not pd.api.types.is_string_dtype(values):
        values = values.map(lambda day: "" if pd.isna(day) else str(day)[:10])
    days = pd.to_datetime(values, format="%Y-%m-%d", errors="coerce").astype("datetime64[s]")
    wrong = days.isna() & _given(values)
    _refuse_first(wrong, values, column, where, "a day such as 2024-04-30")
    return days


def _as_numbers(values: pd.Series, column: str, where: str) -> pd.Series:
    numbers = pd.to_numeric(values, errors="coerce").astype("float64")
    wrong = (numbers.isna() & _given(values)) | numbers.lt(0)
    _refuse_first(wrong, values, column, where, "a number of 0 or more")
    return numbers


def _given(values: pd.Series) -> pd.Series:
    return values.notna() & values.ne("")


def _refuse_first(
    wrong: pd.Series, values: pd.Series, column: str, where: str, expected: str
) -> None:
    if wrong.any():
        row = int(wrong.to_numpy().argmax())
        raise InputError(
            f"{column} is {values.iloc[row]!r}", where=f"{where}, row {row + 2}", expected=expected
        )


def _cells(path: Path, columns: tuple[str, ...]) -> pd.DataFrame:
    """The file's cells as text, refused when the header or the length of a row is wrong.

    Every row is a line here, so pyarrow may read it: many times faster than the strict reader.
    """
    import pyarrow as pa

    stream = io.BytesIO(read_file(path).text().encode())
    try:
        frame = pd.read_csv(stream, dtype=str, keep_default_na=False, engine="pyarrow")
    except (pd.errors.ParserError, pd.errors.EmptyDataError, pa.ArrowInvalid) as error:
        raise InputError(
            f"the file is not a table ({error})",
            where=str(path),
            expected=f"comma-separated UTF-8 text with {len(columns)} columns in every row",
        ) from error
    frame = frame.assign(**{c: "" for c in LATER_COLUMNS if c in columns and c not in frame})
    missing = [column for column in columns if column not in frame]
    if missing:
        raise InputError(f"no column {missing[0]!r}", where=str(path), expected=", ".join(columns))
    for column in frame.columns.intersection(_FREE_TEXT):
        frame[column] = frame[column].str.replace(_GUARDED, r"\1", regex=True)
    return frame


def _write(path: Path, table: pd.DataFrame) -> None:
    """Write ``table`` whole, no cell of it opening as a formula."""
    cells = table.copy()
    for column in cells.columns.intersection(_FREE_TEXT):
        cells[column] = cells[column].str.replace(_FORMULA, r"'\1", regex=True)
    with writing(path) as stream:
        cells.to_csv(stream, index=False, date_format="%Y-%m-%d", lineterminator="\n")


__all__ = ["Log", "read"]
__dir__ = offered(__all__)
