"""Disclosure control: one plan of what may be printed, over everything a run prints.

Threat model, in plain words. The attacker holds every table, chart and breakdown of the run; knows
how many people were asked and how many responded in every finest group (region x trade), whether
or not a table prints it; knows which cells are masked and that counts are whole numbers; and
subtracts: totals less parts, one breakdown against another, respondents less answered, percent
times denominator. From this the attacker must not learn a *sensitive* cell:

- an answer given by fewer than ``floor`` people of a group, zero included, or by all but fewer than
  ``floor``, all included: both tell what a named colleague said or did not say;
- a group of respondents, of item answers or of non-answers of fewer than ``floor`` people, unless
  it is empty (that nobody left a question blank tells nothing about anyone's answer).

The same holds for groups that are not printed but follow from printed ones (a cell of two
breakdowns obtained as a trade less the one region in which everyone has that trade).

Protection. The interval in which an attacker can place a sensitive cell of a printed group is at
least ``floor`` wide (or as wide as the number of people it is about, when they are fewer), so it
holds values under the floor and at or above it, whether or not the cell itself is printed: a
breakdown may print some answers only, and what it does not print costs nothing to hold back. For a
cell of a group that is not printed half of that width is asked. Any other suppressed cell must not
be pinned. What a cell supports (percent, interval, bound, bar) is suppressed with the cell or with
its denominator.

Not covered: what people know of each other beyond the counts (a respondent who subtracts himself);
inference from knowing this algorithm; two questions crossed with each other; test statistics and
weighted estimates, which are to be released only where no cell they use is suppressed; and other
reports on the same people.

The plan suppresses the cells of least loss (suppressed counts, plus one a cell) by an integer
programme; an attacker bounds what is left by linear programmes; each success becomes a constraint,
until none succeeds. Source: M. Fischetti and J. J. Salazar, "Solving the cell suppression problem
on tabular data with linear constraints", Management Science 47(7), 2001; A. Hundepool and others,
Statistical Disclosure Control, 2012, chapter 4. The floor of 10 is a common choice, not a rule
of law.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from coee_nb.engines.suppression.attack import Attacker, PublishedCells, breaches
from coee_nb.engines.suppression.cells import ANSWERED, Measure, Publication
from coee_nb.engines.suppression.drafts import Draft, Relation, solve
from coee_nb.engines.suppression.lattice import groups_index
from coee_nb.engines.suppression.masking import DisclosurePlan
from coee_nb.engines.suppression.systems import (
    Grid,
    System,
    cell_sizes,
    described,
    joint_system,
    measure_system,
    printed_relations,
    unknowns,
)
from coee_nb.errors import EstimationError, ParameterError

PRIMARY = "primary"
COMPLEMENTARY = "complementary"
LINKED = "participation"
DROPPED = "dropped"
EDITION = 2  # of these rules: raised with a change by which the same counts are planned otherwise


def plan(publication: Publication, *, floor: int = 10) -> DisclosurePlan:
    """Decide which cells of a publication are suppressed so that no sensitive cell can be got.

    ``floor`` is the smallest number of people that may be shown; 0 for counts that are not
    confidential: then nothing is suppressed. Measures are planned one by one,
    each against an attacker who knows all group sizes; where the participation itself has
    suppressed cells, the measures are attacked together, and the breakdowns that betray it are
    withdrawn.
    Always returns a safe plan: at worst a measure is withdrawn, and the summary says so.

    >>> from coee_nb.engines.suppression.cells import measure_from_counts
    >>> groups = pd.DataFrame({"region": ["A", "B", "C"], "respondents": [40, 40, 40]})
    >>> counts = pd.DataFrame({"region": list("AABBCC"), "answer": ["yes", "no"] * 3,
    ...                        "count": [37, 3, 20, 20, 25, 15]})
    >>> q1 = measure_from_counts("q1", counts, ((), ("region",)))
    >>> made = plan(Publication(groups, (q1,)))
    >>> shown = made.apply("q1 by region")
    >>> shown.loc[shown["answer"] == "yes", ["region", "count"]].to_numpy().tolist()
    [['A', <NA>], ['B', <NA>], ['C', 25]]
    >>> made.apply("q1")["count"].tolist()
    [82, 38, 120]
    """
    if floor < 2 and floor != 0:
        raise ParameterError(f"floor {floor}", expected="a whole number of people, at least 2")
    asked = [measure for measure in publication.measures if measure.universe == "frame"]
    questions = [measure for measure in publication.measures if measure.universe != "frame"]
    drafts = [solve(draft_of(publication, (measure,), floor)) for measure in questions]
    if asked:
        takers = solve(draft_of(publication, tuple(asked), floor))
        drafts = [takers, *_protect_participation(publication, takers, drafts)]
    return _finish(publication, drafts, floor)


def draft_of(publication: Publication, measures: tuple[Measure, ...], floor: int) -> Draft:
    """What of some measures an attacker must not learn, before anything is solved."""
    on_frame = measures[0].universe == "frame"
    system = (
        joint_system(publication, measures)
        if on_frame
        else measure_system(publication, measures[0])
    )
    sizes = [cell_sizes(publication, measure) for measure in measures]
    size, denominator = (np.concatenate(part) for part in zip(*sizes, strict=True))
    truth = np.round(system.matrix @ _true_unknowns(publication, measures, system))
    sensitive = np.concatenate(
        [_sensitive(grid, truth[places], size[places], floor) for grid, places in _split(system)]
    )
    about = np.where(system.across("about_answers"), denominator, size)
    printed = system.across("printed")
    return Draft(
        system,
        _relations(system),
        printed,
        truth,
        size,
        denominator,
        demand=_demand(system.across("of_printed_groups"), about, sensitive, floor),
        sensitive=sensitive,
        suppressed=sensitive & printed,
        linked=np.zeros(len(truth), bool),
        fixed=np.zeros(len(truth), bool),
        sizes_only=np.concatenate([_sizes_only(grid) for grid in system.grids]),
    )


def _relations(system: System) -> list[Relation]:
    return [
        (places[within], signs)
        for grid, places in _split(system)
        for within, signs in printed_relations(grid)
    ]


def _measures_of(draft: Draft) -> tuple[Measure, ...]:
    return tuple(grid.measure for grid in draft.system.grids)


def _universe(draft: Draft) -> str:
    return _measures_of(draft)[0].universe


def _true_unknowns(
    publication: Publication, measures: Sequence[Measure], system: System
) -> np.ndarray:
    """The true unknowns of some measures, with the respondents where these are unknowns too."""
    parts = np.concatenate([unknowns(publication, measure) for measure in measures])
    if len(parts) == system.matrix.shape[1]:
        return parts
    return np.concatenate([parts, publication.groups["respondents"].to_numpy(float)])


def _split(system: System) -> Iterator[tuple[Grid, np.ndarray]]:
    """Each grid with the places of its cells."""
    start = 0
    for grid in system.grids:
        yield grid, np.arange(start, start := start + len(grid))


def _sensitive(grid: Grid, truth: np.ndarray, size: np.ndarray, floor: int) -> np.ndarray:
    """The cells that an attacker must not learn (see the rules at the top of this module)."""
    measure, label, kind = grid.measure, grid.label, grid.kind
    outside = np.zeros(len(truth))
    if measure.statuses:
        status = np.where(kind == "status", truth, 0)
        rows = len(grid.labels)
        outside = np.repeat(status.reshape(-1, rows).sum(axis=1), rows)
    answered = size - outside
    few = (truth > 0) & (truth < floor)
    rest_private = set(measure.statuses) - set(measure.not_private)
    few_outside = (outside > 0) & (outside < floor) & bool(rest_private)
    answers = grid.about_answers
    extreme = (answered > 0) & ((truth < floor) | (answered - truth < floor))
    whole = ((kind == "total") | (kind == "answer")) & ~answers
    if measure.universe == "frame" and len(measure.answers) > 1:
        whole = kind == "total"
    found = np.where(answers, extreme, few | (whole & few_outside))
    harmless = np.isin(label, np.array(measure.not_private, object))
    return (found & ~_sizes_only(grid) & ~harmless).astype(bool)


def _sizes_only(grid: Grid) -> np.ndarray:
    """The cells that merely repeat the size of their group: without statuses, everyone answered."""
    measure = grid.measure
    repeats = "total" if measure.multiple or len(measure.answers) > 1 else "answer"
    return (grid.kind == repeats) & (not measure.statuses)


def _demand(
    of_printed_groups: np.ndarray, about: np.ndarray, sensitive: np.ndarray, floor: int
) -> np.ndarray:
    """The uncertainty that the threat model asks for every sensitive cell, printed or not."""
    wanted = np.where(of_printed_groups, floor, -(-floor // 2))
    return np.where(sensitive, np.minimum(wanted, about), 0.0)


def _protect_participation(
    publication: Publication, takers: Draft, drafts: list[Draft]
) -> list[Draft]:
    """Withdraw what the questions would tell about suppressed participation counts, and no more."""
    if not takers.sensitive.any():
        return drafts
    for withdraw in (_nothing, _suppressed_groups, _breakdowns, _everything):
        changed = [withdraw(takers, draft) for draft in drafts]
        if not _betrayed(publication, takers, changed):
            return changed
    raise EstimationError("the participation cannot be protected", do="raise the level of grouping")


def _betrayed(publication: Publication, takers: Draft, drafts: list[Draft]) -> bool:
    """Whether all tables together tell more about the participation than they may."""
    told = _telling([takers, *drafts])
    system, values = _together(publication, told)
    truth = np.concatenate([draft.truth for draft in told])
    ceiling = np.concatenate([draft.size for draft in told])
    demand = np.concatenate([takers.width, *(1.0 * _linked(draft) for draft in told[1:])])
    attacker = Attacker(system, values)
    attacker.note(truth)
    return next(breaches(attacker, demand, truth=truth, ceiling=ceiling), None) is not None


def _linked(draft: Draft) -> np.ndarray:
    """The cells of a question that are suppressed only for the participation's sake."""
    return draft.linked & draft.suppressed & ~draft.sensitive


