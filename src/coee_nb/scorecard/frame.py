"""The frame of a scorecard: which measures are asked for, by whom, and against which standard."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pandas as pd

from coee_nb.checks import Fault, Rule, refuse
from coee_nb.files import read_file
from coee_nb.findings import InputFile, input_file
from coee_nb.lazily import offered
from coee_nb.paths import shown

KINDS = ("efficiency", "outcome", "output", "other")
AT_LEAST, AT_MOST = "at least", "at most"
DIRECTIONS = (AT_LEAST, AT_MOST)
SHARE = "share"
NEEDED = ("id", "measure", "kind", "asked_by", "definition")
OPTIONAL = ("notebook", "finding", "unit", "direction", "target", "standard", "period")


@dataclass(frozen=True)
class ScoreFrame:
    """The measures asked for.

    ``table``: the columns of ``NEEDED`` and ``OPTIONAL`` as text, blank where nothing is said, and
    ``aim``: the target as a number, missing without one. ``source``: the file with its account.
    """

    table: pd.DataFrame
    source: InputFile

    @property
    def stamp(self) -> str:
        """What every caption says: whose measures they are."""
        return f"measures of {self.source.path}"


def read_frame(path: str | Path) -> ScoreFrame:
    """Read a frame: a CSV file with the columns of ``NEEDED`` and any of ``OPTIONAL``.

    A target is a number, or a percentage where the unit is share; it needs a direction, a unit and
    a standard (who set it). Raises InputError, all faults at once, for a measure without a
    definition, an unknown kind, an id twice and a target that is incomplete.
    """
    content = read_file(path)
    frame = content.table(NEEDED)
    line = frame["line"]
    frame = frame.reindex(columns=[*NEEDED, *OPTIONAL], fill_value="")
    frame = frame.apply(lambda column: column.str.strip()).assign(line=line)
    file = shown(path)
    targets = content.pointed(frame["target"], "target")
    aims = [_aim(*one) for one in zip(targets, frame["unit"], strict=True)]
    frame = frame.assign(aim=pd.Series(aims, index=frame.index, dtype=object))
    has = frame["target"] != ""
    faults: list[Fault] = []
    for name in NEEDED:
        faults += _BLANK.faults(frame, frame[name] == "", f"{name} is blank", file=file)
    wrong = ~frame["kind"].isin(KINDS) & (frame["kind"] != "")
    faults += _KIND.faults(frame, wrong, "kind is {kind!r}", file=file)
    twice = frame["id"].duplicated(keep=False) & (frame["id"] != "")
    faults += _ONCE.faults(frame, twice, "id {id!r} stands there twice", file=file)
    faults += _TARGET.faults(frame, has & frame["aim"].isna(), "target is {target!r}", file=file)
    ways = ~frame["direction"].isin(DIRECTIONS) & (has | (frame["direction"] != ""))
    faults += _WAY.faults(frame, ways, "direction is {direction!r}", file=file)
    for name in ("unit", "standard", "finding"):
        bare = has & (frame[name] == "")
        faults += _WHOLE.faults(frame, bare, f"a target, but no {name}", file=file)
    refuse(faults)
    return ScoreFrame(frame, input_file(path, rows=len(frame)))


_BLANK = Rule("scorecard.blank", "Is every measure defined?", "blank", do="fill the cell in")
_KIND = Rule("scorecard.kind", "Is every kind known?", "unknown", expected=", ".join(KINDS))
_ONCE = Rule("scorecard.once", "Is every id there once?", "twice", expected="an id of its own")
_TARGET = Rule(
    "scorecard.target", "Is every target a number?", "no number",
    expected="a number such as 90, or a percentage such as 90% where the unit is share",
)  # fmt: skip
_WAY = Rule(
    "scorecard.direction", "Has every target its direction?", "none",
    expected=" or ".join(DIRECTIONS),
)  # fmt: skip
_WHOLE = Rule(
    "scorecard.whole", "Is every target whole?", "incomplete",
    expected="a target with its finding, its unit and the standard that sets it",
    do="fill the cells in, or leave the target blank: no standard is set then",
)  # fmt: skip


def _aim(target: str, unit: str) -> Decimal | None:
    """Return a target as a number, a percentage as a share; None where it is neither."""
    percent = target.endswith("%")
    written = target.removesuffix("%").strip()
    if not _NUMBER.fullmatch(written) or (percent and unit != SHARE):
        return None
    return Decimal(written.replace(",", "")) / (100 if percent else 1)


_NUMBER = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?|[+-]?\.\d+", re.ASCII)


__all__ = ["ScoreFrame", "read_frame"]
__dir__ = offered(__all__)
