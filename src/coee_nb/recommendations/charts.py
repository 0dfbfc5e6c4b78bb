"""The register in pictures: a result goes in, a figure with its description and table comes out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from coee_nb import formats as fmt
from coee_nb.drawing import (
    IN_TIME,
    LATE,
    PALETTE,
    PLATE,
    UNKNOWN,
    band,
    bars,
    canvas,
    name_rows,
    say,
    without_scale,
)
from coee_nb.lazily import showing
from coee_nb.outputs import Callout, Chart, Table
from coee_nb.recommendations.aging import (
    LOWER_BOUND,
    MILESTONE,
    NO_ECD,
    NOT_DUE,
    WITHDRAWN,
    Aging,
)
from coee_nb.recommendations.closure import (
    ALL_AGENCIES,
    FEW,
    HORIZON_DAYS,
    OUTCOMES,
    Closure,
    observed,
)
from coee_nb.recommendations.names import named, names_of
from coee_nb.recommendations.register import ASSERTED, CLOSED, GONE, UNREAD, Register
from coee_nb.wording import read_wording

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WORDS = read_wording("coee_nb.recommendations")

ROWS = 15  # recommendations a picture shows; the rest stay in its table
WIDEST_NAME = 38  # letters that a row's name is long
ROOM = 0.2  # of a timeline's width must be free about a mark that is named
TO_COME, PLAIN = IN_TIME, UNKNOWN
_MARKS: dict[str, dict[str, Any]] = {
    "issued": {"marker": "|", "color": PALETTE["black"], "markersize": 12, "markeredgewidth": 2},
    "last dated word": {"marker": "o", "color": PLAIN, "markersize": 5},
    "earlier ECD": {"marker": "D", "color": TO_COME, "markerfacecolor": "white", "markersize": 7},
    "ECD": {"marker": "D", "color": TO_COME, "markersize": 7},
    "ECD, not confirmed": {
        **{"marker": "D", "color": PLAIN, "markerfacecolor": "white", "markersize": 7}
    },
    "not before": {"marker": ">", "color": TO_COME, "markerfacecolor": "white", "markersize": 8},
    "milestone": {"marker": "^", "color": PALETTE["purple"], "markersize": 8},
}


def timeline(aged: Aging, current: Register, *, name: str = "timeline") -> Chart | Callout:
    """Draw, for each open recommendation, its issue, each ECD and the as-of date.

    What needs attention first stands at the top. Raises nothing: without a dated mark the answer
    is a callout.
    """
    marks = timeline_marks(aged, current)
    shown = list(dict.fromkeys(marks["recommendation_id"]))[:ROWS]
    if not shown:
        return Callout(WORDS.sentence("no_timeline"))
    rows = aged.table.set_index("recommendation_id").loc[shown]
    today = pd.Timestamp(aged.as_of)
    with canvas(9.5, 1.4 + 0.42 * len(shown)) as (figure, axes):
        for place, (recommendation, row) in enumerate(rows.iterrows()):
            own = marks[marks["recommendation_id"] == recommendation]
            _lifeline(axes, place, row, own, today)
        _label_marks(axes, marks[marks["recommendation_id"].isin(shown)], shown)
        _as_of_line(axes, today, len(shown))
        _name_rows(axes, _called(rows.reset_index()), list(rows["title"]))
        _dates_below(axes)
        _dated(figure, aged.register.stamp)
    late, left_out = int(rows["past_due"].sum()), len(aged.not_closed) - len(shown)
    description = (
        f"A line for each of {len(shown)} {aged.opens} with a known date, the latest at "
        f"the top: when it was issued, each estimated completion date, and the as-of date. {late} "
        f"of them are past due{_longest(rows)}{_last_told(rows[rows['past_due']])}. "
        f"{_elsewhere(left_out, name)}Told {aged.register.stamp}."
    )
    table = Table(
        named(marks, aged.table),
        name=f"{name}_marks",
        caption=f"Every mark of the timelines, {aged.register.stamp}",
        labels={"recommendation_id": "id", "event_id": "event"},
        show=("recommendation", "mark", "on", "event_id", "recommendation_id"),
        origin=aged.register.origin,
        rows=int(marks["recommendation_id"].isin(shown).sum()),
    )
    title = f"When each recommendation was due, as of {fmt.day(aged.as_of)}"
    return Chart(figure, name, title, description, table)


def _elsewhere(left_out: int, name: str) -> str:
    """Say how many are not drawn, and in which files of the run they are."""
    if not left_out:
        return ""
    verb = "is" if left_out == 1 else "are"
    files = f"{name}_marks.csv, where it has a known date, and worklist.csv"
    return f"{fmt.count(left_out)} more {verb} not drawn: each is in {files}. "


def timeline_marks(aged: Aging, current: Register) -> pd.DataFrame:
    """Return one row a dated mark of an open recommendation, in the order of attention.

    Columns: recommendation_id, title, mark (issued, earlier ECD, ECD, ECD, not confirmed, not
    before, milestone, last dated word), on, event_id (of an ECD). Recommendations without any such
    mark have no row.
    """
    rows = aged.not_closed
    known = rows[["recommendation_id", "ecd_event", "ecd_confirmed"]]
    given = current.ecds.merge(known, on="recommendation_id")
    is_current = given["event_id"] == given["ecd_event"]
    given["mark"] = np.select(
        [
            given["ecd_kind"] == "milestone",
            given["ecd_bound"] == "not_before",
            is_current & given["ecd_confirmed"],
            is_current,
        ],
        ["milestone", "not before", "ECD", "ECD, not confirmed"],
        default="earlier ECD",
    )
    told_since = rows[~(rows["last_update_on"] <= rows["issued_on"])]
    parts = [
        _mark(rows, "issued", "issued_on"),
        given.rename(columns={"ecd_to": "on"})[["recommendation_id", "mark", "on", "event_id"]],
        _mark(told_since, "last dated word", "last_update_on"),
    ]
    marks = pd.concat(parts, ignore_index=True)
    marks["event_id"] = marks["event_id"].fillna("")
    titles = rows.set_index("recommendation_id")["title"]
    marks.insert(1, "title", marks["recommendation_id"].map(titles))
    place = pd.Index(rows["recommendation_id"]).get_indexer(marks["recommendation_id"])
    return marks.take(np.lexsort((marks["on"].to_numpy(), place))).reset_index(drop=True)


def _mark(rows: pd.DataFrame, mark: str, column: str) -> pd.DataFrame:
    dated = rows[rows[column].notna()]
    return pd.DataFrame(
        {"recommendation_id": dated["recommendation_id"], "mark": mark, "on": dated[column]}
    )


def _lifeline(
    axes: Axes, place: int, row: pd.Series, marks: pd.DataFrame, today: pd.Timestamp
) -> None:
    """Draw one recommendation: grey to its due date, orange past it, and its marks."""
    start = marks["on"].min()
    due = row["due_on"] if pd.notna(row["due_on"]) else today
    thick: dict[str, Any] = {"linewidth": 5, "solid_capstyle": "butt"}
    axes.plot([start, min(due, today)], [place, place], color=PALETTE["light"], **thick)
    if row["past_due"]:
        axes.plot([due, today], [place, place], color=LATE, **thick)
    elif due > today:
        axes.plot([today, due], [place, place], color=TO_COME, linewidth=1.5, linestyle=":")
    for mark, own in marks.groupby("mark"):
        axes.plot(own["on"], [place] * len(own), linestyle="none", **_MARKS[mark])
    colour, weight = (LATE, "bold") if row["past_due"] else (PALETTE["black"], "normal")
    say(axes, standing(row), (max(today, marks["on"].max()), place), shift=(10, 0), size=10,
        colour=colour, fontweight=weight, bbox=PLATE)  # fmt: skip


def standing(row: pd.Series) -> str:
    """Return in few words where a recommendation stands against its dates."""
    days = row["days_past_due"]
    if row["due_group"] == MILESTONE and row["days_past_milestone"] > 0:
        return f"milestone passed {fmt.count(row['days_past_milestone'])} days ago"
    if pd.isna(days):
        return str(row["due_group"])
    if days > 0:
        return f"{fmt.count(days)} days past due"
    return "due today" if days == 0 else f"due in {fmt.count(-days)} days"


def _label_marks(axes: Axes, marks: pd.DataFrame, shown: list[str]) -> None:
    """Name each kind of mark once, at the first mark of its kind with space around it."""
    span = marks["on"].max() - marks["on"].min() or pd.Timedelta(days=1)
    rows = marks["recommendation_id"].map(shown.index)
    for mark, own in marks.groupby("mark", sort=False):
        gaps = [_nearest_other(marks[rows == rows[i]], i) for i in own.index]
        roomy = [i for i, gap in zip(own.index, gaps, strict=True) if gap / span > ROOM]
        place = roomy[0] if roomy else own.index[int(np.argmax(gaps))]
        say(axes, str(mark), (marks.loc[place, "on"], rows[place]), shift=(0, 12), size=8)


def _nearest_other(row: pd.DataFrame, place: int) -> pd.Timedelta:
    """Return how far the nearest other mark of a row is from one of its marks."""
    others = (row["on"].drop(place) - row.loc[place, "on"]).abs()
    return others.min() if len(others) else pd.Timedelta.max


def _as_of_line(axes: Axes, today: pd.Timestamp, rows: int) -> None:
    axes.axvline(today, color=PALETTE["black"], linewidth=1)
    say(axes, f"as of {fmt.day(today)}", (today, -1.0), shift=(-4, 0))


def _name_rows(axes: Axes, names: list[str], titles: list[str]) -> None:
    """Write what each row is called and, below it, how the rest of its report's title begins."""
    name_rows(axes, [*map(_row_name, names, titles)], above=1.2)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x", visible=True)


