"""The survey as the notebook takes it up: every input read, checked against the others, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from coee_nb.arguments import given_as, known
from coee_nb.errors import InputError
from coee_nb.findings import InputFile, input_file
from coee_nb.lazily import offered
from coee_nb.origins import combined
from coee_nb.survey.account import accounted
from coee_nb.survey.codebook import Codebook, Item, read_codebook
from coee_nb.survey.comments import Themes, comments_on, match_themes, read_themes
from coee_nb.survey.frame import Frame, check_frame, for_codebook, frame_of, read_frame
from coee_nb.survey.key_results import KeyResult, choose_key_results, key_result_lines
from coee_nb.survey.one_answer import OneAnswer, Question, check_crosstabs, questions_of
from coee_nb.survey.published import PublishedReport, item_of, read_published
from coee_nb.survey.questions.items import ItemTables, item_tables
from coee_nb.survey.questions.kind import Part
from coee_nb.survey.questions.kinds import kind_of
from coee_nb.survey.questions.states import answer_counts, read_parts
from coee_nb.survey.reader import Responses, read_responses
from coee_nb.survey.review import read_review
from coee_nb.survey.unconfirmed import with_common_choices
from coee_nb.unseen import Unseen

if TYPE_CHECKING:
    from coee_nb.survey.params import SurveyResponses

EVERYONE = "everyone"
NOT_STATED = "not stated"


@dataclass(frozen=True, repr=False)
class Files(Unseen):
    """The inputs of one run, read and found to agree.

    ``review`` holds the comments that an analyst marked for quoting; None: nobody read them.
    """

    codebook: Codebook
    frame: Frame | None
    responses: Responses
    published: PublishedReport | None
    themes: pd.DataFrame | None
    review: pd.DataFrame | None

    @property
    def coded_question(self) -> Item | None:
        """The question whose comments are coded by theme: the last text question, if any."""
        asked = [item for item in self.codebook.items if kind_of(item).words]
        return asked[-1] if asked else None

    @cached_property
    def parts(self) -> list[list[Part]]:
        """The parts of each item, with the state and choice of every respondent."""
        return [*read_parts(self.responses.rows, self.codebook.items)]

    @property
    def group_words(self) -> list[str]:
        """What the groups are called that respondents belong to."""
        return sorted({one for item in self.codebook.groups for one in margins_of(self, item.name)})

    @property
    def known_words(self) -> list[str]:
        """What names nobody: what the groups are called, and the codebook's own words."""
        return [*self.group_words, *self.codebook.known_words]


