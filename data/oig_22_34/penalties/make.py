"""Generated penalty cases whose totals are those that two audits print, and nothing else is real.

152 open cases initiated before March 1, 2016 carry $864.2 million assessed, $6.1 million collected
and $858.1 million not collected; their later events are those of the second audit: 144 closed,
settled, in litigation or referred, and eight, $1.5 million, closed as expired. Which cases, kinds,
Centers, dates, documents and single amounts there are is invented, and so are all other cases.

    python make.py --out FOLDER
"""

import argparse
import csv
import io
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from coee_nb.files import writing
from coee_nb.fiscal import add_months

SEED = 2234
AS_OF, LATER = date(2021, 3, 9), date(2024, 9, 3)
LATE, EXPIRED, OTHERS = 152, 8, 348
ASSESSED, UNCOLLECTED, OF_THE_EXPIRED = 86_420_000_000, 85_810_000_000, 150_000_000  # cents
UNDERIVED, BLANK = 34, 37
CENTERS = (
    "Agriculture and Prepared Products",
    "Apparel, Footwear and Textiles",
    "Automotive and Aerospace",
    "Base Metals",
    "Consumer Products and Mass Merchandising",
    "Electronics",
    "Industrial and Manufacturing Materials",
    "Machinery",
    "Petroleum, Natural Gas and Minerals",
    "Pharmaceuticals, Health and Chemicals",
)
KINDS = ("negligence", "gross_negligence", "fraud", "other", "forfeiture")
CASE = (
    *("case_id", "center", "importer", "violation", "violated_on", "discovered_on"),
    *("involvement_on", "initiated_on", "recorded_on", "assessed_on", "status", "closed_on"),
    *("searched_on", "assessed", "mitigated", "collected", "collected_on", "bond"),
)


class Draw:
    """Uniform draws, so that a seed gives the same rows with any release of numpy."""

    def __init__(self, seed: int) -> None:
        self._draw = np.random.default_rng(seed)

    def below(self, most: int) -> int:
        """Return a whole number from 0 to ``most`` - 1."""
        return int(self._draw.random() * most)

    def between(self, first: date, last: date) -> date:
        """Return a day, both ends included."""
        return first + timedelta(days=self.below((last - first).days + 1))

    def of(self, values: tuple) -> str:
        """Return one of several values."""
        return values[self.below(len(values))]

    def heavy(self) -> float:
        """Return a size of which few are large."""
        return (1 - self._draw.random() * 0.98) ** -1.3


