import re
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from click import UsageError
from click.testing import CliRunner

from coee_nb.errors import InputError
from coee_nb.recommendations import log
from coee_nb.recommendations.commands import _example_log, recommendations
from coee_nb.recommendations.register import register

PAGE = Path(__file__).parent / "files" / "gao_page.txt"
LIST = Path(__file__).parent / "files" / "list.csv"


@pytest.fixture
def run(tmp_path):
    """Run a command on the test's log and return its output."""

    def call(*arguments: str) -> str:
        folder = ["--log", str(tmp_path / "log")]
        result = CliRunner().invoke(
            recommendations, [*arguments, *folder], catch_exceptions=False, standalone_mode=False
        )
        if result.exception:
            raise result.exception
        return result.output

    return call


def test_an_import_tells_what_changed_and_what_is_shown_of_the_total(run, tmp_path):
    output = run("import", str(PAGE), "--as-of", "2024-04-30")
    assert "shows 3 of 4 recommendations; 3 read, 0 excluded" in output
    assert output.count("added  ") == 3
    assert len(log.read(tmp_path / "log").recommendations) == 3
    assert "nothing changed" in run("import", str(PAGE), "--as-of", "2024-04-30")


def test_a_dry_run_shows_the_same_and_writes_nothing(run, tmp_path):
    output = run("import", str(PAGE), "--as-of", "2024-04-30", "--dry-run")
    assert output.count("added  ") == 3
    assert "Dry run: the log is as it was." in output
    assert not (tmp_path / "log").exists()


def test_a_list_is_mapped_and_its_set_aside_rows_are_shown(run):
    fields = {"issuer": "Auditor", "number": "No", "text": "What to do", "status": "State"}
    mapping = [f"--map={field}={column}" for field, column in fields.items()]
    output = run(
        "import", str(LIST), "--as-of", "2024-04-30", "--map", "report=Report no", *mapping
    )
    assert "added                CA-1.1: open" in output
    assert "excluded             list.csv, line 6: 8 cells, the header has 11" in output


def test_the_next_list_of_the_same_columns_needs_no_telling(run, tmp_path):
    head, rows = "Nr,What,State,By\n", "1,Do A,Open,05/06/2024\n2,Do B,Green,TBD\n"
    (tmp_path / "q1.csv").write_text(head + rows)
    fields = ("number=Nr", "text=What", "status=State", "ecd=By", "issuer==City")
    mapping = [part for field in fields for part in ("--map", field)]
    first = run(
        "import", str(tmp_path / "q1.csv"), "--as-of", "2024-01-31", *mapping,
        "--date-order", "day-first",
    )  # fmt: skip
    assert "How q1.csv is written is kept in" in first
    assert first.endswith("word,status\nGreen,open\n")
    (tmp_path / "q2.csv").write_text("City list,,,\n" + head + rows.replace("05/06", "06/07"))
    second = run("import", str(tmp_path / "q2.csv"), "--as-of", "2024-04-30")
    assert second.startswith("Read as q1.csv was (sources.yaml beside the log).")
    assert "changed ECD" in second
    assert "ECD 2024-06-05 -> ECD 2024-07-06" in second


def test_a_word_for_a_status_is_named_until_a_file_says_what_it_means(run, tmp_path):
    path, words = tmp_path / "list.csv", tmp_path / "words.csv"
    path.write_text("issuer,number,text,status\nCity,1,Do A,Closed\nCity,2,Do B,Green\n")
    told = run("import", str(path), "--as-of", "2024-01-31")
    asked = told[told.index("word,status") :]
    assert "Closed,\n" in asked  # whether implemented is not ours to say
    words.write_text(asked.replace("Closed,", "Closed,closed - implemented"))
    again = run("import", str(path), "--as-of", "2024-01-31", "--statuses", str(words))
    assert "closed - implemented" in again
    assert "word,status" not in again


