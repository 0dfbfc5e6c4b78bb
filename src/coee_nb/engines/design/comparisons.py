"""Comparisons between groups, adjusted over a family declared beforehand."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from coee_nb import formats as fmt
from coee_nb.engines.design.estimation import Design, difference, rao_scott
from coee_nb.errors import EstimationError, InputError
from coee_nb.unseen import Unseen

DIFFERS = "differs"
NOT_SHOWN = "no difference shown"
_COLUMNS = [
    "comparison",
    "group",
    "test",
    "estimate",
    "statistic",
    "df1",
    "df2",
    "low",
    "high",
    "p",
    "p_adjusted",
    "verdict",
    "sentence",
]


@dataclass(frozen=True, repr=False)
class Comparison(Unseen):
    """One declared comparison: 0/1 ``values`` (NaN: no answer) between ``groups``.

    Both have one entry a respondent; ``name`` says what is compared, e.g. "no review policy".
    """

    name: str
    values: pd.Series
    groups: pd.Series


@dataclass(frozen=True, repr=False)
class Comparisons(Unseen):
    """A family of tests, all of it, in the order declared.

    ``table`` columns: comparison, group (empty: all groups at once), test, estimate (difference of
    shares, group less rest), statistic, df1, df2, low, high (not adjusted), p, p_adjusted (over
    the whole family), verdict ("differs", "no difference shown" or "not estimable: reason"),
    sentence.
    """

    table: pd.DataFrame
    text: str


def between_groups(
    design: Design, family: Sequence[Comparison], *, level: float = 0.05
) -> Comparisons:
    """Test each comparison of ``family`` over all its groups at once (Rao-Scott F), Holm-adjusted.

    Use it to ask whether groups differ at all; ``against_the_rest`` says which.
    """
    rows = []
    for compared in _family(family):
        found = _tried(partial(_rao_scott, design, compared))
        row = {"comparison": compared.name, "group": "", "test": "Rao-Scott F", **found}
        rows.append(row | {"subject": f"the answer by {compared.groups.name or 'group'}"})
    return _adjusted(rows, level)


def against_the_rest(
    design: Design, family: Sequence[Comparison], *, level: float = 0.05
) -> Comparisons:
    """Test each group of each comparison against all others (design-based t), Holm-adjusted.

    The family is every group of every comparison given in one call; of two groups only the last
    in the alphabet is tested, the other test being the same. Respondents without a group are left
    out. Equals R's ``svyttest``.
    """
    rows = []
    for compared in _family(family):
        placed = compared.groups.notna()
        values = compared.values.where(placed).to_numpy(float)
        groups = sorted(compared.groups[placed].unique())
        for group in groups[1:] if len(groups) == 2 else groups:
            inside = (compared.groups == group).to_numpy()
            found = _tried(partial(_t_test, design, values, inside))
            row = {"comparison": compared.name, "group": group, "test": "t", **found}
            rows.append(row | {"subject": str(group)})
    return _adjusted(rows, level)


def adjust_p_values(p: ArrayLike) -> NDArray[np.float64]:
    """Return Holm-adjusted p-values; NaN (not estimable) counts as 1 and stays NaN.

    So the family keeps its declared size whatever the data allow. Equals R's
    ``p.adjust(method = "holm")``. Source: Holm (1979), Scandinavian Journal of Statistics 6.

    >>> adjust_p_values([0.01, 0.04, float("nan")]).round(3).tolist()
    [0.03, 0.08, nan]
    """
    values = np.asarray(p, float)
    filled = np.where(np.isnan(values), 1.0, values)
    order = np.argsort(filled, kind="stable")
    stepped = filled[order] * np.arange(len(values), 0, -1)
    adjusted = np.empty_like(filled)
    adjusted[order] = np.minimum(np.maximum.accumulate(stepped), 1.0)
    return np.where(np.isnan(values), np.nan, adjusted)


def p_phrase(p: float) -> str:
    """Return a p-value as a sentence says it.

    >>> p_phrase(0.25), p_phrase(1e-9)
    ('p = 0.25', 'p < 0.001')
    """
    printed = fmt.p_value(p)
    return f"p {printed}" if printed.startswith("<") else f"p = {printed}"


def _family(family: Sequence[Comparison]) -> Sequence[Comparison]:
    if not family:
        raise InputError("an empty family", expected="at least one declared comparison")
    names = [compared.name for compared in family]
    if len(set(names)) < len(names):
        raise InputError("a comparison declared twice", do="give each a name of its own")
    return family


def _t_test(design: Design, values: NDArray, inside: NDArray) -> dict[str, float]:
    found = difference(design, values, inside)
    return {
        "estimate": found.estimate,
        "statistic": found.statistic,
        "df1": 1.0,
        "df2": float(found.degrees_of_freedom),
        "low": float(found.low),
        "high": float(found.high),
        "p": found.p,
    }


def _rao_scott(design: Design, compared: Comparison) -> dict[str, float]:
    found = rao_scott(design, compared.groups, compared.values)
    return {
        "statistic": found.statistic,
        "df1": found.numerator_df,
        "df2": found.denominator_df,
        "p": found.p,
    }


def _tried(test: Callable[[], dict[str, float]]) -> Mapping[str, Any]:
    """Return a test's numbers, or why there are none."""
    try:
        return test()
    except EstimationError as error:
        return {"verdict": f"not estimable: {error.found}"}


def _adjusted(rows: Iterable[Mapping[str, Any]], level: float) -> Comparisons:
    """Adjust over all rows, and give each its verdict and sentence."""
    table = pd.DataFrame(rows).reindex(columns=[*_COLUMNS, "subject"])
    numbers = ["estimate", "statistic", "df1", "df2", "low", "high", "p"]
    table[numbers] = table[numbers].astype(float)
    table["p_adjusted"] = adjust_p_values(table["p"])
    shown = np.where(table["p_adjusted"] < level, DIFFERS, NOT_SHOWN)
    table["verdict"] = table["verdict"].where(table["p"].isna(), shown)
    table["sentence"] = [_sentence(row, len(table)) for row in table.itertuples()]
    differing = int((table["verdict"] == DIFFERS).sum())
    untested = int(table["p"].isna().sum())
    text = (
        f"Of {len(table)} declared comparisons {differing} show a difference at the "
        f"{fmt.percent(level)} level (Holm-adjusted)"
    )
    text += f"; {untested} could not be tested." if untested else "."
    return Comparisons(table[_COLUMNS], text)


def _sentence(row, size: int) -> str:
    """Return what a report may print: that groups differ, or that no difference is shown."""
    subject = f"{row.comparison}, {row.subject}"
    if np.isnan(row.p):
        return f"{subject}: {row.verdict}."
    p = f"{p_phrase(row.p_adjusted)}, adjusted over {size} comparisons"
    against = " from the rest" if row.group else ""
    if row.verdict == NOT_SHOWN:
        return f"{subject}: no difference{against} shown ({p})."
    if np.isnan(row.estimate):
        return f"{subject}: differs ({p})."
    points = fmt.number(100 * row.estimate, 1)
    return f"{subject}: differs{against} by {points} percentage points ({p})."
