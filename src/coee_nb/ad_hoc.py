"""What can be asked of the ad-hoc notebook: sheets of the reports, and questions beyond them."""

from typing import Annotated

from pydantic import Field

from coee_nb.arguments import given_as
from coee_nb.parameters import Day, InputPath, Parameters


class AdHoc(Parameters):
    """The set of parameters of ``ad_hoc``."""

    SECTIONS = ("Two questions crossed", "Late, day by day", "Another cut")
    BUILT_ON_OTHERS = True

    survey_sheet: InputPath = Field(
        description="The sheet of the survey notebook (YAML): its survey is asked.",
    )
    crossed: Annotated[list[str], Field(min_length=2, max_length=2)] = Field(
        description="Two questions of the survey to cross, [rows, columns].",
    )
    log: InputPath = Field(description="The folder of the event log of recommendations.")
    days: Annotated[list[Day], Field(min_length=1)] = Field(
        description="The days on which recommendations are counted, each as known on that day.",
    )
    collections_sheet: InputPath = Field(
        description="The sheet of the collections notebook (YAML): its series is asked.",
    )
    cut: str = Field(
        description="Another date for the change, as 2016-12 or 2016Q4: what the effect is then.",
    )

    def check_inputs(self) -> None:
        """Refuse questions that the survey, the log or the series cannot be asked.

        Raises InputError and ParameterError, which name the parameter that asks.
        """
        from coee_nb.collections.params import CollectionsIts
        from coee_nb.recommendations.log import read
        from coee_nb.survey.data import read_survey
        from coee_nb.survey.params import SurveyResponses

        with given_as("survey_sheet"):
            answers = SurveyResponses.from_sheet(self.survey_sheet, crosstabs=[])
        with given_as("collections_sheet"):
            CollectionsIts.from_sheet(self.collections_sheet)
        read(self.log)
        survey = read_survey(answers)
        with given_as("crossed"):
            survey.refuse_uncrossable([self.crossed])
        with given_as("cut"):
            CollectionsIts.from_sheet(self.collections_sheet, cut=self.cut).check_inputs()
