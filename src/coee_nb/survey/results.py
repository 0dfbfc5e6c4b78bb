"""Tables of what the survey says: findings, other questions, groups, and who did not answer."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

from coee_nb import formats as fmt
from coee_nb.exhibits import Notice, Table
from coee_nb.survey.chapter import Headline, Survey
from coee_nb.survey.codebook import Item
from coee_nb.survey.comparisons import (
    Comparison,
    Comparisons,
    against_the_rest,
    between_groups,
)
from coee_nb.survey.design import mean, post_stratified, raked, simple_random
from coee_nb.survey.intervals import (
    clopper_pearson,
    effective_size,
    korn_graubard,
    no_assumption_bounds,
    precision,
    wilson,
)
from coee_nb.survey.nonresponse import (
    compare_two_kinds,
    response_thresholds,
    weighted_beside_unweighted,
)
from coee_nb.survey.release import (
    KINDS,
    TOOK_PART,
    Release,
    comparable,
    item_labels,
    kinds_of,
    part_label,
    safe_with,
)
from coee_nb.survey.tables import (
    WITHHELD,
    WORDS,
    count,
    no_breakdown,
    percent,
)

OTHERS = "all others together"
INTERVALS = (
    "The percentage is of those who answered the question in substance. The design-based interval "
    "takes the {responded} respondents as a random sample of the {asked} asked, and those who "
    "answered as a part of it; like Wilson's it assumes that answering has nothing to do with the "
    "answer. The bounds assume nothing: everyone else says no, or everyone else says yes."
)


# Findings


def section(where: str | None) -> str:
    """Return the name of the table of the findings printed at ``where``.

    >>> section("Figure 3"), section(None)
    ('findings_figure_3', 'findings_other')
    """
    place = re.sub(r"[^a-z0-9]+", "_", where.lower()).strip("_") if where else "other"
    return f"findings_{place}"


def of_section(survey: Survey, where: str | None, but: Sequence[str] = ()) -> list[Headline]:
    """Return the findings printed at ``where``; without it, those at none of ``but``."""
    if where is not None:
        return [one for one in survey.headlines if where in one.where]
    return [one for one in survey.headlines if not any(other in one.where for other in but)]


def findings(
    released: Release, where: str | None = None, *, but: Sequence[str] = ()
) -> Table | Notice:
    """Return the findings printed at ``where``, with their denominators, intervals and bounds."""
    chosen = of_section(released.survey, where, but)
    if not chosen:
        return Notice(f"No finding is printed at {where}." if where else "No further findings.")
    frame = pd.DataFrame([finding_line(released, one) for one in chosen]).reindex(columns=_COLUMNS)
    frame = frame.astype({"count": "Int64", "n": "Int64"} | dict.fromkeys(_ENDS, float))
    for name in ("wilson", "design", "bound"):
        frame[name] = [
            span(low, high)
            for low, high in zip(frame[f"{name}_low"], frame[f"{name}_high"], strict=True)
        ]
    level = fmt.percent(released.survey.params.confidence)
    return Table(
        frame,
        name=section(where),
        caption=f"Findings: {where}" if where else "Further findings",
        formats={"count": count, "n": count, "share": percent},
        labels={
            "count": "said so",
            "n": "of answers",
            "share": "percent",
            "wilson": f"{level} Wilson",
            "design": f"{level} design-based",
            "bound": "bounds",
            "caution": "precision",
        },
        show=("finding", "count", "n", "share", "wilson", "design", "bound", "caution"),
        anchor="id",
        note=INTERVALS.format(
            responded=fmt.count(released.survey.responded), asked=fmt.count(released.survey.asked)
        ),
    )


_ENDS = [
    f"{name}_{end}" for name in ("wilson", "exact", "design", "bound") for end in ("low", "high")
]
_COLUMNS = ["id", "finding", "where", "count", "n", "share", "design_se", *_ENDS, "caution"]


def finding_line(released: Release, headline: Headline) -> dict[str, object]:
    """Return one finding with every interval, or without any number where it is withheld."""
    survey, level = released.survey, released.survey.params.confidence
    line = {"id": headline.id, "finding": headline.text, "where": headline.where}
    n, yes = int(headline.values.notna().sum()), int(headline.values.sum())
    if n == 0 or not released.may_print(headline):
        return line | {"caution": WITHHELD if n else "nobody answered"}
    found = mean(simple_random(survey.responded, frame=survey.asked), headline.values)
    accounts = survey.tables[""].accounting
    own = accounts[accounts["item"] == headline.item.name].iloc[0]
    eligible = own["in_frame"] - own["skipped_by_logic"] - own["not_applicable"]
    ends = {
        "wilson": wilson(yes, n, confidence=level),
        "exact": clopper_pearson(yes, n, confidence=level),
        "design": found.interval(confidence=level),
        "bound": no_assumption_bounds(yes, n, eligible),
    }
    line |= {"count": yes, "n": n, "share": yes / n, "design_se": found.standard_error}
    for name, (low, high) in ends.items():
        line |= {f"{name}_low": float(low), f"{name}_high": float(high)}
    size = {"rows": n, "degrees_of_freedom": found.degrees_of_freedom, "confidence": level}
    low, high = korn_graubard(yes / n, found.standard_error, **size)
    return line | {"caution": _caution(yes / n, found.standard_error, low, high, **size)}


def _caution(share: float, error: float, low: float, high: float, **size: float) -> str:
    """Return why a percentage fails the presentation standard; "fit to print" otherwise."""
    verdict = precision(
        share,
        rows=size["rows"],
        effective_rows=effective_size(share, error, **size),
        degrees_of_freedom=size["degrees_of_freedom"],
        low=low,
        high=high,
    ).iloc[0]
    return "fit to print" if verdict["verdict"] == "show" else f"low: {verdict['reason']}"


def span(low: float, high: float) -> str:
    """Return an interval of shares in whole percentages.

    >>> span(0.6377, 0.7240), span(float("nan"), 1.0)
    ('64 to 72 %', '–')
    """
    if fmt.is_missing(low) or fmt.is_missing(high):
        return fmt.MISSING
    return f"{fmt.percent(low).removesuffix(' %')} to {fmt.percent(high)}"


# Other questions


def choices(released: Release, kind: str) -> Table | Notice:
    """Return the answers of all items of one kind (single, likert or matrix), by choice."""
    frame = distribution(released, [item for item in released.survey.items if item.kind == kind])
    if frame.empty:
        return Notice(f"The questionnaire has no {kind} question.")
    frame["wilson"] = [
        span(low, high) for low, high in zip(frame["wilson_low"], frame["wilson_high"], strict=True)
    ]
    parts = ("part",) if kind == "matrix" else ()
    return Table(
        frame,
        name=f"{kind}_answers",
        caption={
            "single": "Single-choice questions",
            "likert": "Agreement",
            "matrix": "Questions by row",
        }[kind],
        formats={"count": count, "n": count, "share": percent},
        labels={
            "n": "of answers",
            "share": "percent",
            "wilson": f"{fmt.percent(released.survey.params.confidence)} Wilson",
        },
        show=("item", *parts, "choice", "count", "n", "share", "wilson"),
    )


def distribution(released: Release, items: Sequence[Item]) -> pd.DataFrame:
    """Return ``items.item_tables``' distribution of ``items`` over all, as it may be printed."""
    whole = released.survey.tables[""].distribution
    pieces = []
    for (name, part), rows in whole.groupby(["item", "part"], sort=False):
        if name not in {item.name for item in items}:
            continue
        frame = rows.rename(columns={"choice": "answer", "n": "denominator"})
        label = part_label(name, part)
        if label not in released.plan.tables:
            continue
        pieces.append(released.plan.release(frame, label, labels=["item", "part", "group"]))
    if not pieces:
        return pd.DataFrame()
    found = pd.concat(pieces, ignore_index=True).drop(columns=["group", "percent"])
    found = found.rename(columns={"answer": "choice", "denominator": "n"})
    return found.astype({"count": "Int64", "n": "Int64"})


