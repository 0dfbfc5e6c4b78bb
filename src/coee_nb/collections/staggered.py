"""Groups that began at different times, together: what moved all of them in a period taken out."""

import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.linalg import null_space

from coee_nb.collections.comparison import UNEQUAL_NOISE
from coee_nb.collections.its import table
from coee_nb.collections.robustness.safeguards import LIKELIHOOD, Check, placebo_checks
from coee_nb.collections.robustness.sensitivity import Scan, a_year
from coee_nb.collections.verdict import CANNOT_TELL, decide
from coee_nb.engines.ar1 import inference
from coee_nb.engines.ar1.design_matrix import build
from coee_nb.engines.ar1.estimators import reml
from coee_nb.engines.ar1.periods import Date, as_period
from coee_nb.engines.ar1.process import gaps_of
from coee_nb.engines.design.comparisons import adjust_p_values
from coee_nb.errors import EstimationError, InputError, StatisticalWarning
from coee_nb.formats import number, p_value
from coee_nb.wording import read_wording

WORDS = read_wording("coee_nb.collections")
NEVER = "never"
CHANGES = ["level", "slope"]
NOISE = "largest noise of a group over the smallest"
OF_THE_MODEL = (LIKELIHOOD, NOISE)
Starts = Mapping[str, pd.Period | None]
Competing = Sequence[pd.Period]


@dataclass(frozen=True)
class StaggeredStarts:
    """What the change did to groups that it reached at different times.

    ``effects``: one row a measure ("level": step at a group's own start; "slope": change of slope
    from there on; "average": a period of the first ``periods`` since the start) with estimate, se,
    df, ci_low, ci_high (95%) and p (of level and slope adjusted for the two), averaged over the
    groups reached, each counting the same; ``logs``: whether of logarithms; ``starts`` by group,
    None for one not reached; ``checks``: check, value, passed; ``answer`` as of ``verdict``;
    ``rho``: of the errors; ``cautions`` of the designs; ``text``: sentences a report may print.
    """

    answer: str
    effects: pd.DataFrame
    checks: pd.DataFrame
    starts: Starts
    periods: int
    logs: bool
    rho: float
    cautions: tuple[str, ...]
    text: str


def staggered(
    values: pd.DataFrame,
    starts: Mapping[str, Date | None],
    *,
    competing: Sequence[Date] = (),
    season: str | int | None = None,
    negligible_percent: float = 5.0,
) -> StaggeredStarts:
    """Return what the change did, each group counted from its own start.

    ``values`` one column a group on a PeriodIndex, in logarithms where all are above zero;
    ``starts``: the first period after the change by group, None for a group it has not reached.
    Every group has its own line, step and change of slope and, but for the first, its own deviation
    in season and after the events ``competing``; every period has an effect that all share. Errors
    are AR(1) (REML). The groups' changes are averaged after they are estimated, so that none serves
    as unchanged for another. A change is shown where the interval of the average excludes zero and,
    as in ``verdict``, the step is the largest among the same starts all moved to earlier periods.

    >>> import numpy as np, pandas as pd
    >>> index = pd.period_range("2015-01", periods=60, freq="M")
    >>> draws = np.random.default_rng(1).normal(100, 2, (60, 3))
    >>> values = pd.DataFrame(draws, index, ["North", "South", "West"])
    >>> values.loc["2017-01":, "North"] += 20
    >>> values.loc["2017-09":, "South"] += 20
    >>> staggered(values, {"North": "2017-01", "South": "2017-09", "West": None}).answer
    'increase shown'

    Raises InputError for a group without a start, EstimationError where all groups begin together
    or the series are too short. (Each group's own effect before averaging: Wooldridge 2021; why a
    shared one misleads: Goodman-Bacon 2021.)
    """
    index = pd.PeriodIndex(values.index)
    own = _placed(values, starts, index)
    events = [as_period(one, index, what="the concurrent event") for one in competing]
    logs = bool((values > 0).all(axis=None))
    data = np.log(values) if logs else values
    panel = _fit(data, own, events, season)
    reached = {group: start for group, start in own.items() if start is not None}
    periods = min(_window(start, events, index[-1]) for start in reached.values())
    effects = panel.table(_averages(reached, periods))
    checks = [*placebo_checks(_scan(data, own, events, season)), *_of_the_model(panel)]
    negligible = np.log1p(negligible_percent / 100) if logs else float("nan")
    answer = _answer(effects.loc["average"], negligible, checks)
    effects.loc[CHANGES, "p"] = adjust_p_values(effects.loc[CHANGES, "p"].to_numpy())
    held = pd.DataFrame([(check, value, failed == "") for check, value, failed in checks],
                        columns=["check", "value", "passed"])  # fmt: skip
    text = _sentence(answer, effects, own, periods, logs, checks)
    return StaggeredStarts(
        answer, effects, held, own, periods, logs, panel.estimate.rho, panel.cautions, text
    )


