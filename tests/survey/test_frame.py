import pandas as pd
import pytest

from coee_nb.errors import InputError
from coee_nb.survey.frame import check_frame, for_codebook, frame_of, read_frame

CSV = "center,title,count\nMachinery,Entry specialist,3\nMachinery,Import specialist,2\n"


@pytest.fixture
def write(tmp_path):
    def _write(text=CSV):
        path = tmp_path / "frame.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return _write


def respondents(*pairs):
    return pd.DataFrame(pairs, columns=["center", "title"], dtype="str")


def test_a_frame_counts_people_by_group(write):
    frame = read_frame(write())
    assert frame.total == 5
    assert frame.by("title").to_dict() == {"Entry specialist": 3, "Import specialist": 2}
    assert frame.by("center", "title")["Machinery", "Entry specialist"] == 3
    assert frame.input.rows == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("center,people\nMachinery,3\n", "no column 'count'"),
        ("count\n3\n4\n", "row 3: the number of people is given twice"),
        ("name,center,title,count\nDana,M,E,1\n", "names persons"),
        ("center,title,count\nM,E,some\n", r"row 2: count 'some'"),
        ("center,title,count\nM,E,-1\n", "count '-1'"),
        ("center,title,count\nM,E,\n", "count ''"),
        ("center,title,count\n,E,1\n", "row 2: no center"),
        ("center,title,count\nM,,1\n", "row 2: no title"),
        ("center,title,count\nM,E,1\nM,E,2\n", "row 3: M / E is given twice"),
        ("center,title,count\nM,E,0\n", "nobody in the frame"),
    ],
)
def test_a_faulty_frame_is_an_error(write, text, message):
    with pytest.raises(InputError, match=message):
        read_frame(write(text))


def test_all_faults_are_told_at_once(write):
    with pytest.raises(InputError, match=r"3 faults: .*row 3: count 'x'.*row 4: .*row 3: no title"):
        read_frame(write("center,title,count\nM,E,1\nM,,x\nM,F,1.5\n"))
    strangers = respondents(("Metals", "Clerk"), *[("Machinery", "Import specialist")] * 3)
    with pytest.raises(InputError, match=r"3 faults: .*'Metals'.*'Clerk'.*2 people but 3"):
        check_frame(read_frame(write()), strangers)


def test_respondents_within_the_frame_pass(write):
    frame = read_frame(write())
    check_frame(frame, respondents(*[("Machinery", "Entry specialist")] * 3))
    check_frame(frame, respondents(("Machinery", None), (None, None)))
    check_frame(frame, respondents())


def test_a_center_that_the_frame_does_not_know_is_an_error(write):
    with pytest.raises(InputError, match="no center 'Metals', which respondents gave"):
        check_frame(read_frame(write()), respondents(("Metals", "Entry specialist")))


def test_a_title_that_the_frame_does_not_know_is_an_error(write):
    with pytest.raises(InputError, match="no title 'Clerk'"):
        check_frame(read_frame(write()), respondents(("Machinery", "Clerk")))


def test_a_frame_smaller_than_its_respondents_is_an_error(write):
    with pytest.raises(InputError, match="5 people but 6 respondents"):
        check_frame(read_frame(write()), respondents(*[("Machinery", None)] * 6))


def test_a_group_smaller_than_its_respondents_is_an_error(write):
    too_many = respondents(*[("Machinery", "Import specialist")] * 3)
    with pytest.raises(InputError, match="2 people but 3 respondents in Machinery / Import"):
        check_frame(read_frame(write()), too_many)


def test_one_group_is_counted_by_its_whole_name(write):
    frame = read_frame(write("center,count\nMachinery,2\nMetals,9\n"))
    check_frame(frame, respondents(*[("Machinery", None)] * 2))
    with pytest.raises(InputError, match="2 people but 3 respondents in Machinery"):
        check_frame(frame, respondents(*[("Machinery", None)] * 3))


def test_people_found_not_eligible_leave_their_group_and_the_total(write):
    screened = respondents(("Machinery", "Entry specialist"), ("Machinery", None))
    left = read_frame(write()).eligible(screened)
    assert left.by("title").to_dict() == {"Entry specialist": 2, "Import specialist": 2}
    assert (left.total, left.unplaced) == (4, 1)


def test_of_a_frame_without_groups_everyone_found_not_eligible_leaves():
    assert frame_of(300).eligible(pd.DataFrame(index=range(3))).total == 297


def test_a_column_that_is_no_group_is_refused_unless_it_says_one_thing(write):
    frame = read_frame(write("office,year,count\nA,2026,3\nB,2026,4\n"))
    assert for_codebook(frame, ["office"]).groups == ("office",)
    with pytest.raises(InputError, match="the column 'year'"):
        for_codebook(read_frame(write("office,year,count\nA,2025,3\nB,2026,4\n")), ["office"])
