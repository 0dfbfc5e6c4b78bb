"""The findings of the stored notebooks lead to the rows they count, those on people to none."""

import json
import re
from pathlib import Path

import pytest

from coee_nb.findings import CONFIDENTIAL
from coee_nb.outputs import FINDINGS_MIME

NOTEBOOKS = sorted((Path(__file__).resolve().parents[2] / "notebooks").glob("*.ipynb"))
# Units whose findings count a row of a file each, but for what files announce and do not hold.
A_ROW_EACH = ("recommendations", "cases", "disputes", "measures")
NOT_ROWS = "recommendations.not_held"


def findings_of(path):
    cells = json.loads(path.read_text("utf-8"))["cells"]
    shown = [output.get("data", {}) for cell in cells for output in cell.get("outputs", [])]
    return [one for data in shown for one in data.get(FINDINGS_MIME, {}).get("findings", [])]


def counted(told):
    """Return how many rows the first file of a finding gives."""
    first = told.partition("; ")[0].rpartition(" of ")[0]
    if first.startswith("no row"):
        return 0
    if every := re.fullmatch(r"every row used \(([\d,]+)\)", first):
        return int(every[1].replace(",", ""))
    numbers = re.fullmatch(r"lines? (.*)", first)
    runs = [part.split("-") for part in numbers[1].split(", ")] if numbers else []
    return sum(int(run[-1]) - int(run[0]) + 1 for run in runs) or len(first.split(", "))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_each_finding_tells_its_rows_or_that_they_are_confidential(path):
    confidential = path.stem == "survey_responses"
    for one in findings_of(path):
        rows = one["source_rows"]
        assert (rows == CONFIDENTIAL) is confidential, one["id"]
        is_rows = one["unit"] in A_ROW_EACH and isinstance(one["value"], int)
        if is_rows and one["id"] != NOT_ROWS:
            assert counted(rows) == one["value"], (one["id"], rows)


@pytest.mark.parametrize(
    ("told", "rows"),
    [
        ("lines 3, 8-10 of a.csv", 4),
        ("line 7 of a.csv", 1),
        ("A-1, A-2 of a.csv; E1 of b.csv", 2),
        ("every row used (1,200) of a.csv", 1200),
        ("no row of a.csv", 0),
    ],
)
def test_rows_are_counted_as_they_are_told(told, rows):
    assert counted(told) == rows