def shares(total: int, sizes: list[float]) -> list[int]:
    """Split whole cents by size, whole dollars but for the largest, which takes the rest."""
    parts = [int(total * size / sum(sizes)) // 100 * 100 for size in sizes]
    parts[sizes.index(max(sizes))] += total - sum(parts)
    return parts


def money(amount: int) -> str:
    """Return cents as dollars with two decimals."""
    return f"{amount // 100}.{amount % 100:02d}"


def limit(case: dict) -> date | None:
    """Return the limitation date of a case by the statute, without waivers; None if unknown."""
    since = case["violated_on"] if "neg" in case["violation"] else case["discovered_on"]
    if not case["violation"] or not since:
        return None
    end = add_months(since, 60)
    if case["violation"] == "forfeiture":
        end = max(end, add_months(case["involvement_on"], 24))
    return end


def dated(case: dict, draw: Draw, initiated: date, *, most_days: int) -> dict:
    """Return a case with violation, discovery and initiation in their order."""
    discovered = initiated - timedelta(days=30 + draw.below(most_days // 3))
    violated = discovered - timedelta(days=30 + draw.below(most_days // 2))
    case |= {"violated_on": violated, "discovered_on": discovered, "initiated_on": initiated}
    case |= {"violation": draw.of(KINDS), "assessed_on": initiated + timedelta(days=60)}
    if case["violation"] == "forfeiture":
        case["involvement_on"] = discovered + timedelta(days=draw.below(90))
    return case


def new_case(number: int, draw: Draw) -> dict:
    """Return a case without dates or amounts."""
    case = dict.fromkeys(CASE, "")
    case |= {"case_id": f"GEN-{number:04d}", "center": draw.of(CENTERS)}
    return case | {"importer": f"INVENTED-{draw.below(10**6):06d}", "status": "open"}


def late_cases(draw: Draw) -> list[dict]:
    """Return the 152 cases that the first audit counted."""
    found = []
    for number in range(1, LATE + 1):
        initiated = draw.between(date(2008, 1, 1), date(2016, 2, 29))
        case = dated(new_case(number, draw), draw, initiated, most_days=1500)
        case["recorded_on"] = limit(case)
        found.append(case)
    owed = shares(OF_THE_EXPIRED, [draw.heavy() for _ in range(EXPIRED)])
    owed += shares(UNCOLLECTED - OF_THE_EXPIRED, [draw.heavy() for _ in range(LATE - EXPIRED)])
    paid = [0] * LATE
    payers = range(EXPIRED, LATE, 4)
    for place, part in zip(
        payers, shares(ASSESSED - UNCOLLECTED, [draw.heavy() for _ in payers]), strict=True
    ):
        paid[place] = part
    for case, rest, part in zip(found, owed, paid, strict=True):
        case |= {"assessed": rest + part, "collected": part}
        if part:
            paid_on = draw.between(case["assessed_on"], AS_OF - timedelta(days=30))
            case["collected_on"] = paid_on
    for case in found[:EXPIRED]:  # documents looked for, and none found
        case["searched_on"] = draw.between(date(2021, 1, 4), date(2021, 3, 5))
    for place, case in enumerate(found[EXPIRED : EXPIRED + UNDERIVED]):
        case["recorded_on"] = ""
        case["violation" if place % 2 else "discovered_on"] = ""
        if not place % 2:
            case["violation"] = "other"
            case["involvement_on"] = ""
    for case in found[EXPIRED + UNDERIVED : EXPIRED + BLANK]:
        case["recorded_on"] = ""
    for case in found[-12:]:  # recorded as five years from initiation
        case["recorded_on"] = add_months(case["initiated_on"], 60)
    return found


def other_cases(draw: Draw) -> tuple[list[dict], list[list], list[list]]:
    """Return cases that no audit counted as late, with waivers and suspensions of theirs."""
    found, waivers, stays = [], [], []
    for number in range(LATE + 1, LATE + OTHERS + 1):
        case = new_case(number, draw)
        is_open = number % 3 == 0
        first = date(2016, 4, 1) if is_open else date(2011, 10, 1)
        initiated = draw.between(first, date(2020, 10, 30))
        dated(case, draw, initiated, most_days=1500 if is_open else 900)
        case["assessed"] = int(draw.heavy() * 2_500_000) // 100 * 100
        case["recorded_on"] = limit(case) if draw.below(8) else ""
        if is_open:
            _keep_open(case, draw, waivers, stays)
        else:
            _close(case, draw)
        if draw.below(5) == 0:
            case["bond"] = 5_000_000
        found.append(case)
    _spoil(found)
    return found, waivers, stays


def _keep_open(case: dict, draw: Draw, waivers: list[list], stays: list[list]) -> None:
    """Let an open case be within its term: by its date, a waiver, or days that do not count."""
    end, case_id = limit(case), case["case_id"]
    if end < AS_OF and case["violation"] == "fraud":
        days = (AS_OF - end).days + 60 + draw.below(300)
        begun = max(case["discovered_on"], end - timedelta(days=days + 200))
        stays.append([case_id, begun, begun + timedelta(days=days), "absence", begun])
        if limit(case) + timedelta(days=days) >= AS_OF and begun + timedelta(days=days) <= AS_OF:
            return
        stays.pop()
    while end < AS_OF + timedelta(days=15):
        signed = end - timedelta(days=20 + draw.below(150))
        waivers.append([case_id, signed, 2, signed + timedelta(days=10)])
        end = add_months(end, 24)
    if draw.below(12) == 0:
        case["status"] = "in litigation"


def _close(case: dict, draw: Draw) -> None:
    """Close a case, with what was collected until then."""
    took = 60 + int(draw.heavy() * 90)
    closed = min(case["assessed_on"] + timedelta(days=took), date(2021, 2, 26))
    case |= {"status": draw.of(("closed", "settled", "settled")), "closed_on": closed}
    if draw.below(4):
        share = (15 + draw.below(86)) / 100
        case["mitigated"] = int(case["assessed"] * share) // 100 * 100
        case |= {"collected": case["mitigated"], "collected_on": closed}


def _spoil(cases: list[dict]) -> None:
    """Put faults into the records that their reader must tell of."""
    closed = [case for case in cases if case["status"] in ("closed", "settled")]
    paid = [case for case in closed if case["collected"]]
    for case in closed[:5]:
        case["closed_on"] = ""
    for case in paid[-2:]:
        case["collected"] = case["assessed"] + 12_500
    running = [case for case in cases if case["status"] == "open"]
    for case in running[:3]:
        case |= {"collected": case["assessed"], "collected_on": date(2021, 1, 29)}
    closed[-1]["recorded_on"] = "2019-02-30"


def later(cases: list[dict], draw: Draw) -> tuple[list[list], list[list]]:
    """Return the events of the 152 until September 2024, and the waivers that came to light."""
    events, waivers = [], []
    for case in cases[:EXPIRED]:
        day = draw.between(date(2021, 9, 1), date(2024, 5, 31))
        events.append([case["case_id"], day, "closed as expired"])
    outcomes = ("closed", "settled", "in litigation", "referred to the Treasury")
    for place, case in enumerate(cases[EXPIRED:LATE]):
        day = draw.between(date(2021, 4, 1), date(2024, 7, 31))
        events.append([case["case_id"], day, outcomes[(place * 7) % 11 % 4]])
        end = limit(case)
        while end and end < day and place % 3:
            signed = end - timedelta(days=20 + draw.below(150))
            filed = draw.between(date(2021, 6, 1), date(2024, 3, 29))
            waivers.append([case["case_id"], signed, 2, filed])
            end = add_months(end, 24)
    return events, waivers


def odd_documents(cases: list[dict]) -> list[list]:
    """Return waivers that count for nothing: signed too late, or of no case there is."""
    signed = [date(2020, 6, 30), date(2020, 11, 16)]
    told = [[case["case_id"], day, 2, day] for case, day in zip(cases[60:62], signed, strict=True)]
    return [*told, ["GEN-9999", date(2018, 5, 1), 2, date(2018, 5, 11)]]


def table(header: tuple[str, ...], rows: list[list]) -> str:
    """Return rows as CSV."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([header, *rows])
    return out.getvalue()


def generate() -> dict[str, str]:
    """Return the content of each file by its name."""
    draw = Draw(SEED)
    counted = late_cases(draw)
    others, waivers, stays = other_cases(draw)
    events, found_later = later(counted, draw)
    rows = [*counted, *others]
    for case in rows:
        for column in ("assessed", "mitigated", "collected", "bond"):
            filled = case[column] != "" or column == "collected"
            case[column] = money(int(case[column] or 0)) if filled else ""
    lines = [[case[column] for column in CASE] for case in rows]
    wrong = [*lines[-1]]
    wrong[0], wrong[CASE.index("assessed")] = f"GEN-{len(rows) + 1:04d}", "-1250.00"
    lines += [lines[200], wrong]  # a copy, and an amount below 0
    waivers += found_later + odd_documents(counted)
    papers = ("case_id", "signed_on", "years", "filed_on")
    return {
        "cases_generated.csv": table(CASE, lines),
        "waivers_generated.csv": table(papers, sorted(waivers, key=str)),
        "suspensions_generated.csv": table(("case_id", "from", "to", "kind", "filed_on"), stays),
        "events_generated.csv": table(("case_id", "on", "status"), events),
    }


def write(folder: Path) -> list[Path]:
    """Write the files into ``folder``, in place of those there, and return them."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in generate().items():
        with writing(folder / name) as stream:
            stream.write(content)
    return [folder / name for name in generate()]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path(__file__).parent)
    for written in write(parser.parse_args().out):
        print(written)
