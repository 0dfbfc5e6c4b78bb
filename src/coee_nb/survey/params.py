"""What can be asked of the survey notebook."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from coee_nb.lazily import offered
from coee_nb.parameters import InputPath, Parameters

Share = Annotated[float, Field(gt=0, lt=1)]
Pair = Annotated[list[str], Field(min_length=2, max_length=2)]


class Headline(BaseModel):
    """A finding asked for: the share of an item's ``answers``, said in a ``sentence`` if given."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    item: str
    answers: list[str] = Field(min_length=1)
    sentence: str = ""


class Wave(BaseModel):
    """An earlier survey of the same questions: its export, codebook and the people asked."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    responses: InputPath
    codebook: InputPath | None = None
    frame: InputPath | None = None
    asked: Annotated[int, Field(ge=1)] | None = None
    encoding: str | None = None


class SurveyResponses(Parameters):
    """The set of parameters of ``survey_responses``."""

    SECTIONS = (
        "Who took part",
        "The findings",
        "Other questions",
        "Questions crossed",
        "Then and now",
        "By group",
        "Those who did not answer",
        "Comments",
        "Quality checks",
    )

    responses: InputPath = Field(
        description="The export of responses, as the tool gives it (CSV, TSV, Excel or SPSS).",
        json_schema_extra={"file": "responses.csv"},
    )
    codebook: InputPath = Field(
        description="What the columns and codes of the export mean (YAML or CSV). `coee survey "
        "codebook RESPONSES --out CODEBOOK` drafts it, to be corrected.",
        json_schema_extra={"file": "codebook.yaml"},
    )
    frame: InputPath | None = Field(
        None,
        description="How many people were asked, by group: a CSV with a column for each group of "
        "the codebook, or for some of them, and `count`; no persons. Without it and `asked` "
        "response rates are not known.",
    )
    asked: Annotated[int, Field(ge=1)] | None = Field(
        None, description="How many people were asked, where they are not counted by group."
    )
    breakdowns: list[str] | None = Field(
        None,
        description="The groups that results are shown by, and questions by whose answers the "
        "findings are. Left out: every group of the codebook; []: none.",
    )
    weighting: list[str] | None = Field(
        None,
        description="The groups of the frame that estimates are adjusted to. Left out: every one.",
    )
    floor: Annotated[int, Field(ge=3, le=1000)] | None = Field(
        10,
        description="The fewest people that any printed count may be of; null for a survey that "
        "is not confidential.",
    )
    published: InputPath | None = Field(
        None, description="Figures that a report printed, to check against (YAML)."
    )
    headlines: list[Headline] = Field(
        default_factory=list,
        description="The answers that are findings: a list of {item, answers, sentence}. Left out: "
        "those that the published figures count, else the first answer of each question.",
    )
    crosstabs: list[Pair] = Field(
        default_factory=list,
        description="Questions to be crossed, two by two: a list of [item, item], rows first. "
        "A row of a matrix is called 'item: row'.",
    )
    earlier: Wave | None = Field(
        None,
        description="An earlier survey to compare with: {responses, codebook, frame or asked}; the "
        "codebook of this one where none is given. Questions of the same name and answers are "
        "compared. Its `encoding` is its own.",
    )
    themes: InputPath | None = Field(
        None, description="The analyst's coding of the comments by theme (CSV)."
    )
    review: InputPath | None = Field(
        None,
        description="The comments that an analyst read and marked for quoting; `coee survey "
        "comments` drafts the file. Left out: none is quoted.",
    )
    partial_rule: Literal["recorded", "answered", "share"] = Field(
        "answered",
        description="Whom the response rate in use counts as a partial: recorded (all who did not "
        "finish), answered (those of them with an answer) or share (by the two shares below).",
    )
    partial_from: Share = Field(
        0.5, description="Share of applicable items answered from which a response is a partial."
    )
    complete_above: Share = Field(
        0.8, description="Share of applicable items answered above which a response is complete."
    )
    confidence: Share = Field(0.95, description="Of intervals; tests are at 1 less this.")
    unknown_answers: Literal["stop", "blank"] = Field(
        "stop",
        description="What an answer does that the codebook does not explain: stop the run, or be "
        "left blank and counted.",
    )
    weight: str | None = Field(
        None,
        description="The column of the export with survey weights: each finding is then given "
        "weighted too, beside its unweighted counts. Tests and groups stay unweighted.",
    )
    date_order: Literal["month first", "day first"] | None = Field(
        None, description="How to read dates such as 2/1/2021 in a file that was saved again."
    )
    encoding: str | None = Field(
        None,
        description="The text encoding of the responses, such as cp1252. Left out: UTF-8, or what "
        "a mark at the start of the file says.",
    )

    @model_validator(mode="after")
    def _shares_increase(self) -> Self:
        if self.partial_from > self.complete_above:
            raise ValueError(
                f"partial_from {self.partial_from} is above complete_above {self.complete_above}"
            )
        return self

    @model_validator(mode="after")
    def _asked_once(self) -> Self:
        if self.frame is not None and self.asked is not None:
            raise ValueError("frame and asked both say how many were asked: give one of them")
        return self

    @model_validator(mode="after")
    def _groups_once(self) -> Self:
        for name in ("weighting", "breakdowns"):
            groups = getattr(self, name) or []
            if len(set(groups)) < len(groups):
                raise ValueError(f"{name} names a group twice")
        return self

    def of_earlier(self) -> "SurveyResponses | None":
        """Return the parameters of the earlier survey: those of this one on its files."""
        if self.earlier is None:
            return None
        own = ("crosstabs", "headlines", "published", "themes", "review", "remarks", "earlier")
        cleared = {
            name: type(self).model_fields[name].get_default(call_default_factory=True)
            for name in (*own, "breakdowns", "weighting", "weight")
        }
        files = self.earlier.model_dump()
        files["codebook"] = files["codebook"] or self.codebook
        return self.model_copy(update=cleared | files)

    @property
    def fewest(self) -> int:
        """The floor; 0 for a survey that is not confidential."""
        return self.floor or 0

    def check_inputs(self) -> None:
        """Read every input and hold it against the others, before a run starts.

        Raises InputError naming the file and what is wrong with it.
        """
        from coee_nb.survey.data import read_survey

        read_survey(self)
        if (earlier := self.of_earlier()) is not None:
            read_survey(earlier)


__all__ = ["SurveyResponses"]
__dir__ = offered(__all__)
