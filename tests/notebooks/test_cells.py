"""Cells show the results of named functions: they calculate nothing and define nothing."""

import ast
import json
from pathlib import Path

import pytest

NOTEBOOKS = sorted((Path(__file__).resolve().parents[2] / "notebooks").glob("*.ipynb"))
MOST_LINES = 12
PLAIN = (
    ast.Module, ast.Import, ast.ImportFrom, ast.alias, ast.Expr, ast.Assign, ast.Call, ast.keyword,
    ast.Name, ast.Attribute, ast.Load, ast.Store, ast.Tuple, ast.List, ast.Starred, ast.Constant,
)  # fmt: skip


def code(path):
    """Return the code of each cell but the one of the parameters."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [
        "".join(cell["source"])
        for cell in cells
        if cell["cell_type"] == "code" and "parameters" not in cell["metadata"].get("tags", [])
    ]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_cell_calls_names_and_shows(path):
    for source in code(path):
        for node in ast.walk(ast.parse(source)):
            assert isinstance(node, PLAIN), f"{ast.unparse(node)} in {source}"
            if isinstance(node, ast.Constant):
                assert isinstance(node.value, str), f"{node.value} in {source}"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_cell_is_a_few_lines(path):
    assert max(len(source.splitlines()) for source in code(path)) <= MOST_LINES


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_no_string_of_a_cell_is_a_sentence(path):
    for source in code(path):
        words = [
            node.value
            for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
            if not source.partition("(")[0].endswith(".remark")  # names a section by its heading
        ]
        assert [text for text in words if len(text.split()) > 2] == []