def test_nothing_read_is_an_exit_code_and_begins_no_log(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("issuer,number,text,status\nCity,1,,Open\nCity,2,,Open\n")
    arguments = ["import", str(path), "--as-of", "2024-01-31", "--log", str(tmp_path / "log")]
    result = CliRunner().invoke(recommendations, arguments)
    assert result.exit_code == 1
    assert "no log was begun" in result.output
    assert not (tmp_path / "log").exists()


@pytest.mark.parametrize("pair", ["status", "status="])
def test_a_mapping_without_a_column_is_refused(pair, run):
    with pytest.raises(InputError, match="names no column"):
        run("import", str(LIST), "--as-of", "2024-04-30", "--map", pair)


def test_confirm_and_correct_name_the_new_event(run, tmp_path):
    run("import", str(PAGE), "--as-of", "2024-04-30")
    first, second = log.read(tmp_path / "log").events.query("kind == 'ecd'")["event_id"]
    output = run("confirm", first, "--on", "2024-05-01")
    assert output.endswith(f"confirms {first}.\n")
    given = ("--ecd", "2024-05-31", "--precision", "month", "--on", "2024-05-01")
    assert f"corrects {second}, from " in run("correct", second, *given)
    newest = log.read(tmp_path / "log").events.iloc[-1]
    assert f"{newest['ecd_to']:%Y-%m-%d}" == "2024-05-31"
    assert "corrects" in run("correct", newest["event_id"], "--ecd", "none", "--on", "2024-05-02")


@pytest.mark.parametrize("arguments", [("--as-of", "April"), ()])
def test_the_as_of_date_is_needed_and_is_a_day(arguments):
    result = CliRunner().invoke(recommendations, ["import", str(PAGE), *arguments])
    assert result.exit_code == 2
    assert "as-of" in result.output


def test_a_day_to_come_is_refused_before_anything_is_written(run, tmp_path):
    with pytest.raises(InputError, match="9999-12-31 lies in the future"):
        run("import", str(PAGE), "--as-of", "9999-12-31")
    assert not (tmp_path / "log").exists()


def test_a_new_log_and_the_next_step_are_told(run):
    output = run("import", str(PAGE), "--as-of", "2024-04-30")
    assert "A new log was begun in" in output
    assert "confirm or correct EVENT_ID" in output
    assert "new log" not in run("import", str(PAGE), "--as-of", "2024-04-30")


def test_the_default_log_is_the_projects_wherever_one_stands(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert _example_log().is_absolute()
    assert tmp_path not in _example_log().parents


def test_a_wrong_closure_can_be_taken_back(run, tmp_path):
    page = tmp_path / "page.txt"
    page.write_text(PAGE.read_text("utf-8").replace("wicks.\nOpen", "wicks.\nClosed - Implemented"))
    run("import", str(page), "--as-of", "2024-04-30")
    held = log.read(tmp_path / "log").events
    wrong = held.loc[held["status"] == "closed - implemented", "event_id"].iat[0]
    output = run("correct", wrong, "--status", "open", "--on", "2024-05-01")
    assert f"corrects {wrong}, from " in output
    newest = log.read(tmp_path / "log").events.iloc[-1]
    assert (newest["status"], newest["supersedes"]) == ("open", wrong)
    # The same page again says nothing new.
    assert "nothing changed" in run("import", str(page), "--as-of", "2024-05-02")


def test_either_a_date_or_a_status_is_corrected(run):
    for options in ((), ("--ecd", "none", "--status", "open")):
        with pytest.raises(UsageError, match="either --ecd or --status"):
            run("correct", "E000001", *options)


def test_a_page_with_several_responses_is_told_by_its_newest(run, tmp_path):
    """The page prints them newest first: what the import prints is what the log holds last."""
    page = PAGE.with_name("california_newest_first.txt")
    output = run("import", str(page), "--as-of", "2025-11-30")
    assert "2021-500.3: open; ECD 2025-12-31" in output
    held = log.read(tmp_path / "log")
    table = register(held, as_of="2025-11-30").table.set_index("recommendation_id")
    assert f"{table.loc['2021-500.3', 'ecd_to']:%Y-%m-%d}" == "2025-12-31"


def test_what_a_complete_list_no_longer_shows_is_gone(run, tmp_path):
    path = tmp_path / "list.csv"
    head = "issuer,number,text,status\n"
    path.write_text(head + "City,1,Do one,open\nCity,2,Do two,open\n")
    run("import", str(path), "--as-of", "2024-04-30", "--complete")
    path.write_text(head + "City,1,Do one,open\n")
    assert "vanished" not in run("import", str(path), "--as-of", "2024-05-31", "--dry-run")
    assert "not in the complete list" in run(
        "import", str(path), "--as-of", "2024-05-31", "--complete"
    )


def test_two_columns_for_one_field_are_refused_by_both_names(run):
    mapped = ("--map", "ecd=Due", "--map", "ecd=Revised")
    with pytest.raises(InputError, match="ecd two columns: 'Due' and 'Revised'"):
        run("import", str(LIST), "--as-of", "2024-04-30", *mapped)


def test_a_file_of_which_nothing_is_read_begins_no_log_and_fails(run, tmp_path):
    page = PAGE.read_text("utf-8")
    path, folder = tmp_path / "page.txt", tmp_path / "log"
    path.write_text(re.sub(r"\nOpen\n", "\n", page), encoding="utf-8")
    asked = ["import", str(path), "--as-of", "2024-04-30", "--log", str(folder)]
    result = CliRunner().invoke(recommendations, asked)
    assert result.exit_code == 1
    assert "Nothing of page.txt was read: no log was begun." in result.output
    assert not folder.exists()
    run("import", str(PAGE), "--as-of", "2024-03-31")
    assert CliRunner().invoke(recommendations, asked).exit_code == 1
    assert log.read(folder).sources["read"].tolist() == [3, 0]


def test_a_list_s_own_words_are_given_in_a_file(run, tmp_path):
    path, words = tmp_path / "list.csv", tmp_path / "words.csv"
    path.write_text("issuer,number,text,status\nCity,1,Do one,Green\n")
    words.write_text("word,status\nGreen,closed - implemented\n")
    asked = ("import", str(path), "--as-of", "2024-04-30", "--statuses", str(words))
    assert "1 read" in run(*asked)


def test_a_due_cell_that_comes_to_say_no_date_ends_the_old_one(run, tmp_path):
    path, head = (
        tmp_path / "list.csv",
        "issuer,number,text,status,ecd\nCity,1,One,open,2025-01-31\n",
    )
    path.write_text(head + "City,2,Two,open,2024-12-31\n")
    run("import", str(path), "--as-of", "2024-04-30")
    path.write_text(head + "City,2,Two,open,TBD\n")
    assert "changed ECD" in run("import", str(path), "--as-of", "2024-05-31")


def test_a_review_goes_out_and_comes_back(run, tmp_path):
    run("import", str(PAGE), "--as-of", "2024-04-30")
    sheet = tmp_path / "sheet.csv"
    output = run("review", "--out", str(sheet))
    assert "events to review are in" in output
    lines = sheet.read_text().splitlines()
    verdict = lines[0].split(",").index("verdict")
    assert verdict > 0
    rows = pd.read_csv(sheet, dtype=str, keep_default_na=False).query("kind != 'unread'")
    rows.assign(verdict="confirm").to_csv(sheet, index=False)
    output = run("review", "--in", str(sheet), "--by", "J. Doe", "--on", "2024-05-01")
    assert output.startswith(f"{len(rows)} events reviewed")
    reviewed = log.read(tmp_path / "log").events.query("review == 'reviewed'")
    assert set(reviewed["by"]) == {"J. Doe"}
    for wrong in ((), ("--in", str(sheet), "--out", str(sheet))):
        with pytest.raises(UsageError, match="either --out or --in"):
            run("review", *wrong)


def test_a_letter_is_recorded_and_two_of_a_kind_are_merged(run, tmp_path):
    run("import", str(PAGE), "--as-of", "2024-04-30")
    first, second = log.read(tmp_path / "log").recommendations["recommendation_id"][:2]
    said = ("--status", "closed - implemented", "--office", "Finance", "--by", "J. Doe")
    output = run("record", first, "--effective", "2024-05-01", "--on", "2024-05-02", *said)
    assert output.endswith(f"recorded of {first}.\n")
    output = run("merge", second, "--into", first, "--by", "J. Doe", "--on", "2024-05-03")
    assert output.endswith(f"merges {second} into {first}.\n")
    output = run("merge", second, "--undo", "--by", "J. Doe", "--on", "2024-05-04")
    assert output.endswith(f"parts {second} again.\n")
    with pytest.raises(UsageError, match="either --into or --undo"):
        run("merge", second, "--by", "J. Doe")


@pytest.mark.parametrize(
    ("first", "now", "kind"),
    [
        ("2024-03-31", "TBD", "withdrawn"),
        ("2024-03-31", "not yet determined", "withdrawn"),
        ("2024-03-31", "pending funding", "no_ecd"),
        ("2024-03-31", "", "ecd"),
        ("", "TBD", "no_ecd"),
    ],
)
def test_a_date_that_its_list_no_longer_gives_was_given_up(run, tmp_path, first, now, kind):
    path = tmp_path / "list.csv"
    head = "issuer,number,text,status,original_ecd,revised_ecd"
    path.write_text(f"{head}\nCity,1,Do A,Open,{first},{now}\n")
    run("import", str(path), "--as-of", "2024-06-30")
    table = register(log.read(tmp_path / "log"), as_of=date(2024, 7, 31)).table
    assert table["ecd_statement"].tolist() == [kind]
