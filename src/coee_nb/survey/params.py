"""What can be asked of the survey notebook."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from coee_nb.parameters import InputPath, Parameters

Share = Annotated[float, Field(gt=0, lt=1)]


class SurveyResponses(Parameters):
    """The set of parameters of ``survey_responses``.

    ``responses`` the export, ``codebook`` what its columns mean, ``frame`` how many were asked by
    groups (a CSV of the groups and ``count``), or ``asked`` their number (neither: response rates
    are not known); ``published`` printed figures to check against and ``themes`` the analyst's
    coding of the comments (both may be left out). ``partial_rule`` says whom the marked response
    rate counts as a partial: everyone who did not finish ("recorded"), those of them with an
    answer ("answered"), or by the share of applicable items answered, ``partial_from`` and
    ``complete_above`` ("share"). ``review`` the comments that an analyst read and marked for
    quoting, drafted by ``coee survey comments`` (left out: none is quoted); ``floor`` the smallest
    cell that is printed; ``confidence`` of the intervals; ``weighting`` the margins of the frame
    that the estimates are adjusted to, and ``breakdowns`` the groups that results are shown by
    (left out: every group that all respondents gave; an empty list: none). ``unknown_answers``
    stops at an answer the codebook does not explain, or leaves it blank and counts it;
    ``date_order`` settles dates such as 2/1/2021 in a file that was saved again.
    """

    responses: InputPath
    codebook: InputPath
    frame: InputPath | None = None
    asked: Annotated[int, Field(ge=1)] | None = None
    published: InputPath | None = None
    themes: InputPath | None = None
    partial_rule: Literal["recorded", "answered", "share"] = "answered"
    partial_from: Share = 0.5
    complete_above: Share = 0.8
    review: InputPath | None = None
    floor: Annotated[int, Field(ge=3, le=1000)] = 10
    confidence: Share = 0.95
    weighting: list[str] | None = None
    breakdowns: list[str] | None = None
    unknown_answers: Literal["stop", "blank"] = "stop"
    date_order: Literal["month first", "day first"] | None = None

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