def selections(released: Release) -> Table | Notice:
    """Return each multi-select, per respondent and per answer given."""
    frame = distribution(released, [i for i in released.survey.items if i.kind == "multi"])
    if frame.empty:
        return Notice("The questionnaire has no multi-select question.")
    frame = frame[["item", "choice", "count", "n", "share", "wilson_low", "wilson_high"]].copy()
    given = frame.groupby("item")["count"].transform(lambda counts: counts.sum(skipna=False))
    frame["answers_given"] = given.astype("Int64")
    frame["share_of_answers"] = (
        frame["count"].astype("Float64") / frame["answers_given"].astype("Float64")
    ).astype(float)
    frame["wilson"] = [
        span(low, high) for low, high in zip(frame["wilson_low"], frame["wilson_high"], strict=True)
    ]
    return Table(
        frame,
        name="multi_answers",
        caption="Questions with several answers",
        formats={"count": count, "n": count, "share": percent, "share_of_answers": percent}
        | {"answers_given": count},
        labels={
            "n": "of respondents",
            "share": "of respondents, %",
            "share_of_answers": "of answers, %",
            "wilson": f"{fmt.percent(released.survey.params.confidence)} Wilson",
        },
        show=(
            "item", "choice", "count", "n", "share", "wilson", "answers_given", "share_of_answers",
        ),
        note="Percentages of respondents add up to more than 100.",
    )  # fmt: skip


