"""Numbers and dates as a report prints them: half-up percentages, money, counts."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction

MISSING = "–"
DOLLARS = ("dollar", "dollars", "usd", "us dollars", "u.s. dollars", "$")


def half_up(value: float | Fraction | Decimal, digits: int = 0) -> Decimal:
    """Round half away from zero on the exact value, not on a binary approximation of it.

    A float is read as the shortest decimal that names it, so 2.675 is 2.675.

    >>> half_up(2.675, 2), half_up(Fraction(1, 8), 2), half_up(-0.5)
    (Decimal('2.68'), Decimal('0.13'), Decimal('-1'))
    """
    exact = value if isinstance(value, Fraction) else Fraction(str(value))
    steps = int(abs(exact) * 10**digits + Fraction(1, 2))
    return Decimal(f"{'-' if exact < 0 and steps else ''}{steps}e{-digits}")


def percent(numerator: float | Decimal, denominator: float | Decimal = 1, digits: int = 0) -> str:
    """Return a share as a percentage, rounded half up on the exact ratio.

    >>> percent(303, 444), percent(1, 8, 1), percent(0.5), percent(1, 0)
    ('68%', '12.5%', '50%', '–')
    """
    if is_missing(numerator) or is_missing(denominator) or denominator == 0:
        return MISSING
    ratio = Fraction(str(numerator)) / Fraction(str(denominator)) * 100
    return f"{half_up(ratio, digits):,f}%"


def count(value: float) -> str:
    """Return a whole number with thousands separators.

    >>> count(1052), count(float("nan"))
    ('1,052', '–')
    """
    return MISSING if is_missing(value) else f"{half_up(value):,f}"


def number(value: float, digits: int = 2) -> str:
    """Return a number with ``digits`` decimals.

    >>> number(1234.565), number(0.5, 1), number(0, 8)
    ('1,234.57', '0.5', '0.00000000')
    """
    return MISSING if is_missing(value) else f"{half_up(value, digits):,f}"


def dollars(value: float | Decimal, digits: int = 0) -> str:
    """Return an amount in dollars, the sign before the dollar sign.

    >>> dollars(-1234.5), dollars(0.125, 2)
    ('-$1,235', '$0.13')
    """
    if is_missing(value):
        return MISSING
    rounded = half_up(value, digits)
    return f"{'-' if rounded < 0 else ''}${abs(rounded):,f}"


def money(value: float | Decimal, unit: str, digits: int = 0) -> str:
    """Return an amount of money in its unit: dollars with their sign, others in words.

    >>> money(-1234.5, "dollars"), money(1234.5, "KSh"), money(0.125, "euros", 2)
    ('-$1,235', '1,235 KSh', '0.13 euros')
    """
    if is_missing(value) or is_dollars(unit):
        return dollars(value, digits)
    return f"{half_up(value, digits):,f} {unit}".strip()


def begun(text: str) -> str:
    """Return a text as a sentence begins with it: its first letter large, the others as they are.

    >>> begun("said in KSh"), begun("")
    ('Said in KSh', '')
    """
    return text[:1].upper() + text[1:]


def is_dollars(unit: str) -> bool:
    """Tell whether a unit in words means dollars.

    >>> is_dollars("US dollars"), is_dollars("euros")
    (True, False)
    """
    return unit.casefold() in DOLLARS


def millions(value: float, digits: int = 0) -> str:
    """Return an amount given in millions of dollars, in billions from a thousand millions on.

    >>> millions(346), millions(-3386.06, 1), millions(42.26, 1)
    ('$346 million', '-$3.4 billion', '$42.3 million')
    """
    if is_missing(value):
        return MISSING
    if abs(value) >= 1000:
        return f"{dollars(Decimal(str(value)) / 1000, max(digits, 1))} billion"
    return f"{dollars(value, digits)} million"


def in_unit(number: str, unit: str) -> str:
    """Return a number that is written already with its unit, which is one of it where it is 1.

    >>> in_unit("1", "measures"), in_unit("-1.0", "days of delay"), in_unit("1,250", "entries")
    ('1 measure', '-1.0 day of delay', '1,250 entries')
    >>> in_unit("1", "million dollars a month"), in_unit("68%", "")
    ('1 million dollars a month', '68%')
    """
    one = re.fullmatch(r"-?1(\.0+)?", number)
    return f"{number} {singular(unit) if one else unit}".strip()


def singular(unit: str) -> str:
    """Return the plural word of a unit, or the first of several, as of one.

    Of millions there are dollars, also of one.

    >>> singular("fiscal years"), singular("dollars a month"), singular("entries")
    ('fiscal year', 'dollar a month', 'entry')
    >>> singular("people"), singular("analyses"), singular("boxes"), singular("series")
    ('person', 'analysis', 'box', 'series')
    """
    if re.match(r"(thousand|million|billion)\b", unit):
        return unit
    head, more = _HEAD.fullmatch(unit).groups()  # type: ignore[union-attr]  # matches any text
    before, _, word = head.rpartition(" ")
    if word.casefold() not in _ALIKE:
        for ending, of_one in _ENDINGS:
            if word.endswith(ending):
                word = f"{word[: len(word) - len(ending)]}{of_one}"
                break
    return f"{before} {word}{more}".strip()


_HEAD = re.compile(r"(.*?)((?: (?:a|an|by|for|from|in|of|per|to|with)\b.*|/.*)?)", re.DOTALL)
_ALIKE = {"series", "species", "news", "means", "gross", "status", "basis", "us"}
_ENDINGS = (  # the first that fits, and what stands in its place of one
    *(("people", "person"), ("children", "child"), ("analyses", "analysis"), ("bases", "basis")),
    *(("ies", "y"), ("sses", "ss"), ("shes", "sh"), ("ches", "ch"), ("xes", "x"), ("zes", "z")),
    *(("ss", "ss"), ("us", "us"), ("is", "is"), ("s", "")),
)


def p_value(value: float) -> str:
    """Return a p-value to two significant digits, never as zero.

    >>> p_value(0.0421), p_value(0.25), p_value(1e-9)
    ('0.042', '0.25', '< 0.001')
    """
    if is_missing(value):
        return MISSING
    return "< 0.001" if value < 0.001 else f"{value:.2g}" if value < 0.9995 else "1.00"


def day(value: date | None) -> str:
    """Return a date as 2024-04-30; any missing value as a dash.

    >>> day(date(2024, 4, 30)), day(None)
    ('2024-04-30', '–')
    """
    return MISSING if is_missing(value) else f"{value:%Y-%m-%d}"


def text(value: object) -> str:
    """Return any value as text, an exact decimal without an exponent; a missing one as a dash.

    >>> text("open"), text(None), text(Decimal("0E-8"))
    ('open', '–', '0.00000000')
    """
    return MISSING if is_missing(value) else plainly(value)


def plainly(value: object) -> str:
    """Return a value as text, an exact decimal without an exponent.

    >>> plainly(Decimal("1E+3")), plainly(2024)
    ('1000', '2024')
    """
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _one(value: float) -> str:
    return number(value, 1)


def _share(value: float) -> str:
    return percent(value, 1, 1)


_OF_ENDING: dict[str, Callable[[float], str]] = {
    "percent": _one,
    "p": p_value,
    "df": _one,
    "share": _share,
    "rate": _share,
    "points": count,
    "months": count,
    "days": count,
}


def of_column(name: str) -> Callable[[float], str] | None:
    """Return the usual format of a number in a column of this name, by the name's last word.

    >>> of_column("level_p")(1e-9), of_column("share")(0.125), of_column("item")
    ('< 0.001', '12.5%', None)
    """
    return _OF_ENDING.get(name.rsplit("_", 1)[-1])


def is_missing(value: object) -> bool:
    """Tell None, NaN, NaT and pandas' NA apart from values, without importing pandas."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    return isinstance(value, float | Decimal) and value != value


def beginning(text: str, length: int = 48) -> str:
    """Return the first words of a text that fit, and a mark where there are more.

    >>> beginning("Controls over inventory need attention", 20), beginning("Short")
    ('Controls over…', 'Short')
    """
    if is_missing(text) or len(text) <= length:
        return MISSING if is_missing(text) else text
    return f"{text[: length - 1].rsplit(' ', 1)[0]}…"


_READ = re.compile(r"(?P<sign>[-+]?)\$?(?P<digits>[\d,]*\.?\d+)(?P<percent> ?%)?(?P<unit>.*)")


def as_read(shown: str) -> float | None:
    """Return the number that a reader takes from a formatted one; None where there is none.

    >>> as_read("68%"), as_read("-$1,235"), as_read("< 0.001"), as_read(MISSING)
    (0.68, -1235.0, 0.001, None)
    """
    found = _READ.search(shown)
    if found is None:
        return None
    number = float(found["digits"].replace(",", "")) * (-1 if found["sign"] == "-" else 1)
    return round(number / 100, 12) if found["percent"] else number
