"""The survey in pictures: a release goes in, a figure with its description and table comes out."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from coee_nb import formats as fmt
from coee_nb.drawing import PALETTE, PLATE, bars, canvas, interval, name_rows, say, without_scale
from coee_nb.lazily import showing
from coee_nb.outputs import Callout, Chart
from coee_nb.survey import groups as by_groups
from coee_nb.survey import results, tables
from coee_nb.survey.key_results import KeyResult
from coee_nb.survey.questions.kinds import kind_of
from coee_nb.survey.questions.single import SCALE
from coee_nb.survey.release import Release

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from coee_nb.survey.questions.item import Item

WIDTH = 9.5  # inches
WIDEST = 56  # letters of a question beside its bar
TEXT: dict[str, Any] = {"verticalalignment": "center", "fontsize": 9}
# A scale runs from orange over grey to blue: told apart with any colour vision.
STEPS = ("#BF5100", "#E8A97A", "#D5D8DC", "#7FB8DA", "#0072B2")


def participation_flow(released: Release) -> Chart:
    """Draw the way from those asked to the answers of each question as falling bars."""
    table = tables.participation_flow(released)
    shown = table.frame[table.frame["count"].notna()].reset_index(drop=True)
    with canvas(WIDTH, 1.0 + 0.3 * len(shown)) as (figure, axes):
        answers = shown["step"].str.startswith(tables.ANSWERED).to_numpy()
        colours = np.where(answers, PALETTE["sky"], PALETTE["blue"])
        counts = shown["count"].astype(float)
        bars(axes, [(counts, colours)], [_of_all(row) for _, row in shown.iterrows()])
        steps = [one.removeprefix(tables.ANSWERED) for one in shown["step"]]
        name_rows(axes, [_beside_a_bar(released, one) for one in steps], size=9)
        axes.set_xlim(0, 1.3 * counts.max())
        without_scale(axes)
    description = (
        f"Bars that fall from {fmt.count(shown['count'].iloc[0])} ({_lower(shown['step'].iloc[0])})"
        f" over the respondents to the answers of each question{_fewest(released, shown[answers])}."
    )
    first = _lower(shown["step"].iloc[0]).replace("survey distributed to", "those asked")
    return released.chart(
        figure, "participation_flow", f"From {first} to the answers", description, table
    )


def _beside_a_bar(released: Release, label: str) -> str:
    """Return a question as it fits beside its bar, the row of a matrix in full."""
    item, _, part = label.partition(": ")
    asked = released.survey.question(item)
    if not part or asked == item:
        return fmt.beginning(released.survey.question(label), WIDEST)
    return f"{fmt.beginning(asked, max(12, WIDEST - len(part) - 2))} {fmt.beginning(part)}"


def _of_all(row: pd.Series) -> str:
    asked = row["share_of_frame"]
    share = "" if fmt.is_missing(asked) else f" · {fmt.percent(asked)} of all asked"
    return fmt.count(row["count"]) + share


def _fewest(released: Release, answers: pd.DataFrame) -> str:
    """Return the question that the fewest answered, of those whose answers are shown."""
    if answers.empty:
        return ""
    least = answers.loc[answers["count"].idxmin()]
    asked = released.survey.question(least["step"].removeprefix(tables.ANSWERED))
    return f"; of those shown the fewest answered “{asked}”, {fmt.count(least['count'])}"


def break_offs(released: Release) -> Chart | Callout:
    """Draw how many were left at each segment of questions, and how many left there."""
    table = tables.break_offs(released)
    if isinstance(table, Callout) or table.frame["left"].isna().any():
        if isinstance(table, Callout):
            return table
        return released.callout("Where people left is suppressed.")
    frame = table.frame.astype({"reached": float, "left": float})
    responded = frame["reached"].iloc[0]
    with canvas(WIDTH, 1.4 + 0.4 * len(frame)) as (figure, axes):
        stayed = frame["reached"] - frame["left"]
        words = [
            f"{fmt.count(left)} left, {fmt.count(on)} went on"
            for left, on in zip(frame["left"], stayed, strict=True)
        ]
        bars(axes, [(stayed, PALETTE["sky"]), (frame["left"], PALETTE["orange"])], words)
        names = [tables.segment_words(released.survey, label) for label in frame["questions"]]
        name_rows(axes, [fmt.beginning(name, WIDEST) for name in names], size=9)
        axes.set_xlim(0, 1.35 * responded)
        without_scale(axes)
    worst = frame.loc[frame["left"].idxmax()]
    description = (
        f"Bars of the respondents who reached each group of questions, from "
        f"{fmt.count(responded)}; the end of a bar is who left there. The most, "
        f"{fmt.count(worst['left'])}, left at “{names[frame['left'].idxmax()]}”; "
        f"{fmt.count(stayed.iloc[-1])} finished."
    )
    title = "Where people left the survey"
    return released.chart(figure, "break_off_curve", title, description, table)


def response(released: Release, dimension: str) -> Chart | Callout:
    """Draw the response rate of each group beside that of all."""
    table = tables.response_by(released, dimension)
    if isinstance(table, Callout):
        return table
    everyone = released.took_part
    overall = None if everyone is None else everyone / released.survey.population
    frame = table.frame
    with canvas(WIDTH, 1.3 + 0.36 * len(frame)) as (figure, axes):
        axes.barh(frame.index, frame["response_rate"].fillna(0), color=PALETTE["sky"], height=0.7)
        for place, row in frame.iterrows():
            rate = row["response_rate"]
            missing = fmt.is_missing(rate)
            label = tables.SUPPRESSED if missing else f"{fmt.percent(rate)} of {row['asked']}"
            end = 0.0 if missing else _clear_of(overall, float(rate))
            axes.text(0.01 + end, place, label, bbox=PLATE, **TEXT)
        if overall is not None:
            axes.axvline(overall, color=PALETTE["black"], linewidth=1)
            axes.text(overall + 0.01, -0.8, f"all: {fmt.percent(overall)}", bbox=PLATE, **TEXT)
        name_rows(axes, frame[dimension], above=1.1)
        axes.set_xlim(0, 1)
        without_scale(axes)
    word = released.survey.word(dimension)
    description = f"Bars of the response rate by {word}. {_extremes(frame, dimension)}"
    title = f"Response by {word}"
    return released.chart(figure, f"response_rate_by_{dimension}", title, description, table)


def _clear_of(line: float | None, end: float) -> float:
    """Return where the words of a bar begin, so that the line of all does not cross them."""
    return line if line is not None and end <= line < end + 0.15 else end


def _extremes(frame: pd.DataFrame, dimension: str) -> str:
    known = frame.dropna(subset=["response_rate"])
    if known.empty:
        return "Every rate is suppressed."
    if len(known) == 1:
        only = known.iloc[0]
        return f"One rate is shown: {fmt.percent(only['response_rate'])} ({only[dimension]})."
    low, high = (known.loc[known["response_rate"].agg(which)] for which in ("idxmin", "idxmax"))
    shown = " shown" if len(known) < len(frame) else ""
    return (
        f"The lowest{shown} is {fmt.percent(low['response_rate'])} ({low[dimension]}), the highest "
        f"{fmt.percent(high['response_rate'])} ({high[dimension]})."
    )


def findings(released: Release) -> Chart | Callout:
    """Draw each finding's percentage with its interval and its bounds."""
    table = results.findings(released)
    if isinstance(table, Callout):
        return table
    frame = table.frame
    with canvas(WIDTH, 1.5 + 0.75 * len(frame)) as (figure, axes):
        for place, row in frame.iterrows():
            _finding(axes, place, row)
        name_rows(axes, [""] * len(frame), above=0.7)
        axes.spines["left"].set_visible(False)
        axes.grid(axis="x")
        percent_scale(axes)
    level = fmt.percent(released.survey.params.confidence)
    axes.set_xlabel(f"thick: {level} interval (Wilson); thin: bounds without assumption")
    words = [
        f"{row.finding}: {tables.percent(row.share)}"
        + ("" if fmt.is_missing(row.share) else f" of {fmt.count(row.n)}")
        for row in frame.itertuples()
    ]
    description = f"A dot for each finding, with its interval and bounds. {'; '.join(words)}."
    named = frame["where"].any() or released.survey.params.headlines
    title = "The findings" if named else results.FIRST_ANSWERS
    ends = ["wilson_low", "wilson_high", "bound_low", "bound_high"]
    drawn = released.table(
        frame[["finding", "share", *ends]],
        name="findings_drawn",
        caption=f"{title}, as drawn",
        formats=dict.fromkeys(["share", *ends], tables.percent_tenth),
    )
    return released.chart(figure, "findings_chart", title, description, drawn)