def _called(rows: pd.DataFrame) -> list[str]:
    return list(names_of(rows).values())


def _row_name(name: str, title: str) -> str:
    r"""Return what a row is called and, below it, what the title says beside that.

    >>> _row_name("22-1, rec. 3", "Lamps: Know What Burns")
    '22-1, rec. 3\nLamps: Know What Burns'
    >>> _row_name("Facial Recognition at Ports of Entry, rec. 12", "Facial Recognition at Ports "
    ...           "of Entry: Act Now")
    'Facial Recognition at Ports…, rec. 12\nAct Now'
    """
    subject, _, rest = title.partition(": ")
    told = rest if name.startswith(fmt.beginning(subject)) else title
    return "\n".join(filter(None, (_short(name), fmt.beginning(told, WIDEST_NAME))))


def _short(name: str) -> str:
    """Keep a name's first words and its number, which tells recommendations apart."""
    words, comma, number = name.rpartition(", rec. ")
    if len(name) <= WIDEST_NAME or not comma:
        return fmt.beginning(name, WIDEST_NAME)
    return f"{fmt.beginning(words, WIDEST_NAME - len(comma + number))}{comma}{number}"


def _room_on_the_right(axes: Axes, *, share: float) -> None:
    """Leave a share of the width for labels at the ends of lines, without ticks below them."""
    left, right = axes.get_xlim()
    ticks = [tick for tick in axes.get_xticks() if left <= tick <= right]
    axes.set_xlim(left, left + (right - left) / (1 - share))
    axes.set_xticks(ticks)