def numbers(released: Release) -> Table | Notice:
    """Return mean and quartiles of each numeric item; the ends are single persons' answers."""
    frame = released.survey.tables[""].numbers.drop(columns=["group", "minimum", "maximum"])
    if frame.empty:
        return Notice("The questionnaire asks for no number.")
    shown = frame["item"].isin(released.ways) & (frame["n"] >= released.floor)
    quartiles = ["lower_quartile", "median", "upper_quartile"]
    frame = frame.astype({"n": "Int64"} | dict.fromkeys(frame.columns[2:], float))
    frame.loc[~shown, frame.columns[1:]] = np.nan
    frame.loc[~(frame["n"] >= 4 * released.floor).fillna(False), quartiles] = np.nan
    frame["interval"] = [
        _between(low, high) for low, high in zip(frame["mean_low"], frame["mean_high"], strict=True)
    ]
    return Table(
        frame,
        name="numbers",
        caption="Questions for a number",
        formats={"n": count} | dict.fromkeys(["mean", "sd", *quartiles], _one_decimal),
        labels={
            "n": "answers",
            "sd": "standard deviation",
            "interval": f"{fmt.percent(released.survey.params.confidence)} interval of the mean",
        },
        show=("item", "n", "mean", "interval", "sd", *quartiles),
        note="The smallest and the largest answer are single persons' and are not printed.",
    )


def _one_decimal(value: float) -> str:
    return fmt.number(value, 1)


# By Center and by title


def by_group(released: Release, dimension: str) -> Table | Notice:
    """Return the percentage of every finding in each Center or title, with its denominator."""
    if dimension not in released.survey.params.breakdowns:
        return no_breakdown(dimension)
    long = group_shares(released, dimension)
    wide = pd.DataFrame({dimension: list(released.survey.margins(dimension))})
    for headline in released.survey.headlines:
        own = long[long["id"] == headline.id].set_index(dimension)
        cells = [_of(row.share, row.n) for row in own.loc[wide[dimension]].itertuples()]
        wide[headline.id] = cells
    return Table(
        wide,
        name=f"findings_by_{dimension}",
        caption=f"The findings by {WORDS[dimension]}",
        labels={dimension: WORDS[dimension]},
        note=f"Withheld: counts of fewer than {released.floor} people who gave this answer, "
        "another or none, and those from which such a count could be worked out.",
    )


def _of(share: float, n: float) -> str:
    """Return a percentage with its denominator, "66 % of 79"."""
    return WITHHELD if fmt.is_missing(share) else f"{fmt.percent(share)} of {fmt.count(n)}"


