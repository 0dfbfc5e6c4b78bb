"""Findings are read as a run records them; what is not there is told."""

import re
from contextlib import nullcontext
from pathlib import Path

import pytest

from coee_nb.errors import InputError
from coee_nb.scorecard.sources import read_sources, refuse_without_source


def test_findings_are_found_by_notebook_and_id(findings_file):
    path = findings_file({}, {"notebook": "boards", "id": "boards.met"}, {"id": "both"},
                         {"notebook": "boards", "id": "both"})  # fmt: skip
    sources = read_sources([path])
    assert sources.find("visits", "visits.on_time")["numerator"] == 45
    assert sources.find("", "boards.met")["notebook"] == "boards"
    assert sources.find("", "both") is None  # which of the two is not said
    assert sources.find("boards", "visits.on_time") is None


def test_a_reference_that_no_run_has_made_is_missing(findings_file):
    sources = read_sources([Path("run:visits/findings.json"), findings_file({})])
    assert sources.missing == ("run:visits/findings.json",)
    assert len(sources.files) == 1


def test_a_file_is_generated_where_a_finding_is(findings_file):
    [file] = read_sources([findings_file({"origin": "generated"}, {"id": "x"})]).files
    assert (file.origin, file.rows, file.used) == ("generated", 2, 2)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"findings": []}',
        '{"findings": [1]}',
        '{"findings": [{"id": "a"}]}',
        "no json",
    ],
)
def test_a_file_that_holds_no_findings_is_refused(tmp_path, text):
    path = tmp_path / "findings.json"
    path.write_text(text)
    with pytest.raises(InputError, match="holds no findings"):
        read_sources([path])


def test_a_finding_in_two_files_is_refused(findings_file):
    with pytest.raises(InputError, match=re.escape("'visits.on_time' of visits")):
        read_sources([findings_file({}), findings_file({}, name="again.json")])


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"notebook": "visit"}, "row 2: no file of findings is of 'visit' (nearest: 'visits')"),
        ({"notebook": "boards"}, "row 2: no file of findings is of 'boards', whose"),
        ({"notebook": "visits"}, ""),
        ({"notebook": "meetings"}, ""),  # to be made by the run
        ({"notebook": ""}, ""),
        ({"notebook": "boards", "finding": "", "target": ""}, ""),
    ],
)
def test_a_notebook_without_a_file_of_findings_is_refused(frame, findings_file, change, told):
    sources = read_sources([findings_file({}), Path("run:meetings/findings.json")])
    with pytest.raises(InputError, match=re.escape(told)) if told else nullcontext():
        refuse_without_source(frame(change), sources)


def test_findings_asked_for_where_no_file_is_named_are_refused(frame):
    with pytest.raises(InputError, match="is of 'any notebook', whose"):
        refuse_without_source(frame({"notebook": ""}), read_sources([]))