def _dates_below(axes: Axes) -> None:
    """Put at most eight dates on the axis, each readable by itself."""
    from matplotlib.dates import AutoDateLocator, num2date

    left, right = axes.get_xlim()
    locator = AutoDateLocator(minticks=3, maxticks=8)
    days = locator.tick_values(num2date(left), num2date(right))
    days = [day for day in days if left <= day <= right]
    _room_on_the_right(axes, share=0.26)
    axes.set_xticks(days, [f"{num2date(day):%b %Y}" for day in days])


def _dated(figure: Figure, stamp: str) -> None:
    """Write as-of date, log and last source below a picture, so that it tells them anywhere."""
    figure.supxlabel(stamp, fontsize=7, x=0.01, horizontalalignment="left", color=PALETTE["grey"])


def _last_told(rows: pd.DataFrame) -> str:
    """Say of which days the last sources on some recommendations are; nothing where none."""
    days = rows["last_seen_on"].dropna()
    if days.empty:
        return ""
    first, last = fmt.day(days.min()), fmt.day(days.max())
    return f" (last sources on these: of {first if first == last else f'{first} to {last}'})"


def _longest(rows: pd.DataFrame) -> str:
    days = rows["days_past_due"].max()
    return f", by up to {fmt.count(days)} days" if pd.notna(days) and days > 0 else ""


