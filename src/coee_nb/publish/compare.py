"""What differs between two runs: findings in numbers and in words, and all that manifests hold."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from coee_nb import formats as fmt
from coee_nb.errors import InputError
from coee_nb.publish.key import in_short
from coee_nb.publish.manifest import read_record, unreadable
from coee_nb.publish.page import plainly, share_of, value_of

NOT_RUN = "not run"
_HASH = re.compile(r"[0-9a-f]{64}")
_NUMBER = ("value", "unit", "numerator", "denominator")
_BESIDE = ("statement", "origin", "evidence", "source_rows")


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
            return f"{self.what} {self.name} is new: {told(self.after)}"
        if self.after is None:
            return f"{self.what} {self.name} is gone; it was: {told(self.before)}"
        return f"{self.what} {self.name} changed from {told(self.before)} to {told(self.after)}"


def told(value: Any) -> str:
    """Return what differs as a cell's text; of a hash its beginning.

    >>> told("ab" * 32), told(None), told({"rows": 3})
    ('abababababab…', 'not there', 'rows: 3')
    """
    if value is None:
        return "not there"
    text = plainly(value)
    return f"{text[:12]}…" if _HASH.fullmatch(text) else text


@dataclass(frozen=True)
class Held:
    """What is compared of a run: its manifest and its findings."""

    record: Mapping[str, Any]
    findings: list[dict[str, Any]]

    @classmethod
    def of(cls, run: Path, record: Mapping[str, Any] | None = None) -> "Held":
        """Read what a published run holds; InputError where it cannot be read.

        ``record`` is its manifest, where that has been read.
        """
        record = record or read_record(run, "manifest.json")
        return cls(record, read_record(run, "findings.json")["findings"])

    def without(self, notebooks: Collection[str]) -> "Held":
        """Leave some notebooks out."""
        entries = [one for one in self.record["notebooks"] if one["name"] not in notebooks]
        findings = [one for one in self.findings if one["notebook"] not in notebooks]
        return Held({**self.record, "notebooks": entries}, findings)

    def only(self, notebooks: Collection[str]) -> "Held":
        """Leave all but some notebooks out."""
        return self.without({name for name, _ in _entries(self)} - set(notebooks))

    @classmethod
    def joined(cls, parts: Sequence["Held"]) -> "Held":
        """Return as one what runs of different notebooks hold; all else is the first's."""
        entries = [one for part in parts for one in part.record["notebooks"]]
        runs = [run for part in parts for run in part.runs]
        findings = [one for part in parts for one in part.findings]
        return cls({**parts[0].record, "notebooks": entries, "runs": runs}, findings)

    @property
    def runs(self) -> list[str]:
        """The ids of the runs that this is of, the newest first."""
        return self.record.get("runs") or [self.record["run_id"]]

    @property
    def done(self) -> set[str]:
        """The notebooks that are done."""
        return {one["name"] for one in self.record["notebooks"] if one["status"] == "done"}


@dataclass(frozen=True)
class Changed:
    """A finding that two runs do not have alike; None for the run that has none of its id."""

    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    as_of: str = ""  # the day that stands above, which the sentence need not say again

    @property
    def finding(self) -> Mapping[str, Any]:
        """The finding as it is now, or as it was before it went."""
        found = self.after or self.before
        assert found is not None
        return found

    @property
    def said(self) -> str:
        """The first sentence of the finding."""
        return in_short(self.finding["statement"], as_of=self.as_of if self.after else "")

    @property
    def in_number(self) -> bool:
        """Whether the number changed, not the sentence alone."""
        return self.before is None or self.after is None or self.differs_in(_NUMBER)

    def differs_in(self, parts: Collection[str]) -> bool:
        """Whether any of these parts of the finding are not alike."""
        before, after = self.before or {}, self.after or {}
        return any(before.get(name) != after.get(name) for name in parts)

    @property
    def was(self) -> str:
        """The number of the run before."""
        return number_told(self.before)

    @property
    def now(self) -> str:
        """The number of the later run."""
        return number_told(self.after)

    @property
    def text(self) -> str:
        """The change as a line: the finding, its number before and now, or its words alone."""
        if not self.in_number:
            return f"{self.said} (the same number, {self.now}, in other words)"
        return f"{self.said} Before: {self.was}; now: {self.now}. [{self.finding['id']}]"

    @property
    def words(self) -> tuple[str, str]:
        """The sentence before and now, with where it comes from where that alone changed."""
        found = [one for one in (self.before, self.after) if one]
        said = [one["statement"] for one in found]
        if said[0] == said[-1]:
            parts = [name for name in _BESIDE[1:] if self.differs_in([name])]
            said = [
                f"{one['statement']} ({', '.join(str(one.get(name) or '–') for name in parts)})"
                for one in found
            ]
        return said[0], said[-1]


def number_told(finding: Mapping[str, Any] | None) -> str:
    """Return a finding's value with its unit and share; that it is not there.

    >>> number_told({"value": 0.4, "unit": "share", "numerator": 6, "denominator": 15})
    '40.0% (6 of 15)'
    >>> number_told({"value": 6, "unit": "cases", "numerator": 6, "denominator": 15})
    '6 of 15 cases'
    >>> number_told(None)
    'not there'
    """
    if finding is None:
        return "not there"
    share = share_of(finding)
    if share != "–" and finding["value"] == finding["numerator"]:
        unit = finding["unit"]
        return f"{share} {fmt.singular(unit) if finding['denominator'] == 1 else unit}"
    return value_of(finding) if share == "–" else f"{value_of(finding)} ({share})"