def _placed(
    values: pd.DataFrame, starts: Mapping[str, Date | None], index: pd.PeriodIndex
) -> dict[str, pd.Period | None]:
    """Return the start of every group as a period; refuse what cannot be told apart."""
    without = [str(group) for group in values if group not in starts]
    if without:
        raise InputError(
            f"no start for {', '.join(without)}",
            where="starts",
            expected="a period for every group, or None for one that was not reached",
        )
    placed = {
        str(group): None if starts[group] is None else as_period(starts[group], index, what="start")
        for group in values
    }
    if len(set(placed.values())) < 2 or set(placed.values()) == {None}:
        raise EstimationError(
            "all groups begin together",
            expected="groups that begin at different times, or one not reached",
            do="read the line of all together: nothing tells the change from what moved all groups",
        )
    return placed


@dataclass(frozen=True)
class _Panel:
    """The groups fitted together: ``estimate`` of the terms ``names``; residual ``noise`` by group;
    ``cautions`` of their designs.
    """

    estimate: inference.TermEstimates
    names: tuple[str, ...]
    noise: pd.Series
    cautions: tuple[str, ...]

    def table(self, effects: Mapping[str, Mapping[str, float]]) -> pd.DataFrame:
        """Return one row an effect, each a sum of terms with weights, as ``its.table`` does."""
        weights = [[one.get(term, 0.0) for term in self.names] for one in effects.values()]
        return table(self.estimate, list(effects), np.array(weights))


def _fit(data: pd.DataFrame, starts: Starts, competing: Competing, season: Any) -> _Panel:
    """Fit every group's own line and changes beside effects of periods that all share.

    The latter are taken out exactly: of G groups, G - 1 orthonormal contrasts across them hold all
    that an effect of every period leaves, and their errors are AR(1) and independent as before.
    """
    designs = {
        group: build(data[group], _changes(start, competing), season=season)
        for group, start in starts.items()
    }
    columns: dict[str, tuple[int, np.ndarray]] = {}
    for place, (group, design) in enumerate(designs.items()):
        for term, column in zip(design.names, design.matrix.T, strict=True):
            kind = term.partition("[")[0]
            own = term in (f"level[{starts[group]}]", f"slope[{starts[group]}]")
            if own or place:  # the first group is what the others deviate from
                columns[f"{group}:{kind if own else term}"] = place, column
    owner = np.array([place for place, _ in columns.values()])
    matrix = np.column_stack([column for _, column in columns.values()])
    across = null_space(np.ones((1, len(designs))))
    points, contrasts = len(data), across.shape[1]
    X = np.concatenate([matrix * across[owner, k] for k in range(contrasts)])
    y = (data.to_numpy() @ across).T.ravel()
    gaps = gaps_of(np.tile(np.arange(points), contrasts), np.repeat(range(contrasts), points))
    estimate = reml(y, X, gaps, names=list(columns))
    left = (y - X @ estimate.coefficients).reshape(contrasts, points)
    noise = pd.Series((across @ left).std(axis=1), index=list(designs))
    cautions = [f"{name}: {text}" for name, design in designs.items() for text in design.warnings]
    return _Panel(estimate, tuple(columns), noise, tuple(cautions))


def _changes(start: pd.Period | None, competing: Competing) -> list[pd.Period]:
    return [*([] if start is None else [start]), *(one for one in competing if one != start)]


