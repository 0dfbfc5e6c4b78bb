"""What may be printed of a survey: one disclosure plan over every count its page shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from coee_nb.arguments import known
from coee_nb.engines.suppression.attack import Attacker, attack, safe
from coee_nb.engines.suppression.cells import (
    Measure,
    Publication,
    measure_from_rows,
    multiple_from_rows,
    participation,
)
from coee_nb.engines.suppression.crossing import Crossing
from coee_nb.engines.suppression.lattice import Placement, groups_index
from coee_nb.engines.suppression.masking import DisclosurePlan
from coee_nb.engines.suppression.planner import EDITION, PRIMARY, draft_of, plan
from coee_nb.engines.suppression.systems import table_name, unknowns
from coee_nb.errors import EstimationError
from coee_nb.files import parsed_sha256
from coee_nb.lazily import offered
from coee_nb.respondents import tell_respondents
from coee_nb.survey.codebook import Item
from coee_nb.survey.comments import (
    QuotableComments,
    quotable,
    theme_measure,
    written_comments,
)
from coee_nb.survey.data import EVERYONE, Survey, comments_of
from coee_nb.survey.gate import Gate
from coee_nb.survey.key_results import KeyResult
from coee_nb.survey.nonresponse import complete_and_partial, early_and_late
from coee_nb.survey.one_answer import NO_ANSWER, OneAnswer, part_label
from coee_nb.survey.questions.kind import STATES
from coee_nb.survey.questions.states import last_reached
from coee_nb.survey.read.fieldwork import fieldwork_periods
from coee_nb.survey.reasons import (
    NOT_REPORTABLE,
    REASONS,
    break_off_segments,
    reportable_reasons,
    segment_labels,
)

ANSWERED_IT = "answered it"
COMPLETED, PARTIAL, FINISHED = "completed", "partial", "finished"
FIELDWORK = "responses by day"
WHY_NOT = ": reason of no answer"
KINDS = ("completion", "wave")
RESPONDED, TOOK_PART = "responded", "took part"


@dataclass(frozen=True, repr=False)
class Release(Gate):
    """A survey with the plan of what may be printed of it.

    ``plan`` covers every table and breakdown; ``break_off_segments`` are the questions at which
    people left, put together until no segment tells of a few; ``nonresponse_reasons`` says for
    each item (and part of a matrix) how the respondents without an answer may be told apart;
    ``comments`` what may be quoted;
    ``attacked`` one row per suppressed cell, as far as an attacker can bound it.
    """

    survey: Survey
    plan: DisclosurePlan
    break_off_segments: pd.DataFrame
    nonresponse_reasons: dict[str, dict[str, int]]
    comments: QuotableComments
    attacked: pd.DataFrame

    @cached_property
    def crossings(self) -> dict[tuple[str, str], Crossing]:
        """What was decided of questions crossed: once for each two, whoever asks first."""
        return {}

    def count(self, table: str, answer: str) -> int | None:
        """Return a count over all as it may be printed; None where it is suppressed.

        Raises InputError for a table that was not planned, ParameterError for another answer.
        """
        shown = self.plan.apply(table).set_index("answer")["count"]
        known(answer, shown.index, f"answer of {table}")
        return None if pd.isna(shown[answer]) else int(shown[answer])

    @property
    def cell_keys(self) -> list[str]:
        """The columns that name a cell."""
        return ["table", *self.plan.publication.dimensions, "answer"]

    @cached_property
    def ranges_needed(self) -> pd.Series:
        """The range that anything told beside the tables must leave each suppressed cell."""
        cells, had = self.plan.cells, self.attacked.set_index(self.cell_keys)
        primary = pd.MultiIndex.from_frame(cells.loc[cells["why"] == PRIMARY, self.cell_keys])
        most = np.where(had.index.isin(primary), self.floor, 1)
        return (had["high"] - had["low"]).clip(upper=most)

    @cached_property
    def group_of_each(self) -> np.ndarray:
        """The place of each respondent's finest group in the publication's."""
        publication = self.plan.publication
        names = list(publication.dimensions)
        placed = Placement(placed_by(self.survey)[names])
        return groups_index(publication.groups[names]).get_indexer(placed.index)[placed.codes]

    @cached_property
    def took_part(self) -> int | None:
        """How many responded, as it may be printed; None where it is suppressed."""
        if self.survey.asked is None:
            return self.survey.responded
        return self.count("participation", TOOK_PART)

    def may_print(self, key_result: KeyResult, **group: str) -> bool:
        """Whether a finding's count, its opposite and their denominator may be shown."""
        for name, value in group.items():
            known(value, self.survey.margins(name), f"group of {name}")
        table = table_name(key_result.item.name, tuple(group))
        return self.plan.shows(table, [*key_result.answers, "answered"], **group)


