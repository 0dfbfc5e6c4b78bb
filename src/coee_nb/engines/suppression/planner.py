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

Protection. The interval in which an attacker can place a printed sensitive cell is at least
``floor`` wide (or as wide as the number of people it is about, when they are fewer), so it holds
values under the floor and at or above it. For a cell of a group that is not printed half of that
width is asked. Any other suppressed cell must not be pinned. What a cell supports (percent,
interval, bound, bar) is suppressed with the cell or with its denominator.

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

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from coee_nb.engines.suppression.attack import Attacker, Breach, PublishedCells, breaches
from coee_nb.engines.suppression.cells import (
    ANSWERED,
    Measure,
    Publication,
    System,
    cell_sizes,
    joint_system,
    measure_system,
    printed_relations,
    unknowns,
)
from coee_nb.engines.suppression.masking import DisclosurePlan
from coee_nb.errors import EstimationError, ParameterError
from coee_nb.unseen import Unseen

PRIMARY = "primary"
COMPLEMENTARY = "complementary"
LINKED = "participation"
DROPPED = "dropped"
ROUNDS = 200


@dataclass(frozen=True, repr=False)
class _Draft(Unseen):
    """One system with its truth (for the planner only) and what is suppressed of it so far."""

    system: System
    measures: tuple[Measure, ...]
    truth: np.ndarray
    size: np.ndarray
    denominator: np.ndarray
    demand: np.ndarray
    sensitive: np.ndarray
    suppressed: np.ndarray
    linked: np.ndarray
    sizes_only: np.ndarray
    note: str = ""

    @property
    def printed(self) -> np.ndarray:
        return self.system.cells["printed"].to_numpy()

    @property
    def values(self) -> np.ndarray:
        return np.where(self.printed & ~self.suppressed, self.truth, np.nan)


def plan(publication: Publication, *, floor: int = 10) -> DisclosurePlan:
    """Decide which cells of a publication are suppressed so that no sensitive cell can be got.

    ``floor`` is the smallest number of people that may be shown. Measures are planned one by one,
    each against an attacker who knows all group sizes; where the participation itself has
    suppressed cells, the measures are attacked together, and the breakdowns that betray it are
    withdrawn.
    Always returns a safe plan: at worst a measure is withdrawn, and the summary says so.

    >>> groups = pd.DataFrame({"region": ["A", "B", "C"], "respondents": [40, 40, 40]})
    >>> counts = pd.DataFrame({"region": list("AABBCC"), "answer": ["yes", "no"] * 3,
    ...                        "count": [37, 3, 20, 20, 25, 15]})
    >>> q1 = Measure("q1", counts, breakdowns=((), ("region",)))
    >>> made = plan(Publication(groups, (q1,)))
    >>> shown = made.apply("q1 by region")
    >>> shown.loc[shown["answer"] == "yes", ["region", "count"]].to_numpy().tolist()
    [['A', <NA>], ['B', <NA>], ['C', 25]]
    >>> made.apply("q1")["count"].tolist()
    [82, 38, 120]
    """
    if floor < 2:
        raise ParameterError(f"floor {floor}", expected="a whole number of people, at least 2")
    asked = [measure for measure in publication.measures if measure.universe == "frame"]
    questions = [measure for measure in publication.measures if measure.universe != "frame"]
    drafts = [_solve(_draft(publication, (measure,), floor)) for measure in questions]
    if asked:
        takers = _solve(_draft(publication, tuple(asked), floor))
        drafts = [takers, *_protect_participation(publication, takers, drafts)]
    return _finish(publication, drafts, floor)


def _draft(publication: Publication, measures: tuple[Measure, ...], floor: int) -> _Draft:
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
        [
            _sensitive(measure, part, truth[part.index], size[part.index], floor)
            for measure, part in _split(system.cells, measures)
        ]
    )
    about = np.where(_about_answers(system.cells, measures), denominator, size)
    demand = _demand(system.cells, about, sensitive, floor)
    suppressed = sensitive & system.cells["printed"].to_numpy()
    return _Draft(
        system,
        measures,
        truth,
        size,
        denominator,
        demand,
        sensitive,
        suppressed,
        linked=np.zeros(len(truth), bool),
        sizes_only=np.concatenate(
            [_sizes_only(measure, part) for measure, part in _split(system.cells, measures)]
        ),
    )


