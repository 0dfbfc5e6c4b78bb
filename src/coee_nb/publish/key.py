"""What stands first of a notebook: what it was asked about, and the few findings that answer it.

A notebook says so in its metadata, ``"coee": {"key": ["late.count", "late.office.*"], "picture":
"late_by_office", "subject": ["measure", "change"]}``: ids of findings, or patterns of them, the
answer first; the chart that the front page shows small; and the parameters whose values say what
the question is about. One that names no findings has its first ones shown.
"""

import re
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from coee_nb.origins import GENERATED, marked, says_generated

MOST = 5
LONGEST = 220  # characters of an answer that stands among others
_ABBREVIATION = re.compile(r"\b([A-Z]|Nos?|Mrs?|Ms|Dr|St|vs|rec)$")


def key_findings(
    metadata: Mapping[str, Any], findings: Sequence[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """Return at most five findings, in the order in which the notebook's metadata names them."""
    patterns = settings(metadata).get("key") or ["*"]
    listed = [one for one in findings if one.get("listed", True)]
    found = [
        one for name in patterns for one in listed if fnmatchcase(plain_id(one["id"]), str(name))
    ]
    return list({one["id"]: one for one in found}.values())[:MOST]


def said_once(key: Sequence[Mapping[str, Any]], *, as_of: str = "") -> list[Mapping[str, Any]]:
    """Return the findings that answer a question, each sentence once: the first that says it.

    >>> said = ["Six are late. [a.csv]", "Six are late. Two more are. [b.csv]", "Two are new."]
    >>> [one["id"] for one in said_once([{"id": n, "statement": s} for n, s in enumerate(said)])]
    [0, 2]
    """
    found = {in_short(one["statement"], as_of=as_of).casefold(): one for one in reversed(key)}
    return [one for one in key if any(one is kept for kept in found.values())]


def plain_id(name: str) -> str:
    """Return the id of a finding as its notebook gives it, without the value it was run for.

    >>> plain_id("its.verdict[group=North]")
    'its.verdict'
    """
    return name.partition("[")[0]


def settings(metadata: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what a notebook's metadata says to the workbench."""
    found = metadata.get("coee")
    return found if isinstance(found, Mapping) else {}


def subject_of(metadata: Mapping[str, Any]) -> str:
    """Return what an executed notebook was asked about, in the words of its parameters.

    >>> run = {"parameters": {"measure": "Parking fines", "change": "The new fee"}}
    >>> subject_of({"coee": {"subject": ["measure", "change"]}, "papermill": run})
    'Parking fines · The new fee'
    >>> subject_of({"coee": {"subject": ["as_of"]}, "papermill": {"parameters": {"as_of": 2024}}})
    'as of 2024'
    """
    given = metadata.get("papermill", {}).get("parameters", {})
    names = settings(metadata).get("subject", [])
    told = {name: given[name] for name in names if given.get(name) is not None}
    return " · ".join(
        f"as of {told[name]}" if name == "as_of" else str(told[name]) for name in told
    )


def as_of_in(metadata: Mapping[str, Any]) -> str:
    """Return the day as of which an executed notebook was asked, where its subject says it."""
    given = metadata.get("papermill", {}).get("parameters", {})
    return str(given.get("as_of", "")) if "as_of" in settings(metadata).get("subject", []) else ""


def in_short(statement: str, *, as_of: str = "") -> str:
    """Return the first sentence of a finding, without the files it names at its end.

    ``as_of`` is a day that stands above it, which it then need not say again.

    >>> in_short("Six of 15 (40%) are late. The longest waits. [log.csv, 2024-04-30]")
    'Six of 15 (40%) are late.'
    >>> in_short("Six are late. The longest waits. [log.csv] (generated data)")
    'Six are late. (generated data)'
    >>> in_short("Do you agree? Yes: 59% in the U.S. Treasury. [survey.csv]")
    'Do you agree? Yes: 59% in the U.S. Treasury.'
    >>> in_short("Six are late (as of 2024-04-30, in a log (of May)).", as_of="2024-04-30")
    'Six are late.'
    >>> in_short("6 are late, as of 2024-04-30, a/cases.csv. (generated data)", as_of="2024-04-30")
    '6 are late. (generated data)'
    """
    told = re.sub(r"\s*\[[^\[\]]*\]( \(generated data\))?$", "", statement.strip())
    ends = re.finditer(r"[.!](?=\s+[A-Z\d]|$)", told)
    first = next((end for end in ends if not _ABBREVIATION.search(told[: end.start()])), None)
    told = told[: first.end()] if first else told
    told = re.sub(_AS_OF.format(day=re.escape(as_of)), "", told) if as_of else told
    return _as_marked(told, statement)


def _as_marked(told: str, statement: str) -> str:
    """Return a part of a statement that says of generated rows what all of it says."""
    return marked(told, GENERATED) if says_generated(statement) else told


_AS_OF = (
    r",? as of {day}(?:, [\w./-]+?)?(?=\.(?:\s|$))"
    r"| \(as of {day}(?:[^()]|\([^()]*\))*\)(?=\.(?:\s|$))"
)


def in_brief(statement: str, *, as_of: str = "") -> str:
    """Return the first sentence of a finding; of a long one its first parts, and a sign of more.

    >>> in_brief("Six are late" + "; one of them by a year and more" * 9 + ". So it is.")[:60]
    'Six are late; one of them by a year and more; one of them by'
    >>> in_brief("Six are late; " + "one of them by a year and more " * 9)
    'Six are late; …'
    >>> in_brief("Six are late (as of May; " + "by one of the sources or another " * 9 + ").")
    'Six are late …'
    >>> in_brief("Late; " + "one of them by a year and more " * 9 + ". [log, generated data]")
    'Late; … (generated data)'
    """
    told = kept = in_short(statement, as_of=as_of)
    while len(kept) > LONGEST and "; " in kept:
        kept = kept.rpartition("; ")[0]
    if kept != told:
        opened = kept.rfind("(")
        kept = f"{kept[:opened].rstrip()} …" if opened > kept.rfind(")") else f"{kept}; …"
    return _as_marked(kept, statement)