@dataclass(frozen=True, repr=False)
class Survey(Unseen):
    """A survey counted, not yet released: nothing of it may be printed but through a release.

    ``dimensions`` place every respondent; ``tables`` are the items' tables, under "" for all and
    under each dimension that results are shown by; ``key_results`` the findings in their order;
    ``by_answers`` the questions by whose answers the findings are shown.
    """

    params: SurveyResponses
    files: Files
    dimensions: tuple[str, ...]
    key_results: tuple[KeyResult, ...]
    tables: dict[str, ItemTables]
    themes: Themes | None
    by_answers: tuple[str, ...] = ()

    @property
    def rows(self) -> pd.DataFrame:
        """One row a respondent."""
        return self.files.responses.rows

    @property
    def items(self) -> tuple[Item, ...]:
        """The questionnaire in its order."""
        return self.files.codebook.items

    @property
    def breakdowns(self) -> list[str]:
        """The groups that results are shown by."""
        return list(self.params.breakdowns or [])

    @property
    def weighting(self) -> list[str]:
        """The groups of the frame that estimates are adjusted to."""
        return list(self.params.weighting or [])

    @property
    def weights(self) -> np.ndarray | None:
        """The survey weight of each respondent; None where none are asked for."""
        return self.files.responses.weights

    @property
    def asked(self) -> int | None:
        """The number of people asked; None where it is not known."""
        return None if self.files.frame is None else self.files.frame.total

    @property
    def population(self) -> float:
        """The number of people asked; infinite where it is not known, without correction for it."""
        return np.inf if self.asked is None else self.asked

    @property
    def responded(self) -> int:
        """The number of respondents."""
        return len(self.rows)

    @property
    def census(self) -> bool:
        """Whether everybody who was asked responded: there is no sampling to allow for."""
        return self.responded == self.asked

    @property
    def completion_known(self) -> bool:
        """Whether the export tells who finished."""
        return self.files.responses.completion_known

    @property
    def sources(self) -> tuple[InputFile, ...]:
        """The files that every figure rests on."""
        frame = self.files.frame
        export = accounted(self.files.responses.input, self.params.fewest)
        files = (export, frame.input if frame else None)
        return tuple(file for file in files if file is not None)

    @property
    def origin(self) -> str:
        """Where the rows come from: "generated" if responses or frame are."""
        return combined(file.origin for file in self.sources)

    @cached_property
    def answer_counts(self) -> pd.DataFrame:
        """How many items each respondent ``answered``, of how many ``applicable`` ones."""
        return answer_counts(self.files.parts, self.rows.index)

    @cached_property
    def questions(self) -> dict[str, Question]:
        """The questions as the plan counts them, by name."""
        return questions_of(self.rows, self.items, self.params.fewest)

    @property
    def of_one_answer(self) -> dict[str, OneAnswer]:
        """Those of which each respondent gives at most one answer, by name."""
        found = self.questions.items()
        return {name: one for name, one in found if isinstance(one, OneAnswer)}

    @cached_property
    def key_result_lines(self) -> dict[str, pd.DataFrame]:
        """Each finding's counts and intervals, under "" for all and under each breakdown."""
        level = self.params.confidence
        return {
            by: key_result_lines(self.key_results, tables, level)
            for by, tables in self.tables.items()
        }

    def word(self, group: str) -> str:
        """Return what a group is called: the codebook's label or wording of it, no question."""
        groups = {item.name: item.called for item in self.files.codebook.groups}
        return groups[known(group, groups, "group")]

    def question(self, name: str) -> str:
        """Return the question in short that the name of an item or of one of its parts stands for.

        One that is worded as another keeps its name behind it; a name of no item stays as it is.
        """
        item, _, part = name.partition(": ")
        asked = self._asked.get(item)
        if asked is None or not part:
            return asked or name
        return f"{asked} {part}" if asked[-1] in "?:.…" else f"{asked}: {part}"

    @cached_property
    def _asked(self) -> dict[str, str]:
        items = self.files.codebook.every_item
        times = Counter(item.short for item in items)
        return {
            item.name: item.short if times[item.short] == 1 else f"{item.short} ({item.name})"
            for item in items
        }

    def in_words(self, table: str) -> str:
        """Return what a table of the plan is of: a question, and the groups it is shown by."""
        name, _, group = table.rpartition(" by ")
        if group not in self.dimensions:
            return self.question(table)
        return f"{self.question(name).rstrip('.')}, by {self.word(group)}"

    def refuse_uncrossable(self, pairs: Iterable[Sequence[str]]) -> None:
        """Raise ParameterError for a pair that names no two questions of one answer."""
        groups = [one.name for one in self.files.codebook.groups]
        check_crosstabs(pairs, self.of_one_answer, groups)

    def broken_down_by(self, group: str) -> bool:
        """Whether results are shown by a group. Raises ParameterError if there is no such group."""
        self.word(group)
        return group in self.breakdowns

    def framed(self, group: str) -> bool:
        """Whether the people asked are counted by a group."""
        return self.files.frame is not None and group in self.files.frame.groups

    def margins(self, group: str) -> dict[str, float]:
        """Return the people asked by the values of a group; infinite where that is not known.

        Raises ParameterError for a name that is no group.
        """
        self.word(group)
        if group not in self._margins:
            self._margins[group] = margins_of(self.files, group)
        return self._margins[group]

    @cached_property
    def _margins(self) -> dict[str, dict[str, float]]:
        return {}