def group_shares(released: Release, dimension: str) -> pd.DataFrame:
    """Return one row a finding and group: count, n, share, Wilson ends, caution.

    Numbers are missing, and ``caution`` says withheld, where the plan hides them.
    """
    lines = []
    for headline in released.survey.headlines:
        for group in released.survey.margins(dimension):
            own = headline.values[released.survey.rows[dimension] == group]
            line = {"id": headline.id, "finding": headline.text, dimension: group}
            if released.may_print(headline, **{dimension: group}):
                line |= _group_numbers(released, own)
            else:
                line |= {"caution": WITHHELD}
            lines.append(line)
    columns = ["id", "finding", dimension, "count", "n", "share", "wilson_low", "wilson_high"]
    frame = pd.DataFrame(lines).reindex(columns=[*columns, "caution"])
    return frame.astype({"count": "Int64", "n": "Int64"} | dict.fromkeys(columns[5:], float))


def _group_numbers(released: Release, own: pd.Series) -> dict[str, object]:
    n, yes = int(own.notna().sum()), int(own.sum())
    if n == 0:
        return {"count": 0, "n": 0, "caution": "nobody answered"}
    low, high = wilson(yes, n, confidence=released.survey.params.confidence)
    few = "fewer than 30 answers" if n < 30 else ""
    wide = "interval at least 30 points wide" if high - low >= 0.3 else ""
    return {
        "count": yes,
        "n": n,
        "share": yes / n,
        "wilson_low": float(low),
        "wilson_high": float(high),
        "caution": few or wide,
    }


def differences(released: Release, dimension: str, *, rows: int = 12) -> Table | Notice:
    """Return the tests that groups answer alike, and of each group against the others."""
    if dimension not in released.survey.params.breakdowns:
        return no_breakdown(dimension)
    overall, each = compared(released, dimension)
    if overall is None or each is None:
        return Notice(f"No finding can be compared by {WORDS[dimension]}: all are withheld.")
    ranked = each.table.sort_values("p_adjusted", kind="stable")
    frame = pd.concat([overall.table, ranked], ignore_index=True)
    frame["points"] = 100 * frame["estimate"]
    frame["interval"] = [
        _between(100 * low, 100 * high)
        for low, high in zip(frame["low"], frame["high"], strict=True)
    ]
    return Table(
        frame,
        name=f"differences_by_{dimension}",
        caption=f"Do the findings differ by {WORDS[dimension]}?",
        formats={"points": _one_decimal},
        labels={
            "sentence": "what may be said",
            "points": "difference, points",
            "interval": f"{fmt.percent(released.survey.params.confidence)} interval",
        },
        show=("sentence", "points", "interval"),
        rows=len(overall.table) + rows,
        note=f"All groups at once: {overall.text} Each group against the rest: {each.text} Groups "
        "whose counts are withheld are tested as one, so that a test rests on printed counts. "
        "Intervals are not adjusted.",
    )


def _between(low: float, high: float) -> str:
    return fmt.MISSING if fmt.is_missing(low) else f"{fmt.number(low, 1)} to {fmt.number(high, 1)}"


def compared(released: Release, dimension: str) -> tuple[Comparisons | None, Comparisons | None]:
    """Return the tests of all groups at once and of each group; None where all is withheld.

    Groups that may not be shown are one group: what a test rests on can be read off the tables.
    """
    survey = released.survey
    family = [
        Comparison(one.id.replace("_", " "), one.values, groups)
        for one in survey.headlines
        if (groups := _shown_groups(released, one, dimension)).nunique() > 1
    ]
    if not family:
        return None, None
    design = simple_random(survey.responded, frame=survey.asked)
    level = 1 - survey.params.confidence
    return between_groups(design, family, level=level), against_the_rest(
        design, family, level=level
    )


def _shown_groups(released: Release, headline: Headline, dimension: str) -> pd.Series:
    groups = released.survey.rows[dimension].astype(object)
    shown = [
        group
        for group in groups.unique()
        if released.may_print(headline) and released.may_print(headline, **{dimension: group})
    ]
    return groups.where(groups.isin(shown), OTHERS).rename(WORDS[dimension])


# Non-response