def _telling(drafts: Sequence[Draft]) -> list[Draft]:
    """The drafts that can tell who took part.

    Where it is told how many did, a question that no table divides tells nothing of it: whoever
    they are, its answers can be spread over them evenly, in fractions, as the attack lets them be.
    """
    asked = [draft for draft in drafts if _universe(draft) == "frame"]
    over_all = [draft.printed & ~draft.system.across("divided") for draft in asked]
    told = [
        own.any() and not draft.suppressed[own].any()
        for draft, own in zip(asked, over_all, strict=True)
    ]
    if not all(told):
        return list(drafts)
    return [draft for draft in drafts if _universe(draft) == "frame" or _of_groups(draft)]


def _of_groups(draft: Draft) -> bool:
    """Whether a question is printed by groups, or has cells suppressed for the participation."""
    return bool((draft.linked | (draft.printed & draft.system.across("divided"))).any())


def _together(publication: Publication, drafts: list[Draft]) -> tuple[System, np.ndarray]:
    """Everything published, to an attacker who does not know how many responded."""
    measures = [measure for draft in drafts for measure in _measures_of(draft)]
    values = np.concatenate([draft.values for draft in drafts])
    return joint_system(publication, measures), values


def _nothing(takers: Draft, draft: Draft) -> Draft:
    return draft


