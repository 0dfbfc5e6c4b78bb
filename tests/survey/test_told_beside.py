"""Numbers told beside the plan, by a parameter or a check, from which a few would follow."""

import pytest
from exports import parameters
from whole_path import published

from coee_nb.errors import InputError
from coee_nb.survey.data import read_survey
from coee_nb.survey.params import SurveyResponses

GRADE = {"name": "grade", "source": "G", "wording": "Grade?", "type": "single",
         "choices": ["A", "B"], "group": True}  # fmt: skip
ROLE = {"name": "role", "source": "R", "wording": "A supervisor?", "type": "single",
        "choices": ["No", "Yes"], "screened_out": ["Yes"]}  # fmt: skip
HELPED = {"name": "helped", "source": "H", "wording": "Did it help?", "type": "single",
          "choices": ["Yes", "No"]}  # fmt: skip
USED = {"name": "used", "wording": "What did you use?", "type": "multi",
        "sources": {"U1": "Course", "U2": "None of these"}, "exclusive": ["None of these"],
        }  # fmt: skip


def checks_of(folder, items, rows):
    published(parameters(folder, items, rows, {("All", "All"): 300}), folder / "tables")
    lines = (folder / "tables" / "checks.csv").read_text(encoding="utf-8").splitlines()
    return {line.split(",")[0].strip('"'): line for line in lines}


@pytest.mark.parametrize(("screened", "refused"), [(3, True), (12, False)])
def test_a_printed_number_of_people_asked_does_not_count_who_was_screened_out(
    tmp_path, screened, refused
):
    rows = [{"R": "No", "H": "Yes" if k % 2 else "No"} for k in range(57)]
    rows += [{"R": "Yes"}] * screened
    for number, row in enumerate(rows):
        rows[number] = row | {"ResponseId": f"R_{number}"}
    given = parameters(tmp_path, [ROLE, HELPED], rows, {}, frame=None, asked=100)
    if not refused:
        assert read_survey(SurveyResponses(**given)).asked == 100 - screened
        return
    with pytest.raises(InputError, match="screened out") as caught:
        read_survey(SurveyResponses(**given))
    assert "3" not in str(caught.value).replace("asked", "")


@pytest.mark.parametrize(("stated", "counted"), [(3, False), (30, True)])
def test_who_stated_no_group_is_not_counted_where_a_few_did(tmp_path, stated, counted):
    rows = [{"H": "Yes" if k % 2 else "No", "G": "A" if k < stated else ""} for k in range(60)]
    line = checks_of(tmp_path, [GRADE, HELPED], rows)["no grade given"]
    assert (f",{60 - stated}" in line) == counted


def test_a_check_does_not_count_a_suppressed_cell(tmp_path):
    rows = [{"U1": "Course" if k < 56 else "", "U2": "None of these" if k >= 2 else "", "H": "Yes"}
            for k in range(60)]  # fmt: skip
    lines = checks_of(tmp_path, [USED, HELPED], rows)
    line = lines["“none of these” ticked with others"]
    assert ",54" not in line
