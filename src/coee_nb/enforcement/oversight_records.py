"""Records of oversight as they come in: CSV rows under known names, each kept or set aside."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from coee_nb.checks import Fault, Rule, refuse
from coee_nb.enforcement.case_values import table_of, without_time
from coee_nb.errors import InputError
from coee_nb.files import LINE
from coee_nb.findings import InputFile, input_file
from coee_nb.paths import shown

EXCEPTIONS = ["file", LINE, "record", "reason", "effect"]
SET_ASIDE, KEPT = "set aside", "counted once"


@dataclass(frozen=True)
class OversightRecords:
    """A file's rows that can be used, those that cannot, and the account of both.

    ``rows``: the file's columns under the names used here, as text, and ``line``; ``exceptions``:
    file, line, record, reason, effect ("set aside", or "counted once" for a row that is used).
    """

    rows: pd.DataFrame
    exceptions: pd.DataFrame
    source: InputFile


def read_rows(
    path: str | Path,
    needed: Sequence[str],
    *,
    optional: Sequence[str] = (),
    columns: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """Return a file's rows as stripped text, one column a field, blank where it has none.

    The file is CSV or an Excel workbook with one filled sheet. ``columns`` maps fields to the
    file's own names of them. Columns: ``needed``, ``optional`` and
    ``line``. Raises InputError for a field of ``needed`` that no column holds, and for two columns
    that would hold the same one.
    """
    frame = table_of(path)
    frame = frame.rename(columns={theirs: field for field, theirs in (columns or {}).items()})
    where = f"{shown(path)}, line 1"
    twice = sorted({str(name) for name in frame.columns[frame.columns.duplicated()]})
    if twice:
        raise InputError(f"two columns hold {twice[0]!r}", where=where, do="correct columns")
    missing = [name for name in needed if name not in frame]
    if missing:
        raise InputError(
            f"no column {missing[0]!r}",
            where=where,
            expected=f"the columns {', '.join(needed)}",
            do=f"name the column that holds it in the parameter columns: {{{missing[0]}: NAME}}",
        )
    frame = frame.reindex(columns=[*needed, *optional, LINE], fill_value="")
    texts = [*needed, *optional]
    return frame.assign(**{name: frame[name].str.strip() for name in texts})


def filled(frame: pd.DataFrame, names: Iterable[str], path: str | Path) -> None:
    """Raise InputError, naming every line, where a cell of ``names`` is blank."""
    faults: list[Fault] = []
    for name in names:
        rule = Rule(
            f"oversight.{name}", f"Has every row its {name}?", f"no {name}", do="fill the cell in"
        )
        faults += rule.faults(frame, frame[name] == "", f"the cell of {name} is blank",
                              file=shown(path))  # fmt: skip
    refuse(faults)


_DAY = Rule(
    "oversight.day",
    "Is every date a day?",
    "no day",
    expected="a day such as 2019-03-08, in one format throughout",
    do="write the dates so",
)


def days(frame: pd.DataFrame, name: str, path: str | Path) -> pd.Series:
    """Return a column of ISO days as datetime64, blank ones missing, times of day left out.

    Raises InputError naming every line whose cell is no such day: a date in another format is
    never guessed at.
    """
    read = [_day(without_time(text)) for text in frame[name]]
    wrong = [day is None and text != "" for day, text in zip(read, frame[name], strict=True)]
    found = f"{name} is {{{name}!r}}"
    refuse([*_DAY.faults(frame, pd.Series(wrong, dtype=bool), found, file=shown(path))])
    return pd.Series(pd.to_datetime(read), index=frame.index, dtype="datetime64[s]")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else None
    except ValueError:
        return None


def divided(
    frame: pd.DataFrame, reasons: pd.Series, path: str | Path, record: pd.Series
) -> OversightRecords:
    """Divide rows into those used and those set aside under a reason (blank: used)."""
    aside = reasons != ""
    counts = {str(reason): int(n) for reason, n in reasons[aside].value_counts(sort=False).items()}
    source = input_file(path, rows=len(frame), used=int((~aside).sum()), excluded=counts)
    listed = exceptions(frame[aside], reasons[aside], path, record[aside], effect=SET_ASIDE)
    return OversightRecords(frame[~aside].reset_index(drop=True), listed, source)


def exceptions(
    frame: pd.DataFrame, reasons: pd.Series | str, path: str | Path, record: pd.Series, *,
    effect: str,
) -> pd.DataFrame:  # fmt: skip
    """Return rows as a list of exceptions: file, line, record, reason, effect."""
    listed = pd.DataFrame(
        {"file": shown(path), LINE: frame[LINE], "record": record, "reason": reasons}
    )
    return listed.assign(effect=effect).reindex(columns=EXCEPTIONS).reset_index(drop=True)


def near(name: str, options: Iterable[str]) -> str:
    """Return words that name the nearest of ``options``, or nothing.

    >>> near("Harbor board", ["Harbour board", "Parks board"]), near("x", ["Parks board"])
    (" (nearest: 'Harbour board')", '')
    """
    found = difflib.get_close_matches(name, list(options), n=1, cutoff=0.8)
    return f" (nearest: {found[0]!r})" if found else ""


def unknown_units(frame: pd.DataFrame, units: Sequence[str] | None) -> pd.Series:
    """Return for each row why its unit is not one of ``units``, blank where it is."""
    known = set(units) if units is not None else set(frame["unit"])
    words = {
        unit: ""
        if unit in known
        else f"unit {unit!r} is not in the list of units{near(unit, known)}"
        for unit in frame["unit"].unique()
    }
    return frame["unit"].map(words).astype("str")


def read_units(path: str | Path, columns: Mapping[str, str] | None = None) -> OversightRecords:
    """Read the list of units: a file with the column ``unit``.

    Raises InputError for a blank cell and for a unit that stands there twice.
    """
    frame = read_rows(path, ("unit",), columns=columns)
    filled(frame, ["unit"], path)
    once(frame, "unit", path)
    blank = pd.Series("", index=frame.index, dtype="str")
    return divided(frame, blank, path, frame["unit"])


def once(frame: pd.DataFrame, name: str, path: str | Path) -> None:
    """Raise InputError where a value of the column ``name`` stands in two rows."""
    rule = Rule(
        f"oversight.{name}.once",
        f"Does each {name} stand there once?",
        f"a {name} twice",
        expected=f"one row a {name}",
        do="take one of them out",
    )
    twice = frame[name].duplicated(keep=False)
    refuse([*rule.faults(frame, twice, f"{name} {{{name}!r}} stands there twice or more",
                         file=shown(path))])  # fmt: skip


def year_of(text: str) -> int | None:
    """Return the year that a cell names.

    >>> year_of("2017"), year_of("FY2017"), year_of("FY 2017"), year_of("17")
    (2017, 2017, 2017, None)
    """
    found = re.fullmatch(r"(?:FY ?)?((?:19|20)\d\d)", text)
    return int(found[1]) if found else None