def thresholds(released: Release) -> Table:
    """Return the unit and item response rates against the levels that call for an analysis.

    An item's counts are given where its answers and its "don't know" may be told apart.
    """
    survey = released.survey
    accounts = survey.tables[""].accounting
    found = response_thresholds(responded=survey.responded, frame=survey.asked, accounting=accounts)
    frame = found.table.astype({"responded": "Int64", "eligible": "Int64"})
    frame["of"] = ["the survey", *item_labels(accounts)]
    shown = [released.count("participation", TOOK_PART) is not None]
    shown += [_given_known(released, label) for label in item_labels(accounts)]
    frame.loc[~np.array(shown), ["responded", "eligible", "rate"]] = pd.NA
    return Table(
        frame[
            ["of", "level", "item", "part", "responded", "eligible", "rate", "threshold", "verdict"]
        ],
        name="response_thresholds",
        caption="Response against the thresholds for an analysis of bias",
        formats={"responded": count, "eligible": count, "rate": percent, "threshold": percent},
        labels={"of": "response to", "eligible": "of"},
        show=("of", "responded", "eligible", "rate", "threshold", "verdict"),
        note=f'{found.text} "Don\'t know" and "not applicable" are responses here. Source: OMB, '
        "Standards and Guidelines for Statistical Surveys (2006), section 3.2.",
    )


def _given_known(released: Release, label: str) -> bool:
    told = released.ways.get(label)
    return told is not None and {"don't know", "not applicable"} <= set(told)


KIND_NAMES = {"completion": ("complete", "partial"), "wave": ("early", "late")}


def kinds(released: Release, kind: str) -> Table | Notice:
    """Return the findings of complete and partial respondents ("completion") or, among those who
    finished, of early and late ones ("wave").
    """
    names, groups = KIND_NAMES[kind], kinds_of(released.survey)
    chosen = comparable(released, KINDS.index(kind) + 1)
    left_out = len(released.survey.headlines) - len(chosen)
    if not chosen or groups is None or not set(names) <= set(groups[kind]):
        return Notice(f"No finding can be compared between {names[0]} and {names[1]} respondents.")
    own_kind = groups[kind].where(groups[kind].isin(names))
    survey = released.survey
    design = simple_random(survey.responded, frame=survey.asked)
    family = {one.id: one.values for one in chosen}
    found = compare_two_kinds(design, family, own_kind, level=1 - survey.params.confidence)
    frame = found.table.assign(finding=[one.text for one in chosen])
    for name in names:
        own = [one.values[own_kind == name] for one in chosen]
        frame[f"n_{name}"] = [int(values.notna().sum()) for values in own]
        frame[f"share_{name}"] = [float(values.mean()) for values in own]
    frame["points"] = 100 * frame["estimate"]
    shares = [f"share_{name}" for name in names]
    note = f" {left_out} findings are not compared: a few answered in one kind." if left_out else ""
    return Table(
        frame,
        name=f"{names[0]}_and_{names[1]}",
        caption=f"{names[0].capitalize()} and {names[1]} respondents",
        formats=dict.fromkeys(shares, percent)
        | {"points": _one_decimal}
        | dict.fromkeys(("p", "p_adjusted"), fmt.p_value),
        labels=dict(zip(shares, names, strict=True))
        | {"points": "difference, points", "p_adjusted": "adjusted p"},
        show=("finding", *shares, "points", "p_adjusted", "verdict"),
        note=found.text + note,
    )


def weighted(released: Release, frame: pd.DataFrame) -> Table | Notice:
    """Return every finding weighted to the frame, as ``weighted_estimates`` gives it."""
    survey = released.survey
    if not survey.params.weighting:
        return Notice("No weighting was asked for.")
    if frame.empty:
        return Notice("No finding can be weighted: all are withheld.")
    labels = list(dict.fromkeys(frame["weighting"]))
    wide = pd.DataFrame({"id": list(dict.fromkeys(frame["finding"]))})
    wide["finding"] = wide["id"].map({one.id: one.text for one in survey.headlines})
    for label in labels:
        own = frame[frame["weighting"] == label].set_index("finding").loc[wide["id"]]
        wide[label] = [_estimate(row.low, row.high) for row in own.itertuples()]
        for name in ("low", "high", "standard_error"):
            wide[f"{name.replace('_', ' ')}, {label}"] = own[name].to_numpy(float)
    wide["moved_by_at_most"] = wide["id"].map(frame.groupby("finding")["moved"].max())
    return Table(
        wide,
        name="weighted_findings",
        caption="The findings weighted to the frame",
        formats={"moved_by_at_most": unsigned_points},
        labels={"moved_by_at_most": "moved by at most, points"},
        show=("finding", *labels, "moved_by_at_most"),
        anchor="id",
        note="A weighted estimate rests on withheld counts too. It is given as finely as an "
        "attacker who knows it still cannot place such a count: to a tenth of a point, or within "
        "1, 2, 5 or 10 points. Standard errors, as fine, are in the file; they are linearised, "
        "with calibrated residuals and finite population correction.",
    )


