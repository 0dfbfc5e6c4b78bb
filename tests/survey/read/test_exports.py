import pytest

from coee_nb.errors import InputError
from coee_nb.survey.read.exports import open_export

IDS = '"{""ImportId"":""startDate"",""timeZone"":""America/Denver""}","{""ImportId"":""QID1""}"\n'


@pytest.fixture
def write(tmp_path):
    def _write(text, name="in.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(text.encode(encoding) if isinstance(text, str) else text)
        return path

    return _write


def test_three_header_rows_with_a_text_of_several_lines(write):
    export = open_export(write('StartDate,1Q\nStart Date,"One,\n\ntwo"\n' + IDS + "2021,x\n"))
    assert export.header_rows == 3
    assert export.names == ("StartDate", "1Q")
    assert export.texts[1] == "One,\n\ntwo"
    assert export.import_ids == ("startDate", "QID1")
    body = export.body([1])
    assert body.columns[1].cells().tolist() == ["x"]
    assert body.numbers.tolist() == [4]


def test_a_text_row_without_import_ids_is_no_response(write):
    export = open_export(write("ResponseId,Q1\nResponse ID,Aware?\nR_1,Yes\n"))
    assert (export.header_rows, export.texts) == (2, ("Response ID", "Aware?"))


def test_a_response_that_names_its_type_and_channel_is_no_text_row(write):
    names = "StartDate,Status,Progress,ResponseId,DistributionChannel,Q1"
    rows = "2026-01-05,IP Address,100,R_1,email,Yes\n2026-01-06,IP Address,100,R_2,email,No\n"
    export = open_export(write(f"{names}\n{rows}"))
    assert export.header_rows == 1
    assert len(export.body([5]).numbers) == 2


def test_one_header_row_when_the_second_row_is_data(write):
    assert open_export(write("id,Q1\nR_1,Yes\n")).header_rows == 1


def test_line_ends_of_windows_and_a_mark_at_the_start(write):
    export = open_export(write("\ufeffid,Q1\r\nR_1,a\r\nR_2,b"))
    assert export.names == ("id", "Q1")
    assert export.body([1]).columns[1].cells().tolist() == ["a", "b"]


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_the_commonest_delimiter_of_the_first_line_counts(write, delimiter):
    export = open_export(write(delimiter.join(["a", "b"]) + "\n" + delimiter.join("12") + "\n"))
    assert export.names == ("a", "b")


def test_a_header_text_full_of_another_delimiter_does_not_decide(write):
    export = open_export(write("id,Which? (a; b; c; d),Why?\n1,a,x\n2,b;c,y\n"))
    assert export.names == ("id", "Which? (a; b; c; d)", "Why?")


def test_personal_columns_are_known_by_old_and_new_names(write):
    names = "IPAddress,LocationLatitude,RecipientEmail,ExternalDataReference,Location,Q1"
    export = open_export(write(names + "\n1,2,3,4,5,6\n"))
    assert sorted(export.personal) == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf\n,,\n", "is empty"),
        ("a,b\n1,2\n".encode("utf-16-le"), "NUL"),
        (b"a,b\n1,\xff\n", r"not utf-8 text \(line 2\)"),
    ],
)
def test_what_is_no_delimited_text_is_an_error(write, content, message):
    with pytest.raises(InputError, match=message):
        open_export(write(content))


def test_an_absent_file_and_an_unknown_encoding_are_errors(write, tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        open_export(tmp_path / "none.csv")
    with pytest.raises(InputError, match="is not klingon text"):
        open_export(write("a,b\nü,1\n"), encoding="klingon")


def test_a_file_that_only_calls_itself_spss_is_an_error(write):
    with pytest.raises(InputError, match="cannot be read as an SPSS file"):
        open_export(write("not spss", "in.sav"))


def test_a_header_with_an_unclosed_quote_does_not_pass_for_data(write):
    export = open_export(write('a,"b\n1,2\n3,4\n'))
    assert export.names[0] == "a"
    assert len(export.body([0]).numbers) == 0


STARTED, ENDED = "2026-03-02 10:00:00", "2026-03-02 10:05:00"


@pytest.mark.parametrize(
    "head",
    [
        ["ID", "Start time", "Completion time"],  # Microsoft Forms
        ["Respondent ID", "Start Date", "End Date"],  # SurveyMonkey
        ["Response ID", "Date started", "Date submitted"],  # LimeSurvey, in words
        ["#", "Start Date (UTC)", "Submit Date (UTC)"],  # Typeform
        ["Id", "Started", "Completed"],
        ["Id", "Date Created", "Submitted"],
    ],
)
def test_start_and_end_are_known_by_the_names_that_tools_give_them(write, head):
    path = write(f"{','.join(head)},Why?\n1,{STARTED},{ENDED},so\n")
    found = open_export(path).metadata
    assert (found["started_on"], found["ended_on"], found["recorded_on"]) == (1, 2, 2)


@pytest.mark.parametrize("name", ["Timestamp", "Submitted", "Recorded Date", "Completed at"])
def test_one_moment_alone_is_when_the_response_was_recorded(write, name):
    path = write(f"{name},Why?\n{ENDED},so\n")
    assert open_export(path).metadata["recorded_on"] == 0


@pytest.mark.parametrize("answers", [["Yes", "No"], [ENDED, "not yet"], [""]])
def test_a_question_called_like_a_moment_stays_a_question(write, answers):
    rows = "".join(f"{one},so\n" for one in answers)
    assert open_export(write(f"Completed,Why?\n{rows}")).metadata == {}