def aging_bars(aged: Aging, *, name: str = "aging") -> Chart:
    """Draw how many open recommendations stand in each due group."""
    undated = (LOWER_BOUND, MILESTONE, NO_ECD, WITHDRAWN, ASSERTED, UNREAD)
    colours = {NOT_DUE: TO_COME} | dict.fromkeys(undated, PLAIN)
    groups = aged.due[~aged.due["group"].isin((CLOSED, GONE))]
    with canvas(8, 0.9 + 0.36 * len(groups)) as (figure, axes):
        counts = groups["recommendations"]
        shades = [colours.get(group, LATE) for group in groups["group"]]
        bars(axes, [(counts, shades)], [fmt.count(n) for n in counts])
        name_rows(axes, groups["group"])
        without_scale(axes)
        axes.spines["left"].set_visible(False)
        axes.margins(x=0.1)
        _dated(figure, aged.register.stamp)
    pairs = groups[["group", "recommendations"]].itertuples(index=False, name=None)
    told = "; ".join(f"{group}: {n}" for group, n in pairs if n) or "none"
    stamp = aged.register.stamp
    description = f"{aged.opens.capitalize()} by days past due, {stamp}: {told}."
    caption = f"Recommendations by days past the agency's current date, {stamp}"
    table = Table(aged.due, name=f"{name}_groups", caption=caption, origin=aged.register.origin)
    title = f"{aged.opens.capitalize()} by days past due, as of {fmt.day(aged.as_of)}"
    return Chart(figure, name, title, description, table)


def slips(aged: Aging, *, name: str = "slips", label: str = "") -> Chart | Callout:
    """Draw how far each open recommendation is from its first date: slip granted, then days late.

    The grey part is the cumulative slip of the due date, the orange part the days past the current
    one; together they are the days past the first date. ``label`` says what register it is.
    """
    if aged.table.empty:
        return Callout(aged.register.nothing)
    rows = aged.table[aged.table["days_past_due"].notna()]
    rows = rows[(rows["slip_days"] != 0) | rows["past_due"]]
    if rows.empty:
        return Callout(WORDS.sentence("no_slips", stamp=aged.register.stamp))
    behind = rows.assign(days_late=rows["days_past_due"].clip(lower=0))
    behind["total_days"] = behind["slip_days"] + behind["days_late"]
    behind = behind.sort_values("total_days", ascending=False, kind="stable")
    columns = ["recommendation_id", "title", "first_due_on", "due_on", "revisions"]
    columns += ["slip_days", "days_late", "report", "number"]
    behind = behind[[*columns, "total_days"]].reset_index(drop=True)
    shown = behind.head(ROWS)
    with canvas(9, 1.3 + 0.4 * len(shown)) as (figure, axes):
        _slip_bars(axes, shown)
        _dated(figure, aged.register.stamp)
    revised = int((behind["revisions"] > 0).sum())
    description = (
        f"Days behind the first date for {len(behind)} {aged.opens} that slipped or are "
        f"late{_drawn(len(shown), len(behind))}: the part by which the agency moved the date "
        f"({revised} of {len(behind)} moved), and the part past the current date. The longest is "
        f"{fmt.count(behind['total_days'].max())} days behind. Told {aged.register.stamp}"
        f"{_last_told(rows)}."
    )
    labelled = f" ({label})" if label else ""
    table = Table(
        behind,
        name=f"{name}_days",
        caption=f"Slip of the due date and days past the current one{labelled}, "
        f"{aged.register.stamp}",
        origin=aged.register.origin,
        formats={"title": fmt.beginning},
        labels={"recommendation_id": "recommendation"},
        rows=ROWS,
    )
    title = f"How far behind the first date{labelled}, as of {fmt.day(aged.as_of)}"
    return Chart(figure, name, title, description, table)


def _drawn(shown: int, of: int) -> str:
    return (
        f" (drawn: the {shown} furthest behind; all are in the table's file)" if shown < of else ""
    )


