import re
from datetime import date

import pytest

from coee_nb.errors import InputError


@pytest.fixture
def text(page) -> str:
    return page("gao_page.txt")


def test_reads_every_row_and_what_the_page_says_there_are(text, reading_of):
    reading = reading_of(text)
    assert reading.format == "GAO agency page"
    assert (reading.shown, reading.total, reading.complete) == (3, 4, False)
    assert "shows 3 of 4 recommendations; 3 read, 0 excluded" in reading.account
    assert reading.records["number"].tolist() == ["1", "2", ""]
    assert reading.records["agency"].unique().tolist() == ["U.S. Lighthouse Service"]
    assert reading.records["status"].tolist() == ["open", "open - partially addressed", "open"]
    assert reading.records["concurrence"].tolist() == ["concur", "none stated", ""]
    assert reading.records["priority"].tolist() == ["", "yes", ""]
    assert reading.records["report"].unique().tolist() == [""]
    assert reading.records["issued_on"].isna().all()


def test_finds_the_ecd_and_when_it_was_told(text, reading_of):
    first = reading_of(text).records.iloc[0]
    assert (first["ecd_to"], first["ecd_precision"]) == (date(2024, 9, 30), "month")
    assert (first["told_from"], first["told_to"]) == (date(2024, 2, 1), date(2024, 2, 29))


def test_boilerplate_says_nothing(text, reading_of):
    assert reading_of(text).records["says_nothing"].tolist() == [False, True, False]


def test_a_page_that_shows_all_is_complete(text, reading_of):
    assert reading_of(text.replace("(4 total)", "(3 total)")).complete


def test_a_reordered_page_says_the_same(text, reading_of):
    head, first, second = re.split(r"\n(?=Lamps at|Wicks and)", text)
    turned = reading_of("\n".join([head, second.rstrip() + "\n", first]))
    whole = reading_of(text)
    assert sorted(turned.records["text_sha256"]) == sorted(whole.records["text_sha256"])
    by_text = turned.records.set_index("text_sha256")["ecd_to"]
    assert by_text.to_dict() == whole.records.set_index("text_sha256")["ecd_to"].to_dict()


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("(Recommendation 1)\nOpen\n", "(Recommendation 1)\n", "no status"),
        ("wicks.\nOpen\n", "wicks.\n", "no status under the recommendation"),
        ("Service To keep the lamps lit, the Keeper should count the wicks.", "Service", "no text"),
        ("2 Open Recommendations", "3 Open Recommendations", "announces 3 recommendations, 1 of"),
    ],
)
def test_a_row_that_cannot_be_used_is_set_aside_with_its_reason(old, new, reason, text, reading_of):
    assert text.count(old) == 1
    reading = reading_of(text.replace(old, new))
    assert len(reading.excluded) == 1
    assert reason in reading.excluded["reason"].iat[0]
    assert re.match(r"page\.txt, line \d+", reading.excluded["where"].iat[0])
    assert "1 excluded" in reading.account
    # Of its group nothing is read, for where the other row ends is not certain.
    assert reading.records["number"].tolist() == (["1", "2"] if "wicks" in old else [""])
    assert reading.unread["unread_why"].str.contains("not certain").all()
    assert len(reading.records) + len(reading.unread) + 1 == reading.shown


@pytest.mark.parametrize(
    ("old", "reasons"),
    [
        ("1 Open Recommendations\n", ["announces 2 recommendations and holds 3"] * 3),
        ("Wicks and Oil: Stores Need Better Counts\n", ["no report's title above the group"]),
        (
            "Lamps at Sea: The Service Should Know What Burns\n",
            ["no report's title above the group"] * 2,
        ),
    ],
)
def test_rows_whose_report_is_in_doubt_are_set_aside(old, reasons, text, reading_of):
    """Without its title a first group takes the page's heading, which is no report's either."""
    assert text.count(old) == 1
    reading = reading_of(text.replace(old, ""))
    assert len(reading.excluded) == len(reasons)
    for said, reason in zip(reading.excluded["reason"], reasons, strict=True):
        assert reason in said


def test_a_row_that_repeats_another_is_set_aside(text, reading_of):
    group = text[text.index("Wicks and Oil") :]
    reading = reading_of(f"{text}\n{group}")
    assert reading.excluded["reason"].tolist() == ["repeats page.txt, line 27"]


def test_a_text_that_stops_within_a_sentence_says_so(text, reading_of):
    assert "stops within a sentence" in reading_of(text.rstrip()[:-30]).account