def _finding(axes: Axes, place: int, row: pd.Series) -> None:
    """Draw one finding: its words above, dot, interval and bounds below."""
    axes.text(0, place - 0.38, row["finding"], fontsize=9.5, verticalalignment="center")
    if fmt.is_missing(row["share"]):
        axes.text(0.02, place, tables.SUPPRESSED, color=PALETTE["grey"], **TEXT)
        return
    colour = PALETTE["blue"]
    interval(axes, place, row["bound_low"], row["bound_high"], width=1, colour=PALETTE["grey"])
    interval(axes, place, row["wilson_low"], row["wilson_high"], width=5)
    axes.plot(row["share"], place, "o", color="white", markeredgecolor=colour, markersize=9)
    label = f"{fmt.percent(row['count'], row['n'])} of {fmt.count(row['n'])}"
    say(axes, label, (row["share"], place), shift=(0, -14))


def scales(released: Release) -> Chart | Callout:
    """Draw the questions answered on a scale as bars about its middle."""
    table = results.choices(released, "likert")
    if isinstance(table, Callout):
        return table
    items = [one for one in released.survey.items if kind_of(one) is SCALE]
    known = table.frame.groupby("item")["share"].agg(lambda shares: shares.notna().all())
    with canvas(WIDTH, 1.4 + 0.95 * len(items)) as (figure, axes):
        for place, item in enumerate(items):
            axes.text(-0.98, place - 0.48, item.wording, fontsize=9.5, verticalalignment="center")
            if known.get(item.name, False):
                _diverging(axes, place, table.frame[table.frame["item"] == item.name])
            else:
                axes.text(0, place, tables.SUPPRESSED, ha="center", color=PALETTE["grey"], **TEXT)
        axes.axvline(0, color=PALETTE["black"], linewidth=0.8, ymax=0.97, zorder=0)
        name_rows(axes, [""] * len(items), above=0.85)
        axes.set_xlim(-1, 1)
        axes.spines["left"].set_visible(False)
        without_scale(axes)
    words = [_either_end(table.frame[table.frame["item"] == item.name], item) for item in items]
    description = " ".join(["Bars about the middle of each scale, its first step left.", *words])
    return released.chart(figure, "scales", SCALE.caption, description, table)


