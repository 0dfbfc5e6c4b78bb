"""Stored outputs are the same every time."""

import pytest

from coee_nb.publish.store import store


def test_storing_twice_changes_nothing_and_keeps_no_clock(project):
    notebook = project / "notebooks" / "toy.ipynb"
    store(notebook)
    first = notebook.read_bytes()
    store(notebook)
    assert notebook.read_bytes() == first
    assert str(project).encode() not in first
    assert b"iopub" not in first


def test_a_notebook_that_fails_is_left_as_it_was(project):
    notebook = project / "notebooks" / "breaks.ipynb"
    before = notebook.read_bytes()
    with pytest.raises(Exception, match="luck"):
        store(notebook)
    assert notebook.read_bytes() == before
