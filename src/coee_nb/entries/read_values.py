"""Texts of fields into dates, exact amounts and names; what cannot be read keeps its text."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from coee_nb.entries.layout import DATES, FIELDS, MONEY
from coee_nb.errors import ParameterError

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

ISO = "YYYY-MM-DD"
PROVABLE = (ISO, "MM/DD/YYYY", "DD/MM/YYYY", "DD.MM.YYYY", "YYYYMMDD", "DD-MON-YYYY", "YYYY/MM/DD",
            "YYYY-MM-DD hh:mm:ss")  # fmt: skip
OTHERS = ("MM/DD/YY", "DD/MM/YY", "DD.MM.YY", "DD-MON-YY", "MM-DD-YYYY", "DD-MM-YYYY",
          "MM/DD/YYYY hh:mm", "DD/MM/YYYY hh:mm", "MM/DD/YYYY hh:mm:ss", "DD/MM/YYYY hh:mm:ss",
          "DD.MM.YYYY hh:mm", "YYYY-MM-DD hh:mm", "YYYY-MM-DDThh:mm:ss", "MON DD, YYYY",
          "DD MON YYYY")  # fmt: skip
_PARTS = {
    "YYYY": r"(?P<year>\d{4})",
    "YY": r"(?P<short>\d{2})",
    "MON": r"(?P<name>[A-Za-z]{3,9})",
    "MM": r"(?P<month>\d{1,2})",
    "DD": r"(?P<day>\d{1,2})",
    "hh": r"\d{1,2}",
    "mm": r"\d{2}",
    "ss": r"\d{2}(?:\.\d+)?",
}
_STRPTIME = {"%Y": "YYYY", "%y": "YY", "%b": "MON", "%B": "MON", "%m": "MM", "%d": "DD",
             "%H": "hh", "%M": "mm", "%S": "ss"}  # fmt: skip
_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september",
           "october", "november", "december")  # fmt: skip
_KEPT = 500_000  # dates whose reading is remembered
_CENTURY = 69  # 69 to 99 is 1969 to 1999, as POSIX has it


class DateFormat:
    """A way to write a date, in words: ``MM/DD/YYYY``, ``DD-MON-YY``, ``YYYY-MM-DD hh:mm:ss``.

    ``%m/%d/%Y`` is taken as well. Parts that stand together need all their digits (``YYYYMMDD``).
    Raises ParameterError for a format without a year, a month and a day.

    >>> DateFormat("MM/DD/YYYY").read("10/03/2016"), DateFormat("MM/DD/YYYY").read("00/00/0000")
    (datetime.date(2016, 10, 3), None)
    """

    def __init__(self, words: str) -> None:
        self.words = words.strip()
        for sign, part in _STRPTIME.items():
            self.words = self.words.replace(sign, part)
        parts = re.split("(" + "|".join(_PARTS) + ")", self.words)
        pattern = "".join(_PARTS.get(part, re.escape(part)) for part in parts)
        if re.search(r"(YYYY|MM|DD)(YYYY|MM|DD)", self.words):
            pattern = pattern.replace(r"\d{1,2}", r"\d{2}")
        try:
            self._pattern = re.compile(pattern, re.ASCII)
        except re.error:
            pattern = ""
        names = set(re.findall(r"\?P<(\w+)>", pattern))
        if not ({"year", "short"} & names and {"month", "name"} & names and "day" in names):
            raise ParameterError(
                f"the date format {words!r} has no year, month and day, or one of them twice",
                expected="such as MM/DD/YYYY, YYYY-MM-DD or DD-MON-YYYY",
            )

    def read(self, text: str) -> date | None:
        """Return the day that ``text`` says in this format, None where it says none."""
        found = self._pattern.fullmatch(text)
        if not found:
            return None
        parts = found.groupdict()
        year = int(parts.get("year") or 0)
        if parts.get("short"):
            year = int(parts["short"]) + (1900 if int(parts["short"]) >= _CENTURY else 2000)
        month = int(parts.get("month") or 0) or _month(parts.get("name") or "")
        try:
            return date(year, month, int(parts["day"]))
        except ValueError:
            return None


def _month(name: str) -> int:
    name = name.lower()
    return next((k for k, full in enumerate(_MONTHS, 1) if full[:3] == name or full == name), 0)


def proven_format(texts: Iterable[str]) -> str | None:
    """Return the format of dates that is the only one to read them, None where several could.

    ISO dates are read in any case. Of the others the order of day and month must be proven: a
    day beyond 12 stands in one place and in no case in the other. None too where there are dates
    and no format reads any.

    >>> proven_format(["10/31/2016", "01/02/2016"]), proven_format(["01/02/2016"])
    ('MM/DD/YYYY', None)
    """
    texts = [text.strip() for text in texts]
    iso = DateFormat(ISO)
    if all(iso.read(text) or not _says_a_day(text) for text in texts):
        return ISO
    left = _readers(texts, PROVABLE)
    if not left:
        return None
    most = max(map(len, left.values()))
    best = [words for words, found in left.items() if len(found) == most]
    if len(best) > 1:
        return None
    only = {words for words, found in left.items() if found - left[best[0]]}
    return None if only & {"MM/DD/YYYY", "DD/MM/YYYY"} else best[0]


def unproven(texts: Iterable[str]) -> tuple[str, str]:
    """Return what is wrong with dates whose format is not proven, and what to do about it."""
    days = {text.strip() for text in texts if _says_a_day(text)}
    iso = _readers(days, [ISO]).get(ISO, set())
    found = _readers(days - iso, (*PROVABLE, *OTHERS))
    most = max(map(len, found.values()), default=0)
    ways = [words for words, read in found.items() if len(read) == most]
    example = min(found[ways[0]] if ways else days)
    how = f"may be {' or '.join(ways)}" if ways else "are in no format that is known"
    asked = [*([ISO] if iso else []), ways[0] if ways else PROVABLE[1]]
    do = " ".join(f"--date-format {shlex.quote(words)}" for words in asked)
    return (
        f"dates such as {example!r} {how}",
        f"say how they are written: {do}{''.join(f', or {words}' for words in ways[1:])}",
    )


def _says_a_day(text: str) -> bool:
    return re.search("[1-9]", text) is not None


def _readers(texts: Iterable[str], formats: Iterable[str]) -> dict[str, set[str]]:
    """Return the formats that read any of ``texts``, each with those it reads."""
    tried = {words: DateFormat(words) for words in formats}
    read = {words: {x for x in texts if form.read(x)} for words, form in tried.items()}
    return {words: found for words, found in read.items() if found}


@dataclass(frozen=True)
class MoneyFormat:
    """How amounts are written: the decimal mark, and the sign of the currency, which may lack.

    Read are ``1234.5``, ``1,234.50``, ``$1,234.50``, ``-55.25``, ``55.25-`` and ``(55.25)``. An
    amount with a fraction of a cent is not read, nor one whose thousands are not in threes.
    """

    decimal_mark: str = "."
    currency: str = "$"

    def pattern(self) -> str:
        """Return the pattern of an amount, in the syntax that RE2 shares with Python."""
        mark, group = (
            re.escape(self.decimal_mark),
            r"[,' ]" if self.decimal_mark == "." else r"[.' ]",
        )
        whole = rf"(?:\d{{1,3}}(?:{group}\d{{3}}){{1,4}}|\d{{1,16}})"
        number = rf"(?:{whole}(?:{mark}\d{{0,2}}0*)?|{mark}\d{{1,2}}0*)"
        sign = rf"(?:{re.escape(self.currency)}\s?)?" if self.currency else ""
        after = rf"(?:\s?{re.escape(self.currency)})?" if self.currency else ""
        forms = (rf"-?\s?{sign}{number}{after}", rf"{sign}-{number}", rf"\({sign}{number}{after}\)",
                 rf"{sign}{number}-")  # fmt: skip
        return rf"^\s*(?:{'|'.join(forms)})\s*$"

    def read(self, text: str) -> Decimal | None:
        """Return the exact amount that ``text`` says, None where it says none.

        >>> MoneyFormat().read("($1,234.50)"), MoneyFormat().read("nan")
        (Decimal('-1234.50'), None)
        """
        if not re.match(self.pattern(), text):
            return None
        digits = re.sub(rf"[^0-9{re.escape(self.decimal_mark)}]", "", text)
        amount = Decimal(digits.replace(self.decimal_mark, "."))
        return -amount if re.search("[-(]", text) else amount


class Values:
    """Reads the fields of pieces: ``formats`` of dates, ``money``.

    The same text is read once and remembered: of dates there are few.
    """

    def __init__(self, formats: Sequence[DateFormat], money: MoneyFormat) -> None:
        self.formats, self.money = tuple(formats), money
        self._pattern = money.pattern()
        self._plain = r"^-?\d{1,16}" + (r"(?:\.\d{1,2})?$" if money.decimal_mark == "." else "$")
        self._days: dict[str, date | None] = {}

    def columns(self, texts: dict[str, pa.Array]) -> dict[str, pa.Array]:
        """Return the fields as the rows have them, and ``unparsed``.

        ``texts``: for each field its texts, those of dates and the unit as dictionaries; a field
        that is absent is all blank.
        """
        import numpy as np
        import pyarrow as pa

        size = len(next(iter(texts.values())))
        made, wrong = {}, {}
        for field in FIELDS:
            kind = pa.date32() if field in DATES else _amount() if field in MONEY else pa.string()
            if field not in texts:
                made[field] = pa.nulls(size, kind)
            elif field in DATES:
                made[field], wrong[field] = self._dates(texts[field])
            elif field in MONEY:
                made[field], wrong[field] = self._amounts(texts[field])
            else:
                made[field] = _names(texts[field])
        bad = np.logical_or.reduce([mask for mask in wrong.values() if mask is not None] or
                                   [np.zeros(size, bool)])  # fmt: skip
        made["unparsed"] = _unparsed(texts, wrong, np.flatnonzero(bad), size)
        return made

    def _read(self, told: Sequence[str]) -> list[date | None]:
        """Return the day that each text says, None where it says none."""
        if len(self._days) > _KEPT:
            self._days.clear()
        for text in set(told) - self._days.keys():
            self._days[text] = next(
                (day for form in self.formats if (day := form.read(text.strip()))), None
            )
        return [self._days[text] for text in told]

    def _dates(self, texts: Any) -> tuple[pa.Array, np.ndarray | None]:
        """Return days, and which texts are none (None: no such)."""
        import numpy as np
        import pyarrow as pa

        told = texts.dictionary.to_pylist()
        days = self._read(told)
        taken = pa.array(days, pa.date32()).take(texts.indices)
        if None not in days:
            return taken, None
        read = zip(days, told, strict=True)
        wrong = np.array([day is None and text.strip() != "" for day, text in read], bool)
        return taken, wrong[texts.indices.to_numpy()] if wrong.any() else None

    def _amounts(self, texts: pa.Array) -> tuple[pa.Array, np.ndarray | None]:
        """Return exact amounts, and which texts are none (None: no such)."""
        import pyarrow.compute as pc

        plain = pc.match_substring_regex(texts, self._plain)
        if pc.all(plain, min_count=0).as_py():
            return pc.cast(texts, _amount()), None
        other = pc.invert(plain)
        told = pc.filter(texts, other)
        read = pc.match_substring_regex(told, self._pattern)
        negative = pc.match_substring_regex(told, "[-(]")
        mark = re.escape(self.money.decimal_mark)
        digits = pc.replace_substring_regex(told, rf"[^0-9{mark}]", "")
        digits = pc.replace_substring(digits, self.money.decimal_mark, ".")
        digits = pc.replace_substring_regex(digits, r"^(\d*(?:\.\d{1,2})?)\.?0*$", r"\1")
        digits = pc.if_else(negative, pc.binary_join_element_wise("-", digits, ""), digits)
        amounts = pc.cast(pc.if_else(read, digits, None), _amount())
        base = pc.cast(pc.if_else(plain, texts, None), _amount())
        blank = pc.equal(pc.utf8_trim_whitespace(told), "")
        wrong = pc.invert(pc.or_(read, blank))
        whole = pc.replace_with_mask(base, other, amounts)
        if not pc.any(wrong, min_count=0).as_py():
            return whole, None
        mask = pc.replace_with_mask(other, other, wrong)
        return whole, mask.to_numpy(zero_copy_only=False)


def _amount() -> pa.DataType:
    import pyarrow as pa

    return pa.decimal128(18, 2)


def _names(texts: Any) -> pa.Array:
    """Return texts without the blanks around them; null where nothing is left."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_dictionary(texts.type):
        return _names(texts.dictionary).take(texts.indices)
    trimmed = pc.utf8_trim_whitespace(texts)
    return pc.if_else(pc.equal(trimmed, ""), None, trimmed)


def _unparsed(texts: dict, wrong: dict, rows: np.ndarray, size: int) -> pa.Array:
    """Return for each of ``rows`` a JSON object of the fields that were not read."""
    import pyarrow as pa

    if not rows.size:
        return pa.nulls(size, pa.string())
    told: list[str | None] = [None] * size
    for row in rows.tolist():
        fields = {
            field: texts[field][row].as_py()
            for field, mask in wrong.items()
            if mask is not None and mask[row]
        }
        told[row] = json.dumps(fields, ensure_ascii=False)
    return pa.array(told, pa.string())
