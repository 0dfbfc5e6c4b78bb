"""What changed between two runs: findings in numbers and in words, and all the rest, as a page."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coee_nb.errors import InputError
from coee_nb.publish.compare import Held, RunDifference, differences, in_both
from coee_nb.publish.key import in_short
from coee_nb.publish.manifest import manifests_in
from coee_nb.publish.page import plainly, share_of, value_of
from coee_nb.publish.templates import rendered

_NUMBER = ("value", "unit", "numerator", "denominator")
_GIVEN = ("engagement", "state", "parameter", "input", "account of rows", "notebook")
_REST = ("file", "surroundings:", "package")
_HASH = re.compile(r"[0-9a-f]{64}")


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
        if self.before is None or self.after is None:
            return True
        return any(self.before.get(name) != self.after.get(name) for name in _NUMBER)

    @property
    def was(self) -> str:
        """The number of the run before."""
        return number_told(self.before)

    @property
    def now(self) -> str:
        """The number of the later run."""
        return number_told(self.after)


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
        return f"{share} {finding['unit']}"
    return value_of(finding) if share == "–" else f"{value_of(finding)} ({share})"


def changed_findings(
    before: Iterable[Mapping[str, Any]], after: Iterable[Mapping[str, Any]], *, as_of: str = ""
) -> list[Changed]:
    """Return the findings that are not alike, in the order of ``after``, then those that went."""
    old, new = ({one["id"]: one for one in findings} for findings in (before, after))
    compared = (Changed(old.get(name), new.get(name), as_of) for name in {**new, **old})
    return [one for one in compared if one.before is None or one.in_number or _reworded(one)]


def _reworded(one: Changed) -> bool:
    said = [found["statement"] for found in (one.before, one.after) if found]
    return said[0] != said[-1]


def changes_since_before(engagement: Path, new: Held, *, left_out: Collection[str]) -> str | None:
    """Return the page of what changed with a run since one before it; None where there is none.

    That is the newest of an engagement's runs that has most of the same notebooks done. Notebooks
    of ``left_out`` are not compared.
    """
    names = {entry["name"] for entry in new.record["notebooks"]}
    found: list[tuple[int, Held]] = []
    for path in manifests_in(engagement, of=names):
        try:
            held = Held.of(path.parent)
            if common := names & held.done:
                found.append((len(common), held))
        except (InputError, LookupError, TypeError, AttributeError):
            continue
    if not found:
        return None
    most = max(number for number, _ in found)
    before = next(held for number, held in reversed(found) if number == most)
    parts = (before.without(left_out), new.without(left_out))
    return comparison_page(*parts, left_out=left_out, since=True)


def comparison_page(
    before: Held, after: Held, *, left_out: Collection[str] = (), since: bool = False
) -> str:
    """Return a page that tells what differs between two runs, and which notebooks it leaves out.

    ``since`` is for a page that stands in the folder of the later run.
    """
    old, new = in_both(before, after)
    days = {entry["name"]: _as_of(entry) for entry in new.record["notebooks"]}
    changed = {name: _of_notebook(name, old, new, day) for name, day in days.items()}
    numbers = {name: [one for one in found if one.in_number] for name, found in changed.items()}
    told = differences(before, after)
    about = after.record.get("about") or {"title": after.record["engagement"]}
    return rendered(
        "compare.html.j2",
        head=f"What changed: {about['title']}",
        foot=f"Run {before.record['run_id']} to run {after.record['run_id']}",
        filters={"told": _told, "in_words": _in_words},
        before=before.record,
        after=after.record,
        about=about,
        since=since,
        compared=sorted(days),
        days=days,
        numbers={name: found for name, found in numbers.items() if found},
        number=sum(map(len, numbers.values())),
        reworded=[one for found in changed.values() for one in found if not one.in_number],
        given=_by_kind(told, _GIVEN),
        rest=_by_kind(told, _REST),
        alone=[_not_in(after, before), _not_in(before, after)],
        left_out=sorted(left_out),
        other=before.record["engagement"] != after.record["engagement"],
    )


def _of_notebook(name: str, old: Held, new: Held, day: str) -> list[Changed]:
    mine = [[one for one in held.findings if one["notebook"] == name] for held in (old, new)]
    return changed_findings(*mine, as_of=day)


def _as_of(entry: Mapping[str, Any]) -> str:
    return str(entry["parameters"]["values"].get("as_of") or "")


def _by_kind(
    told: Iterable[RunDifference], kinds: Iterable[str]
) -> list[tuple[str, list[RunDifference]]]:
    kept = [(what, [one for one in told if one.what == what]) for what in kinds]
    return [(what.rstrip(":"), found) for what, found in kept if found]


def _not_in(one: Held, other: Held) -> list[str]:
    """Return the notebooks that one run has and the other not."""
    there = {entry["name"] for entry in other.record["notebooks"]}
    return [e["name"] for e in one.record["notebooks"] if e["name"] not in there]


def _told(value: Any) -> str:
    """Return what differs as a cell's text; of a hash its beginning.

    >>> _told("ab" * 32), _told(None), _told({"rows": 3})
    ('abababababab…', 'not there', 'rows: 3')
    """
    if value is None:
        return "not there"
    text = plainly(value)
    return f"{text[:12]}…" if _HASH.fullmatch(text) else text


def _in_words(name: str) -> str:
    return name.replace("_", " ").capitalize()