def _slip_bars(axes: Axes, shown: pd.DataFrame) -> None:
    places = np.arange(len(shown))
    slip = shown["slip_days"].to_numpy(dtype=float)
    late = shown["days_late"].to_numpy(dtype=float)
    axes.barh(places, slip, color=PALETTE["grey"], height=0.6)
    axes.barh(places, late, left=np.maximum(slip, 0), color=LATE, height=0.6)
    for place, row in zip(places, shown.itertuples(), strict=True):
        moved = "moved once" if row.revisions == 1 else f"moved {row.revisions} times"
        words = f"{fmt.count(row.total_days)} days; {moved if row.revisions else 'never moved'}"
        say(axes, words, (max(row.slip_days, 0) + row.days_late, place), shift=(6, 0), size=10)
    _over(axes, slip, "date moved", at=lambda i: slip[i] / 2)
    _over(axes, late, "past the current date", at=lambda i: max(slip[i], 0) + late[i] / 2)
    _name_rows(axes, _called(shown), list(shown["title"]))
    axes.grid(visible=False)
    axes.set_xlabel("days behind the first estimated completion date")
    _room_on_the_right(axes, share=0.25)


def _over(axes: Axes, widths: np.ndarray, words: str, *, at) -> None:
    """Name a part of the bars once, over the uppermost bar that has it wide enough to stand on."""
    wide = np.flatnonzero(widths > 0)
    if len(wide):
        say(axes, words, (at(wide[0]), wide[0] - 0.32), size=8, va="bottom")


def closure_curves(closed: Closure, *, name: str = "closure", label: str = "") -> Chart | Callout:
    """Draw the share still open and the share closed each way, by years since issue.

    ``label`` says what register it is, such as "generated register". Without closures the answer
    is a callout that says why there are none.
    """
    survival = closed.survival if closed.survival.empty else observed(closed.survival)
    if survival.empty:  # nothing closed, or not while enough were under observation
        return Callout(closed.text)
    years = np.r_[0, survival["days"]] / 365.25
    with canvas(9, 4.8) as (figure, axes):
        _step(axes, years, np.r_[1, survival["still_open"]], "still open", PALETTE["black"])
        ends = (np.r_[1, survival[end]] for end in ("ci_low", "ci_high"))
        band(axes, years, *ends, step="post", color=PALETTE["light"], alpha=1, zorder=0)
        for words, colour in zip(OUTCOMES, (TO_COME, LATE), strict=True):
            own = _of(closed.incidence, ALL_AGENCIES, words)
            _step(axes, np.r_[0, own["days"]] / 365.25, np.r_[0, own["share"]], words, colour)
        _years_and_shares(axes)
        _dated(figure, closed.stamp)
    description = (
        f"Closure curves{f' of the {label}' if label else ''}, drawn, tabled and told while at "
        f"least {FEW} are under observation. {closed.text}"
    )
    table = Table(
        _curves(closed),
        name=f"{name}_curves",
        caption=f"Shares by days since issue{f' ({label})' if label else ''}, {closed.stamp}",
        origin=closed.origin,
        formats=dict.fromkeys(("still_open", "ci_low", "ci_high", *OUTCOMES), _share),
        rows=ROWS,
    )
    title = f"How long recommendations stay open{f' ({label})' if label else ''}, {_on(closed)}"
    return Chart(figure, name, title, description, table)


