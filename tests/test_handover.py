"""What a notebook leaves for the run beside its cells, and where it may not leave it."""

import json

import pandas as pd
import pytest

from coee_nb import handover
from coee_nb.errors import InputError
from coee_nb.findings import LISTED, Finding, Findings
from coee_nb.outputs import KEPT, TABLE_MIME, Table

LONG = pd.DataFrame({"name": [f"r{i}" for i in range(KEPT + 1)]})


@pytest.fixture
def asked(tmp_path, monkeypatch):
    folder = tmp_path / "toy.handover"
    monkeypatch.setenv(handover.ASKED_BY_RUN, str(folder))
    return folder


def test_a_long_table_keeps_what_it_shows_and_hands_over_all(asked):
    table = Table(LONG, name="long", caption="Long", rows=3)
    record = table._repr_mimebundle_()[TABLE_MIME]
    assert (len(record["rows"]), record["lines"]) == (3, KEPT + 1)
    assert len(handover.kept(asked, "long")["rows"]) == KEPT + 1
    assert "3 of 1,001 lines shown; all are in long.csv of the run." in table.html()


@pytest.mark.parametrize("more", [{"rows": None}, {"rows": 3, "gate": "plan"}])
def test_a_table_shown_whole_or_under_a_plan_keeps_every_line(asked, more):
    record = Table(LONG, name="long", caption="Long", **more).record()
    assert len(record["rows"]) == KEPT + 1
    assert not asked.exists()


def test_findings_of_single_cases_too_many_to_list_are_handed_over(asked):
    many = [Finding(f"a.{n}", "Late.", n, "days") for n in range(LISTED + 1)]
    few = Findings(many[:LISTED], name="late")._repr_mimebundle_()
    shown = Findings(many, name="late", where="See <worklist>.")._repr_mimebundle_()
    record = next(part for mime, part in shown.items() if "findings" in mime)
    assert (record["findings"], record["more"]) == ([], LISTED + 1)
    assert "26 findings" in shown["text/html"]
    assert "&lt;worklist&gt;" in shown["text/html"]
    assert [f["id"] for f in handover.kept(asked, "late")["findings"]] == [f.id for f in many]
    assert "a.24" in few["text/plain"]


def test_without_a_run_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.delenv(handover.ASKED_BY_RUN, raising=False)
    monkeypatch.chdir(tmp_path)
    handover.keep("long", {})
    handover.give("a.txt", b"a")
    assert list(tmp_path.iterdir()) == []
    assert handover.kept(None, "long") is None


def test_a_file_is_given_below_the_runs_folder_only(asked, tmp_path):
    handover.give("letters/one.txt", b"one")
    (tmp_path / "large.csv").write_bytes(b"two")
    handover.give("large.csv", tmp_path / "large.csv")
    assert (asked / "files/large.csv").read_bytes() == b"two"
    assert (asked / "files/letters/one.txt").read_bytes() == b"one"
    assert handover.address("letters/one.txt") == "files/toy/letters/one.txt"
    for path in ("", "/etc/x", "../x", "a/../../x", "a\\b"):
        with pytest.raises(InputError, match="cannot name a file"):
            handover.give(path, b"")


def test_only_what_lies_in_the_folder_is_taken_up(tmp_path):
    (tmp_path / "out.json").write_text(json.dumps({"rows": []}))
    (tmp_path / "in").mkdir()
    assert handover.kept(tmp_path / "in", "../out") is None
