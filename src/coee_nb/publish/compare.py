"""What differs between two runs: findings, parameters, inputs, package versions."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coee_nb.publish.manifest import read_record


@dataclass(frozen=True)
class RunDifference:
    """One thing that differs: what it is, its name, and its value in either run (None: absent)."""

    what: str
    name: str
    before: Any
    after: Any


def compare(first: Path, second: Path) -> tuple[RunDifference, ...]:
    """Return the differences from the first run to the second, findings first."""
    findings = [_findings(run) for run in (first, second)]
    records = [read_record(run, "manifest.json") for run in (first, second)]
    differences = _between("finding", *findings)
    differences += _between("parameter", *(_parameters(record) for record in records))
    differences += _between("input", *(_inputs(record) for record in records))
    differences += _between("package", *(record["packages"] for record in records))
    return tuple(differences)


def _between(what: str, before: dict[str, Any], after: dict[str, Any]) -> list[RunDifference]:
    names = [*before, *(name for name in after if name not in before)]
    return [
        RunDifference(what, name, before.get(name), after.get(name))
        for name in names
        if before.get(name) != after.get(name)
    ]


def _findings(run: Path) -> dict[str, Any]:
    found = read_record(run, "findings.json")["findings"]
    return {finding["id"]: finding["statement"] for finding in found}


def _parameters(record: dict[str, Any]) -> dict[str, Any]:
    return {
        f"{entry['name']}.{name}": value
        for entry in record["notebooks"]
        for name, value in entry["parameters"]["values"].items()
    }


def _inputs(record: dict[str, Any]) -> dict[str, Any]:
    return {i["path"]: i["sha256"] for entry in record["notebooks"] for i in entry["inputs"]}
