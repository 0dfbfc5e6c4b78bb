"""What is handed out: workbook, letters and sheets, whatever the sources say."""

import io
import re
from dataclasses import replace
from datetime import datetime

import pytest
from openpyxl import load_workbook
from valid_html import faults_of

from coee_nb.recommendations import statements
from coee_nb.recommendations.aging import aging
from coee_nb.recommendations.clocks import clocks
from coee_nb.recommendations.file_names import file_name, sheet_path
from coee_nb.recommendations.handouts import handouts, reminders
from coee_nb.recommendations.register import register
from coee_nb.workbooks import LONGEST

SHEET = "sheets/A.html"
EVIL = '=HYPERLINK("http://x","y")<script>x()</script>\x07\u202e'
STEPS = [
    ("A.1", "2023-01-31", "status", {"status": "open"}),
    ("A.1", "2023-02-28", "ecd", {"ecd_to": "2024-01-31", "source_span": EVIL, "source_file": "f"}),
    ("A.2", "2023-01-31", "ecd", {"ecd_to": "2024-06-30"}),
    ("A.2", "2023-03-31", "noted", {"note": "office", "source_span": "Finance & Co"}),
    ("A.3", "2023-01-31", "status", {"status": "closed - implemented"}),
    ("A.4", "2023-01-31", "ecd", {"ecd_to": "2025-06-30"}),
]


@pytest.fixture
def made(log_of):
    known = [
        {"recommendation_id": f"A.{number}", "report": "A", "issued_on": "2022-03-31",
         "title": "Controls", "text": EVIL if number == 1 else "Do it.",
         "questioned_costs_usd": 1000.0 * number}
        for number in range(1, 5)
    ]  # fmt: skip
    log = log_of(known, STEPS)
    aged = aging(register(log, as_of="2024-05-31"))
    lists = clocks(aged.register)
    return aged, handouts(aged, log, lists, statements.days_past_due(aged))


@pytest.fixture
def files(made):
    return made[1].make()


def test_a_letter_goes_to_each_office_that_has_something_late_or_soon_due(files):
    letters = {path: text.decode() for path, text in files.items() if path.startswith("letters")}
    assert list(letters) == ["letters/CBP.txt", f"letters/{file_name('CBP, Finance & Co')}.txt"]
    late, soon = letters.values()
    assert "Past due (1):\n\nA.1 (Controls): due 2024-01-31, 121 days past due" in late
    assert "Due in the next 90 days (1):\n\nA.2 (Controls): due 2024-06-30, in 30 days" in soon
    assert "\x07" not in late
    assert "A.4" not in late + soon


@pytest.mark.parametrize(
    ("folder", "named"), [("outside/home-1f0a9b/city_log", " city_log"), ("../outside/log", "")]
)
def test_what_is_sent_names_the_log_and_no_folder_of_a_machine(log_of, folder, named):
    log = replace(log_of(["A.1"], [("A.1", "2023-01-31", "ecd", {"ecd_to": "2024-01-31"})]),
                  name=folder)  # fmt: skip
    aged = aging(register(log, as_of="2024-05-31"))
    files = handouts(aged, log, clocks(aged.register), statements.days_past_due(aged)).make()
    sent = {path: text.decode() for path, text in files.items() if path.endswith((".txt", ".html"))}
    assert len(sent) == 2
    for text in sent.values():
        assert f"as of 2024-05-31, in the log{named} (last source of 2023-01-31)" in text.lower()
        assert "outside" not in text


def test_the_workbook_has_a_sheet_a_table_and_no_formula(made, files):
    book = load_workbook(io.BytesIO(files["register.xlsx"]))
    assert book.sheetnames[0] == "register"
    assert {"findings", "due_soon", "money", "by_group", "half_year", "clocks", "about"} <= set(
        book.sheetnames
    )
    for sheet in book.worksheets:
        assert sheet.freeze_panes == "B2"
        assert sheet.column_dimensions["A"].width > 4
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    rows = list(book["register"].iter_rows(values_only=True))
    assert len(rows) == 5
    assert rows[1][rows[0].index("issued on")] == datetime(2022, 3, 31)
    assert files["register.xlsx"] == made[1].make()["register.xlsx"]  # the same, whenever made
    assert rows[1][0] == "A.1"
    assert rows[1][2].startswith("'=HYPERLINK")


