import json
from pathlib import Path

import pytest

from coee_nb.errors import InputError, ParameterError
from coee_nb.survey import results
from coee_nb.survey.data import NOT_STATED, comments_of, files_of, read_survey
from coee_nb.survey.params import SurveyResponses
from coee_nb.survey.release import release


@pytest.fixture(scope="module")
def survey(sheet):
    return read_survey(sheet(breakdowns=[], weighting=[]))


def test_the_worked_example_is_read_with_its_findings(survey):
    assert (survey.asked, survey.responded) == (1052, 544)
    assert survey.dimensions == ("center", "title")
    assert [one.id for one in survey.key_results][:2] == ["no_review_policy", "never_in_review"]
    counts = [(int(one.values.sum()), one.values.notna().sum()) for one in survey.key_results]
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
    found = files_of(survey, account_of_themes=True)
    files = {one.path.rsplit("/", 1)[-1]: one for one in found}
    assert set(files) == {
        "responses_generated.csv",
        "frame_generated.csv",
        "codebook.yaml",
        "published.yaml",
        "themes_generated.csv",
        "review_generated.csv",
    }
    assert files["review_generated.csv"].rows is None  # lines would count suppressed comments
    read = files["responses_generated.csv"]
    assert (read.rows, read.used, sum(read.excluded.values())) == (549, 544, 5)


def test_without_printed_figures_the_findings_are_the_first_answers(sheet):
    without = dict.fromkeys(["published", "themes", "review"])
    survey = read_survey(sheet(**without, breakdowns=[], weighting=[]))
    first = survey.key_results[0]
    assert (first.id, first.answers) == ("no_review_policy", ("Yes",))
    assert int(first.values.sum()) == 141
    assert survey.themes is None
    assert len(files_of(survey, account_of_themes=False)) == 3  # no review among them


def test_who_gave_no_group_is_not_stated(sheet, rows_of):
    def without_center(row):
        return row | {"Center": ""} if row["ResponseId"].startswith("R_W") else row

    responses = rows_of(40, without_center)
    survey = read_survey(
        sheet(responses=responses, breakdowns=["center"], weighting=None, review=None)
    )
    assert NOT_STATED in set(survey.rows["center"])
    assert not survey.framed("center")
    assert survey.framed("title")
    assert survey.params.weighting == ["title"]
    with pytest.raises(ParameterError, match="frame counts by 'center'"):
        read_survey(sheet(responses=responses, weighting=["center"], review=None))
    with pytest.raises(ParameterError, match="did you mean 'center'"):
        read_survey(sheet(responses=responses, breakdowns=["centre"], review=None))


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("breakdowns", ["age"]),
        ("weighting", ["age"]),
        ("headlines", [{"item": "age", "answers": ["Yes"]}]),
        ("headlines", [{"item": "guidance_used", "answers": ["Yes"]}]),  # of several choices
        ("crosstabs", [["age", "center"]]),
    ],
)
def test_what_the_codebook_does_not_have_is_refused_by_the_parameter_that_asks(
    sheet, parameter, value
):
    with pytest.raises((InputError, ParameterError), match=f"parameter '{parameter}'"):
        read_survey(sheet(**{parameter: value}))


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


def test_groups_left_out_are_those_that_all_respondents_gave(sheet):
    found = read_survey(sheet(breakdowns=None, weighting=None)).params
    assert (found.breakdowns, found.weighting) == (["center", "title"], ["center", "title"])
    none = read_survey(sheet(breakdowns=[], weighting=None)).params
    assert (none.breakdowns, none.weighting) == ([], ["center", "title"])


@pytest.fixture
def follow_up():
    """Another survey: two questions, no groups, one choice only that five people took."""
    folder = Path(__file__).parent / "follow_up"
    return SurveyResponses.check(
        {
            "responses": str(folder / "responses.csv"),
            "codebook": str(folder / "codebook.yaml"),
            "frame": str(folder / "frame.csv"),
        }
    )


def test_another_survey_needs_nothing_of_the_example(follow_up):
    assert follow_up.check_inputs() is None
    survey = read_survey(follow_up)
    assert (survey.params.breakdowns, survey.dimensions) == ([], ())
    assert [one.id for one in survey.key_results] == ["qid1"]


def test_a_question_of_one_choice_is_not_planned_as_a_choice(follow_up):
    made = release(read_survey(follow_up))
    assert "qid2" not in made.plan.tables
    assert "qid2" not in set(results.choices(made, "single").frame["item"])


def test_that_all_completed_the_survey_is_no_secret(follow_up):
    made = release(read_survey(follow_up))
    assert (made.count("dispositions", "completed"), made.count("dispositions", "partial")) == (
        60,
        0,
    )


def test_printed_figures_of_another_survey_are_refused_before_a_run(follow_up, sheet):
    mixed = follow_up.model_copy(update={"published": sheet().published})
    with pytest.raises(InputError, match=r"published.yaml, item no_review_policy: no item"):
        mixed.check_inputs()


def test_a_group_is_called_what_the_codebook_calls_it(survey):
    assert (survey.word("center"), survey.word("title")) == ("Center", "Job title")


def test_good_inputs_pass_the_door(sheet):
    assert sheet().check_inputs() is None


def test_an_export_in_another_encoding_is_read_when_it_is_named(tmp_path):
    lines = ["Where?", *["Île", "Côte"] * 20, ""]
    (tmp_path / "export.csv").write_bytes("\n".join(lines).encode("cp1252"))
    entry = {"name": "place", "source": "Where?", "wording": "Where?", "type": "single"}
    book = {"items": [entry | {"choices": ["Île", "Côte"]}]}
    (tmp_path / "codebook.yaml").write_text(json.dumps(book))
    given = {name: str(tmp_path / name) for name in ("export.csv", "codebook.yaml")}
    files = {"responses": given["export.csv"], "codebook": given["codebook.yaml"]}
    with pytest.raises(InputError, match="is not utf-8 text"):
        read_survey(SurveyResponses.check(files))
    params = SurveyResponses.check(files | {"encoding": "cp1252", "earlier": files})
    assert read_survey(params).rows["place"].value_counts().to_dict() == {"Île": 20, "Côte": 20}
    assert params.of_earlier().encoding is None


def test_a_question_is_told_by_its_wording_and_a_group_by_its_word(survey):
    assert survey.question("no_seacats_input") == "Do you enter information into SEACATS?"
    asked = "How often do you use the following in your work?"
    assert survey.question("guidance_used: Advice of colleagues") == f"{asked} Advice of colleagues"
    assert survey.question("end of the survey") == "end of the survey"
    assert survey.in_words("themes") == "themes"
    assert survey.in_words("guidance_clear by title") == (
        "The guidance for my daily work is clear, by Job title"
    )