def _true_unknowns(
    publication: Publication, measures: Sequence[Measure], system: System
) -> np.ndarray:
    """The true unknowns of some measures, with the respondents where these are unknowns too."""
    parts = np.concatenate([unknowns(publication, measure) for measure in measures])
    if len(parts) == system.matrix.shape[1]:
        return parts
    return np.concatenate([parts, publication.groups["respondents"].to_numpy(float)])


def _split(cells: pd.DataFrame, measures: Sequence[Measure]):
    for measure in measures:
        yield measure, cells[cells["measure"] == measure.name]


def _about_answers(cells: pd.DataFrame, measures: Sequence[Measure]) -> np.ndarray:
    """Whether a cell is about what people answered, rather than about who answered."""
    opinions = [
        measure.name
        for measure in measures
        if measure.universe != "frame" and (measure.multiple or len(measure.answers) > 1)
    ]
    return (cells["measure"].isin(opinions) & (cells["kind"] == "answer")).to_numpy()


def _sensitive(
    measure: Measure, cells: pd.DataFrame, truth: np.ndarray, size: np.ndarray, floor: int
) -> np.ndarray:
    """The cells that an attacker must not learn (see the rules at the top of this module)."""
    label, kind = cells["answer"], cells["kind"]
    outside = np.zeros(len(cells))
    if measure.statuses:
        status = np.where(kind == "status", truth, 0)
        rows = label.nunique()
        outside = np.repeat(status.reshape(-1, rows).sum(axis=1), rows)
    answered = size - outside
    few = (truth > 0) & (truth < floor)
    rest_private = set(measure.statuses) - set(measure.not_private)
    few_outside = (outside > 0) & (outside < floor) & bool(rest_private)
    answers = _about_answers(cells, [measure])
    extreme = (answered > 0) & ((truth < floor) | (answered - truth < floor))
    whole = ((kind == "total") | (kind == "answer")).to_numpy() & ~answers
    if measure.universe == "frame" and len(measure.answers) > 1:
        whole = (kind == "total").to_numpy()
    found = np.where(answers, extreme, few | (whole & few_outside))
    return (found & ~_sizes_only(measure, cells) & ~label.isin(measure.not_private)).astype(bool)


def _sizes_only(measure: Measure, cells: pd.DataFrame) -> np.ndarray:
    """The cells that merely repeat the size of their group: without statuses, everyone answered."""
    repeats = ["total"] if measure.multiple or len(measure.answers) > 1 else ["answer"]
    return cells["kind"].isin(repeats).to_numpy() & (not measure.statuses)


