"""What differs between two runs: all that a manifest and its findings hold, in sentences."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coee_nb.errors import InputError
from coee_nb.publish.manifest import read_record, unreadable

NOT_RUN = "not run"


@dataclass(frozen=True)
class RunDifference:
    """One thing that differs: what it is, its name, and its value in either run (None: absent)."""

    what: str
    name: str
    before: Any
    after: Any

    @property
    def text(self) -> str:
        """The difference as a sentence."""
        if self.before is None:
            return f"{self.what} {self.name} is new: {self.after}"
        if self.after is None:
            return f"{self.what} {self.name} is gone; it was: {self.before}"
        return f"{self.what} {self.name} changed from {self.before} to {self.after}"


@dataclass(frozen=True)
class Held:
    """What is compared of a run: its manifest and its findings."""

    record: Mapping[str, Any]
    findings: list[dict[str, Any]]

    @classmethod
    def of(cls, run: Path) -> "Held":
        """Read what a published run holds; InputError where it cannot be read."""
        record = read_record(run, "manifest.json")
        return cls(record, read_record(run, "findings.json")["findings"])

    def without(self, notebooks: Collection[str]) -> "Held":
        """Leave some notebooks out."""
        entries = [one for one in self.record["notebooks"] if one["name"] not in notebooks]
        findings = [one for one in self.findings if one["notebook"] not in notebooks]
        return Held({**self.record, "notebooks": entries}, findings)

    @property
    def done(self) -> set[str]:
        """The notebooks that are done."""
        return {one["name"] for one in self.record["notebooks"] if one["status"] == "done"}


def compare(first: Path, second: Path) -> tuple[RunDifference, ...]:
    """Return the differences from the first run to the second, findings first.

    Raises InputError where a record cannot be read.
    """
    held = []
    for run in (first, second):
        try:
            held.append(Held.of(run))
        except LookupError as error:
            raise unreadable(run, "findings.json", f"no {error}") from error
    try:
        return differences(*held)
    except (LookupError, TypeError, AttributeError) as error:
        raise InputError(
            f"these records cannot be compared ({type(error).__name__}: {error})",
            where=f"{first.name}, {second.name}",
            do="`coee verify` tells which of them is not what was published",
        ) from error


def differences(before: Held, after: Held) -> tuple[RunDifference, ...]:
    """Return what differs between two runs, findings first; of two engagements, that before all.

    A notebook that only one of them ran differs in its state; what it says is not compared.
    """
    first, second = _states(before), _states(after)
    alone = tuple(
        RunDifference("state", name, first.get(name, NOT_RUN), second.get(name, NOT_RUN))
        for name in sorted(first.keys() ^ second.keys())
    )
    return _of(_KINDS, *in_both(before, after)) + alone


def numbers_and_words(before: Held, after: Held) -> tuple[RunDifference, ...]:
    """Return how the findings of two runs differ."""
    return _of(("finding", "number of finding"), before, after)


def in_both(before: Held, after: Held) -> tuple[Held, Held]:
    """Return two runs without the notebooks that only one of them ran."""
    first, second = ({name for name, _ in _entries(held)} for held in (before, after))
    return before.without(first - second), after.without(second - first)


def _of(kinds: Iterable[str], before: Held, after: Held) -> tuple[RunDifference, ...]:
    read = {what: _KINDS[what] for what in kinds}
    return tuple(one for what, of in read.items() for one in _between(what, of(before), of(after)))


def _between(what: str, before: dict[str, Any], after: dict[str, Any]) -> list[RunDifference]:
    names = [*before, *(name for name in after if name not in before)]
    return [
        RunDifference(what, name, before.get(name), after.get(name))
        for name in names
        if before.get(name) != after.get(name)
    ]


def _said(held: Held) -> dict[str, Any]:
    return {one["id"]: one["statement"] for one in held.findings}


def _counted(held: Held) -> dict[str, Any]:
    """Return value, share and origin of each finding: they may change under the same words."""
    kept = ("value", "unit", "numerator", "denominator", "origin", "evidence", "source_rows")
    return {
        f"{one['id']} ({name})": one.get(name)
        for one in held.findings
        for name in kept
        if one.get(name) is not None
    }


def _entries(held: Held) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield from ((entry["name"], entry) for entry in held.record["notebooks"])


def _states(held: Held) -> dict[str, Any]:
    def state(entry: Mapping[str, Any]) -> str:
        return entry["status"] + (f" ({entry['error']})" if entry.get("error") else "")

    return {"of the run": held.record["status"]} | {n: state(one) for n, one in _entries(held)}


def _parameters(held: Held) -> dict[str, Any]:
    return {
        f"{name}.{parameter}": value
        for name, entry in _entries(held)
        for parameter, value in entry["parameters"]["values"].items()
    }


def _inputs(held: Held) -> dict[str, Any]:
    return {one["path"]: one["sha256"] for _, entry in _entries(held) for one in entry["inputs"]}


def _accounts(held: Held) -> dict[str, Any]:
    """Return how many rows of each input were read, used and excluded, by reason."""
    kept = ("rows", "used", "excluded")
    return {
        f"{one['path']} in {name}": {key: one.get(key) for key in kept}
        for name, entry in _entries(held)
        for one in entry["inputs"]
    }


def _notebooks(held: Held) -> dict[str, Any]:
    return {one["notebook"]["path"]: one["notebook"]["sha256"] for _, one in _entries(held)}


def _files(held: Held) -> dict[str, Any]:
    """Return the tables and hand-outs, by hash; a page differs with every run."""
    return {
        output["path"]: output["sha256"]
        for _, entry in _entries(held)
        for output in entry["outputs"]
        if "/" in output["path"] and not output["path"].endswith(".parquet")
    }


def _surroundings(held: Held) -> dict[str, Any]:
    record = held.record
    code = record.get("code") or {}
    told = {
        "commit": code.get("commit"),
        "uncommitted changes": code.get("uncommitted_changes"),
        "the workbench's own code": record.get("package_sha256"),
        "Python": record.get("python"),
        "platform": record.get("platform"),
    }
    return {name: value for name, value in told.items() if value is not None}


_KINDS: dict[str, Callable[[Held], dict[str, Any]]] = {
    "engagement": lambda held: {"of the run": held.record["engagement"]},
    "finding": _said,
    "number of finding": _counted,
    "state": _states,
    "parameter": _parameters,
    "account of rows": _accounts,
    "input": _inputs,
    "file": _files,
    "notebook": _notebooks,
    "surroundings:": _surroundings,
    "package": lambda held: dict(held.record.get("packages") or {}),
}