def _diverging(axes: Axes, place: int, rows: pd.DataFrame) -> None:
    """Draw one question, the middle of its scale at zero, with the shares written in."""
    shares = rows["share"].to_numpy(float)
    middle = len(shares) / 2
    half = int(middle)
    left = shares[:half].sum() + (shares[half] / 2 if len(shares) % 2 else 0)
    colours = [STEPS[round(k)] for k in np.linspace(0, 4, len(shares))]
    start = -left
    for share, colour in zip(shares, colours, strict=True):
        axes.barh(place, share, left=start, color=colour, height=0.42)
        if share >= 0.04:
            ink = "white" if colour in (STEPS[0], STEPS[-1]) else PALETTE["black"]
            text = fmt.percent(share).removesuffix("%")
            axes.text(start + share / 2, place, text, ha="center", color=ink, **TEXT)
        start += share
    first, last = rows["choice"].iloc[0], rows["choice"].iloc[-1]
    axes.text(-left - 0.01, place, first.lower(), ha="right", **TEXT)
    axes.text(start + 0.01, place, f"{last.lower()} (n = {rows['n'].iloc[0]})", **TEXT)


def _either_end(rows: pd.DataFrame, item: Item) -> str:
    """Return how many are on either side of the middle of a scale, by its own labels."""
    if rows.empty or rows["count"].isna().any():
        return f"{item.wording}: {tables.SUPPRESSED}."
    half, n = len(rows) // 2, int(rows["n"].iloc[0])
    low, high = int(rows["count"].iloc[:half].sum()), int(rows["count"].iloc[-half:].sum())
    first, last = (
        " or ".join(rows["choice"].iloc[part]) for part in (slice(half), slice(-half, None))
    )
    return (
        f"{item.wording} {last}: {fmt.percent(high, n)}; {first}: {fmt.percent(low, n)}, of "
        f"{fmt.count(n)}."
    )