def test_each_recommendation_has_a_sheet_with_its_history_and_quotations(files):
    page = files[SHEET].decode()
    assert faults_of(page) == []
    assert [path for path in files if path.startswith("sheets/")] == [SHEET]
    assert re.findall(r'<section id="([^"]+)"', page) == ["A.1", "A.2", "A.3", "A.4"]
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    for told in ("due 2024-01-31", "2023-02-28", "121", "$1,000", "Clocks"):
        assert told in page
    assert re.search(r'href="\.\./\.\./\.\./recommendation_aging\.html"', page)
    assert "Finance &amp; Co" in files[SHEET].decode()


def test_no_sheet_or_letter_has_a_character_that_acts(files):
    texts = [content.decode() for path, content in files.items() if path.endswith(("html", "txt"))]
    assert "HYPERLINK" in "".join(texts)  # the text came by
    assert not set("\x07\r\u202e") & set("".join(texts))


def test_a_corrected_event_stays_in_the_history_and_is_marked(log_of):
    log = log_of(
        ["A.1"],
        [("A.1", "2023-01-31", "status", {"status": "open"}),
         ("A.1", "2023-02-28", "status", {"status": "unresolved", "supersedes": "E000001",
                                          "by": "J. Doe"})],
    )  # fmt: skip
    aged = aging(register(log, as_of="2024-05-31"))
    made = handouts(aged, log, clocks(aged.register), statements.days_past_due(aged)).make()
    page = made["sheets/A.1.html"].decode()  # of no report: a page of its own
    assert "status (corrected since)</td><td>open" in page
    assert "J. Doe" in page


def test_what_a_page_lists_is_there_and_can_be_saved_without_a_run(made, tmp_path):
    _, files = made
    listed = files.listed
    assert set(listed) >= {"register.xlsx", "letters/CBP.txt", "sheets/"}
    bundle = files._repr_mimebundle_()
    assert "A run writes these files" in bundle["text/plain"]
    assert "<a " not in bundle["text/html"]
    assert len(files.save(tmp_path)) == len(files.make())
    assert (tmp_path / "sheets" / "A.html").is_file()


def test_an_empty_register_has_nothing_to_hand_out_but_its_form(log_of):
    log = log_of([], [])
    aged = aging(register(log, as_of="2024-05-31"))
    assert reminders(aged) == {}
    files = handouts(aged, log, clocks(aged.register), statements.days_past_due(aged)).make()
    assert set(files) == {"register.xlsx"}


@pytest.mark.parametrize("name", ["../../x", "a/b", "", "a b", "é", "x" * 300, "-", "..."])
def test_no_name_leads_out_of_its_folder(name):
    made = file_name(name)
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,90}", made)
    assert made != file_name(name + "!")


def test_a_text_too_long_for_a_cell_is_cut_and_says_so(log_of):
    known = {"recommendation_id": "A.1", "text": "x" * (LONGEST + 1)}
    log = log_of([known], [])
    aged = aging(register(log, as_of="2024-05-31"))
    files = handouts(aged, log, clocks(aged.register), statements.days_past_due(aged)).make()
    cell = load_workbook(io.BytesIO(files["register.xlsx"]))["register"]["C2"].value
    assert cell.endswith("… (cut: 32,001 characters)")


def test_the_sheets_of_a_report_stand_as_people_count_and_a_link_leads_to_each(log_of):
    known = [{"recommendation_id": f"R 1.{n}", "report": "R 1"} for n in (10, 2, 1)]
    log = log_of(known, [])
    aged = aging(register(log, as_of="2024-05-31"))
    made = handouts(aged, log, clocks(aged.register), statements.days_past_due(aged)).make()
    path, mark = sheet_path("R 1", "R 1.10").split("#")
    marks = re.findall(r'<section id="([^"]+)"', made[path].decode())
    assert marks[-1] == mark
    assert marks == [sheet_path("R 1", f"R 1.{n}").partition("#")[2] for n in (1, 2, 10)]


def test_a_reminder_says_today_and_no_empty_title(log_of):
    known = {"recommendation_id": "A.1", "report": "A", "title": "", "text": "Do it."}
    log = log_of([known], [("A.1", "2023-01-31", "ecd", {"ecd_to": "2024-05-31"})])
    aged = aging(register(log, as_of="2024-05-31"))
    made = handouts(aged, log, clocks(aged.register), statements.days_past_due(aged)).make()
    (letter,) = (text.decode() for path, text in made.items() if path.startswith("letters"))
    assert "A.1: due 2024-05-31, today\n  Do it." in letter