def release(survey: Survey) -> Release:
    """Plan everything the page prints, at the floor of the survey's parameters.

    The run is told whom its publication rests on, so that runs can be held against each other.
    """
    made = planned(survey)
    _tell_respondents(survey)
    return made


def planned(survey: Survey) -> Release:
    """Return a survey with the plan of what may be printed of it."""
    floor = survey.params.fewest
    where_left = break_off_segments(survey, floor)
    comments = _comments(survey, floor)
    nonresponse_reasons = {
        label: {}
        if comments.tells_of_few(label, floor)
        else reportable_reasons(account, where_left, floor=floor, conditional=bool(item.asked_if))
        for item, label, account in _parts(survey)
    }
    made = plan(publication(survey, where_left, nonresponse_reasons), floor=floor)
    suppressed = set(made.cells.loc[made.cells["suppressed"], "measure"])
    return Release(
        survey=survey,
        plan=made,
        break_off_segments=where_left,
        nonresponse_reasons={
            label: reasons
            for label, reasons in nonresponse_reasons.items()
            if _reasons_shown(suppressed, label, reasons)
        },
        comments=comments,
        attacked=attack(made.published),
    )


def _tell_respondents(survey: Survey) -> None:
    """Tell a run whom this publication rests on."""
    params = survey.params
    files = (params.codebook, params.frame, params.published, params.themes, params.review)
    terms = params.model_dump(mode="json", exclude={"responses"}) | {
        "files": [parsed_sha256(file) for file in files if file],
        "by_answers": survey.by_answers,
        "edition": EDITION,  # two plans of the same answers may suppress others: both tell more
    }
    groups = survey.rows[list(survey.dimensions)]
    tell_respondents(survey.rows, groups, floor=params.fewest, terms=terms)


def publication(
    survey: Survey, where_left: pd.DataFrame, nonresponse_reasons: Mapping[str, Mapping[str, int]]
) -> Publication:
    """Return all that the page counts, as measures for the plan."""
    placed = placed_by(survey)
    frame = _frame(survey)
    groups = _sizes(placed, frame)
    placement = Placement(placed)
    measures = [
        *_participation(survey, groups, frame),
        *_dispositions(survey, placement),
        *_fieldwork(survey, placement),
        *_break_offs(survey, placement, where_left),
        *_question_measures(survey, placement),
        *_reason_measures(survey, nonresponse_reasons, placement),
        *_theme_measures(survey, placed),
    ]
    return Publication(groups, tuple(measures), frame)


def item_labels(accounting: pd.DataFrame) -> list[str]:
    """The names of all items and parts, in order, from ``items.item_tables``' accounting."""
    pairs = zip(accounting["item"], accounting["part"], strict=True)
    return [part_label(item, part) for item, part in pairs]


def _reasons_shown(suppressed: Set[str], label: str, reasons: Mapping[str, int]) -> bool:
    if not reasons:
        return False
    return label + WHY_NOT not in suppressed


# Measures


def placed_by(survey: Survey) -> pd.DataFrame:
    """Return where each respondent belongs: in one group of all, where the frame knows no other."""
    placed = survey.rows[list(survey.dimensions)].astype(object)
    if not any(map(survey.framed, survey.dimensions)):
        placed["survey"] = EVERYONE
    return placed


def _frame(survey: Survey) -> pd.DataFrame | None:
    """Return the people asked by the groups that they are counted by; None where not known."""
    frame = survey.files.frame
    if frame is None:
        return None
    if not frame.groups:
        return pd.DataFrame({"survey": [EVERYONE], "frame": [frame.total]})
    return frame.by(*frame.groups).rename("frame").reset_index()


def _sizes(placed: pd.DataFrame, frame: pd.DataFrame | None) -> pd.DataFrame:
    """Return the respondents of every group, of the frame too where it knows all groups.

    A group without any is a group of none: left out, an attacker would be taken to know that it is.
    """
    names = list(placed.columns)
    found = placed.groupby(names).size().rename("respondents").reset_index()
    if frame is None or not set(names) <= set(frame.columns):
        return found
    groups = frame[names].merge(found, on=names, how="outer")
    return groups.fillna({"respondents": 0}).astype({"respondents": int})


def _participation(
    survey: Survey, groups: pd.DataFrame, frame: pd.DataFrame | None
) -> list[Measure]:
    """Who took part, in all and by the groups of the frame that results are shown by."""
    if frame is None:
        return []
    printed = [(), *((name,) for name in survey.breakdowns if survey.framed(name))]
    return [participation(groups, frame, breakdowns=printed)]


def _dispositions(survey: Survey, placed: Placement) -> list[Measure]:
    """Who completed the survey and who stopped, of those who responded, where that is known."""
    if not survey.completion_known:
        return []
    finished = pd.Series(np.where(survey.rows["finished"], COMPLETED, PARTIAL))
    return [_without_statuses("dispositions", finished, placed, [COMPLETED, PARTIAL])]


