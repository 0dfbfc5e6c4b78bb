from pathlib import Path

import pytest

from coee_nb.errors import InputError
from coee_nb.survey.chapter import comments_of, read_survey, sources


@pytest.fixture(scope="module")
def survey(sheet):
    return read_survey(sheet(breakdowns=[], weighting=[]))


def test_the_worked_example_is_read_with_its_findings(survey):
    assert (survey.asked, survey.responded) == (1052, 544)
    assert survey.dimensions == ("center", "title")
    assert [one.id for one in survey.headlines][:2] == ["no_review_policy", "never_in_review"]
    counts = [(int(one.values.sum()), one.values.notna().sum()) for one in survey.headlines]
    assert counts == [
        (303, 444),
        (372, 415),
        (314, 444),
        (248, 444),
        (149, 444),
        (276, 414),
        (178, 414),
    ]


def test_every_file_is_named_with_its_rows_accounted_for(survey):
    files = {one.path.rsplit("/", 1)[-1]: one for one in sources(survey)}
    assert set(files) == {
        "responses_generated.csv",
        "frame_generated.csv",
        "codebook.yaml",
        "published.yaml",
        "themes_generated.csv",
    }
    read = files["responses_generated.csv"]
    assert (read.rows, read.used, sum(read.set_aside.values())) == (549, 544, 5)


def test_without_printed_figures_the_findings_are_the_first_answers(sheet):
    survey = read_survey(sheet(published=None, themes=None, breakdowns=[], weighting=[]))
    first = survey.headlines[0]
    assert (first.id, first.answers) == ("no_review_policy", ("Yes",))
    assert int(first.values.sum()) == 141
    assert survey.themes is None
    assert len(sources(survey)) == 3


@pytest.mark.parametrize("asked", ["breakdowns", "weighting"])
def test_a_breakdown_that_not_every_respondent_gave_is_refused(sheet, rows_of, asked):
    def without_center(row):
        return row | {"Center": ""} if row["ResponseId"].startswith("R_W") else row

    responses = rows_of(40, without_center)
    wanted = {"breakdowns": [], "weighting": []} | {asked: ["center"]}
    with pytest.raises(InputError, match=r"respondents without a center.*responses.csv|without a"):
        read_survey(sheet(responses=responses, **wanted))
    survey = read_survey(sheet(responses=responses, breakdowns=["title"], weighting=[]))
    assert survey.dimensions == ("title",)


def test_an_export_of_no_responses_is_refused(sheet, rows_of):
    responses = rows_of(4, lambda row: row | {"Status": "Survey Preview"})
    with pytest.raises(InputError, match="no response to analyse"):
        read_survey(sheet(responses=responses))


@pytest.mark.parametrize("number", [1, 9])
def test_fewer_respondents_than_the_floor_are_not_reported_on(sheet, rows_of, number):
    with pytest.raises(InputError, match=rf"{number} respondents, fewer than the floor of 10"):
        read_survey(sheet(responses=rows_of(number)))


def test_comments_are_those_of_the_last_open_question(survey):
    assert comments_of(survey.files)["comment"].notna().sum() == 112


def test_a_run_refuses_a_frame_smaller_than_its_respondents_before_it_starts(sheet, tmp_path):
    frame = tmp_path / "frame.csv"
    text = Path(sheet().frame).read_text()
    frame.write_text(
        text.replace("Machinery,Import specialist,48", "Machinery,Import specialist,9")
    )
    with pytest.raises(InputError, match="9 people but 13 respondents"):
        sheet(frame=str(frame)).check_inputs()


def test_a_run_refuses_an_export_whose_columns_the_codebook_does_not_find(sheet, tmp_path):
    codebook = tmp_path / "codebook.yaml"
    text = Path(sheet().codebook).read_text()
    codebook.write_text(text.replace("source: QID4\n", "source: QID44\n"))
    with pytest.raises(InputError, match="QID44"):
        sheet(codebook=str(codebook)).check_inputs()


def test_good_inputs_pass_the_door(sheet):
    assert sheet().check_inputs() is None