def margins_of(files: Files, group: str) -> dict[str, float]:
    """Return the people asked by the values of a group, in order; infinite where not known."""
    frame, given = files.frame, files.responses.rows[group]
    if frame is not None and group in frame.groups:
        return frame.by(group).to_dict()
    return dict.fromkeys(sorted(given.unique()), np.inf)


def read_files(params: SurveyResponses) -> Files:
    """Read every input of ``params``. Raises InputError when one is faulty or two disagree."""
    frame = _frame(params)
    codebook = read_codebook(params.codebook, groups=frame.groups if frame else ())
    responses = read_responses(
        params.responses,
        codebook,
        unknown_answers=params.unknown_answers,
        date_order=params.date_order,
        encoding=params.encoding,
        weight=params.weight,
    )
    _refuse_few(responses, params.fewest)
    _refuse_screened(params, len(responses.screened))
    if frame is not None:
        frame = for_codebook(frame, [group.name for group in codebook.groups])
        frame = frame.eligible(responses.screened)
        check_frame(frame, responses.rows)
    frame, responses = _all_placed(frame, responses)
    codebook, rows = with_common_choices(codebook, responses.rows, params.fewest)
    responses = replace(responses, rows=rows)
    published = read_published(params.published) if params.published else None
    if published:
        for printed in published.figures.items:
            item_of(published, printed, codebook)
    themes = read_themes(params.themes) if params.themes else None
    files = Files(codebook, frame, responses, published, themes, review=None)
    if params.review is None:
        return files
    review = read_review(params.review, responses.rows, codebook, known_words=files.known_words)
    return replace(files, review=review)


def _frame(params: SurveyResponses) -> Frame | None:
    if params.frame is not None:
        return read_frame(params.frame)
    return None if params.asked is None else frame_of(params.asked)


def _refuse_few(responses: Responses, floor: int) -> None:
    """Raise InputError for a survey that tells of nobody or of a few."""
    if responses.rows.empty:
        raise InputError(
            "no response to analyse",
            where=responses.input.path,
            expected="one respondent or more",
            do="see what was excluded: " + responses.text,
        )
    if len(responses.rows) < floor:
        raise InputError(
            f"{len(responses.rows)} respondents, fewer than the floor of {floor}",
            where=responses.input.path,
            do="print nothing of this survey",
        )


def _refuse_screened(params: SurveyResponses, screened: int) -> None:
    """Raise InputError where the number asked, a printed parameter, tells of a few screened out.

    They are not among those asked that rates rest on: the difference of the two counts them.
    """
    if params.asked is not None and 0 < screened < params.fewest:
        raise InputError(
            f"fewer than the floor of {params.fewest} people were screened out, and the number "
            "asked would tell how many",
            where="asked",
            expected="nothing printed from which their number follows",
            do="give the people asked as a frame: its counts are not printed as they are given",
        )


def _all_placed(frame: Frame | None, responses: Responses) -> tuple[Frame | None, Responses]:
    """Return responses without a blank group, and the frame by the groups that all gave."""
    rows = responses.rows.copy()
    for name in responses.screened.columns:
        if rows[name].isna().any():
            rows[name] = rows[name].fillna(NOT_STATED)
            frame = frame.without(name) if frame and name in frame.groups else frame
    return frame, replace(responses, rows=rows)