def by_group(released: Release, dimension: str) -> Chart | Callout:
    """Draw every finding in each group: a panel a finding, a dot a group."""
    if not released.survey.broken_down_by(dimension) or not released.survey.key_results:
        return tables.no_breakdown(released, dimension)
    frame = by_groups.group_shares(released, dimension)
    groups = list(released.survey.margins(dimension))
    chosen = released.survey.key_results
    lines = results.finding_lines(released).set_index("id")
    columns = min(4, len(chosen))
    height = -(-len(chosen) // columns)
    size = {"nrows": height, "ncols": columns, "sharey": True, "sharex": True, "squeeze": False}
    with canvas(WIDTH + 1, height * (1.2 + 0.27 * len(groups)), **size) as (figure, panels):
        for axes, key_result in zip(panels.flat, chosen, strict=False):
            _panel(axes, frame[frame["id"] == key_result.id], groups, dimension)
            whole = lines.loc[key_result.id]
            title = textwrap.fill(fmt.beginning(key_result.text, 90), 26)
            if not fmt.is_missing(whole["share"]):
                axes.axvline(whole["share"], color=PALETTE["black"], linewidth=0.8)
                title += f"\nall: {fmt.percent(whole['count'], whole['n'])}"
            axes.set_title(title, fontsize=8)
        for axes in list(panels.flat)[len(chosen) :]:
            axes.set_visible(False)
    word = released.survey.word(dimension)
    shown, all_cells = int(frame["share"].notna().sum()), len(frame)
    description = (
        f"A panel for each of {len(chosen)} findings, with a dot and its interval for each {word} "
        f"and a line for all. {shown} of {all_cells} percentages are shown, the others suppressed. "
        f"{_widest(frame, chosen, dimension)}"
    )
    table = released.table(
        frame,
        name=f"findings_by_{dimension}_detail",
        caption=f"The findings by {word}, with counts and intervals",
        formats={"count": tables.count, "n": tables.count, "share": tables.percent},
        labels={dimension: word, "n": "of answers", "share": "percent"},
        show=("finding", dimension, "count", "n", "share", "caution"),
    )
    title = f"The findings by {word}"
    return released.chart(figure, f"findings_by_{dimension}_chart", title, description, table)


def _panel(axes: Axes, rows: pd.DataFrame, groups: list[str], dimension: str) -> None:
    own = rows.set_index(dimension)
    for place, group in enumerate(groups):
        row = own.loc[group]
        if fmt.is_missing(row["share"]):
            axes.text(
                0.02, place, tables.SUPPRESSED, color=PALETTE["grey"], fontsize=7.5, va="center"
            )
            continue
        interval(axes, place, row["wilson_low"], row["wilson_high"])
        axes.plot(row["share"], place, "o", color=PALETTE["blue"], markersize=5)
    name_rows(axes, groups, size=8)
    axes.tick_params(axis="x", labelsize=8)
    axes.grid(axis="x")
    percent_scale(axes, (0.25, 0.5, 0.75))


def _widest(frame: pd.DataFrame, chosen: Iterable[KeyResult], dimension: str) -> str:
    """Return the finding that differs most between the groups shown."""
    known = frame.dropna(subset=["share"]).groupby("id")["share"]
    spread = (known.max() - known.min())[known.size() > 1]
    if spread.empty:
        return "No two groups can be compared."
    name = spread.idxmax()
    words = next(key_result.text for key_result in chosen if key_result.id == name)
    own = frame[frame["id"] == name].set_index(dimension)["share"].astype(float)
    return (
        f"Of those shown, the widest apart are the groups on “{words}”: from "
        f"{fmt.percent(own.min())} ({own.idxmin()}) to {fmt.percent(own.max())} ({own.idxmax()})."
    )


def percent_scale(axes: Axes, marks: Sequence[float] = (0.0, 0.25, 0.5, 0.75, 1.0)) -> None:
    """Give an axis of shares its marks, in percent."""
    axes.set_xticks(marks, [fmt.percent(mark) for mark in marks])
    axes.set_xlim(-0.02, 1.02)


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]


__dir__ = showing(globals())
