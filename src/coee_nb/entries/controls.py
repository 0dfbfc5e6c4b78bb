"""Control totals that were supplied with the data, and counts that were planted in them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pandas as pd

from coee_nb.checks import Rule, refuse
from coee_nb.entries.layout import MONEY
from coee_nb.entries.read_values import MoneyFormat
from coee_nb.entries.reliability import Counted
from coee_nb.errors import InputError
from coee_nb.files import read_file
from coee_nb.paths import shown

MEASURES = ("rows", *MONEY)
_MEASURE = Rule("measure", "Is it known what is told?", "an unknown measure",
                f"one of {', '.join(MEASURES)}", "correct the line")  # fmt: skip
_TOTAL = Rule("total", "Is the total a number?", "a total that is no number",
              "a number such as 1234.50", "correct the line")  # fmt: skip
_TWICE = Rule("twice", "Is each measure told once?", "told twice", "one line a measure",
              "take one of them out")  # fmt: skip


@dataclass(frozen=True)
class Reconciliation:
    """``table``: measure, supplied, found, difference, percent; ``worst``: the largest percent."""

    table: pd.DataFrame
    worst: float | None


def reconcile(path: str | Path | None, counted: Counted) -> Reconciliation:
    """Hold rows and totals against the control totals, if there are any (see `supplied`)."""
    lines = supplied(path) if path is not None else {}
    rows = []
    for measure, told in lines.items():
        found = Decimal(counted.rows) if measure == "rows" else counted.totals[measure]
        off = found - told
        percent = float(abs(off) / abs(told) * 100) if told else float("inf") * bool(off)
        rows.append((measure, told, found, off, 0.0 if off == 0 else percent))
    frame = pd.DataFrame(rows, columns=["measure", "supplied", "found", "difference", "percent"])
    return Reconciliation(frame, float(frame["percent"].max()) if rows else None)


def supplied(path: str | Path) -> dict[str, Decimal]:
    """Read control totals, a CSV ``measure,total`` with some of `MEASURES`.

    Raises InputError for a measure that is unknown or stands twice, and for what is no number.
    """
    frame = read_file(path).table(needed=("measure", "total"))
    faults, found = [], {}
    for row in frame.to_dict("records"):
        where = f"{shown(path)}, row {row['line']}"
        measure, text = str(row["measure"]).strip(), str(row["total"]).strip()
        if measure not in MEASURES:
            faults.append(_MEASURE.fault(where, repr(measure)))
        elif measure in found:
            faults.append(_TWICE.fault(where, f"{measure} is told twice"))
        else:
            amount = MoneyFormat().read(text)
            if amount is None:
                faults.append(_TOTAL.fault(where, repr(text)))
            else:
                found[measure] = amount
    refuse(faults)
    if not found:
        raise InputError("has no line", where=shown(path), expected="lines such as rows,51234")
    return found


def planted(path: str | Path, counted: Counted) -> pd.DataFrame:
    """Return what was planted beside what was found: id, planted, found, same.

    The file is the generator's JSON: ``checks`` maps the ids of checks to rows, ``rows`` is how
    many there are and ``totals`` their amounts.
    """
    told = json.loads(read_file(path).text())
    found = counted.by_check.set_index("id")["failing"].to_dict() | {"rows": counted.rows}
    lines = dict(told["checks"]) | {"rows": told["rows"]}
    rows = [(name, f"{count:,}", f"{found[name]:,}" if name in found else "not asked")
            for name, count in lines.items()]  # fmt: skip
    rows += [(name, f"{Decimal(amount):,.2f}", f"{counted.totals[name]:,.2f}")
             for name, amount in told.get("totals", {}).items()]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["id", "planted", "found"])
    return frame.assign(same=frame["planted"] == frame["found"])
