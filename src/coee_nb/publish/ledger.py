"""What was published of whom: the runs of an engagement are one publication.

Whoever holds two runs can subtract one from the other. Where they differ by a few respondents, the
difference is those people's answers, whatever each run suppressed. So a run is set against every
earlier one that still stands. It may be published beside them if it rests on the same answers under
the same terms, or if in every group that is printed, and over all, either nobody differs or at
least the floor's number of people do. That is asked of those who joined, left or went to another
group, and of these with those whose answers changed to each question by itself: a change of
everybody's answers to one (a time stamp, a comment) would hide a person's to another. Under other
terms (another codebook, say, or another edition of the rules of suppression) everybody's answers
may be told otherwise: then enough people must have joined or left in every group. Otherwise a run
is refused, or replaces the earlier ones: then they are withdrawn, and the index and their own
record say so.

The ledger (``.ledger.json`` in the engagement's folder) holds hashes of response ids, and of each
answer with its respondent's id, salted with a secret of its own. It is for the office and is never
published. Runs that rest on the same answers under the same terms share one account. Runs entered
earlier have an account each, or one hash of all answers of a respondent, and are still read.

Source: on series of releases and differencing, A. Hundepool and others, Statistical Disclosure
Control, Wiley 2012, 5.4.
"""

from __future__ import annotations

import json
import secrets
import shutil
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coee_nb.errors import InputError
from coee_nb.publish.manifest import described, read_record, write_json
from coee_nb.respondents import digest, each_hashed, each_of

FILE = ".ledger.json"
WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Conflict:
    """An earlier run that a new one may not stand beside, and why in words."""

    run_id: str
    why: str


class Ledger:
    """The account of what an engagement has published of whom; for one run at a time."""

    def __init__(self, engagement: Path) -> None:
        self._path = engagement / FILE
        self._kept = self._read()

    def _read(self) -> dict[str, Any]:
        if not self._path.exists():
            return {"salt": secrets.token_hex(16), "accounts": {}, "runs": []}
        try:
            kept = _shared(json.loads(self._path.read_text("utf-8")))
        except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
            raise InputError(
                f"is no readable ledger ({error})",
                where=str(self._path),
                do="restore it from a copy: without it nobody can tell which runs may stand "
                "beside each other",
            ) from error
        return kept

    def conflicts(self, notebook: str, told: Mapping[str, Any]) -> list[Conflict]:
        """Return the standing runs of a notebook that ``told`` may not be published beside.

        ``told`` is what ``respondents.tell_respondents`` wrote.
        """
        mine = self._salted(told)
        standing = [run for run in self._kept["runs"] if run["notebook"] == notebook]
        others = {run["account"] for run in standing} - {_key(_by_question(mine))}
        why = {key: _difference(self._kept["accounts"][key], mine) for key in others}
        return [Conflict(r["run_id"], why[r["account"]]) for r in standing if why.get(r["account"])]

    def enter(
        self,
        run_id: str,
        told: Mapping[str, Mapping[str, Any]],
        replaced: Collection[tuple[str, str]] = (),
    ) -> None:
        """Enter a published run, by notebook; strike out what it replaces, by run and notebook."""
        if not told:
            return
        kept = [
            run for run in self._kept["runs"] if (run["run_id"], run["notebook"]) not in replaced
        ]
        new = [
            {"run_id": run_id, "notebook": name} | _by_question(self._salted(one))
            for name, one in told.items()
        ]
        self._kept = _shared(self._kept | {"runs": [*kept, *new]})
        write_json(self._path, self._kept)

    def _salted(self, told: Mapping[str, Any]) -> dict[str, Any]:
        salt = self._kept["salt"]
        people = {
            digest(salt + one): given | {"each": each_hashed(salt, zip(each_of(given["each"])))}
            for one, given in told["respondents"].items()
        }
        return {**told, "respondents": people}