def agency_curves(closed: Closure, *, name: str = "agencies", label: str = "") -> Chart | Callout:
    """Draw the share implemented by years since issue, one curve an agency.

    A curve ends at four years, where its figure is read, or before where fewer than `FEW` are
    still under observation: what is not drawn is neither in its table nor in its words.
    """
    if closed.survival.empty:
        return Callout(closed.text)
    colours = [PALETTE[c] for c in ("blue", "orange", "green", "purple", "yellow", "black", "grey")]
    curves = _agencies_drawn(closed)
    if curves.empty:
        return Callout(WORDS.sentence("no_agency_curves", few=FEW, stamp=closed.stamp))
    ends = curves.groupby("agency", as_index=False).last().sort_values("share", kind="stable")
    with canvas(9, 4.8) as (figure, axes):
        labels = []
        for place, agency in enumerate(ends["agency"]):
            own = curves[curves["agency"] == agency]
            years, shares = np.r_[0, own["days"]] / 365.25, np.r_[0, own["share"]]
            colour = colours[place % len(colours)]
            axes.step(years, shares, where="post", color=colour, linewidth=2)
            labels.append((years[-1], shares[-1], agency, colour))
        _spread_labels(axes, labels)
        _years_and_shares(axes)
        axes.set_ylabel("share implemented")
        _dated(figure, closed.stamp)
    told = ", ".join(_end_in_words(row) for row in ends[::-1].itertuples())
    description = (
        f"Share implemented by years since issue, by agency, drawn to four years or as long as at "
        f"least {FEW} are under observation: {told}. Told {closed.stamp}."
    )
    table = Table(
        curves,
        name=f"{name}_curves",
        caption=f"Share implemented by agency, as drawn{f' ({label})' if label else ''}, "
        f"{closed.stamp}",
        formats={"share": _share, "se": _share},
        origin=closed.origin,
        rows=ROWS,
    )
    title = f"Implementation by agency{f' ({label})' if label else ''}, {_on(closed)}"
    return Chart(figure, name, title, description, table)


def _agencies_drawn(closed: Closure) -> pd.DataFrame:
    """Return each agency's share implemented as far as it is drawn, its end as the last row.

    Columns of the incidence but outcome. The last row is four years, or the last day on which
    `FEW` were under observation, with the share reached by then.
    """
    own = closed.incidence[closed.incidence["outcome"] == next(iter(OUTCOMES))]
    parts = []
    for line in closed.agencies.itertuples():
        end = min(line.observed_days, HORIZON_DAYS)
        curve = own[(own["agency"] == line.agency) & (own["days"] <= end)].drop(columns="outcome")
        if end and len(curve):
            last = curve.iloc[[-1]].assign(days=int(end))
            parts.append(pd.concat([curve[curve["days"] < end], last], ignore_index=True))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def _end_in_words(row) -> str:
    share = f"{row.agency} {fmt.percent(row.share)}"
    if row.days == HORIZON_DAYS:
        return f"{share} within four years"
    return f"{share} by {row.days / 365.25:.1f} years, where it ends"


def _curves(closed: Closure) -> pd.DataFrame:
    """Return the drawn part of the survival with the share closed each way by the same day."""
    overall = closed.incidence[closed.incidence["agency"] == ALL_AGENCIES]
    shares = overall.pivot(index="days", columns="outcome", values="share")
    return observed(closed.survival).join(shares[list(OUTCOMES)], on="days")


def _of(incidence: pd.DataFrame, agency: str, outcome: str) -> pd.DataFrame:
    """Return a curve as far as enough recommendations are still under observation."""
    own = incidence[(incidence["agency"] == agency) & (incidence["outcome"] == outcome)]
    return observed(own)


def _on(closed: Closure) -> str:
    """The as-of date, without the log, for a picture's title."""
    return closed.stamp.partition(",")[0]


def _share(value: float) -> str:
    return fmt.percent(value, digits=1)


def _step(axes: Axes, years: np.ndarray, shares: np.ndarray, words: str, colour: str) -> None:
    axes.step(years, shares, where="post", color=colour, linewidth=2)
    axes.annotate(
        words,
        (years[-1], shares[-1]),
        xytext=(6, 0),
        textcoords="offset points",
        verticalalignment="center",
        color=colour,
    )


def _spread_labels(axes: Axes, labels: list[tuple], *, gap: float = 0.055) -> None:
    """Write the labels at the ends of curves, pushed apart where they would overlap."""
    height, right = -1.0, max(x for x, *_ in labels)
    for years, share, words, colour in sorted(labels, key=lambda label: label[1]):
        height = max(share, height + gap)
        axes.annotate(
            words,
            xy=(years, share),
            xytext=(right + 0.25, height),
            verticalalignment="center",
            color=colour,
            arrowprops={"arrowstyle": "-", "color": PALETTE["light"]},
        )


def _years_and_shares(axes: Axes) -> None:
    axes.set_ylim(-0.03, 1.03)
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0%", "25%", "50%", "75%", "100%"])
    axes.set_xlabel("years since issue")
    axes.set_ylabel("share of recommendations")
    axes.set_xlim(left=0)
    _room_on_the_right(axes, share=0.22)


__dir__ = showing(globals())