def _suppressed_groups(takers: Draft, draft: Draft) -> Draft:
    """Suppress a question's cells, not the empty ones, where participation is suppressed."""
    return solve(replace(draft, linked=_in_suppressed_groups(takers, draft)))


def _breakdowns(takers: Draft, draft: Draft) -> Draft:
    divided = draft.system.across("divided")
    counted = draft.printed & (draft.truth > 0) & ~draft.sizes_only
    linked = _in_suppressed_groups(takers, draft) | (divided & counted)
    note = "breakdowns withdrawn: they would tell suppressed participation counts"
    return solve(replace(draft, linked=linked, note=note))


def _everything(takers: Draft, draft: Draft) -> Draft:
    linked = _in_suppressed_groups(takers, draft) | (draft.printed & ~draft.sizes_only)
    note = "withdrawn: it would tell suppressed participation counts"
    return replace(draft, linked=linked, suppressed=linked, note=note)


def _in_suppressed_groups(takers: Draft, draft: Draft) -> np.ndarray:
    """The printed, not empty cells in groups whose participation is suppressed."""
    dimensions = list(takers.system.dimensions)
    gone = takers.system.describe(np.flatnonzero(takers.suppressed))[dimensions]
    own = draft.system.cells[dimensions]
    inside = groups_index(own).isin(groups_index(gone))
    return draft.printed & inside & (draft.truth > 0)


