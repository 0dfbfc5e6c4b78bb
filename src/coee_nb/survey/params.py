"""What can be asked of the survey notebook."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from coee_nb.parameters import InputPath, Parameters

Share = Annotated[float, Field(gt=0, lt=1)]


class Headline(BaseModel):
    """A finding asked for: the share of an item's ``answers``, said in a ``sentence`` if given."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    item: str
    answers: list[str] = Field(min_length=1)
    sentence: str = ""


class SurveyResponses(Parameters):
    """The set of parameters of ``survey_responses``."""

    responses: InputPath = Field(
        description="The export of responses, as the survey tool gives it (CSV, TSV or SPSS).",
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
        description="The groups that results are shown by. Left out: every group of the codebook; "
        "[]: none.",
    )
    weighting: list[str] | None = Field(
        None,
        description="The groups of the frame that estimates are adjusted to. Left out: every one.",
    )
    floor: Annotated[int, Field(ge=3, le=1000)] = Field(
        10, description="The fewest people that any printed count may be of."
    )
    published: InputPath | None = Field(
        None, description="Figures that a report printed, to check against (YAML)."
    )
    headlines: list[Headline] = Field(
        default_factory=list,
        description="The answers that are findings: a list of {item, answers, sentence}. Left out: "
        "those that the published figures count, else the first answer of each question.",
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
    date_order: Literal["month first", "day first"] | None = Field(
        None, description="How to read dates such as 2/1/2021 in a file that was saved again."
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

    def check_inputs(self) -> None:
        """Read every input and hold it against the others, before a run starts.

        Raises InputError naming the file and what is wrong with it.
        """
        from coee_nb.survey.data import read_survey

        read_survey(self)