def read_survey(params: SurveyResponses) -> Survey:
    """Read every input of ``params`` and count every item, overall and by each breakdown.

    Without printed figures the findings are the first answer of each single-choice item. Raises
    InputError as ``read_files``, and ParameterError where a breakdown is no group or the people
    asked are not counted by a weighting.
    """
    files = read_files(params)
    rows, items, frame = files.responses.rows, files.codebook.items, files.frame
    by_answers = _no_groups(params, files)
    params = _with_groups(params, files)
    framed = frame.groups if frame else ()
    used = {*(params.breakdowns or []), *(params.weighting or []), *framed}
    dimensions = tuple(group.name for group in files.codebook.groups if group.name in used)
    counted: dict[str, Any] = {"confidence": params.confidence, "parts": files.parts}
    people = frame.total if frame else np.inf
    tables = {"": item_tables(rows, items, frame=people, **counted)}
    for name in params.breakdowns or []:
        tables[name] = item_tables(rows, items, frame=margins_of(files, name), by=name, **counted)
    with given_as("headlines" if params.headlines else "published"):
        chosen = choose_key_results(rows, files.codebook, files.published, params.headlines)
    survey = Survey(params, files, dimensions, chosen, tables, _themes(files), by_answers)
    for name in by_answers:
        if name not in survey.of_one_answer:
            groups = [one.name for one in files.codebook.groups]
            with given_as("breakdowns"):
                known(name, [*groups, *survey.of_one_answer], "group or question of one answer")
    if params.crosstabs:
        with given_as("crosstabs"):
            survey.refuse_uncrossable(params.crosstabs)
    return survey


def _no_groups(params: SurveyResponses, files: Files) -> tuple[str, ...]:
    """Return what breakdowns name that is no group of the codebook: questions."""
    groups = {group.name for group in files.codebook.groups}
    return tuple(name for name in params.breakdowns or [] if name not in groups)


def _with_groups(params: SurveyResponses, files: Files) -> SurveyResponses:
    """Return the parameters with the groups that were left out: all there are.

    Raises ParameterError for a group that there is not.
    """
    groups = [group.name for group in files.codebook.groups]
    framed = list(files.frame.groups) if files.frame else []
    there = {"breakdowns": groups, "weighting": framed}
    asked = {}
    for name, options in there.items():
        given = getattr(params, name)
        if given is not None and name == "breakdowns":
            given = [one for one in given if one in options]
        what = "group of the codebook" if name == "breakdowns" else "group that all gave and the"
        what += "" if name == "breakdowns" else " frame counts by"
        with given_as(name):
            asked[name] = options if given is None else [known(one, options, what) for one in given]
    return params.model_copy(update=asked)


def files_of(survey: Survey, *, account_of_themes: bool) -> list[InputFile]:
    """Return every file the survey data rests on, with the account of its rows.

    Without ``account_of_themes`` the lines of the coding are not counted: less the themes that
    are shown, they would tell of one that is suppressed. Nor are those of the review: the table of
    comments that are not quoted counts them as far as the plan allows.
    """
    params, files = survey.params, survey.files
    found = [*survey.sources, input_file(params.codebook)]
    found += [files.published.input] if files.published else []
    found += [input_file(params.review)] if params.review else []
    found += params.remark_files
    if (earlier := params.of_earlier()) is not None:
        found += [*read_survey(earlier).sources]
        own = earlier.codebook != params.codebook
        found += [input_file(earlier.codebook)] if own else []
    if survey.themes is None or params.themes is None:
        return found
    if not account_of_themes:
        found.append(input_file(params.themes))
    else:
        aside = survey.themes.excluded["reason"].value_counts().sort_index().to_dict()
        used = len(survey.themes.coded)
        total = used + sum(aside.values())
        found.append(input_file(params.themes, rows=total, used=used, excluded=aside))
    return found


def comments_of(files: Files) -> pd.DataFrame:
    """Return the comments coded by theme, as ``comments_on``; all blank without a text question."""
    rows = files.responses.rows
    if files.coded_question is None:
        return rows[["response_id"]].assign(comment=None)
    return comments_on(rows, files.coded_question)


def _themes(files: Files) -> Themes | None:
    return None if files.themes is None else match_themes(files.themes, comments_of(files))


__all__ = ["Survey", "read_survey"]
__dir__ = offered(__all__)
