from datetime import date

import pytest


@pytest.fixture
def text(page) -> str:
    return page("oversight.txt")


def test_reads_the_open_recommendations_with_their_money(text, reading_of):
    reading = reading_of(text)
    assert reading.format == "Oversight.gov report page"
    assert (reading.shown, reading.total, reading.complete) == (2, 2, True)
    rows = reading.records
    assert rows["number"].tolist() == ["1", "3"]
    assert rows["questioned_costs_usd"].tolist() == [12500.0, 0.0]
    assert rows["funds_for_better_use_usd"].tolist() == [0.0, 1000000.5]
    assert rows["priority"].tolist() == ["yes", "no"]
    assert rows["text"].tolist()[1] == "Buy oil by the barrel."
    first = rows.iloc[0]
    assert (first["issuer"], first["report"]) == ("DHS OIG", "OIG-22-98")
    assert first["agency"] == "U.S. Lighthouse Service"
    assert first["issued_on"] == date(2022, 9, 30)
    assert first["title"] == "Audit of the Lamp Stores"


@pytest.mark.parametrize("separator", [" | ", "  ", " \t"])
def test_the_cells_may_be_parted_otherwise(separator, text, reading_of):
    changed = reading_of(text.replace("\t", separator))
    assert changed.records["questioned_costs_usd"].tolist() == [12500.0, 0.0]


def test_its_silence_is_no_word_on_completion(text, reading_of):
    rows = reading_of(text).records
    assert rows["narrative"].tolist() == ["", ""]
    assert rows["note"].tolist() == ["", "Details on file"]


def test_a_row_without_text_is_set_aside(text, reading_of):
    reading = reading_of(text.replace("Buy oil by the barrel.\n", ""))
    assert reading.excluded["reason"].tolist() == ["no text under the recommendation's row"]
    assert not reading.complete


def test_fewer_rows_than_the_page_counts_is_not_complete(text, reading_of):
    reading = reading_of(text.replace("has 2 open", "has 5 open"))
    assert (reading.shown, reading.total, reading.complete) == (2, 5, False)
