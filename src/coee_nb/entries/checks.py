"""What every row is asked: each check once, as an expression that DuckDB and Spark both take.

A check says what is asked, which rows fail, how grave that is and of which rows it is a share. Its
rule is a `coee_nb.checks.Rule` whose effect is "reports": no row is dropped or mended.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import ROUND_DOWN, Decimal
from functools import reduce
from operator import and_, or_
from typing import Any, Literal

from coee_nb.arguments import known
from coee_nb.checks import Rule
from coee_nb.entries.conditions import condition
from coee_nb.entries.layout import DATES, FIELDS, MONEY
from coee_nb.errors import ParameterError
from coee_nb.wording import read_wording

WORDS = read_wording("coee_nb.entries")
Severity = Literal["error", "unusual"]
DUPLICATE, OUT_OF_SCOPE, EARLY = "duplicate_entry_number", "date_out_of_scope", "early_liquidation"
FUTURE, NEGATIVE, EXTREME = "future_date", "negative_amount", "extreme_amount"
PRESENT = ("center", *DATES)  # the fields that a denominator may need, beside the number
NAMES = {
    "row": "row", "rows": "rows", "unit": "unit", "money": "dollars", "entry_number": "number",
    "entry_date": "entry date", "summary_date": "summary date", "release_date": "release date",
    "liquidation_date": "liquidation date", "duties": "duties", "taxes": "taxes", "fees": "fees",
}  # fmt: skip


@dataclass(frozen=True)
class EntryCheck:
    """A check of every row: ``fails`` is its condition, none where rows are held together.

    It is a share of the rows that have all fields of ``needs``; ``severity``: an "error" counts
    against the data, what is "unusual" asks for an explanation. ``rule.id`` is its stable name.
    ``of_unit``: the unit alone decides it. ``screen`` is a condition shared with other checks that
    holds wherever ``fails`` does: one question tells that a row fails none of them.
    """

    rule: Rule
    severity: Severity
    fails: Any = field(default=None, compare=False)
    needs: tuple[str, ...] = ()
    of_unit: bool = False
    screen: Any = field(default=None, compare=False)

    @property
    def id(self) -> str:
        """Return the stable name."""
        return self.rule.id


@dataclass(frozen=True)
class Asked:
    """What the checks are asked with; what is None or empty leaves a check unasked.

    ``scope_from`` and ``scope_to`` (inclusive) are the days asked for, ``as_of`` the day on which
    the data were had, ``centers`` the known units, ``early_days`` the days from entry that a
    liquidation takes at least, ``extreme_amount`` what no amount should exceed; ``more`` are the
    sheet's own checks: id, question, where; ``names`` its own words; ``absent`` the fields that
    the loaded files do not have, which nothing is asked of.
    """

    scope_from: date | None = None
    scope_to: date | None = None
    as_of: date | None = None
    centers: tuple[str, ...] = ()
    early_days: int | None = None
    extreme_amount: float | None = None
    more: tuple[tuple[str, str, str], ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    absent: tuple[str, ...] = ()

    @property
    def has_scope(self) -> bool:
        """Tell whether a first or a last day is asked for."""
        return bool(self.scope_from or self.scope_to)

    def scope(self) -> tuple[date, date]:
        """Return the first and the last day asked for."""
        return self.scope_from or date.min, self.scope_to or date.max

    def said(self) -> dict[str, str]:
        """Return the words of rows, the unit, the money and the fields."""
        return NAMES | dict(self.names)

    def fields(self) -> dict[str, str]:
        """Return the word for each field that the loaded files have."""
        said = of_fields(self.said())
        return {name: word for name, word in said.items() if name not in self.absent}


def of_fields(names: Mapping[str, str]) -> dict[str, str]:
    """Return the word for each field, as `Asked.said` has them."""
    return {name: names["unit" if name == "center" else name] for name in FIELDS}


def checks(asked: Asked) -> tuple[EntryCheck, ...]:
    """Return the checks that can be asked, in the order of the pages.

    A field that is there and cannot be read is not missing: it fails ``unparsed_value`` alone. A
    liquidation before the entry is no early one. Raises ParameterError for a check of the sheet
    that is not understood, or takes a name that is taken.
    """
    from ibis import _

    found = [
        *(_missing(name, asked) for name in ("entry_date", "summary_date", "release_date")),
        _missing("center", asked),
        *_unknown_center(asked),
        _before("liquidation_before_entry", "liquidation_date", asked),
        _before("release_before_entry", "release_date", asked),
        _before("summary_before_entry", "summary_date", asked),
        *_scope(asked),
        *_future(asked),
        _check(DUPLICATE, asked, None, ("entry_number",)),
        *_early(asked),
        *_amounts(asked),
        _check("unparsed_value", asked, _.unparsed.notnull()),
    ]
    found += _of_the_sheet(asked, [one.id for one in found])
    screens = _screens(asked)
    return tuple(
        replace(one, screen=screens.get(one.id, one.fails))
        for one in found
        if not _lacks(one, asked.absent)
    )


def _screens(asked: Asked) -> dict[str, Any]:
    """Return the conditions that several checks share as their screen, by the checks' ids."""
    found: dict[str, Any] = {}
    if asked.extreme_amount is not None:
        beyond = _beyond(Decimal(0), _limit(asked.extreme_amount))
        found |= dict.fromkeys((NEGATIVE, EXTREME), beyond)
    if asked.early_days is not None:
        found |= dict.fromkeys((EARLY, "liquidation_before_entry"), _held() < asked.early_days)
    if asked.as_of is not None and asked.has_scope:
        first, last = asked.scope()
        outside = _outside(first, min(last, asked.as_of)) | _after(asked.as_of, DATES[1:])
        found |= dict.fromkeys((OUT_OF_SCOPE, FUTURE), outside)
    return found


