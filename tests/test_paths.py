"""Where a path leads, and how it is named to readers."""

from pathlib import Path

import pytest

from coee_nb import paths
from coee_nb.errors import ParameterError


@pytest.fixture
def project(tmp_path, monkeypatch):
    root = tmp_path / "audit" / "project"
    for folder in ("notebooks", "params/mine", "data"):
        (root / folder).mkdir(parents=True)
    monkeypatch.chdir(root / "notebooks")
    return root


def test_a_relative_path_is_one_place_from_every_folder(project, monkeypatch):
    for folder in (project, project / "notebooks", project / "params" / "mine"):
        monkeypatch.chdir(folder)
        assert paths.resolve("data/rows.csv") == project / "data" / "rows.csv"
    monkeypatch.chdir("/")
    with paths.working_in(project):
        assert paths.resolve("data/rows.csv") == project / "data" / "rows.csv"
    assert paths.project_root() != project


def test_names_outside_the_project_are_all_different_and_name_no_machine(project, tmp_path):
    given = [
        project / "data" / "events.csv",
        project.parent / "x" / "events.csv",
        project.parent / "y" / "events.csv",
        project.parent / "events.csv",
        Path("/srv/x/events.csv"),
        Path("/opt/x/events.csv"),
    ]
    names = [paths.shown(path) for path in given]
    assert len(set(names)) == len(names)
    assert names[:4] == ["data/events.csv", "../x/events.csv", "../y/events.csv", "../events.csv"]
    assert not any(str(tmp_path) in name or name.startswith("/") for name in names)
    assert not any("srv" in name or "opt" in name for name in names)


def test_where_there_is_no_project_it_is_said(monkeypatch, tmp_path):
    assert paths.enclosing_project(tmp_path) is None
    monkeypatch.setattr(paths, "enclosing_project", lambda _: None)
    with pytest.raises(ParameterError, match=r"no project folder here.*notebooks/ and params/"):
        paths.project_root(tmp_path)


@pytest.mark.parametrize("path", [None, 5, ["a.csv"]])
def test_what_is_no_path_is_refused_in_words(path):
    with pytest.raises(ParameterError, match="names no file"):
        paths.resolve(path)
