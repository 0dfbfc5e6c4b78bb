"""Collections in tables: a result goes in, a table with its caption and formats comes out."""

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from coee_nb import formats as fmt
from coee_nb.collections.effects import Effect
from coee_nb.collections.its import Fit
from coee_nb.collections.robustness.diagnostics import Residuals
from coee_nb.collections.robustness.specifications import SpecificationCurve
from coee_nb.collections.series import Receipts
from coee_nb.collections.tie_out import TieOut
from coee_nb.collections.verdict import ANSWERS, RULES, Verdict
from coee_nb.outputs import Callout, Table
from coee_nb.wording import read_wording

WORDS = read_wording("coee_nb.collections")

Format = Callable[[float], str]


def _one(value: float) -> str:
    return fmt.number(value, 1)


def _share(value: float) -> str:
    return fmt.percent(value, 1, 1)


def _by_ending(frame: pd.DataFrame, endings: Mapping[str, Format]) -> dict[str, Format]:
    """Return the format of each column whose name is, or ends in, one of ``endings``."""
    return {
        str(name): how
        for name in frame.columns
        for ending, how in endings.items()
        if name == ending or str(name).endswith(f"_{ending}")
    }


_USUAL = {"musd": _one, "percent": _one, "p": fmt.p_value, "df": _one, "coverage": _share,
          "monte_carlo_se": _share, "points": fmt.count, "months": fmt.count}  # fmt: skip


def usual(frame: pd.DataFrame, name: str, caption: str, **options: Any) -> Table:
    """Return a table with amounts and percentages to one decimal, periods as text."""
    plain = frame.assign(
        **{column: frame[column].map(str) for column in frame if _periods(frame[column])}
    )
    return Table(plain, name, caption, formats=_by_ending(plain, _USUAL), **options)


def _periods(values: pd.Series) -> bool:
    return len(values) > 0 and isinstance(values.iloc[0], pd.Period)


def problems(receipts: Receipts) -> Table:
    """Return what the checks of the file found; an empty table says that they found nothing."""
    note = "" if len(receipts.problems) else "No problem found."
    return Table(receipts.problems, **WORDS.table("input_checks"), note=note)


def coefficients(fit: Fit, name: str, caption: str) -> Table:
    """Return level, slope and pulse terms of a fit (the season's are in the table's file)."""
    frame = fit.coefficients.reset_index()
    season = frame["term"].str.startswith(("month[", "quarter[", "sin[", "cos["))
    frame = pd.concat([frame[~season], frame[season]], ignore_index=True)
    return usual(frame, name, caption, rows=int((~season).sum()), note=fit.text)


def effect(found: Effect) -> Table:
    """Return level, slope, cumulative and average effect with intervals."""
    columns = (
        "measure",
        "from",
        "through",
        "months",
        "estimate_musd",
        "ci_low_musd",
        "ci_high_musd",
        "p",
        "estimate_percent",
        "ci_low_percent",
        "ci_high_percent",
    )
    caption = "The effect, in millions of dollars and in percent of what was expected"
    return usual(found.table, "effect", caption, show=columns, anchor="measure")


def specification_summary(curve: SpecificationCurve) -> Table:
    """Return how many specifications give each answer."""
    return Table(curve.summary, **WORDS.table("specification_summary"), anchor="group")


def residual_tests(left: Residuals) -> Table:
    """Return Ljung-Box and Durbin-Watson."""
    return Table(
        left.tests,
        **WORDS.table("residual_tests"),
        formats={"p": fmt.p_value, "df": fmt.count},
        note=left.text,
    )


def rules(negligible_percent: float) -> Table:
    """Return the verdict's rules, in the order in which they are tried."""
    caption = (
        "The rules of the verdict: the first that holds decides (declared negligible: "
        f"{negligible_percent:g} % of what was expected)"
    )
    return Table(RULES, "verdict_rules", caption)


def error_rates(rates: pd.DataFrame) -> Table:
    """Return how often the rules give each answer when the truth is known."""
    formats: dict[str, Format] = dict.fromkeys([*ANSWERS, "wrong", "monte_carlo_se"], _share)
    formats["size"] = lambda size: fmt.millions(size, 1)
    caption = "How often the rules give each answer, by the true effect"
    note = "Wrong: an answer that the true effect contradicts. Cannot tell is never wrong."
    return Table(rates, "verdict_error_rates", caption, formats=formats, note=note)


def verdict(found: Verdict) -> Table:
    """Return the verdict with the numbers it rests on."""
    formats = _by_ending(found.table, _USUAL) | {"agreement": _share}
    labels = {
        "detectable_musd": "shown four times in five, million USD",
        "detectable_percent": "the same, percent of what was expected",
        "even_musd": "shown half of the time, million USD",
        "agreeing": "specifications that agree",
        "specifications": "of admissible",
    }
    return Table(
        found.table, **WORDS.table("verdict"), formats=formats, labels=labels, note=found.text
    )


def totals(tied: TieOut | None) -> Table | Callout:
    """Return printed totals over years beside the sums of the printed annual figures."""
    if tied is None or tied.totals.empty:
        return Callout(WORDS.sentence("no_totals"))
    note = "Both are printed figures: this holds the report against its own parts."
    return usual(
        tied.totals, "tie_out_totals", "Printed totals against the printed years", note=note
    )