def _shared(kept: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the ledger keeps, of each account once: each run has the key of its own."""
    accounts, runs = dict(kept.get("accounts", {})), []
    for run in kept["runs"]:
        named = {name: run[name] for name in ("run_id", "notebook")}
        own = {name: told for name, told in run.items() if name not in (*named, "account")}
        key = run["account"] if "account" in run else _key(own)
        accounts |= {key: own} if own else {}
        runs.append(named | {"account": key})
    told = {run["account"]: accounts[run["account"]] for run in runs}
    return {"salt": kept["salt"], "accounts": told, "runs": runs}


def _key(account: Mapping[str, Any]) -> str:
    return digest(json.dumps(account, sort_keys=True))


def _by_question(account: Mapping[str, Any]) -> dict[str, Any]:
    """Return an account without the hash of all answers, which has no salt."""
    people = {
        one: {name: told for name, told in given.items() if name != "answers"}
        for one, given in account["respondents"].items()
    }
    return {**account, "respondents": people}


def _difference(earlier: Mapping[str, Any], later: Mapping[str, Any]) -> str:
    """Return why two accounts may not stand side by side; nothing where they may."""
    before, after = earlier["respondents"], later["respondents"]
    moved = before.keys() ^ after.keys()
    floor = max(earlier["floor"], later["floor"])
    if earlier["terms"] == later["terms"]:
        both = before.keys() & after.keys()
        moved |= {one for one in both if before[one]["groups"] != after[one]["groups"]}
        different = [moved, *(moved | changed for changed in _changed(earlier, later, both))]
        return next(filter(None, (_few(one, earlier, later, floor) for one in different)), "")
    if not moved:
        return f"the same people{_OTHERWISE}"
    why = _few(moved, earlier, later, floor, among=before)
    return why and why + _OTHERWISE


def _changed(
    earlier: Mapping[str, Any], later: Mapping[str, Any], both: Collection[str]
) -> Iterator[set[str]]:
    """Yield who of ``both`` changed what was answered, question by question.

    One set over all questions where the earlier account does not tell them apart.
    """
    before, after = earlier["respondents"], later["respondents"]
    if earlier.get("questions") == later["questions"]:
        both = [one for one in both if before[one]["each"] != after[one]["each"]]
    if "questions" not in earlier:
        yield {one for one in both if before[one]["answers"] != after[one]["answers"]}
        return
    then, now = ({one: each_of(told[one]["each"]) for one in both} for told in (before, after))
    for place, name in enumerate(earlier["questions"]):
        if name in later["questions"]:
            other = later["questions"].index(name)
            yield {one for one in both if then[one][place] != now[one][other]}


_OTHERWISE = " under other parameters, codebook, frame or rules of suppression"


def _few(
    differing: Collection[str],
    earlier: Mapping[str, Any],
    later: Mapping[str, Any],
    floor: int,
    *,
    among: Collection[str] = (),
) -> str:
    """Return where fewer people than the floor differ, in words; nothing where nobody does.

    Groups of the people ``among`` in which nobody differs have too few as well.
    """
    if 0 < len(differing) < floor:
        return f"the respondents or their answers differ by fewer than {floor} people"
    by_group = Counter(dict.fromkeys(_groups(among, earlier, later), 0))
    by_group.update(_groups(differing, earlier, later))
    if any(count < floor for count in by_group.values()):
        return f"in a group that is printed they differ by fewer than {floor} people"
    return ""


def _groups(
    people: Collection[str], earlier: Mapping[str, Any], later: Mapping[str, Any]
) -> Iterator[str]:
    """Yield the groups of each of these people, in either account."""
    before, after = earlier["respondents"], later["respondents"]
    for one in people:
        yield from {*before.get(one, _NOBODY)["groups"], *after.get(one, _NOBODY)["groups"]}


_NOBODY: Mapping[str, Any] = {"groups": []}


def withdraw(run: Path, notebook: str, *, by: str) -> None:
    """Take a notebook's pages, tables and findings out of a published run, and say so in it."""
    record = read_record(run, "manifest.json")
    for ending in (".ipynb", ".html", ".pdf"):
        (run / f"{notebook}{ending}").unlink(missing_ok=True)
    shutil.rmtree(run / "tables" / notebook, ignore_errors=True)
    for name in ("evidence", "workbook", "answers"):  # they hold numbers of all notebooks
        if name in record:
            (run / record.pop(name)["path"]).unlink(missing_ok=True)
    findings = read_record(run, "findings.json")
    findings["findings"] = [one for one in findings["findings"] if one["notebook"] != notebook]
    write_json(run / "findings.json", findings)
    for entry in record["notebooks"]:
        if entry["name"] == notebook:
            entry |= {"status": WITHDRAWN, "outputs": [], "error": f"replaced by run {by}"}
    record |= {"status": WITHDRAWN, "findings": described(run / "findings.json", run)}
    write_json(run / "manifest.json", record)