def test_a_page_without_its_heading_is_refused(text, reading_of):
    with pytest.raises(InputError, match="does not name its agency"):
        reading_of(text[text.index("Lamps at Sea") :])


def test_a_page_without_any_recommendation_is_refused(reading_of):
    with pytest.raises(InputError, match="there is no recommendation"):
        reading_of("Lighthouse Service\nOpen Recommendations (3 total)\n")


def test_the_real_page_shows_10_of_23(shared, reading_of):
    path = shared / "seeds" / "003_38a0b2a7af6e565f.txt"
    reading = reading_of(path.read_bytes(), path.name, as_of=date(2024, 4, 30))
    assert (reading.shown, reading.total) == (10, 23)
    assert reading.excluded.empty
    assert set(reading.records["status"]) == {"open"}
    assert reading.records["says_nothing"].sum() == 2
    assert reading.records["number"].tolist() == ["3", "4", "1", "1", "", "3", "4", "10", "5", "1"]
    assert reading.records["ecd_to"].map(str).tolist() == [
        "2024-03-31", "2024-03-31", "None", "None", "2023-09-30",
        "None", "2024-05-31", "2024-06-30", "2024-05-31", "None",
    ]  # fmt: skip


def test_the_real_pages_dated_statements_are_the_labelled_ones(shared, reading_of):
    import json

    lines = (shared / "corpus" / "ecd_dev.jsonl").read_text().splitlines()
    labels = [row for row in map(json.loads, lines) if row["id"].startswith("seed003")]
    path = shared / "seeds" / "003_38a0b2a7af6e565f.txt"
    rows = reading_of(path.read_bytes(), path.name, as_of=date(2024, 4, 30)).records
    dated = rows["told_from"].notna()
    told = [str(day) if known else None for day, known in zip(rows["told_to"], dated, strict=True)]
    assert told == [label["last_update"] for label in labels]


def test_a_row_of_unknown_status_is_taken_as_open_unless_it_says_closed(text, reading_of):
    reading = reading_of(text.replace("Open – Partially Addressed", "Open – Under Study"))
    assert reading.records["status_asked"].tolist() == ["", "Open – Under Study", ""]
    assert reading.records["status"].tolist() == ["open"] * 3
    closed = reading_of(text.replace("Open – Partially Addressed", "Closed – Under Study"))
    assert closed.records["status"].tolist() == ["open", "", "open"]
    assert closed.records["unread"].tolist() == ["", "Closed – Under Study", ""]


def _page(*rows: str, announced: int | None = None, head: str = "") -> str:
    count = announced or len(rows)
    above = f"Tide Service\n\nOpen Recommendations ({count} total)\n\nBoats: A Plan Is Due\n{head}"
    group = f"Show\n{count} Open Recommendations\nAgency Affected Recommendation Status\n"
    return f"{above}\n{group}" + "\n".join(rows) + "\n"


OWN = "Tide Service The Director should plan. (Recommendation 1)\nOpen\nIt will end by June 2026."


