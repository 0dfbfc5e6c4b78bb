"""Any two questions crossed: counts, percentages along rows and columns, and a test."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from coee_nb import formats as fmt
from coee_nb.drawing import PALETTE, canvas, name_rows
from coee_nb.engines.design.comparisons import adjust_p_values
from coee_nb.engines.design.estimation import Association, rao_scott, simple_random
from coee_nb.engines.suppression.crossing import Crossing, crossed
from coee_nb.engines.suppression.lattice import ALL, Placement
from coee_nb.errors import EstimationError
from coee_nb.lazily import showing
from coee_nb.outputs import Callout, Chart, Several, Table
from coee_nb.plain import underscored
from coee_nb.survey.charts import WIDTH, percent_scale
from coee_nb.survey.data import Survey
from coee_nb.survey.release import Release, placed_by
from coee_nb.survey.tables import SUPPRESSED, WORDS, count, percent
from coee_nb.unseen import Unseen

BOTH = "answered both"


@dataclass(frozen=True, repr=False)
class Crosstab(Unseen):
    """Two questions (``names``, ``words``) crossed, and what of it may be shown.

    ``association`` is the test that they are independent, None where it would rest on a suppressed
    count or cannot be made (``why``).
    """

    names: tuple[str, str]
    words: tuple[str, str]
    crossing: Crossing
    association: Association | None
    why: str

    @property
    def name(self) -> str:
        """The name of its tables."""
        slugs = map(underscored, self.names)
        return "crosstab_{}_by_{}".format(*slugs)


def crosstabs(released: Release) -> Several | Callout:
    """Return a table and a picture of each two questions that the parameters cross."""
    made = [_crosstab(released, *pair) for pair in released.survey.params.crosstabs]
    if not made:
        return released.callout(WORDS.sentence("no_crosstabs"))
    adjusted = adjust_p_values([one.association.p if one.association else np.nan for one in made])
    shown: list[Table | Chart] = []
    for one, p in zip(made, adjusted, strict=True):
        shown.append(_counts(released, one, p, len(made)))
        if shares(one)["share_of_row"].notna().any():
            shown.append(_chart(released, one))
    return Several(tuple(shown))


def _crosstab(released: Release, first: str, second: str) -> Crosstab:
    survey, names = released.survey, (first, second)
    both = [survey.of_one_answer[name] for name in names]
    crossing = crossing_of(released, first, second)
    substantive = pd.concat([one.answers for one in both], axis=1, keys=names)
    association, why = _tested(survey, substantive, crossing)
    words = (both[0].wording, both[1].wording)
    return Crosstab(names, words, crossing, association, why)


def crossing_of(released: Release, first: str, second: str) -> Crossing:
    """Return what may be printed of two questions crossed: the same whichever is named first."""
    made = released.crossings
    if (first, second) not in made:
        if (second, first) in made:
            sides = {"row": "column", "column": "row"}
            swapped = made[second, first].cells.rename(columns=sides)
            made[first, second] = Crossing(swapped[["row", "column", "count"]])
        else:
            made[first, second] = _decided(released, first, second)
    return made[first, second]


def _decided(released: Release, first: str, second: str) -> Crossing:
    survey, names = released.survey, (first, second)
    given = [survey.of_one_answer[name].labelled(survey.rows) for name in names]
    placement = Placement(placed_by(survey))
    publication = released.plan.publication
    lattice = publication.lattice(publication.measures[-1])
    place = lattice.places(placement.index)[placement.codes]
    answers = pd.concat(given, axis=1, keys=names)
    return crossed(released.plan, first, second, answers, place)


def _tested(
    survey: Survey, answers: pd.DataFrame, crossing: Crossing
) -> tuple[Association | None, str]:
    if survey.census:
        return None, WORDS.sentence("census")
    if crossing.suppressed:
        return None, WORDS.sentence("crosstab_untested")
    design = simple_random(survey.responded, frame=survey.population)
    columns = [answers[name] for name in answers]
    try:
        return rao_scott(design, *columns), ""
    except EstimationError as error:
        return None, f"Not tested: {error}."


def _counts(released: Release, one: Crosstab, p: float, family: int) -> Table:
    """Return the counts, an answer to the first question a row, one to the second a column."""
    wide = one.crossing.cells.pivot(index="row", columns="column", values="count")
    rows, columns = ([*dict.fromkeys(one.crossing.cells[side])] for side in ("row", "column"))
    wide = wide.loc[rows, columns].reset_index().replace({"row": {ALL: BOTH}})
    wide = wide.rename(columns={ALL: BOTH})
    answers = [name for name in wide if name != "row"]
    note = _note(released, one, p, family)
    return released.table(
        wide,
        name=one.name,
        caption=WORDS.sentence("crosstab", first=one.words[0], second=one.words[1]),
        labels={"row": one.words[0]},
        formats=dict.fromkeys(answers, count),
        note=note,
    )


def _note(released: Release, one: Crosstab, p: float, family: int) -> str:
    said = [one.why]
    if one.association is not None:
        found = p < 1 - released.survey.params.confidence
        said = [
            WORDS.sentence(
                "crosstab_differs" if found else "crosstab_alike",
                statistic=f"{one.association.statistic:.2f}",
                low=f"{one.association.numerator_df:.1f}",
                high=f"{one.association.denominator_df:.0f}",
                p=fmt.p_value(p),
                family=f", adjusted over {family} crossings" if family > 1 else "",
            )
        ]
    if one.crossing.suppressed:
        said.append(
            WORDS.sentence(
                "crosstab_suppressed",
                suppressed=one.crossing.suppressed,
                cells=len(one.crossing.cells),
                floor=released.floor,
            )
        )
    return " ".join(filter(None, said))


def shares(one: Crosstab) -> pd.DataFrame:
    """Return one row a pair: ``row, column, count, of_row, share_of_row, of_column`` ...

    Each percentage has the denominator that stands beside it; both are missing where the count or
    that denominator is suppressed.
    """
    cells = one.crossing.cells
    of = {
        side: cells[cells[other] == ALL].set_index(side)["count"]
        for side, other in (("row", "column"), ("column", "row"))
    }
    pairs = cells[(cells["row"] != ALL) & (cells["column"] != ALL)].reset_index(drop=True)
    for side, totals in of.items():
        people = pairs[side].map(totals).astype("Int64")
        pairs[f"of_{side}"] = people
        share = pairs["count"].astype(float) / people.where(people > 0).astype(float)
        pairs[f"share_of_{side}"] = share
    return pairs


def _chart(released: Release, one: Crosstab) -> Chart:
    frame = shares(one)
    rows = list(dict.fromkeys(frame["row"]))
    columns = list(dict.fromkeys(frame["column"]))
    with canvas(WIDTH, 1.4 + 0.45 * len(rows)) as (figure, axes):
        colours = _colours(len(columns))
        for place, row in enumerate(rows):
            _bar(axes, place, frame[frame["row"] == row], colours)
        handles = [
            axes.barh([0], [0], color=colour, label=str(column))
            for column, colour in zip(columns, colours, strict=True)
        ]
        figure.legend(handles=handles, loc="outside upper left", ncols=min(4, len(columns)))
        name_rows(axes, [_with_people(frame, row) for row in rows])
        percent_scale(axes)
    table = released.table(
        frame,
        name=f"{one.name}_percent",
        caption=WORDS.sentence("crosstab_percent", first=one.words[0], second=one.words[1]),
        formats=dict.fromkeys(("count", "of_row", "of_column"), count)
        | dict.fromkeys(("share_of_row", "share_of_column"), percent),
        labels={
            "row": one.words[0],
            "column": one.words[1],
            "of_row": "of row",
            "share_of_row": "of the row",
            "of_column": "of column",
            "share_of_column": "of the column",
        },
        note=WORDS.sentence("crosstab_denominators"),
    )
    title = WORDS.sentence("crosstab", first=one.words[0], second=one.words[1])
    return released.chart(figure, f"{one.name}_chart", title, _described(frame, rows), table)


def _colours(many: int) -> list[str]:
    import matplotlib as mpl

    spread = mpl.colormaps["cividis"](np.linspace(0.1, 0.95, many))
    return [mpl.colors.to_hex(colour) for colour in spread]


def _bar(axes, place: int, pairs: pd.DataFrame, colours: list[str]) -> None:
    """Draw one row's percentages end to end; what is suppressed is left open and hatched."""
    start = 0.0
    for share, colour in zip(pairs["share_of_row"], colours, strict=True):
        if pd.isna(share):
            continue
        axes.barh(place, share, left=start, color=colour, height=0.6)
        start += share
    if pairs["share_of_row"].isna().any():
        how = {"color": "white", "edgecolor": PALETTE["grey"], "hatch": "///", "linewidth": 0.5}
        axes.barh(place, 1 - start, left=start, height=0.6, **how)


def _with_people(frame: pd.DataFrame, row: str) -> str:
    people = frame.loc[frame["row"] == row, "of_row"].iloc[0]
    return f"{row} ({SUPPRESSED})" if pd.isna(people) else f"{row} (n = {fmt.count(people)})"


def _described(frame: pd.DataFrame, rows: list[str]) -> str:
    known_shares = frame.dropna(subset=["share_of_row"])
    said = [f"A bar for each of {len(rows)} answers, divided by the answers to the other question."]
    for row in rows:
        own = known_shares[known_shares["row"] == row]
        parts = [
            f"{fmt.percent(p)} {c}" for p, c in zip(own["share_of_row"], own["column"], strict=True)
        ]
        said.append(f"{row}: {', '.join(parts) if parts else SUPPRESSED}.")
    return " ".join(said)


__dir__ = showing(globals())