def _fieldwork(survey: Survey, placed: Placement) -> list[Measure]:
    """When the responses were recorded; nothing to count where all came in one period."""
    when = fieldwork_periods(survey.rows["recorded_on"], survey.params.fewest)
    if len(when.cat.categories) < 2:
        return []
    return [_without_statuses(FIELDWORK, when, placed, list(when.cat.categories))]


def _without_statuses(
    name: str, labels: pd.Series, placed: Placement, choices: Sequence[str]
) -> Measure:
    """Count labels that everyone has. That all bear the same one is no answer of anybody's."""
    found = measure_from_rows(name, labels, placed, choices=choices, statuses=[NO_ANSWER])
    counts = found.counts.drop(columns=NO_ANSWER)
    return Measure(name, counts, not_private=tuple(choices) if labels.nunique() == 1 else ())


def _break_offs(survey: Survey, placed: Placement, where_left: pd.DataFrame) -> list[Measure]:
    """Who left in which segment; nothing to count where all finished."""
    if where_left["left"].sum() == 0:
        return []
    position = where_left["position"].to_numpy()
    reach = last_reached(survey.rows, survey.items).to_numpy()
    place = np.minimum(np.searchsorted(position, reach + 1), len(position) - 1)
    labels = segment_labels(where_left)
    where = pd.Series(np.array(labels, object)[place]).where(
        ~survey.rows["finished"].to_numpy(), FINISHED
    )
    return [_without_statuses("break-offs", where, placed, [*labels, FINISHED])]


def _question_measures(survey: Survey, placed: Placement) -> Iterable[Measure]:
    """Every question with a choice to make, a row of a matrix by itself."""
    for one in survey.questions.values():
        if isinstance(one, OneAnswer):
            yield _closed(survey, one, placed)
        else:
            yield multiple_from_rows(one.name, one.answers, placed, status=NO_ANSWER)


def _closed(survey: Survey, one: OneAnswer, placed: Placement) -> Measure:
    """One question of one answer, by the breakdowns and weighting groups where it is a finding.

    Of a group only the answers of the findings are printed, and of how many. Whoever gave none of
    the choices is told by whether the question was asked.
    """
    groups = dict.fromkeys([*survey.breakdowns, *survey.weighting])
    findings = [each for each in survey.key_results if each.item.name == one.item.name]
    return measure_from_rows(
        one.name,
        one.labelled(survey.rows),
        placed,
        choices=list(one.answers.cat.categories),
        statuses=one.statuses,
        breakdowns=[(), *((group,) for group in groups if findings)],
        by_group=[answer for each in findings for answer in each.answers],
    )


def _reason_measures(
    survey: Survey, nonresponse_reasons: Mapping[str, Mapping[str, int]], placed: Placement
) -> Iterable[Measure]:
    """Why respondents gave an item no answer, as far as the reasons may be reported."""
    names = np.array([REASONS.get(state, ANSWERED_IT) for state in STATES], object)
    for parts in survey.files.parts:
        for part in parts:
            reasons = nonresponse_reasons[label := part_label(part.item.name, part.label)]
            if reasons:
                state = pd.Series(names[part.state])
                told = state.where(state.isin([*reasons, ANSWERED_IT]), NOT_REPORTABLE)
                statuses = [*reasons] or [NOT_REPORTABLE]
                yield measure_from_rows(
                    label + WHY_NOT, told, placed, choices=[ANSWERED_IT], statuses=statuses
                )


def _theme_measures(survey: Survey, placed: pd.DataFrame) -> list[Measure]:
    if survey.themes is None or len(survey.themes.coded) == 0:
        return []
    people = comments_of(survey.files)[["response_id", "comment"]].join(placed)
    return [theme_measure(survey.themes, people, list(placed.columns))]


def _parts(survey: Survey) -> Iterable[tuple[Item, str, pd.Series]]:
    """Yield each item and part with its account."""
    for _, account in survey.tables[""].accounting.iterrows():
        item = survey.files.codebook[account["item"]]
        yield item, part_label(account["item"], account["part"]), account


def _comments(survey: Survey, floor: int) -> QuotableComments:
    """Return what may be quoted; a group is all that is known of where a respondent belongs."""
    placed = placed_by(survey)
    groups = placed.groupby(list(placed.columns)).size().rename("respondents").reset_index()
    if (frame := _frame(survey)) is not None:
        groups = groups.merge(frame, on=[name for name in frame if name != "frame"])
    comments = written_comments(survey.rows, survey.items).join(placed)
    files = survey.files
    return quotable(comments, groups, files.review, known_words=files.known_words, floor=floor)


# Kinds of respondent


