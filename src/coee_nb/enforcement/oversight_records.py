"""Records of oversight as they come in: CSV rows under known names, each kept or set aside."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from coee_nb.arguments import near
from coee_nb.checks import Fault, Rule, refuse
from coee_nb.enforcement.case_values import dates, table_of
from coee_nb.errors import InputError
from coee_nb.files import LINE, read_file
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
    either: Sequence[str] = (),
    columns: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """Return a file's rows as stripped text, one column a field, blank where it has none.

    The file is CSV or an Excel workbook with one filled sheet. ``columns`` maps fields to the
    file's own names of them. Columns: ``needed``, ``optional``, ``either`` and ``line``. Raises
    InputError for a field of ``needed`` that no column holds, where none holds one of ``either``,
    and for two columns that would hold the same one.
    """
    frame = table_of(read_file(path))
    there = ", ".join(str(name) for name in frame.columns if name != LINE)
    frame = frame.rename(columns={theirs: field for field, theirs in (columns or {}).items()})
    where = f"{shown(path)}, line 1"
    twice = sorted({str(name) for name in frame.columns[frame.columns.duplicated()]})
    if twice:
        raise InputError(f"two columns hold {twice[0]!r}", where=where, do="correct columns")
    missing = [name for name in needed if name not in frame]
    missing += list(either) if not any(name in frame for name in either) else []
    if missing:
        raise InputError(
            f"no column {(columns or {}).get(missing[0], missing[0])!r} among {there}",
            where=where,
            expected=f"the columns {', '.join([*needed, *filter(None, [' or '.join(either)])])}",
            do=f"name the column that holds it in the parameter columns: {{{missing[0]}: NAME}}",
        )
    texts = [*needed, *optional, *either]
    frame = frame.reindex(columns=[*texts, LINE], fill_value="")
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


def days(frame: pd.DataFrame, name: str, path: str | Path, order: str | None = None) -> pd.Series:
    """Return a column of days as datetime64, blank ones missing, times of day left out.

    Raises InputError naming every line whose cell is no day, where a column has two forms, and
    where nothing tells day and month of 05/06/2024 apart, ``order`` included: neither is guessed.
    """
    read, wrong, _ = dates(frame[name], f"{shown(path)}, column {name}", order)
    found = f"{name} is {{{name}!r}}"
    refuse([*_DAY.faults(frame, pd.Series(wrong, dtype=bool), found, file=shown(path))])
    return pd.Series(read, index=frame.index).astype("datetime64[s]")


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