def _demand(
    cells: pd.DataFrame, about: np.ndarray, sensitive: np.ndarray, floor: int
) -> np.ndarray:
    """The uncertainty that the threat model asks for every sensitive cell, printed or not."""
    wanted = np.where(cells["printed"], floor, -(-floor // 2))
    return np.where(sensitive, np.minimum(wanted, about), 0.0)


def _solve(draft: _Draft) -> _Draft:
    """Suppress the cells of least loss: propose, attack, constrain, until no attack succeeds."""
    if not (draft.sensitive.any() or draft.linked.any()):
        return draft
    cuts, tables = _first_cuts(draft), [draft.truth]
    for _ in range(ROUNDS):
        suppressed = _least_loss(draft, cuts)
        if suppressed is None:
            break
        draft = replace(draft, suppressed=suppressed)
        attacker = Attacker(draft.system, draft.values)
        attacker.recall(tables)
        found = _attack_draft(draft, attacker)
        if not found:
            return draft
        tables = list({cells.tobytes(): cells for cells in [*tables, *attacker.tables]}.values())
        cuts += [_conditional(draft, breach) for breach in found]
    note = "withdrawn: no safe table with fewer cells suppressed was found"
    return replace(draft, suppressed=_everything_own(draft), note=note)


def _everything_own(draft: _Draft) -> np.ndarray:
    """All printed cells but those that repeat a group size, which the participation tables rule."""
    return draft.printed & (draft.linked | ~draft.sizes_only)


def _attack_draft(draft: _Draft, attacker: Attacker) -> list[Breach]:
    """What an attacker of the draft can bound too tightly."""
    return list(breaches(attacker, _width(draft), truth=draft.truth, ceiling=draft.size))


def _own(draft: _Draft) -> np.ndarray:
    """The suppressed cells that a question must protect by itself, its group sizes being known."""
    own = draft.sensitive | ~(draft.linked | draft.sizes_only)
    return draft.suppressed & (draft.size > 0) & own


def _width(draft: _Draft) -> np.ndarray:
    """The demands on a draft: those on sensitive cells, and one on any other suppressed cell."""
    return np.where(_own(draft), np.maximum(draft.demand, 1), draft.demand)


def _conditional(draft: _Draft, breach: Breach) -> tuple[np.ndarray, float]:
    """The cut of a breach; a cell suppressed only for others' sake may be shown instead."""
    weights, needed = breach.weights.copy(), breach.needed
    own = breach.cell
    if draft.suppressed[own] and not (draft.sensitive[own] or draft.linked[own]):
        weights = np.minimum(weights, needed)
        weights[own] = -needed
        needed = 0.0
    return weights, needed


def _first_cuts(draft: _Draft) -> list[tuple[np.ndarray, float]]:
    """What every printed sum asks of the cells beside a sensitive one, before any attack."""
    cuts = []
    for measure, cells in _split(draft.system.cells, draft.measures):
        for places, signs in printed_relations(measure, cells):
            for position in np.flatnonzero(draft.sensitive[places]).tolist():
                cuts += _relation_cuts(draft, places, signs, position)
    return cuts


def _relation_cuts(
    draft: _Draft, places: np.ndarray, signs: np.ndarray, position: int
) -> list[tuple[np.ndarray, float]]:
    """Within one sum, the other suppressed cells must let the sensitive one rise and fall."""
    own, others = places[position], np.delete(places, position)
    same = np.delete(signs, position) == signs[position]
    count, spare = draft.truth[others], draft.size[others] - draft.truth[others]
    rise, fall = np.where(same, count, spare), np.where(same, spare, count)
    width, value, size = draft.demand[own], draft.truth[own], draft.size[own]
    cuts = []
    for slack, needed in [
        (rise, width - value),
        (fall, value - (size - width)),
        (rise + fall, width),
    ]:
        if needed > 0:
            weights = np.zeros(len(draft.truth))
            weights[others] = np.minimum(slack, needed)
            cuts.append((weights, needed))
    return cuts


def _least_loss(draft: _Draft, cuts: list[tuple[np.ndarray, float]]) -> np.ndarray | None:
    """The suppressed cells of least loss under the cuts, or None when the solver finds none."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    places = np.flatnonzero(draft.printed)
    must = (draft.sensitive | draft.linked)[places]
    rules = []
    if cuts:
        matrix = np.array([weights[places] for weights, _ in cuts])
        rules = [LinearConstraint(matrix, np.array([needed for _, needed in cuts]) - 1e-7)]
    answer = milp(
        draft.truth[places] + 1,
        integrality=np.ones(len(places)),
        bounds=Bounds(must.astype(float), 1),
        constraints=rules,
        options={"node_limit": 20_000, "mip_rel_gap": 1e-6},
    )
    if answer.x is None:
        return None
    suppressed = np.zeros(len(draft.truth), bool)
    suppressed[places] = answer.x > 0.5
    return suppressed


def _protect_participation(
    publication: Publication, takers: _Draft, drafts: list[_Draft]
) -> list[_Draft]:
    """Withdraw what the questions would tell about suppressed participation counts, and no more."""
    if not takers.sensitive.any():
        return drafts
    for withdraw in (_nothing, _suppressed_groups, _breakdowns, _everything):
        changed = [withdraw(takers, draft) for draft in drafts]
        if not _betrayed(publication, takers, changed):
            return changed
    raise EstimationError("the participation cannot be protected", do="raise the level of grouping")


def _betrayed(publication: Publication, takers: _Draft, drafts: list[_Draft]) -> bool:
    """Whether all tables together tell more about the participation than they may."""
    system, values = _together(publication, [takers, *drafts])
    truth = np.concatenate([draft.truth for draft in (takers, *drafts)])
    ceiling = np.concatenate([draft.size for draft in (takers, *drafts)])
    demand = np.concatenate([_width(takers), *(1.0 * _linked(draft) for draft in drafts)])
    attacker = Attacker(system, values)
    attacker.note(truth)
    return next(breaches(attacker, demand, truth=truth, ceiling=ceiling), None) is not None


def _linked(draft: _Draft) -> np.ndarray:
    """The cells of a question that are suppressed only for the participation's sake."""
    return draft.linked & draft.suppressed & ~draft.sensitive


def _together(publication: Publication, drafts: list[_Draft]) -> tuple[System, np.ndarray]:
    """Everything published, to an attacker who does not know how many responded."""
    measures = [measure for draft in drafts for measure in draft.measures]
    values = np.concatenate([draft.values for draft in drafts])
    return joint_system(publication, measures), values


def _nothing(takers: _Draft, draft: _Draft) -> _Draft:
    return draft


def _suppressed_groups(takers: _Draft, draft: _Draft) -> _Draft:
    """Suppress a question's cells, not the empty ones, where participation is suppressed."""
    return _solve(replace(draft, linked=_in_suppressed_groups(takers, draft)))


def _breakdowns(takers: _Draft, draft: _Draft) -> _Draft:
    divided = np.array([len(by) > 0 for by in draft.system.cells["by"]])
    counted = draft.printed & (draft.truth > 0) & ~draft.sizes_only
    linked = _in_suppressed_groups(takers, draft) | (divided & counted)
    note = "breakdowns withdrawn: they would tell suppressed participation counts"
    return _solve(replace(draft, linked=linked, note=note))


def _everything(takers: _Draft, draft: _Draft) -> _Draft:
    linked = _in_suppressed_groups(takers, draft) | (draft.printed & ~draft.sizes_only)
    note = "withdrawn: it would tell suppressed participation counts"
    return replace(draft, linked=linked, suppressed=linked, note=note)


def _in_suppressed_groups(takers: _Draft, draft: _Draft) -> np.ndarray:
    """The printed, not empty cells in groups whose participation is suppressed."""
    cells = takers.system.cells
    dimensions = _dimension_columns(cells)
    gone = pd.MultiIndex.from_frame(cells.loc[takers.suppressed, dimensions])
    own = pd.MultiIndex.from_frame(draft.system.cells[dimensions])
    return draft.printed & own.isin(gone) & (draft.truth > 0)


def _dimension_columns(cells: pd.DataFrame) -> list[str]:
    fixed = ["measure", "table", "by", "answer", "kind", "printed"]
    return [column for column in cells.columns if column not in fixed]


def _finish(publication: Publication, drafts: list[_Draft], floor: int) -> DisclosurePlan:
    tables = [_analyst_cells(draft) for draft in drafts]
    order = {measure.name: place for place, measure in enumerate(publication.measures)}
    cells = pd.concat(tables, ignore_index=True)
    cells = cells.sort_values("measure", key=lambda name: name.map(order), kind="stable")
    cells = cells.reset_index(drop=True)
    cells["denominator_shown"] = _denominator_shown(publication, cells, floor)
    summary = _summarise(cells, {m.name: draft.note for draft in drafts for m in draft.measures})
    published = PublishedCells(tuple(_views(publication, drafts)))
    return DisclosurePlan(floor, publication, cells, summary, _sentence(summary, floor), published)


def _views(publication: Publication, drafts: list[_Draft]):
    """What can be attacked: suppressed participation with all tables, a question by itself."""
    on_frame = [draft.measures[0].universe == "frame" for draft in drafts]
    of_all = [
        _own(draft) if asked else _linked(draft)
        for draft, asked in zip(drafts, on_frame, strict=True)
    ]
    if any(found.any() for found in of_all):
        yield *_together(publication, drafts), np.flatnonzero(np.concatenate(of_all))
    for draft, asked in zip(drafts, on_frame, strict=True):
        if not asked and _own(draft).any():
            yield draft.system, draft.values, np.flatnonzero(_own(draft))


def _analyst_cells(draft: _Draft) -> pd.DataFrame:
    cells = draft.system.cells
    dropped = bool(draft.note) & (
        draft.linked | np.array_equal(draft.suppressed, _everything_own(draft))
    )
    why = np.select(
        [~draft.suppressed, draft.sensitive, dropped, draft.linked],
        ["", PRIMARY, DROPPED, LINKED],
        default=COMPLEMENTARY,
    )
    of_answers = _about_answers(cells, draft.measures)
    planned = cells.assign(
        count=draft.truth.astype(int),
        group_size=draft.size.astype(int),
        denominator=np.where(of_answers, draft.denominator, draft.size).astype(int),
        of=np.where(of_answers, ANSWERED, draft.measures[0].universe),
        suppressed=draft.suppressed,
        why=why,
    )
    return planned[draft.printed].drop(columns="printed")


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
    if not suppressed:
        return (
            f"None of the {cells:,} cells had to be suppressed under the floor of {floor} people."
        )
    return (
        f"{suppressed:,} of {cells:,} cells are suppressed: those that tell of fewer than {floor} "
        f"people or of all but fewer than {floor}, and those from which such a cell could be "
        "worked out."
    )