def kinds_of(survey: Survey) -> pd.DataFrame | None:
    """Return ``completion`` and ``wave`` (of those who finished) of each respondent.

    None where all finished, or nobody did; one wave where no time tells them apart.
    """
    try:
        completion = complete_and_partial(survey.rows["finished"])
    except EstimationError:
        return None
    finished = survey.rows["finished"].to_numpy(bool)
    wave = pd.Series("partial", index=survey.rows.index)
    try:
        wave[finished] = early_and_late(survey.rows.loc[finished, "recorded_on"])
    except EstimationError:
        wave[finished] = "complete"
    return pd.DataFrame({"completion": completion, "wave": wave})


def comparable(released: Release, depth: int) -> list[KeyResult]:
    """Return the findings that may be shown by the first ``depth`` of ``KINDS``.

    Overall counts are printed as well, so one suppressed kind could be worked out from the others:
    a finding is shown by kinds only where none of its counts tells of a few, so that nothing would
    have to be suppressed, and every answer of its question is shown over all. The kinds then add
    nothing to what the plan over all tables lets be known: their sums are printed there.
    """
    kinds = kinds_of(released.survey)
    chosen = [one for one in released.survey.key_results if _all_shown(released, one)]
    if kinds is None or not chosen:
        return []
    by = KINDS[:depth]
    placed = Placement(kinds[list(by)])
    groups = kinds.groupby(list(by)).size().rename("respondents").reset_index()
    measures = [_yes_and_no(one, placed, by) for one in chosen]
    shown = Publication(groups, tuple(measures))
    return [
        one
        for one, measure in zip(chosen, measures, strict=True)
        if not draft_of(shown, (measure,), released.floor).sensitive.any()
    ]


def _yes_and_no(key_result: KeyResult, placed: Placement, by: tuple[str, ...]) -> Measure:
    return measure_from_rows(
        key_result.id,
        key_result.values.map({1.0: "yes", 0.0: "no"}),
        placed,
        choices=["yes", "no"],
        statuses=[NO_ANSWER],
        breakdowns=[by[:some] for some in range(len(by) + 1)],
    )


def _all_shown(released: Release, key_result: KeyResult) -> bool:
    """Whether each count of a finding's question is shown over all respondents."""
    cells = released.plan.cells
    own = cells[cells["table"] == key_result.item.name]
    return bool(len(own) and not own["suppressed"].any() and own["denominator_shown"].all())


# Weighted estimates, which rest on suppressed cells


def safe_with(released: Release, key_result: KeyResult, told: Sequence[tuple]) -> bool:
    """Whether an attacker who also knows weighted estimates still cannot place a suppressed cell.

    ``told``: (weights of the respondents, low, high) of each estimate as printed. Weights are the
    same for all of one finest group, so each estimate is two inequalities on the attacker's
    unknowns. Safe is what leaves a sensitive cell the range of a floor (or the range it had), and
    pins no other.
    """
    if not told:
        return True
    publication = released.plan.publication
    measure = next(one for one in publication.measures if one.name == key_result.item.name)
    truth = unknowns(publication, measure)
    for system, values, targets in released.plan.published.views:
        if [grid.measure.name for grid in system.grids] != [measure.name]:
            continue
        rules = np.vstack([_inequalities(released, key_result, one) for one in told])
        attacker = Attacker(_tightened(system, rules), values)
        attacker.note(system.matrix @ truth)
        demand = np.zeros(len(values))
        keys = pd.MultiIndex.from_frame(system.describe(targets)[released.cell_keys])
        demand[targets] = released.ranges_needed.loc[keys].to_numpy()
        beside = draft_of(publication, (measure,), released.floor)
        unprinted = beside.sensitive & ~beside.printed & system.across("of_printed_groups")
        demand[unprinted] = beside.demand[unprinted]
        if not safe(attacker, demand):
            return False
    return True


def _inequalities(released: Release, key_result: KeyResult, told: tuple) -> np.ndarray:
    """Return two rows over a question's unknowns, at most 0 where an estimate is as told."""
    weights, low, high = told
    publication = released.plan.publication
    measure = next(one for one in publication.measures if one.name == key_result.item.name)
    weight = np.zeros(len(publication.groups))
    weight[released.group_of_each] = weights
    inside = np.array([answer in key_result.answers for answer in measure.answers], float)
    blank = np.zeros(len(measure.statuses) * len(weight))
    above = np.r_[np.outer(low - inside, weight).ravel(), blank]
    below = np.r_[np.outer(inside - high, weight).ravel(), blank]
    return np.vstack([above, below])


def _tightened(system, rules: np.ndarray):
    from scipy.sparse import csr_array, vstack

    return replace(system, at_most=csr_array(vstack([system.at_most, csr_array(rules)])))


__all__ = ["Release", "release"]
__dir__ = offered(__all__)
