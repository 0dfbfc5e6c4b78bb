"""Dates of an export: ISO as Qualtrics writes them, or as a spreadsheet rewrote them."""

from dataclasses import dataclass
from typing import Literal

import pandas as pd

from coee_nb.errors import InputError
from coee_nb.survey.read.exports import Coded
from coee_nb.unseen import Unseen

DateOrder = Literal["month first", "day first"]

_ISO = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d")
_YEAR_FIRST = ("%Y/%m/%d %I:%M:%S %p", "%Y/%m/%d %H:%M:%S")  # as Google Forms writes them
_ZONE = r"(?<=[AP]M) [A-Z]{1,5}([+-]\d+)?$|(?<=:\d\d)(\.\d+)?( ?(Z|UTC|[+-]\d\d:?\d\d))?$"
_REWRITTEN = (
    r"\s*(\d{1,2})[/.](\d{1,2})[/.](\d{4}|\d{2})(?:[ ,]+(\d{1,2}:\d{2})(:\d{2})?( ?[AP]M)?)?\s*"
)


@dataclass(frozen=True, repr=False)
class Timestamps(Unseen):
    """Date and time of every row (NaT where blank or unreadable).

    ``rewritten`` counts the rows not in the form Qualtrics writes, ``unread`` those that are no
    date at all.
    """

    values: pd.Series
    rewritten: int
    unread: int


def read_moments(coded: Coded, order: DateOrder | None, *, where: str) -> Timestamps:
    """Return the moments of a column.

    Whether 2/1/2021 is February or January follows from the other dates of the column, or from
    ``order``; InputError when neither tells.
    """
    texts = pd.Series(coded.texts, dtype="str").str.strip()
    moments = pd.Series(pd.NaT, index=texts.index, dtype="datetime64[s]")
    texts = texts.str.replace(_ZONE, "", regex=True)
    for form in (*_ISO, *_YEAR_FIRST):
        moments = moments.fillna(_parse(texts, form))
    left = moments.isna() & (texts != "")
    rewritten = left & texts.str.fullmatch(_REWRITTEN, case=False)
    if rewritten.any():
        moments = moments.fillna(_rewritten(texts.where(rewritten), order, where))
    counts = pd.Series(coded.counts(), index=texts.index)
    values = moments.take(coded.positions).reset_index(drop=True)
    unread = moments.isna() & (texts != "")
    return Timestamps(values, int(counts[rewritten].sum()), int(counts[unread].sum()))


def _parse(texts: pd.Series, form: str) -> pd.Series:
    return pd.to_datetime(texts, format=form, errors="coerce").astype("datetime64[s]")


def _rewritten(texts: pd.Series, order: DateOrder | None, where: str) -> pd.Series:
    parts = texts.str.extract(_REWRITTEN, flags=2)
    if not texts.str.contains("/", na=False).any():
        order = order or "day first"  # nobody writes a month first with dots
    order = order or _order(parts, where)
    month, day = (0, 1) if order == "month first" else (1, 0)
    year = parts[2].where(parts[2].str.len() == 4, "20" + parts[2])
    clock = parts[3].fillna("00:00") + parts[4].fillna(":00")
    plain = year + "-" + parts[month] + "-" + parts[day] + " " + clock
    half = parts[5].str.strip().str.upper()
    twelve = _parse(plain + " " + half, "%Y-%m-%d %I:%M:%S %p")
    return _parse(plain.where(half.isna()), "%Y-%m-%d %H:%M:%S").fillna(twelve)


def _order(parts: pd.DataFrame, where: str) -> DateOrder:
    first, second = (pd.to_numeric(parts[column]).max() for column in (0, 1))
    if first > 12 and second <= 12:
        return "day first"
    if second > 12 and first <= 12:
        return "month first"
    raise InputError(
        "dates such as 2/1/2021 can be read two ways",
        where=where,
        expected="dates as 2021-02-01 10:30:00, as Qualtrics exports them",
        do="use the original export, or say which comes first: date_order: month first (or day "
        "first)",
    )
