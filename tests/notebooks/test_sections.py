"""Each section of a notebook has a place for an engagement's remarks, and its class names it."""

import json
import re
from pathlib import Path

import pytest

from coee_nb.files import read_file
from coee_nb.publish.plan import schema_of

NOTEBOOKS = sorted((Path(__file__).resolve().parents[2] / "notebooks").glob("*.ipynb"))
PLACE = re.compile(r'\w+\.remark\("(.*)"\)')


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_place_follows_each_heading_and_the_class_names_it(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells]
    headings, places = [], []
    for before, source, cell in zip(["", *sources], sources, cells, strict=False):
        if cell["cell_type"] == "markdown":
            headings += [h for h in re.findall(r"^## (.*)$", source, re.M) if h != "Inputs"]
        elif found := PLACE.fullmatch(source):
            assert cell["metadata"]["tags"] == ["remark"]
            assert f"## {found[1]}" in before
            places.append(found[1])
    assert places == headings
    assert list(schema_of(read_file(path)).SECTIONS) == places
