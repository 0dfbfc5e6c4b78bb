"""Stored outputs are the same every time."""

import json
import platform
from pathlib import Path

import pytest

from coee_nb.publish.store import store

NOTEBOOKS = sorted((Path(__file__).resolve().parents[2] / "notebooks").glob("*.ipynb"))


@pytest.mark.long
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


@pytest.mark.long
def test_what_is_stored_survives_javascript(project):
    """JavaScript knows one kind of number: 0.0 comes back from JupyterLab as 0."""
    notebook = project / "notebooks" / "toy.ipynb"
    store(notebook)
    text = notebook.read_text()
    floats = []
    json.loads(text, parse_float=lambda number: floats.append(float(number)))
    assert not [number for number in floats if number.is_integer()]
    book = json.loads(text)
    assert book["metadata"]["kernelspec"]["display_name"] == "Python 3 (ipykernel)"
    assert book["metadata"]["language_info"]["version"] == platform.python_version()


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_stored_notebook_is_small(notebook):
    assert notebook.stat().st_size < 600_000