def changed_findings(
    before: Iterable[Mapping[str, Any]], after: Iterable[Mapping[str, Any]], *, as_of: str = ""
) -> list[Changed]:
    """Return the findings that are not alike, in the order of ``after``, then those that went."""
    old, new = ({one["id"]: one for one in findings} for findings in (before, after))
    compared = (Changed(old.get(name), new.get(name), as_of) for name in {**new, **old})
    return [one for one in compared if one.in_number or one.differs_in(_BESIDE)]


@dataclass(frozen=True)
class TwoRuns:
    """Two runs side by side; ``before`` may be the runs before of several notebooks, as one.

    Its ``number`` is the one that is told of two runs, wherever it is told.
    """

    before: Held
    after: Held

    @classmethod
    def of(cls, first: Path, second: Path) -> "TwoRuns":
        """Read two published runs; InputError where they cannot be compared."""
        held = []
        for run in (first, second):
            try:
                held.append(Held.of(run))
            except LookupError as error:
                raise unreadable(run, "findings.json", f"no {error}") from error
        found = cls(*held)
        try:
            _ = found.changed, found.rest
        except (LookupError, TypeError, AttributeError) as error:
            raise InputError(
                f"these records cannot be compared ({type(error).__name__}: {error})",
                where=f"{first.name}, {second.name}",
                do="`coee verify` tells which of them is not what was published",
            ) from error
        return found

    @cached_property
    def changed(self) -> dict[str, list[Changed]]:
        """The findings that are not alike, by the notebooks that both runs have done."""
        return {name: self._of(name) for name in self.days}

    def _of(self, name: str) -> list[Changed]:
        held = (self.before, self.after)
        mine = [[one for one in run.findings if one["notebook"] == name] for run in held]
        return changed_findings(*mine, as_of=self.days[name])

    @cached_property
    def days(self) -> dict[str, str]:
        """The as-of day of each notebook that both runs have done; blank where it has none."""
        both = self.before.done & self.after.done
        entries = {entry["name"]: entry for entry in self.after.record["notebooks"]}
        return {name: _as_of(entry) for name, entry in entries.items() if name in both}

    @property
    def numbers(self) -> dict[str, list[Changed]]:
        """The changed numbers, by notebook."""
        found = {name: [one for one in own if one.in_number] for name, own in self.changed.items()}
        return {name: own for name, own in found.items() if own}

    @property
    def number(self) -> int:
        """How many numbers changed."""
        return sum(map(len, self.numbers.values()))

    @property
    def reworded(self) -> list[Changed]:
        """The findings of the same number in other words, of other origin or evidence."""
        return [one for found in self.changed.values() for one in found if not one.in_number]

    @cached_property
    def rest(self) -> tuple[RunDifference, ...]:
        """All that differs beside the findings."""
        return differences(self.before, self.after)

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return not (self.number or self.reworded or self.rest)

    def to_record(self) -> dict[str, Any]:
        """Return all that differs as plain data: findings, with whether a number changed; the rest.

        ``numbers`` and ``reworded`` count the findings.
        """
        findings = [
            {"notebook": name, "id": one.finding["id"], "number_changed": one.in_number}
            | {"before": one.before, "after": one.after}
            for name, own in self.changed.items()
            for one in own
        ]
        runs = {"before": self.before.runs, "after": self.after.runs[0]}
        counts = {"numbers": self.number, "reworded": len(self.reworded)}
        return runs | counts | {"findings": findings, "rest": [asdict(one) for one in self.rest]}

    @property
    def summary(self) -> dict[str, Any]:
        """What a run's manifest keeps of what changed since the runs before."""
        found = {"numbers": self.number, "reworded": len(self.reworded)}
        return found | {"since": self.before.runs}


def _as_of(entry: Mapping[str, Any]) -> str:
    return str(entry["parameters"]["values"].get("as_of") or "")


def numbers_changed(number: int) -> str:
    """Return how many numbers changed, in words.

    >>> numbers_changed(0), numbers_changed(1)
    ('no number changed', '1 number changed')
    """
    return f"{number or 'no'} number{'s' if number > 1 else ''} changed"


def differences(before: Held, after: Held) -> tuple[RunDifference, ...]:
    """Return what differs between two runs beside their findings; of two engagements, that first.

    A notebook that only one of them ran differs in its state; what went into it is not compared.
    """
    first, second = _states(before), _states(after)
    alone = tuple(
        RunDifference("state", name, first.get(name, NOT_RUN), second.get(name, NOT_RUN))
        for name in sorted(first.keys() ^ second.keys())
    )
    old, new = in_both(before, after)
    return tuple(one for what, of in _KINDS.items() for one in _between(what, of(old), of(new))) + (
        alone
    )


def in_both(before: Held, after: Held) -> tuple[Held, Held]:
    """Return two runs without the notebooks that only one of them ran."""
    first, second = ({name for name, _ in _entries(held)} for held in (before, after))
    return before.without(first - second), after.without(second - first)


def _between(what: str, before: dict[str, Any], after: dict[str, Any]) -> list[RunDifference]:
    names = [*before, *(name for name in after if name not in before)]
    return [
        RunDifference(what, name, before.get(name), after.get(name))
        for name in names
        if before.get(name) != after.get(name)
    ]


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
    found = {
        "commit": code.get("commit"),
        "uncommitted changes": code.get("uncommitted_changes"),
        "the workbench's own code": record.get("package_sha256"),
        "Python": record.get("python"),
        "platform": record.get("platform"),
    }
    return {name: value for name, value in found.items() if value is not None}


_KINDS: dict[str, Callable[[Held], dict[str, Any]]] = {
    "engagement": lambda held: {"of the run": held.record["engagement"]},
    "state": _states,
    "parameter": _parameters,
    "account of rows": _accounts,
    "input": _inputs,
    "file": _files,
    "notebook": _notebooks,
    "surroundings:": _surroundings,
    "package": lambda held: dict(held.record.get("packages") or {}),
}
