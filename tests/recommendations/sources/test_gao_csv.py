from datetime import date

import pytest

from coee_nb.errors import InputError


@pytest.fixture
def text(page) -> str:
    return page("gao.csv")


def test_reads_a_row_an_agency_with_the_preambles_date(text, reading_of):
    reading = reading_of(text, "gao.csv")
    assert reading.format == "GAO recommendations CSV"
    rows = reading.records
    assert rows["report"].tolist() == ["GAO-23-900001", "GAO-23-900001", "GAO-10-77"]
    assert rows["number"].tolist() == ["1", "1", ""]
    assert rows["agency"].tolist() == ["U.S. Lighthouse Service", "Harbor Board", "Harbor Board"]
    assert rows["issued_on"].tolist() == [date(2023, 7, 24)] * 2 + [date(2010, 5, 3)]
    assert rows["status"].tolist() == ["open", "open", "closed - implemented"]
    assert rows["priority"].tolist() == ["yes", "no", ""]
    assert rows["stated_to"].unique().tolist() == [date(2024, 3, 28)]
    assert rows["stated_from"].isna().all()


def test_says_that_the_total_is_unknown_and_is_never_complete(text, reading_of):
    reading = reading_of(text, "gao.csv")
    assert (reading.total, reading.complete) == (None, False)
    assert "does not say how many" in reading.account


def test_marks_a_comment_that_was_cut(text, reading_of):
    reading = reading_of(text, "gao.csv")
    assert reading.records["cut"].tolist() == [False, False, True]
    assert "1 with the comment cut short" in reading.account


def test_rows_in_another_order_say_the_same(text, reading_of):
    lines = text.splitlines(keepends=True)
    turned = reading_of("".join([*lines[:6], *reversed(lines[6:])]), "gao.csv")
    whole = reading_of(text, "gao.csv")
    assert sorted(turned.records["text_sha256"]) == sorted(whole.records["text_sha256"])


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('"Jul 24, 2023","A. Keeper","(202) 555-0100","Harbor', '"A. Keeper","Harbor', "8 cells"),
        ('"The Keeper should list every lamp. (Recommendation 1)"', '""', "no text"),
        ('by September 2024."', "by September 2024.", "a quote is never closed"),
        (",Open,Yes,", ",Open,Yes,,", "11 cells"),
    ],
)
def test_a_row_that_cannot_be_used_is_set_aside_alone(old, new, reason, text, reading_of):
    assert text.count(old) == 1
    reading = reading_of(text.replace(old, new), "gao.csv")
    assert len(reading.excluded) == 1
    assert reason in reading.excluded["reason"].iat[0]
    assert len(reading.records) == 2


@pytest.mark.parametrize(
    ("old", "new", "status", "doubt"),
    [
        (",Open,Yes,", ",,Yes,", "open", "no status"),
        (",Open,Yes,", ",Ajar,Yes,", "open", "no status: 'Ajar' is unknown"),
        (",Open,Yes,", ",Closed,Yes,", "", "closed, but not whether implemented"),
        ("2010-05-03", "some day", "closed - implemented", ""),
    ],
)
def test_a_cell_that_cannot_be_read_costs_its_row_nothing(
    old, new, status, doubt, text, reading_of
):
    reading = reading_of(text.replace(old, new), "gao.csv")
    assert (len(reading.records), len(reading.excluded)) == (3, 0)
    whole = reading_of(text, "gao.csv").records
    assert reading.records["ecd_to"].tolist() == whole["ecd_to"].tolist()
    row = next(
        row
        for row in reading.records.itertuples()
        if row.status_doubt or any(each.unread for each in row.noted)
    )
    assert row.status == status
    assert doubt in row.status_doubt
    assert doubt or [each.words for each in row.noted] == ["some day"]


def test_a_repeated_row_is_set_aside(text, reading_of):
    reading = reading_of(text + text.splitlines(keepends=True)[6], "gao.csv")
    assert reading.excluded["reason"].tolist() == ["repeats gao.csv, line 7"]


def test_a_missing_column_is_refused(text, reading_of):
    with pytest.raises(InputError, match=r"gao\.csv, line 6: no column 'Comments'"):
        reading_of(text.replace("Priority,Comments", "Priority"), "gao.csv")


def test_a_download_without_preamble_holds_as_of_the_given_day(text, reading_of):
    body = text[text.index('"Publication Name"') :]
    reading = reading_of(body, "gao.csv", as_of=date(2024, 4, 30))
    assert reading.records["stated_to"].unique().tolist() == [date(2024, 4, 30)]


def test_the_real_sample(shared, reading_of):
    path = shared / "formats" / "gao_open_recs_csv_sample.csv"
    reading = reading_of(path.read_bytes(), path.name, as_of=date(2024, 4, 30))
    assert (len(reading.records), len(reading.excluded)) == (4, 0)
    assert reading.records["number"].tolist() == ["1", "2", "3", "3"]
    assert reading.records["stated_to"].unique().tolist() == [date(2024, 3, 28)]
    assert reading.records["priority"].tolist() == ["no", "no", "no", "yes"]
    assert reading.records["says_nothing"].tolist() == [True, True, True, False]