def _lacks(check: EntryCheck, absent: Sequence[str]) -> bool:
    """Tell whether the loaded files have no column for what a check asks."""
    return any(name in check.needs or check.id == f"missing_{name}" for name in absent)


def all_ids(asked: Asked) -> tuple[str, ...]:
    """Return the ids of every check there is, asked or not, with those of the sheet."""
    ids = [name.removeprefix("ask_") for name in WORDS.sentences if name.startswith("ask_")]
    return (*ids, *(name for name, _, _ in asked.more))


def not_asked(asked: Asked) -> tuple[str, ...]:
    """Return what the checks would find that lack what they would be asked with."""
    there, said = {one.id for one in checks(asked)}, asked.said()
    lacking = [name for name in all_ids(asked) if name not in there]
    own = {name: name.replace("_", " ") for name, _, _ in asked.more}
    return tuple(own.get(name) or WORDS.sentence(f"wrong_{name}", **said) for name in lacking)


def _check(
    name: str,
    asked: Asked,
    fails: Any,
    needs: tuple[str, ...] = (),
    severity: Severity = "error",
    **values: Any,
) -> EntryCheck:
    said = asked.said() | {key: str(value) for key, value in values.items()}
    question = WORDS.sentence(f"ask_{name}", **said)
    wrong = WORDS.sentence(f"wrong_{name}", **said)
    return EntryCheck(Rule(name, question, wrong, effect="reports"), severity, fails, needs)


def _missing(name: str, asked: Asked) -> EntryCheck:
    from ibis import _

    read = _.unparsed.isnull() | ~_.unparsed.contains(f'"{name}"')
    return _check(f"missing_{name}", asked, _[name].isnull() & read)


def _before(name: str, later: str, asked: Asked) -> EntryCheck:
    from ibis import _

    return _check(name, asked, _[later] < _.entry_date, ("entry_date", later))


def _unknown_center(asked: Asked) -> list[EntryCheck]:
    from ibis import _

    if not asked.centers:
        return []
    found = _check("unknown_center", asked, _.center.notin(asked.centers), ("center",))
    return [replace(found, of_unit=True)]


def _scope(asked: Asked) -> list[EntryCheck]:
    if not asked.has_scope:
        return []
    span = f"{asked.scope_from or '…'} to {asked.scope_to or '…'}"
    return [_check(OUT_OF_SCOPE, asked, _outside(*asked.scope()), ("entry_date",), span=span)]


def _outside(first: date, last: date) -> Any:
    """Return the condition that the entry date lies outside of these days."""
    from ibis import _
    from ibis import date as day

    return ~_.entry_date.between(day(first.isoformat()), day(last.isoformat()))


def _future(asked: Asked) -> list[EntryCheck]:
    if asked.as_of is None:
        return []
    return [_check(FUTURE, asked, _after(asked.as_of, DATES), as_of=asked.as_of)]


def _after(last: date, names: Sequence[str]) -> Any:
    """Return the condition that any of these dates lies after a day."""
    from ibis import _
    from ibis import date as day

    return reduce(or_, (_[name] > day(last.isoformat()) for name in names))


def _early(asked: Asked) -> list[EntryCheck]:

    if asked.early_days is None:
        return []
    early, needs = _held().between(0, asked.early_days - 1), ("entry_date", "liquidation_date")
    return [_check(EARLY, asked, early, needs, "unusual", days=asked.early_days)]


def _held() -> Any:
    """Return the days from entry to liquidation."""
    from ibis import _

    return _.liquidation_date.delta(_.entry_date, unit="day")


def _amounts(asked: Asked) -> list[EntryCheck]:
    from ibis import _

    below = reduce(or_, (_[name] < 0 for name in MONEY))
    found = [_check(NEGATIVE, asked, below, (), "unusual")]
    if (most := asked.extreme_amount) is not None:
        beyond = _beyond(-_limit(most), _limit(most))
        found.append(_check(EXTREME, asked, beyond, (), "unusual", most=f"{most:,.0f}"))
    return found


def _limit(most: float) -> Decimal:
    """Return a limit in whole cents, as no amount lies between two of them."""
    return Decimal(str(most)).quantize(Decimal("0.01"), ROUND_DOWN)


def _beyond(least: Decimal, largest: Decimal) -> Any:
    """Return the condition that any amount lies outside of the limits, typed as amounts are."""
    from ibis import _, literal

    low, high = (literal(limit, "decimal(18, 2)") for limit in (least, largest))
    return reduce(or_, (~_[name].between(low, high) for name in MONEY))


def _of_the_sheet(asked: Asked, taken: Sequence[str]) -> list[EntryCheck]:
    found = []
    for name, question, where in asked.more:
        if name in taken:
            raise ParameterError(f"the check {name!r} is there already", do="give it another id")
        fails, needs = condition(where)
        rule = Rule(name, question, name.replace("_", " "), effect="reports")
        found.append(EntryCheck(rule, "error", fails, needs))
    return found


def chosen(names: Sequence[str], among: Sequence[EntryCheck]) -> tuple[EntryCheck, ...]:
    """Return the checks of these ids; ParameterError, with the nearest one, for an unknown id."""
    by_id = {one.id: one for one in among}
    return tuple(by_id[known(name, by_id, "check")] for name in names)


def any_of(conditions: Sequence[Any]) -> Any:
    """Return the condition that any of several holds; unknown counts as not holding."""
    return reduce(or_, conditions).fill_null(False)


def all_of(conditions: Sequence[Any]) -> Any:
    """Return the condition that all of several hold."""
    return reduce(and_, conditions)
