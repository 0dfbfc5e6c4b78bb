"""Frames and findings of an invented office."""

import json

import pytest

from coee_nb.scorecard.frame import NEEDED, OPTIONAL, read_frame

WHOLE = {
    "id": "m1", "measure": "Inspections on time", "kind": "output", "asked_by": "City charter 4",
    "definition": "Share of inspections within a year", "notebook": "visits",
    "finding": "visits.on_time", "unit": "share", "direction": "at least", "target": "90%",
    "standard": "Council, 2023", "period": "2024",
}  # fmt: skip


@pytest.fixture
def frame_file(tmp_path):
    """Write a frame of one measure a change of the whole one."""

    def written(*changes):
        columns = [*NEEDED, *OPTIONAL]
        rows = [{**WHOLE, "id": f"m{k}", **change} for k, change in enumerate(changes, 1)]
        lines = [",".join(f'"{row[name]}"' for name in columns) for row in rows]
        path = tmp_path / "frame.csv"
        path.write_text("\n".join([",".join(columns), *lines]) + "\n", encoding="utf-8")
        return path

    return written


@pytest.fixture
def frame(frame_file):
    return lambda *changes: read_frame(frame_file(*changes))


@pytest.fixture
def findings_file(tmp_path):
    """Write findings as a run does."""

    def written(*findings, name="findings.json"):
        whole = {
            "notebook": "visits", "id": "visits.on_time", "statement": "45 of 50 were on time.",
            "value": 0.9, "unit": "share", "numerator": 45, "denominator": 50,
            "origin": "own records",
        }  # fmt: skip
        path = tmp_path / name
        path.write_text(json.dumps({"findings": [{**whole, **one} for one in findings]}))
        return path

    return written
