from datetime import date

import pytest


@pytest.fixture
def text(page) -> str:
    return page("gao_database.txt")


def test_reads_every_entry_under_its_report(text, reading_of):
    reading = reading_of(text)
    assert reading.format == "GAO database page"
    assert reading.excluded.empty
    rows = reading.records
    assert rows["report"].tolist() == ["GAO-20-101", "GAO-20-101", "GAO-19-470"]
    assert rows["number"].tolist() == ["1", "2", ""]
    assert rows["agency"].iat[2] == "U.S. Lighthouse Service: Stores"
    assert rows["title"].iat[2] == "Oil: Stores Need Better Counts"
    assert rows["issued_on"].iat[0] == date(2019, 12, 20)
    assert rows["status"].tolist() == ["open", "open - partially addressed", "open"]
    assert rows["priority"].tolist() == ["", "yes", ""]
    assert rows["ecd_to"].tolist() == [date(2024, 9, 30), None, date(2024, 12, 31)]


def test_the_page_says_of_which_day_it_is(text, reading_of):
    assert set(reading_of(text).records["stated_to"]) == {date(2024, 4, 25)}


def test_offsets_lead_back_to_the_text(text, reading_of):
    for row in reading_of(text).records.itertuples():
        assert text[int(row.status_start) :].startswith(row.status_span)
        if row.ecd_to:
            assert text[int(row.ecd_start) :].startswith(row.ecd_span)


def test_several_without_a_text_cannot_be_told_apart(text, reading_of):
    bare = "\n".join(x for x in text.splitlines() if not x.startswith("Recommendation: "))
    reading = reading_of(bare)
    assert reading.records["report"].tolist() == ["GAO-19-470"]
    assert reading.excluded["reason"].str.startswith("no text, and several").tolist() == [True] * 2


def test_an_entry_without_its_status_is_set_aside(text, reading_of):
    reading = reading_of(text.replace("Status: Open - Partially Addressed\n", ""))
    assert reading.excluded["reason"].tolist() == ["no agency or no status of it"]


def test_the_shared_page_is_read_whole(shared, reading_of):
    path = shared / "cases" / "recommendations" / "pages" / "gao_database_2020.txt"
    if not path.is_file():
        pytest.skip("no such page beside the project")
    reading = reading_of(path.read_bytes(), path.name)
    assert reading.excluded.empty
    assert [str(due) for due in reading.records["ecd_to"]] == ["None", "2020-09-30", "2020-12-31"]
    assert reading.records["priority"].tolist() == ["", "", "yes"]