def _averages(reached: Mapping[str, pd.Period], periods: int) -> dict[str, dict[str, float]]:
    """Return level, slope and average of the first ``periods``, over the groups reached."""
    share = 1 / len(reached)
    level = {f"{group}:level": share for group in reached}
    slope = {f"{group}:slope": share for group in reached}
    middle = {term: weight * (periods - 1) / 2 for term, weight in slope.items()}
    return {"level": level, "slope": slope, "average": level | middle}


def _window(start: pd.Period, competing: Competing, last: pd.Period) -> int:
    """Return for how many periods from its start a group is observed, up to the next event."""
    later = [one.ordinal for one in competing if one > start]
    return min([*later, last.ordinal + 1]) - start.ordinal


def _scan(data: pd.DataFrame, starts: Starts, competing: Competing, season: Any) -> Scan:
    """Return the step with all starts moved to every earlier period that leaves a year."""
    first = min(start for start in starts.values() if start is not None)
    rows = [_step(data, starts, competing, season, 0)]
    for shift in range(1, first.ordinal - data.index[0].ordinal - a_year(data.index) + 1):
        try:
            rows.append(_step(data, starts, competing, season, shift))
        except EstimationError:
            continue  # a start too close to a competing event to be told from it
    tried = pd.DataFrame(rows)
    t = (tried["level"] / tried["level_se"]).abs()
    tried["rank"] = t.rank(ascending=False, method="min").astype(int)
    return Scan(tried, first, int(tried["rank"].iloc[0]), "")


def _step(
    data: pd.DataFrame, starts: Starts, competing: Competing, season: Any, shift: int
) -> dict[str, Any]:
    moved = {group: None if start is None else start - shift for group, start in starts.items()}
    reached = {group: start for group, start in moved.items() if start is not None}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", StatisticalWarning)
        row = _fit(data, moved, competing, season).table(_averages(reached, 1)).loc["level"]
    return {"interruption": min(reached.values()), "level": row["estimate"],
            "level_se": row["se"], "level_p": row["p"]}  # fmt: skip


def _of_the_model(panel: _Panel) -> Iterator[Check]:
    """Say whether the likelihood has a maximum, and the groups are alike in noise."""
    estimate = panel.estimate
    inside = estimate.interior and not estimate.boundary and estimate.converged
    rho = f"rho {number(estimate.rho, 2)}"
    yield LIKELIHOOD, rho, "" if inside else WORDS.sentence("boundary")
    ratio = panel.noise.max() / panel.noise.min()
    told = number(ratio, 1)
    said = WORDS.sentence("unequal", most=panel.noise.idxmax(), least=panel.noise.idxmin(),
                          ratio=told)  # fmt: skip
    yield NOISE, told, said if ratio > UNEQUAL_NOISE else ""


def _answer(row: pd.Series, negligible: float, checks: Sequence[Check]) -> str:
    alone = str(decide(row["ci_low"], row["ci_high"], negligible))
    return CANNOT_TELL if _failures(row, checks) else alone


def _failures(row: pd.Series, checks: Sequence[Check]) -> list[str]:
    """Return the clauses of failed checks: all where zero is excluded, else those of the model."""
    excludes = row["ci_low"] > 0 or row["ci_high"] < 0
    return [failed for check, _, failed in checks if failed and (excludes or check in OF_THE_MODEL)]


def _sentence(
    answer: str, effects: pd.DataFrame, starts: Starts, periods: int, logs: bool,
    checks: Sequence[Check],
) -> str:  # fmt: skip
    def said(value: float) -> str:
        return f"{number(100 * np.expm1(value), 1)}%" if logs else number(value, 3)

    row = effects.loc["average"]
    sentence = WORDS.sentence(
        "staggered", answer=answer, periods=periods, estimate=said(row["estimate"]),
        low=said(row["ci_low"]), high=said(row["ci_high"]), p=p_value(row["p"]),
        starts=starts_told(starts),
    )  # fmt: skip
    failed = _failures(row, checks)
    return (
        f"{sentence} {WORDS.sentence('staggered_failed', failed='; '.join(failed))}"
        if failed
        else sentence
    )


def starts_told(starts: Mapping[str, Any]) -> str:
    """Return every group with its start, in words."""
    told = [f"{group} {NEVER if start is None else start}" for group, start in starts.items()]
    return ", ".join(told)