@pytest.mark.parametrize(
    ("agency", "asks"),
    [
        ("Department of Homeland Security", "The DHS Secretary should act. (Recommendation 2)"),
        ("Office of Management and Budget", "The Director of OMB should act. (Recommendation 2)"),
        ("Small Business Administration", "To improve, the Administrator should act."),
        ("U.S. Coast Guard", "In consultation with others, the Commandant should act."),
        ("Congress", "The House should act. (Recommendation 2)"),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_a_row_of_another_agency_has_its_own_text_and_date(agency, asks, turned, reading_of):
    other = f"{agency} {asks}\nOpen\nIt will end by December 2027."
    rows = [other, OWN] if turned else [OWN, other]
    reading = reading_of(_page(*rows))
    found = reading.records.set_index("agency")
    assert found.loc["Tide Service", "ecd_to"] == date(2026, 6, 30)
    assert found.loc[agency, "ecd_to"] == date(2027, 12, 31)
    assert found.loc[agency, "text"] == asks


@pytest.mark.parametrize(
    "other",
    [
        "no agency the director shall act\nOpen\nIt will end by December 2027.",
        "Home Office The Secretary should act.\nIt will end by December 2027.",
    ],
)
def test_where_a_group_s_count_fails_none_of_its_rows_has_a_date(other, reading_of):
    reading = reading_of(_page(OWN, other))
    assert reading.records.empty
    assert reading.unread["number"].tolist() == ["1"]
    assert "June 2026" in reading.unread["unread"].iat[0]
    assert reading.excluded["reason"].str.contains("1 of them not found").all()


def test_two_reports_of_one_day_are_told_by_their_numbers(reading_of):
    head = "\nGAO-26-10000{}\nNov 25, 2025\n"
    one, two = (_page(OWN, head=head.format(i)) for i in (1, 2))
    two = two[two.index("Boats") :].replace("June 2026", "December 2027")
    two = two.replace("Boats: A Plan", "Boats: Another Plan")
    reading = reading_of(one.replace("(1 total)", "(2 total)") + two, as_of=date(2026, 6, 1))
    assert reading.records["report"].tolist() == ["GAO-26-100001", "GAO-26-100002"]
    assert reading.records["issued_on"].tolist() == [date(2025, 11, 25)] * 2
    assert reading.records["title"].str.startswith("Boats").all()
    assert reading.records["ecd_to"].tolist() == [date(2026, 6, 30), date(2027, 12, 31)]
    assert reading.excluded.empty


@pytest.mark.parametrize("mark", ["", "Priority Rec.\n", "Priority Rec.\nThis is a priority"])
def test_a_row_whose_cells_stand_on_lines_of_their_own_is_read(mark, text, reading_of):
    mark = mark.replace("This is a priority", "This is a priority recommendation.\n")
    row = "United States Lighthouse Service The Keeper should list"
    assert text.count(row) == 1
    reading = reading_of(text.replace(row, row.replace("Service ", f"Service\n{mark}")))
    whole = reading_of(text).records.iloc[0]
    first = reading.records.iloc[0]
    assert len(reading.records) == 3
    assert first["priority"] == ("yes" if mark else "")
    for column in ("agency", "number", "text_sha256", "status", "ecd_to", "narrative"):
        assert first[column] == whole[column]


TOPIC = """\
Cybersecurity

Open Recommendations (4 total)

Federal Networks: Agencies Should Share Alerts

GAO-25-100001
Jan 15, 2025
Show
3 Open Recommendations
1 Priority
Agency Affected Recommendation Status
Department of Homeland Security
Priority Rec.
The Secretary of Homeland Security should share alerts. (Recommendation 1)
Open
DHS expects to finish by June 2026.
Office of Management and Budget The Director of OMB should set a deadline. (Recommendation 2)
Open – Partially Addressed
OMB plans to issue guidance by December 2025.
Department of the Treasury
The Secretary of the Treasury should count incidents. (Recommendation 3)
Open
Treasury agreed.

Grid Security: Plans Need Dates

Show
1 Open Recommendations
Agency Affected Recommendation Status
Department of Energy
The Secretary of Energy should date its plans. (Recommendation 1)
Open
DOE plans to do so in fiscal year 2026.
"""


def test_a_page_of_a_topic_names_the_agency_in_each_row(reading_of):
    reading = reading_of(TOPIC, as_of=date(2025, 6, 30))
    assert reading.excluded.empty
    assert reading.scope == {}  # absence from a topic tells nothing of an agency
    assert reading.records["agency"].tolist() == [
        "Department of Homeland Security",
        "Office of Management and Budget",
        "Department of the Treasury",
        "Department of Energy",
    ]
    assert reading.records["priority"].tolist() == ["yes", "", "", ""]
    assert reading.records["text"].str.startswith("The ").all()


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("pri1.txt", 1), ("pri3.txt", 1), ("pri4.txt", 1), ("gao_database_2021.txt", 2),
        ("twoag.txt", 2), ("twosame.txt", 2), ("no_longer_valid.txt", 2),
    ],
)  # fmt: skip
def test_the_shared_pages_are_read_whole(name, read, shared, reading_of):
    path = shared / "cases" / "recommendations" / "pages" / name
    if not path.is_file():
        pytest.skip("no such page beside the project")
    reading = reading_of(path.read_bytes(), name, as_of=date(2026, 1, 31))
    assert (len(reading.records), len(reading.unread), len(reading.excluded)) == (read, 0, 0)
    assert reading.records["agency"].ne("").all()


def test_the_database_says_of_which_day_it_is(shared, reading_of):
    path = shared / "cases" / "recommendations" / "pages" / "gao_database_2021.txt"
    if not path.is_file():
        pytest.skip("no such page beside the project")
    rows = reading_of(path.read_bytes(), path.name, as_of=date(2026, 1, 31)).records
    assert set(rows["stated_to"]) == {date(2021, 11, 30)}
    assert str(rows["ecd_to"].iat[0]) == "2022-06-30"