def _estimate(low: float, high: float) -> str:
    """Return an estimate in percent: a value, or the whole or half points that it lies between."""
    if fmt.is_missing(low):
        return WITHHELD
    if high - low < STEPS[1] / 2:
        return fmt.percent((low + high) / 2, digits=1)
    return f"{fmt.number(100 * low, 1)} to {fmt.percent(high, digits=1)}"


def unsigned_points(value: float) -> str:
    """Return a share in percentage points; a missing one is withheld."""
    return WITHHELD if fmt.is_missing(value) else fmt.number(100 * value, 1)


STEPS = (0.001, 0.01, 0.02, 0.05, 0.1)  # how finely a weighted share may be given


def weighted_estimates(released: Release) -> pd.DataFrame:
    """Return every finding that may be shown, unweighted and under each weighting to the frame.

    Columns: ``finding``, ``weighting``, ``low`` and ``high`` (between which the estimate lies),
    ``standard_error``, ``moved`` (from the unweighted share, at most), ``note``. An estimate is
    rounded to the finest of ``STEPS`` at which an attacker who knows all weighted estimates of the
    finding learns no more of its withheld counts than the plan allows.
    """
    survey = released.survey
    chosen = [one for one in survey.headlines if released.may_print(one)]
    if not chosen or not survey.params.weighting:
        return pd.DataFrame()
    margins = {name: (survey.rows[name], survey.margins(name)) for name in survey.params.weighting}
    found = weighted_beside_unweighted(
        {one.id: one.values for one in chosen}, margins, confidence=survey.params.confidence
    ).table
    weights = _weights(survey, margins, found)
    given = [
        _as_fine_as_safe(released, one, found[found["finding"] == one.id], weights)
        for one in chosen
    ]
    return pd.concat(given, ignore_index=True)


def _as_fine_as_safe(
    released: Release, headline: Headline, own: pd.DataFrame, weights: dict[str, np.ndarray]
) -> pd.DataFrame:
    plain = own["weighting"] == "unweighted"
    frame = own[["finding", "weighting", "note"]].copy()
    for step in STEPS:
        middle = (own["estimate"] / step).round() * step
        frame["low"] = (middle - step / 2).where(~plain, own["estimate"])
        frame["high"] = (middle + step / 2).where(~plain, own["estimate"])
        error = (own["standard_error"] / step).round() * step
        frame["standard_error"] = error.where(~plain, own["standard_error"])
        told = [
            (weights[row.weighting], row.low, row.high)
            for row in frame[~plain & frame["low"].notna()].itertuples()
        ]
        if safe_with(released, headline, told):
            break
    else:
        frame.loc[~plain, ["low", "high", "standard_error"]] = np.nan
        frame.loc[~plain, "note"] = f"{WITHHELD}: it would tell of a withheld count"
    whole = own.loc[plain, "estimate"].iloc[0]
    away = [(frame[end] - whole).abs() for end in ("low", "high")]
    return frame.assign(moved=np.fmax(*away).where(~plain))


def _weights(
    survey: Survey, margins: dict[str, tuple], found: pd.DataFrame
) -> dict[str, np.ndarray]:
    """Return the respondents' weights under each weighting that could be made."""
    plain = simple_random(survey.responded, frame=survey.asked)
    made = set(found.loc[found["estimate"].notna(), "weighting"])
    single = {f"post-stratified by {name}": one for name, one in margins.items()}
    weights = {
        label: post_stratified(plain, *one).weights
        for label, one in single.items()
        if label in made
    }
    for label in made - {"unweighted", *single}:
        weights[label] = raked(plain, margins).weights
    return weights
