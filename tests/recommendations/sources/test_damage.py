"""Every format, damaged in every way a saved page is: an error or a reason, never a silent loss."""

import pytest

from coee_nb.errors import InputError

FORMATS = {"dhs_oig.txt": 3, "gao_page.txt": 3, "gao.csv": 3, "oversight.txt": 2}
FORMATS |= {"california.txt": 3, "gao_database.txt": 3}


@pytest.fixture(params=FORMATS)
def name(request) -> str:
    return request.param


def said(reading) -> list[tuple]:
    """What a reading says, whatever the offsets."""
    columns = ["number", "agency", "text_sha256", "status", "concurrence", "ecd_to", "told_to"]
    return sorted(map(tuple, reading.records[columns].astype(str).to_numpy()))


def rows(reading) -> int:
    return len(reading.records) + len(reading.excluded)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", "\r"),
        lambda text: text.replace(". ", ".\xa0 ").replace("the ", "the\xa0"),
        lambda text: text.replace(" ", "\xa0"),
        lambda text: text + "\n\n \n",
        lambda text: "\ufeff" + text,
    ],
    ids=[
        "Windows line ends",
        "old Mac line ends",
        "no-break spaces",
        "no other spaces",
        "blank end",
        "byte order",
    ],
)
def test_the_same_is_read_in_another_dress(name, change, page, reading_of):
    plain = reading_of(page(name), name)
    assert plain.excluded.empty
    assert said(reading_of(change(page(name)), name)) == said(plain)


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-8-sig"])
def test_the_same_is_read_in_another_encoding(name, encoding, page, reading_of):
    text = page(name).replace("officials", "officials’").replace("Keeper", "Kéeper")
    text = text.replace("department", "départment")
    changed = reading_of(text.encode(encoding), name)
    assert said(changed) == said(reading_of(text, name))
    if encoding == "utf-16" or not text.isascii():
        assert f"({encoding})" in changed.account


def test_offsets_lead_to_the_quoted_words(name, page, reading_of):
    text = page(name).replace("\n", "\r\n")
    reading = reading_of(text, name)
    found = 0
    for row in reading.records.to_dict("records"):
        for fact in ("status", "concurrence", "ecd", "told"):
            start, span = row[f"{fact}_start"], row[f"{fact}_span"]
            if span and start == start and start is not None:
                assert text[int(start) :].replace("\r", " ").startswith(span)
                found += 1
    assert found


@pytest.mark.parametrize("part", [0.98, 0.9, 0.75, 0.6, 0.5, 0.4, 0.25])
def test_a_truncated_file_loses_nothing_without_saying_so(name, part, page, reading_of):
    """What is still in the file is read or excluded, and what is read is true."""
    text = page(name)
    if name == "dhs_oig.txt":  # its text is there twice
        text = text[: text.index("\tRecommendation 1")]
    whole = reading_of(text, name)
    try:
        reading = reading_of(text[: int(len(text) * part)], name)
    except InputError:
        return  # refused aloud
    assert rows(reading) <= rows(whole)
    assert not (reading.complete and rows(reading) < rows(whole))
    statuses = set(zip(whole.records["number"], whole.records["status"], strict=True))
    kept = set(zip(reading.records["number"], reading.records["status"], strict=True))
    assert kept <= statuses


@pytest.mark.parametrize("content", [b"", b" \n\t\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_refused(content, reading_of):
    with pytest.raises(InputError, match=r"page\.txt: the file is empty"):
        reading_of(content)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x81", "not text"),
        (b"%PDF-1.7\n% a report", "is a PDF"),
        ("Open Recommendations".encode("utf-16-le"), "not text"),
        (b"<!DOCTYPE html>\n<html><body>Open Recommendations (3 total)</body></html>", "is HTML"),
        (b"<!-- saved page -->\n<HTML lang='en'>", "is HTML"),
        (b"\x81\x8d\xff not any encoding", "not text"),
        ("The agency\u00e2\u20ac\u2122s plan".encode(), "wrong encoding"),
        (b"Dear all, nothing to report this month.", "no reader knows this format"),
        (b"a,b\n1,2\n", "no reader knows this format"),
    ],
)
def test_what_is_no_list_is_refused_with_what_to_do(content, message, reading_of):
    with pytest.raises(InputError, match=message) as error:
        reading_of(content)
    assert error.value.where == "page.txt"
    assert error.value.do


def test_an_absent_file_is_refused(tmp_path):
    from datetime import date

    from coee_nb.recommendations.sources.recognise import read_file

    with pytest.raises(InputError, match="no such file"):
        read_file(tmp_path / "none.txt", as_of=date(2024, 4, 30))


def test_damaged_characters_are_counted(page, reading_of):
    reading = reading_of(page("gao_page.txt").replace("oil", "o\ufffdl"))
    assert "damaged characters: 1" in reading.account


def test_a_file_later_than_the_as_of_date_is_refused(page, reading_of):
    from datetime import date

    for name in ("dhs_oig.txt", "gao.csv", "oversight.txt", "california.txt"):
        with pytest.raises(InputError, match="nothing later than the as-of date 2019-09-30"):
            reading_of(page(name), name, as_of=date(2019, 9, 30))
