"""Conditions that a sheet may state over the fields of a row: a small closed language.

Fields, numbers, texts and days in quotes; ``== != < <= > >= in``, ``and or not``, ``+ - *``,
``abs(NUMBER)``, ``missing(FIELD)`` and ``days(FIELD, FIELD)``. Nothing else is understood, and
nothing is run.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import reduce
from typing import Any

from coee_nb.arguments import known
from coee_nb.entries.layout import DATES, FIELDS, MONEY
from coee_nb.errors import ParameterError

_COMPARE: dict[type, Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le,
    ast.Gt: operator.gt, ast.GtE: operator.ge,
}  # fmt: skip
_ARITHMETIC: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul,
}  # fmt: skip
_KINDS = dict.fromkeys(DATES, "day") | dict.fromkeys(MONEY, "number")


def condition(text: str) -> tuple[Any, tuple[str, ...]]:
    """Return a condition as an Ibis expression of a row, and the fields it needs.

    Raises ParameterError that says what is not understood.

    >>> condition("taxes > duties and not missing(center)")[1]
    ('taxes', 'duties')
    >>> condition("duties > 'much'")
    Traceback (most recent call last):
    coee_nb.errors.ParameterError: duties > 'much': compares a number with a text. ...
    """
    try:
        tree = ast.parse(text.strip(), mode="eval").body
        reader = _Reader()
        found, kind = reader.read(tree)
    except (SyntaxError, ValueError, MemoryError) as error:
        if isinstance(error, ParameterError):
            raise _not_understood(text, error.found) from error
        raise _not_understood(text, "is no condition") from error
    except RecursionError as error:
        raise _not_understood(text, "is nested too deep") from error
    if kind != "truth":
        raise _not_understood(text, f"is a {kind} and no condition")
    return found, tuple(dict.fromkeys(reader.needs))


def _not_understood(text: str, why: str) -> ParameterError:
    return ParameterError(
        f"{text}: {why}",
        expected=f"a condition over {', '.join(FIELDS)}, such as days(entry_date, release_date) "
        "> 30 and not missing(center)",
    )


class _Reader:
    """Reads the tree of a condition; every value comes with its kind."""

    def __init__(self) -> None:
        self.needs: list[str] = []

    def read(self, node: ast.AST) -> tuple[Any, str]:
        """Return the expression of a node and its kind: truth, number, text or day."""
        how = {
            ast.BoolOp: self._joined, ast.UnaryOp: self._unary, ast.Compare: self._compared,
            ast.BinOp: self._calculated, ast.Call: self._called, ast.Name: self._field,
            ast.Constant: self._constant,
        }.get(type(node))  # fmt: skip
        if how is None:
            raise ParameterError(f"{ast.unparse(node)!r} is not understood")
        return how(node)

    def _joined(self, node: Any) -> tuple[Any, str]:
        parts = [self._of(part, "truth") for part in node.values]
        return reduce(operator.and_ if isinstance(node.op, ast.And) else operator.or_, parts), (
            "truth"
        )

    def _of(self, node: ast.AST, kind: str) -> Any:
        value, found = self.read(node)
        if found != kind:
            raise ParameterError(f"{ast.unparse(node)!r} is a {found}, not a {kind}")
        return value

    def _unary(self, node: Any) -> tuple[Any, str]:
        if isinstance(node.op, ast.Not):
            return ~self._of(node.operand, "truth"), "truth"
        if isinstance(node.op, ast.USub):
            return -self._of(node.operand, "number"), "number"
        raise ParameterError(f"{ast.unparse(node)!r} is not understood")

    def _compared(self, node: Any) -> tuple[Any, str]:
        parts, left = [], node.left
        for op, right in zip(node.ops, node.comparators, strict=True):
            parts.append(self._comparison(left, op, right))
            left = right
        return reduce(operator.and_, parts), "truth"

    def _comparison(self, left: ast.AST, op: ast.cmpop, right: ast.AST) -> Any:
        value, kind = self.read(left)
        if isinstance(op, ast.In | ast.NotIn) and isinstance(right, ast.List | ast.Tuple):
            among = [self._of(one, kind) for one in right.elts]
            if not any(isinstance(one, ast.Name) for one in ast.walk(left)):
                raise ParameterError("compares no field")
            return ~value.isin(among) if isinstance(op, ast.NotIn) else value.isin(among)
        if type(op) not in _COMPARE:
            raise ParameterError(f"{ast.unparse(right)!r} cannot be compared so")
        other, kind_of_other = self.read(right)
        if kind == "day" and kind_of_other == "text":
            other, kind_of_other = _day(other), "day"
        if kind != kind_of_other or kind == "truth":
            raise ParameterError(f"compares a {kind} with a {kind_of_other}")
        if not any(isinstance(one, ast.Name | ast.Call) for side in (left, right)
                   for one in ast.walk(side)):  # fmt: skip
            raise ParameterError("compares no field")
        return _COMPARE[type(op)](value, other)

    def _calculated(self, node: Any) -> tuple[Any, str]:
        if type(node.op) not in _ARITHMETIC:
            raise ParameterError(f"{ast.unparse(node)!r} is not understood")
        left, right = self._of(node.left, "number"), self._of(node.right, "number")
        return _ARITHMETIC[type(node.op)](left, right), "number"

    def _called(self, node: Any) -> tuple[Any, str]:
        from ibis import _

        name = node.func.id if isinstance(node.func, ast.Name) else ""
        fields = [one.id for one in node.args if isinstance(one, ast.Name)]
        if name == "missing" and len(fields) == len(node.args) == 1:
            return _[known(fields[0], FIELDS, "field")].isnull(), "truth"
        if name == "days" and len(fields) == len(node.args) == 2:
            first, last = (self._of(one, "day") for one in node.args)
            return last.delta(first, unit="day"), "number"
        if name == "abs" and len(node.args) == 1:
            return self._of(node.args[0], "number").abs(), "number"
        raise ParameterError(f"{ast.unparse(node)!r} is not understood")

    def _field(self, node: Any) -> tuple[Any, str]:
        from ibis import _

        self.needs.append(known(node.id, FIELDS, "field"))
        return _[node.id], _KINDS.get(node.id, "text")

    def _constant(self, node: Any) -> tuple[Any, str]:
        value = node.value
        if isinstance(value, str):
            return value, "text"
        if isinstance(value, int | float) and not isinstance(value, bool):
            return Decimal(str(value)) if isinstance(value, float) else value, "number"
        raise ParameterError(f"{value!r} is not understood")


def _day(value: Any) -> date:
    if not isinstance(value, str):
        raise ParameterError("compares a day with a text")
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise ParameterError(f"{value!r} is no day") from error