def _finish(publication: Publication, drafts: list[Draft], floor: int) -> DisclosurePlan:
    order = {measure.name: place for place, measure in enumerate(publication.measures)}
    drafts = sorted(drafts, key=lambda draft: order[_measures_of(draft)[0].name])
    cells = _analyst_cells(drafts)
    cells = cells.sort_values("measure", key=lambda name: name.map(order), kind="stable")
    cells = cells.reset_index(drop=True)
    cells["denominator_shown"] = _denominator_shown(publication, cells, floor)
    summary = _summarise(
        cells, {m.name: draft.note for draft in drafts for m in _measures_of(draft)}
    )
    published = PublishedCells(tuple(_views(publication, drafts)))
    return DisclosurePlan(floor, publication, cells, summary, _sentence(summary, floor), published)


def _views(publication: Publication, drafts: list[Draft]):
    """What can be attacked: suppressed participation with all tables, a question by itself."""
    told = _telling(drafts)
    of_all = [draft.own if _universe(draft) == "frame" else _linked(draft) for draft in told]
    if any(found.any() for found in of_all):
        yield *_together(publication, told), np.flatnonzero(np.concatenate(of_all))
    for draft in drafts:
        if _universe(draft) != "frame" and draft.own.any():
            yield draft.system, draft.values, np.flatnonzero(draft.own)


def _analyst_cells(drafts: Sequence[Draft]) -> pd.DataFrame:
    """The printed cells of all drafts, with their true counts and why they are suppressed."""
    parts = []
    for draft in drafts:
        why, of_answers = _why(draft), draft.system.across("about_answers")
        for grid, own in _split(draft.system):
            places = own[grid.printed]
            answers = of_answers[places]
            denominator = np.where(answers, draft.denominator[places], draft.size[places])
            parts.append(
                grid.describe(places - own[0], draft.system.dimensions)
                | {
                    "count": draft.truth[places].astype(int),
                    "group_size": draft.size[places].astype(int),
                    "denominator": denominator.astype(int),
                    "of": np.where(answers, ANSWERED, _universe(draft)).astype(object),
                    "suppressed": draft.suppressed[places],
                    "why": why[places],
                }
            )
    return described(parts).drop(columns="printed")


def _why(draft: Draft) -> np.ndarray:
    dropped = bool(draft.note) & (draft.linked | np.array_equal(draft.suppressed, draft.everything))
    return np.select(
        [~draft.suppressed, draft.sensitive, dropped, draft.linked],
        ["", PRIMARY, DROPPED, LINKED],
        default=COMPLEMENTARY,
    ).astype(object)


def _denominator_shown(publication: Publication, cells: pd.DataFrame, floor: int) -> np.ndarray:
    """Whether the denominator of each cell may be printed beside it."""
    groups = list(publication.dimensions)
    suppressed_totals = cells[(cells["kind"] == "total") & cells["suppressed"]]
    total_suppressed = _among(cells, suppressed_totals, ["measure", *groups])
    on_frame = (cells["of"] == "frame").to_numpy()
    size_suppressed = _among(cells, cells[on_frame & cells["suppressed"]], groups)
    of_answers = (cells["of"] == ANSWERED).to_numpy()
    small = cells["denominator"].between(1, floor - 1).to_numpy()
    return on_frame | ~(np.where(of_answers, total_suppressed, size_suppressed) | small)


def _among(cells: pd.DataFrame, others: pd.DataFrame, keys: list[str]) -> np.ndarray:
    return pd.MultiIndex.from_frame(cells[keys]).isin(pd.MultiIndex.from_frame(others[keys]))


def _summarise(cells: pd.DataFrame, notes: Mapping[str, str]) -> pd.DataFrame:
    marked = cells.assign(
        cells=1,
        primary=cells["why"] == PRIMARY,
        complementary=cells["why"] == COMPLEMENTARY,
        loss=np.where(cells["suppressed"], cells["count"] + 1, 0),
    )
    columns = ["cells", "suppressed", "primary", "complementary", "loss"]
    summary = marked.groupby(["measure", "table"], sort=False)[columns].sum().reset_index()
    summary["note"] = summary["measure"].map(notes)
    return summary.drop(columns="measure")


def _sentence(summary: pd.DataFrame, floor: int) -> str:
    suppressed, cells = int(summary["suppressed"].sum()), int(summary["cells"].sum())
    if not floor:
        return f"The counts are not confidential: all {cells:,} cells are shown."
    if not suppressed:
        return (
            f"None of the {cells:,} cells had to be suppressed under the floor of {floor} people."
        )
    return (
        f"{suppressed:,} of {cells:,} cells are suppressed: those that tell of fewer than {floor} "
        f"people or of all but fewer than {floor}, and those from which such a cell could be "
        "worked out."
    )
