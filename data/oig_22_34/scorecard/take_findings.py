"""The findings that the scorecard's frame names, as the example's stored notebooks have them.

They fill in the scorecard where its notebook runs by itself; a run takes its own. Store the other
notebooks first.

    python take_findings.py --out FOLDER
"""

import argparse
import csv
import json
from pathlib import Path

from coee_nb.files import writing
from coee_nb.paths import project_root
from coee_nb.publish.extract import extract, read_notebook

HERE = Path(__file__).parent
KEPT = ("id", "statement", "value", "unit", "numerator", "denominator", "origin")


def make(out: Path) -> None:
    """Write ``findings_stored.json``."""
    with (HERE / "frame.csv").open(encoding="utf-8", newline="") as file:
        named = {(row["notebook"], row["finding"]) for row in csv.DictReader(file)}
    findings = []
    for notebook in sorted({notebook for notebook, _ in named if notebook}):
        held = extract(read_notebook(project_root() / "notebooks" / f"{notebook}.ipynb"))
        findings += [
            {name: one[name] for name in KEPT} | {"notebook": notebook}
            for one in held.findings
            if (notebook, one["id"]) in named
        ]
    text = json.dumps({"engagement": "oig_22_34", "findings": findings}, indent=1,
                      ensure_ascii=False)  # fmt: skip
    with writing(out / "findings_stored.json") as target:
        target.write(f"{text}\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Write the findings that the frame names.")
    parser.add_argument("--out", type=Path, default=HERE)
    make(parser.parse_args().out)
