"""A generated register with known closure hazards, to show and to test closure curves.

Nothing in it is real: every row says so. Each agency implements and drops recommendations at a
constant yearly rate, so that the curves have a closed form a test can hold the estimates to.

    python make.py --out FOLDER
"""

import argparse
import math
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

from coee_nb.fiscal import add_months, month_end
from coee_nb.recommendations import log

# Closures a year: implemented, and closed without being implemented.
HAZARDS = {
    "Generated agency A": (0.60, 0.05),
    "Generated agency B": (0.40, 0.05),
    "Generated agency C": (0.25, 0.10),
    "Generated agency D": (0.12, 0.20),
}
SEED, SIZE = 20240430, 300
FIRST_ISSUE, LAST_ISSUE, END = date(2014, 10, 1), date(2023, 12, 31), date(2024, 4, 30)
NOTE = f"generated example data, seed {SEED}; not about any real agency"
NO_ECD_SHARE, LOWER_BOUND_SHARE, REVISION_SHARE = 0.12, 0.05, 0.7
DAYS_A_YEAR = 365.25


def generate(*, size: int = SIZE, seed: int = SEED) -> log.Log:
    """Return an event log of ``size`` generated recommendations that ends on April 30, 2024.

    Times to closure are exponential with the two competing rates of `HAZARDS`. Only uniform
    draws are used, so that the same ``seed`` gives the same log with any release of numpy.
    """
    draw = np.random.default_rng(seed)
    identities, events = [], []
    for number in range(1, size + 1):
        identity = _identity(number, draw)
        identities.append(identity)
        events += _life(identity, draw)
    told = pd.DataFrame(events).sort_values("recorded_on", kind="stable", ignore_index=True)
    told["event_id"] = [f"E{number:06d}" for number in range(1, len(told) + 1)]
    listed = pd.DataFrame(identities).sort_values("recorded_on", kind="stable", ignore_index=True)
    return log.Log(log.recommendations_table(listed), log.events_table(told))


def write(folder: Path) -> list[Path]:
    """Write the generated log into ``folder``, in place of one there, and return its files."""
    folder = folder.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    made = generate()
    with TemporaryDirectory(dir=folder) as aside:
        log.append(aside, made.recommendations, made.events)
        return [file.replace(folder / file.name) for file in sorted(Path(aside).glob("*.csv"))]


def _identity(number: int, draw: np.random.Generator) -> dict:
    agency = list(HAZARDS)[int(draw.random() * len(HAZARDS))]
    window = (LAST_ISSUE - FIRST_ISSUE).days + 1
    issued = FIRST_ISSUE + timedelta(days=int(draw.random() * window))
    questioned = round(draw.random() * 5e6, -3) if draw.random() < 0.15 else None
    return {
        "recommendation_id": f"GEN-{number:04d}.1",
        "issuer": "Generated OIG",
        "report": f"GEN-{number:04d}",
        "number": "1",
        "agency": agency,
        "title": f"Generated report {number}",
        "text": f"Generated recommendation {number}",
        "issued_on": issued.isoformat(),
        "priority": "yes" if draw.random() < 0.1 else "no",
        "questioned_costs_usd": questioned,
        "recorded_on": issued.isoformat(),
    }


def _life(identity: dict, draw: np.random.Generator) -> list[dict]:
    """Return what happened to one recommendation until it closed or the log ended."""
    issued = date.fromisoformat(identity["issued_on"])
    closed, outcome = _closing(issued, identity["agency"], draw)
    events = [{"kind": "issued", "on": issued}]
    events += [{"kind": "concurrence", "concurrence": "concur", "on": issued}]
    events += [{"kind": "status", "status": "resolved and open", "on": issued}]
    events += list(_promises(issued, min(closed, END), draw))
    if closed <= END:
        events += [{"kind": "status", "status": outcome, "on": closed}]
    return [_event(identity["recommendation_id"], event) for event in events]


def _closing(issued: date, agency: str, draw: np.random.Generator) -> tuple[date, str]:
    implemented, dropped = HAZARDS[agency]
    years = -math.log(1 - draw.random()) / (implemented + dropped)
    done = draw.random() < implemented / (implemented + dropped)
    day = issued + timedelta(days=max(1, math.ceil(years * DAYS_A_YEAR)))
    return day, "closed - implemented" if done else "closed - not implemented"


def _promises(issued: date, until: date, draw: np.random.Generator) -> Iterator[dict]:
    """Yield the first ECD and its revisions, each told soon after the one before has passed."""
    form = draw.random()
    if form < NO_ECD_SHARE:
        yield {"kind": "no_ecd", "on": issued}
        return
    bound = "not_before" if form < NO_ECD_SHARE + LOWER_BOUND_SHARE else "due"
    told_on, due = issued, _month_end(issued, 6 + int(draw.random() * 13))
    while told_on < until:
        yield {"kind": "ecd", "on": told_on, "ecd_to": due, "ecd_bound": bound}
        if draw.random() > REVISION_SHARE:
            return
        told_on = due + timedelta(days=5 + int(draw.random() * 60))
        due = _month_end(told_on, 3 + int(draw.random() * 10))


def _month_end(day: date, months: int) -> date:
    later = add_months(day, months)
    return month_end(later.year, later.month)


def _event(recommendation_id: str, event: dict) -> dict:
    """Return an event as a row of the log."""
    on = event.pop("on").isoformat()
    row = {
        "recommendation_id": recommendation_id,
        "effective_from": on,
        "effective_to": on,
        "recorded_on": on,
        "source_file": "generated",
        "review": "automatic",
        "note": NOTE,
        **event,
    }
    if event["kind"] == "ecd":
        due = event["ecd_to"]
        row |= {"ecd_from": due.replace(day=1).isoformat(), "ecd_to": due.isoformat()}
        row |= {"ecd_precision": "month", "ecd_kind": "action"}
    return row


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path(__file__).parent, metavar="FOLDER")
    for path in write(parser.parse_args().out):
        print(path)
