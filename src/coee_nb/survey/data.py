"""The survey as the notebook takes it up: every input read, checked against the others, counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from coee_nb.arguments import known
from coee_nb.errors import InputError
from coee_nb.findings import InputFile, input_file
from coee_nb.origins import combined
from coee_nb.survey.codebook import GROUPS, Codebook, Item, read_codebook
from coee_nb.survey.comments import Themes, match_themes, read_themes
from coee_nb.survey.frame import Frame, check_frame, read_frame
from coee_nb.survey.key_results import KeyResult, choose_key_results, key_result_lines
from coee_nb.survey.published import PublishedReport, item_of, read_published
from coee_nb.survey.questions.items import ItemTables, item_tables
from coee_nb.survey.questions.kinds import kind_of
from coee_nb.survey.reader import Responses, read_responses
from coee_nb.unseen import Unseen

if TYPE_CHECKING:
    from coee_nb.survey.params import SurveyResponses

EVERYONE = "everyone"


@dataclass(frozen=True, repr=False)
class Files(Unseen):
    """The inputs of one run, read and found to agree."""

    codebook: Codebook
    frame: Frame
    responses: Responses
    published: PublishedReport | None
    themes: pd.DataFrame | None


@dataclass(frozen=True, repr=False)
class Survey(Unseen):
    """A survey counted, not yet released: nothing of it may be printed but through a release.

    ``dimensions`` place every respondent (Center, title); ``tables`` are the items' tables, under
    "" for all and under each dimension; ``key_results`` the findings in their order.
    """

    params: SurveyResponses
    files: Files
    dimensions: tuple[str, ...]
    key_results: tuple[KeyResult, ...]
    tables: dict[str, ItemTables]
    themes: Themes | None

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
    def asked(self) -> int:
        """The number of people in the frame."""
        return self.files.frame.total

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
        return (self.files.responses.input, self.files.frame.input)

    @property
    def origin(self) -> str:
        """Where the rows come from: "generated" if responses or frame are."""
        return combined(file.origin for file in self.sources)

    def key_result_lines(self, by: str = "") -> pd.DataFrame:
        """Return each finding's counts and intervals, over all or ``by`` a group."""
        return key_result_lines(self.key_results, self.tables[by], self.params.confidence)

    def word(self, dimension: str) -> str:
        """Return what a group ("center", "title") is called: the codebook's wording of it."""
        item = getattr(self.files.codebook, known(dimension, GROUPS, "group"))
        return item.wording if item else dimension

    def broken_down_by(self, dimension: str) -> bool:
        """Whether results are shown by a group. Raises ParameterError if there is no such group."""
        return known(dimension, GROUPS, "group") in self.breakdowns

    def margins(self, name: str) -> dict[str, int]:
        """Return the people of the frame by one group. Raises ParameterError for another name."""
        return self.files.frame.by(name).to_dict()


def read_files(params: SurveyResponses) -> Files:
    """Read every input of ``params``. Raises InputError when one is faulty or two disagree."""
    codebook, frame = read_codebook(params.codebook), read_frame(params.frame)
    responses = read_responses(
        params.responses,
        codebook,
        unknown_answers=params.unknown_answers,
        date_order=params.date_order,
    )
    if responses.rows.empty:
        raise InputError(
            "no response to analyse",
            where=responses.input.path,
            expected="one respondent or more",
            do="see what was excluded: " + responses.text,
        )
    if len(responses.rows) < params.floor:
        raise InputError(
            f"{len(responses.rows)} respondents, fewer than the floor of {params.floor}",
            where=responses.input.path,
            do="print nothing of this survey",
        )
    frame = frame.eligible(responses.screened, known_groups(responses.rows))
    check_frame(frame, responses.rows)
    published = read_published(params.published) if params.published else None
    if published:
        for printed in published.figures.items:
            item_of(published, printed, codebook)
    themes = read_themes(params.themes) if params.themes else None
    return Files(codebook, frame, responses, published, themes)


def read_survey(params: SurveyResponses) -> Survey:
    """Read every input of ``params`` and count every item, overall and by each breakdown.

    Without printed figures the findings are the first answer of each single-choice item. Raises
    InputError as ``read_files``, and where a breakdown or weighting names a group that not every
    respondent gave.
    """
    files = read_files(params)
    rows, items = files.responses.rows, files.codebook.items
    dimensions = known_groups(rows)
    params = _with_groups(params, files, dimensions)
    counted: dict[str, Any] = {"confidence": params.confidence}
    tables = {"": item_tables(rows, items, frame=files.frame.total, **counted)}
    for name in params.breakdowns or []:
        people = files.frame.by(name).to_dict()
        tables[name] = item_tables(rows, items, frame=people, by=name, **counted)
    chosen = choose_key_results(rows, files.codebook, files.published)
    return Survey(params, files, dimensions, chosen, tables, _themes(files))


def known_groups(rows: pd.DataFrame) -> tuple[str, ...]:
    """Return the groups that every respondent gave."""
    return tuple(name for name in GROUPS if rows[name].notna().all())


def _with_groups(
    params: SurveyResponses, files: Files, dimensions: tuple[str, ...]
) -> SurveyResponses:
    """Return the parameters with the groups that were left out: all that every respondent gave.

    Raises InputError for a group that was asked for and that not every respondent gave.
    """
    asked = {
        name: list(dimensions) if (groups := getattr(params, name)) is None else groups
        for name in ("breakdowns", "weighting")
    }
    for name in dict.fromkeys(name for groups in asked.values() for name in groups):
        if name not in dimensions:
            raise InputError(
                f"{int(files.responses.rows[name].isna().sum())} respondents without a {name}",
                where=files.responses.input.path,
                do=f"complete the {name}, or take it out of breakdowns and weighting",
            )
    return params.model_copy(update=asked)


def files_of(survey: Survey, *, account_of_themes: bool) -> list[InputFile]:
    """Return every file the survey data rests on, with the account of its rows.

    Without ``account_of_themes`` the lines of the coding are not counted: less the themes that
    are shown, they would tell of one that is suppressed.
    """
    params, files = survey.params, survey.files
    found = [*survey.sources, input_file(params.codebook)]
    found += [files.published.input] if files.published else []
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
    """Return ``response_id``, ``center``, ``title`` and ``comment``, one row a respondent.

    Comments are those of the questionnaire's last open question; blank without one.
    """
    open_items = [item for item in files.codebook.items if kind_of(item).words]
    rows = files.responses.rows
    found = rows[["response_id", *GROUPS]].copy()
    found["comment"] = rows[open_items[-1].columns[0]] if open_items else None
    return found


def _themes(files: Files) -> Themes | None:
    return None if files.themes is None else match_themes(files.themes, comments_of(files))
