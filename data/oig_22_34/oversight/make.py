"""The worked example's oversight records: generated rows whose totals equal the published ones.

Published are 63 months of minutes asked for, of which 31 had none, 143 worksheets of ten Centers
in fiscal years 2017 to 2019, and four activities that no worksheet covers (DHS OIG, OIG-22-34).
Which Center and month, who filed how many worksheets of what, and every dispute are generated.

    python make.py --out FOLDER
"""

import argparse
import csv
import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from coee_nb.files import writing
from coee_nb.fiscal import add_months

SEED = 2234
NOTE = f"generated example data, seed {SEED}"
ASKED, WITHOUT = 63, 31
FIRST_MONTH, LAST_MONTH = date(2019, 5, 1), date(2019, 11, 1)
FILED = (26, 22, 20, 18, 16, 14, 11, 8, 5, 3)  # worksheets by Center, 143 in all
YEARS = (2017, 2018, 2019)
COVERED = {
    "Entry summary processing": "entry",
    "Informal entries": "entry",
    "Classification": "post-release",
    "Appraisement": "post-release",
    "Country of origin marking": "post-release",
    "Free trade agreements": "post-release",
    "Bonds": "revenue",
    "Liquidations": "revenue",
}
NOT_COVERED = {
    "Liquidated damages": "enforcement",
    "Penalty case initiation": "enforcement",
    "Trade remedies": "enforcement",
    "Protests": "post-release",
}
DISPUTES, REFERRAL_DAYS, AS_OF = 24, 90, date(2021, 3, 9)
HERE = Path(__file__).parent


def units() -> list[str]:
    """Return the ten Centers, as published."""
    with (HERE / "units.csv").open(encoding="utf-8", newline="") as file:
        return [row["unit"] for row in csv.DictReader(file)]


def rules() -> list[dict]:
    """Ask three Centers for seven months and seven for six: 63 in all."""
    firsts = [FIRST_MONTH] * 3 + [add_months(FIRST_MONTH, 1)] * 7
    return [
        {"unit": unit, "every": "month", "first": f"{first:%Y-%m}", "last": f"{LAST_MONTH:%Y-%m}"}
        for unit, first in zip(units(), firsts, strict=True)
    ]


def meetings(draw: random.Random) -> Iterator[dict]:
    """Yield a row a month asked for; 31 have no minutes, of which some tell of a meeting."""
    asked = []
    for rule in rules():
        month = date.fromisoformat(f"{rule['first']}-01")
        while month <= LAST_MONTH:
            asked.append((rule["unit"], month))
            month = add_months(month, 1)
    # Months without minutes come in runs: the later in the list of Centers, the more of them.
    order = sorted(range(ASKED), key=lambda place: draw.random() + 0.5 * (ASKED - place) / ASKED)
    without = set(order[:WITHOUT])
    for place, (unit, month) in enumerate(asked):
        held = month + timedelta(days=6 + int(draw.random() * 20))
        filed = held + timedelta(days=2 + int(draw.random() * 30))
        told = place not in without or draw.random() < 0.2
        yield {
            "unit": unit,
            "period": f"{month:%Y-%m}",
            "held_on": held.isoformat() if told else "",
            "minutes": filed.isoformat() if place not in without else "no",
        }


def worksheets(draw: random.Random) -> Iterator[dict]:
    """Yield 143 worksheets over the ten Centers and the covered activities."""
    number = 0
    activities = list(COVERED)
    for unit, filed in zip(units(), FILED, strict=True):
        for _ in range(filed):
            number += 1
            activity = activities[int(len(activities) * draw.random() ** 1.4)]
            year = YEARS[int(draw.random() * len(YEARS))]
            name = f"W{number:03}"
            yield {"worksheet": name, "unit": unit, "activity": activity, "year": f"FY{year}"}


def disputes(draw: random.Random) -> Iterator[dict]:
    """Yield disputes of every kind: settled soon, referred in time or late, never referred."""
    names = units()
    for number in range(1, DISPUTES + 1):
        opened = date(2019, 1, 7) + timedelta(days=int(draw.random() * 700))
        closed = referred = ""
        kind = draw.random()
        if kind < 0.35:
            closed = (opened + timedelta(days=10 + int(draw.random() * 75))).isoformat()
        elif kind < 0.6:
            referred = (opened + timedelta(days=60 + int(draw.random() * 90))).isoformat()
        elif kind < 0.75:
            closed = (opened + timedelta(days=95 + int(draw.random() * 60))).isoformat()
        unit = names[int(draw.random() * len(names))]
        yield {"dispute": f"D{number:02}", "unit": unit, "opened_on": opened.isoformat(),
               "closed_on": closed, "referred_on": referred}  # fmt: skip


def files() -> dict[str, list[dict]]:
    """Return each generated file's rows."""
    draw = random.Random(SEED)
    catalogue = [{"activity": a, "group": g} for a, g in (COVERED | NOT_COVERED).items()]
    return {
        "meetings_generated.csv": list(meetings(draw)),
        "meeting_rules_generated.csv": rules(),
        "worksheets_generated.csv": list(worksheets(draw)),
        "catalogue_generated.csv": catalogue,
        "disputes_generated.csv": list(disputes(draw)),
    }


def write(folder: Path) -> Iterator[Path]:
    """Write the generated files, each row saying so; yield their paths."""
    for name, rows in files().items():
        folder.mkdir(parents=True, exist_ok=True)
        with writing(folder / name) as stream:
            table = csv.DictWriter(stream, [*rows[0], "note"], lineterminator="\n")
            table.writeheader()
            table.writerows(row | {"note": NOTE} for row in rows)
        yield folder / name


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path(__file__).parent, metavar="FOLDER")
    for path in write(parser.parse_args().out):
        print(path)
