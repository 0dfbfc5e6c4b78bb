"""Findings of other notebooks as a run records them, and the files that are not there yet."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from coee_nb.arguments import near
from coee_nb.checks import Rule, refuse
from coee_nb.errors import InputError
from coee_nb.files import read_file
from coee_nb.findings import InputFile, input_file
from coee_nb.lazily import offered
from coee_nb.origins import combined
from coee_nb.parameters import RUN_PREFIX
from coee_nb.paths import shown
from coee_nb.scorecard.frame import ScoreFrame


@dataclass(frozen=True)
class ScoreSources:
    """Findings by notebook and id, the files they are from, and the references not made here."""

    findings: Mapping[tuple[str, str], Mapping[str, Any]]
    files: tuple[InputFile, ...]
    missing: tuple[str, ...]

    @property
    def notebooks(self) -> set[str]:
        """The notebooks whose findings are here, or will be by a reference."""
        to_come = {one.removeprefix(RUN_PREFIX).partition("/")[0] for one in self.missing}
        return to_come | {notebook for notebook, _ in self.findings}

    def find(self, notebook: str, finding: str) -> Mapping[str, Any] | None:
        """Return a finding of a notebook (blank: of whichever one has it), None without one."""
        if notebook:
            return self.findings.get((notebook, finding))
        found = [one for (_, name), one in self.findings.items() if name == finding]
        return found[0] if len(found) == 1 else None


def read_sources(paths: Sequence[Path]) -> ScoreSources:
    """Read the findings of each file; references to a run that is not made here are missing.

    Raises InputError for a file that is no findings.json, and for a finding of one notebook that
    two files have.
    """
    findings: dict[tuple[str, str], Mapping[str, Any]] = {}
    files, missing = [], []
    for path in paths:
        if str(path).startswith(RUN_PREFIX):
            missing.append(str(path))
            continue
        read = _read(path)
        for one in read:
            key = (str(one["notebook"]), str(one["id"]))
            if key in findings:
                raise InputError(
                    f"the finding {key[1]!r} of {key[0]} is in an earlier file as well",
                    where=shown(path),
                    do="name each notebook's findings once",
                )
            findings[key] = one
        origin = combined(str(one.get("origin") or "") for one in read)
        files.append(replace(input_file(path, rows=len(read)), origin=origin))
    return ScoreSources(findings, tuple(files), tuple(missing))


def _read(path: Path) -> list[dict[str, Any]]:
    content = read_file(path)
    try:
        findings = json.loads(content.text())["findings"]
        whole = all(_is_whole(one) for one in findings)
    except (ValueError, LookupError, TypeError) as error:
        if isinstance(error, InputError):
            raise
        raise _unfit(path, str(error)) from error
    if not findings:
        raise _unfit(path, "its list is empty")
    if not whole:
        raise _unfit(path, "a finding without notebook, id, statement, value or unit")
    return findings


def _is_whole(one: Any) -> bool:
    return isinstance(one, dict) and {"notebook", "id", "statement", "value", "unit"} <= one.keys()


def _unfit(path: Path, why: str) -> InputError:
    return InputError(
        f"holds no findings ({why})",
        where=shown(path),
        expected="the findings.json of a run",
        do="name run:NOTEBOOK/findings.json, or the file of an earlier run",
    )


def refuse_without_source(frame: ScoreFrame, sources: ScoreSources) -> None:
    """Raise InputError for measures of a notebook whose findings none of the sources has.

    Where a measure names no notebook, any source will do.
    """
    table, there = frame.table, sources.notebooks
    without = (table["finding"] != "") & ~table["notebook"].isin(there | ({""} if there else set()))
    told = {name: f"{name or 'any notebook'!r}{near(name, there)}" for name in table["notebook"]}
    named = table.assign(told=table["notebook"].map(told))
    found = "no file of findings is of {told}, whose {finding!r} is asked for"
    refuse([*_SOURCE.faults(named, without, found, file=frame.source.path)])


_SOURCE = Rule(
    "scorecard.source", "Is there a file with the findings of every notebook named?", "no findings",
    expected="the findings of each notebook that the frame names",
    do="add run:NOTEBOOK/findings.json, or the file of an earlier run, to the parameter findings; "
    "correct the notebook's name; or leave the finding blank: the measure is then not measured",
)  # fmt: skip


def origins(found: Iterable[Mapping[str, Any]]) -> str:
    """Return the origin of what rests on findings."""
    return combined(str(one.get("origin") or "") for one in found)


__all__ = ["ScoreSources", "read_sources", "refuse_without_source"]
__dir__ = offered(__all__)
