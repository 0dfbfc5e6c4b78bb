"""Small exports as Qualtrics writes them, for tests of the whole path."""

import csv
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from coee_nb.survey.params import SurveyResponses

ABOUT = {
    "ResponseId": "_recordId",
    "Finished": "finished",
    "Progress": "progress",
    "RecordedDate": "recordedDate",
    "Status": "status",
}


def write_export(path: Path, names: list[str], rows: Iterable[Mapping[str, Any]]) -> Path:
    """Write ``rows`` (of the columns ``names`` and, as needed, of ABOUT) under three headers."""
    columns = ABOUT | {name: name for name in names}
    with path.open("w", newline="", encoding="utf-8") as stream:
        out = csv.writer(stream)
        out.writerow(columns)
        out.writerow(columns)
        out.writerow([f'{{"ImportId":"{name}"}}' for name in columns.values()])
        for number, row in enumerate(rows):
            usual = {
                "ResponseId": f"R_{number:04d}",
                "Finished": True,
                "Progress": 100,
                "RecordedDate": f"2026-01-{1 + number % 28:02d} 10:00:00",
                "Status": "IP Address",
            }
            out.writerow([(usual | dict(row)).get(name, "") for name in columns])
    return path


def parameters(
    folder: Path,
    items: list[dict],
    rows: Iterable[Mapping[str, Any]],
    people: Mapping[tuple[str, str], int],
    **given: Any,
) -> dict[str, Any]:
    """Write a survey to ``folder``; return the parameters of its notebook.

    ``people``: those asked by (center, title).
    """
    names = [source for item in items for source in item.get("sources", [item.get("source")])]
    (folder / "codebook.yaml").write_text(json.dumps({"items": items}))
    lines = [f"{center},{title},{count}" for (center, title), count in people.items()]
    (folder / "frame.csv").write_text("\n".join(["center,title,count", *lines, ""]))
    usual = {
        name: field.get_default(call_default_factory=True)
        for name, field in SurveyResponses.model_fields.items()
    }
    return usual | {
        "responses": str(write_export(folder / "responses.csv", names, rows)),
        "codebook": str(folder / "codebook.yaml"),
        "frame": str(folder / "frame.csv"),
        **given,
    }
