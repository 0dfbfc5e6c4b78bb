import re
from datetime import date

import pytest


@pytest.fixture
def text(page) -> str:
    return page("dhs_oig.txt")


def test_reads_each_recommendation_once_though_the_text_is_there_twice(text, reading_of):
    reading = reading_of(text)
    assert reading.format == "DHS OIG report"
    assert (reading.shown, reading.total, reading.complete) == (3, 3, True)
    rows = reading.records
    assert rows["number"].tolist() == ["1", "2", "3"]
    assert rows["report"].unique().tolist() == ["OIG-23-99"]
    assert rows["title"].unique().tolist() == ["Lighthouse Service Needs Better Lamp Records"]
    assert rows["agency"].unique().tolist() == ["U.S. Lighthouse Service"]
    assert rows["issued_on"].unique().tolist() == [date(2023, 6, 30)]
    assert rows["status"].tolist() == ["resolved and open", "unresolved", "resolved and open"]
    assert rows["concurrence"].tolist() == ["concur", "non-concur", "partially concur"]
    assert rows["ecd_to"].tolist() == [date(2023, 12, 29), None, date(2024, 3, 31)]


def test_the_statements_are_dated_by_the_report(text, reading_of):
    rows = reading_of(text).records
    assert rows["stated_from"].unique().tolist() == [date(2023, 6, 30)]
    assert rows["told_to"].unique().tolist() == [date(2023, 6, 30)]


def test_a_date_broken_over_two_lines_is_quoted_as_it_stands(text, reading_of):
    first = reading_of(text).records.iloc[0]
    assert first["ecd_span"] == "December\n29, 2023"
    assert text[int(first["ecd_start"]) :].startswith(first["ecd_span"])


def test_the_tagged_copy_alone_says_the_same(text, reading_of):
    head = text[: text.index("Recommendations\n\nRecommendation 1")]
    tagged = reading_of(head + text[text.index("\tRecommendation 1") :])
    whole = reading_of(text)
    for column in ("text_sha256", "status", "concurrence", "ecd_to", "narrative_sha256"):
        assert tagged.records[column].tolist() == whole.records[column].tolist()


def test_comments_in_another_order_say_the_same(text, reading_of):
    running = text[: text.index("\tRecommendation 1")]
    parts = re.split(r"(?=USLS Comments to Recommendation)", running)
    turned = reading_of(parts[0] + parts[2] + "\n" + parts[1] + "\n" + parts[3])
    whole = reading_of(text)
    assert turned.records["status"].tolist() == whole.records["status"].tolist()


def running_copy(text: str) -> str:
    return text[: text.index("\tRecommendation 1")]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("resolved and open until we have", "sound until we have", "no status in OIG's analysis"),
        ("Recommendation 2: We", "Advice: We", "whose text is not in the file"),
        ("USLS Comments to Recommendation 2:", "As to the second:", "no agency comments"),
    ],
)
def test_a_recommendation_that_cannot_be_used_is_set_aside(old, new, reason, text, reading_of):
    text = running_copy(text)
    assert text.count(old) == 1
    reading = reading_of(text.replace(old, new))
    assert reason in " ".join(reading.excluded["reason"])
    assert not reading.complete
    assert len(reading.records) + len(reading.excluded) >= 3


def test_a_report_cut_before_the_comments_sets_all_aside(text, reading_of):
    reading = reading_of(text[: text.index("USLS agreed in part")])
    assert reading.records.empty
    assert reading.shown == reading.total == 3


def test_a_page_break_in_the_running_copy_is_mended_by_the_tagged_one(text, reading_of):
    broken = text.replace("lamp and the\nday", "lamp and the\n\nwww.oig.dhs.gov 6 OIG-23-99\n\nday")
    assert reading_of(broken).records["text"].tolist() == reading_of(text).records["text"].tolist()


def test_the_real_report_has_five_and_not_ten(shared, reading_of):
    path = shared / "seeds" / "000_243e1fcd792625bd.txt"
    reading = reading_of(path.read_bytes(), path.name, as_of=date(2022, 3, 31))
    rows = reading.records
    assert (len(rows), reading.total, len(reading.excluded)) == (5, 5, 0)
    assert rows["number"].tolist() == list("12345")
    assert set(rows["concurrence"]) == {"concur"}
    assert set(rows["status"]) == {"resolved and open"}
    assert set(rows["ecd_to"]) == {date(2022, 10, 31)}
    assert set(rows["agency"]) == {"U.S. Customs and Border Protection"}
    text = path.read_text("utf-8")
    for row in rows.to_dict("records"):
        quoted = text[int(row["ecd_start"]) :][: len(row["ecd_span"])]
        assert quoted.split() == ["October", "31,", "2022"]
