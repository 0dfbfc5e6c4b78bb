"""Generated entries whose faults are counted: monthly duties as published, nothing else real.

Published are the customs duties and goods imports of each month (`../collections`) and the names of
the ten Centers. Every entry is generated and says nothing of any importer, Center or port: so are
the months in which a Center begins, its share, and each planted fault.

    python make.py --rows 50000 --seed 2234 --out FOLDER

writes `entries_generated.csv` (up to 200,000 rows compressed, as `.csv.gz`) and
`planted.json`: what is to be found in it. Faults are planted one a row, at a rate, so that
the counts are known for any number of rows from 1,000 on.
"""

import argparse
import csv
import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

HERE = Path(__file__).resolve().parent
MONTHLY = HERE.parent / "collections" / "customs_duties_monthly.csv"
ROWS, SEED = 50_000, 2234
FEWEST, COMPRESSED, CHUNK = 1_000, 200_000, 400_000
SCOPE, AS_OF = ("2013-10-01", "2019-09-30"), "2021-03-09"
ENTRIES_A_YEAR = 34_600_000  # 103.8 million in three years (OIG-22-34)
# Center: the month it begins, and its weight; both made up.
CENTERS = {
    "Electronics": ("2013-10", 17),
    "Pharmaceuticals, Health and Chemicals": ("2013-10", 9),
    "Automotive and Aerospace": ("2013-10", 12),
    "Petroleum, Natural Gas and Minerals": ("2013-10", 3),
    "Apparel, Footwear and Textiles": ("2014-06", 16),
    "Industrial and Manufacturing Materials": ("2014-10", 8),
    "Base Metals": ("2015-01", 6),
    "Machinery": ("2015-07", 10),
    "Agriculture and Prepared Products": ("2015-10", 9),
    "Consumer Products and Mass Merchandising": ("2016-03", 10),
}
# Planted faults: rows of a thousand, at least two rows each; a constant where whole.
RATES = {
    "missing_entry_date": 0.3,
    "missing_summary_date": 0.4,
    "missing_release_date": 0.3,
    "missing_center": 0.24,
    "unknown_center": 0.4,
    "liquidation_before_entry": 4,
    "release_before_entry": 0.2,
    "summary_before_entry": 0.16,
    "date_out_of_scope": 4.9,
    "future_date": 0.2,
    "pair": 0.3,
    "triple": 2,
    "early_liquidation": 2.0,
    "negative_amount": 0.6,
    "unparsed_value": 0.8,
}
UNUSUAL_DAYS = 314
HEADER = ("Entry Number", "Center", "Port", "Entry Date", "Entry Summary Date", "Release Date",
          "Liquidation Date", "Duties", "Taxes", "Fees")  # fmt: skip
# Lines that are no entries, put after one month each.
DAMAGED = {
    5: (b"GEN-0000000-0,Electronics,2704\n", "short"),
    9: (b"\n", "blank"),
    14: (b"GEN-0000000-1,Electronics,2704,10/01/2014,,,,1.00,0,0,,extra\n", "long"),
    21: (b"GEN-0000000-2,Elec\x00tronics,2704,10/01/2014,,,,1.00,0,0\n", "NUL byte"),
    30: (b"GEN-0000000-3,\xc9lectronique,2704,10/01/2014,,,,1.00,0,0\n", "not UTF-8"),
    40: (b'GEN-0000000-4,"Electronics,2704,10/01/2014,,,,1.00,0,0\n', "open quote"),
    41: (b"  \n", "blank"),
}
DAY = np.datetime64("1900-01-01", "D")


@dataclass
class Rows:
    """A part of the rows, in columns: days since 1900 (-1: blank), cents, and the texts."""

    number: np.ndarray
    center: np.ndarray  # place in names(); len(CENTERS) and more for what is no Center
    days: dict[str, np.ndarray]
    cents: dict[str, np.ndarray]
    unparsed_day: np.ndarray
    unparsed_fee: np.ndarray


def write(folder: Path, rows: int = ROWS, seed: int = SEED) -> list[Path]:
    """Write entries, what is planted in them and their totals into ``folder``; return the files.

    Both appear whole, in place of files of their names. The same ``rows`` and ``seed`` give the
    same text with any release of numpy: only uniform draws are used.
    """
    if rows < FEWEST:
        raise SystemExit(f"--rows {rows}: at least {FEWEST:,} are needed for every fault")
    folder = folder.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    name = "entries_generated.csv" + (".gz" if rows <= COMPRESSED else "")
    with TemporaryDirectory(dir=folder) as aside:
        file, planted = Path(aside) / name, Path(aside) / "planted.json"
        control = Path(aside) / "control_totals_generated.csv"
        found = _write_entries(file, rows, seed)
        planted.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        totals = {"rows": found["lines"]["loaded"], **found["totals"]}
        lines = ["measure,total", *(f"{name},{total}" for name, total in totals.items())]
        control.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return [one.replace(folder / one.name) for one in (file, planted, control)]


def _write_entries(file: Path, rows: int, seed: int) -> dict:
    count = Count(rows, seed)
    with open(file, "wb") as raw:
        packed = gzip.GzipFile("", "wb", 9, raw, mtime=0) if file.suffix == ".gz" else raw
        packed.write(",".join(HEADER).encode() + b"\n")
        for month, part in parts(rows, seed):
            packed.write(_text(part))
            count.add(month, part)
            if month in DAMAGED and count.ends(month):
                packed.write(DAMAGED[month][0])
                count.damage(DAMAGED[month][1])
        if packed is not raw:
            packed.close()
    return count.told()


class Count:
    """What is in the file so far, for planted.json."""

    def __init__(self, rows: int, seed: int) -> None:
        self.rows, self.seed, self.line, self.written = rows, seed, 1, 0
        self.month_ends = np.cumsum(_rows_by_month(rows))
        self.blank, self.rejected = 0, []
        self.cents = dict.fromkeys(("duties", "taxes", "fees"), 0)
        self.monthly = np.zeros((len(months()) + 1, 3), np.int64)

    def ends(self, month: int) -> bool:
        """Tell whether the month's last row is written."""
        return self.written == self.month_ends[month]

    def damage(self, kind: str) -> None:
        """Count a line that is no entry."""
        self.line += 1
        if kind == "blank":
            self.blank += 1
        else:
            self.rejected.append({"line": self.line, "what": kind})

    def add(self, month: int, part: Rows) -> None:
        """Count the entries of a part; amounts that are no amounts count nothing."""
        self.line += part.number.size
        self.written += part.number.size
        entry = part.days["entry"]
        first, last = (int((np.datetime64(day) - DAY).astype(int)) for day in SCOPE)
        inside = (entry >= first) & (entry <= last)
        for k, name in enumerate(self.cents):
            cents = part.cents[name] * ~part.unparsed_fee if name == "fees" else part.cents[name]
            self.cents[name] += int(cents.sum())
            self.monthly[month, k] += int(cents[inside].sum())

    def told(self) -> dict:
        """Return all that is planted, amounts as text with two decimals."""
        counts = planted_counts(self.rows)
        pairs, triples = counts.pop("pair"), counts.pop("triple")
        return {
            "note": f"generated, seed {self.seed}: about no real entry, importer or Center",
            "rows": self.rows,
            "seed": self.seed,
            "scope_from": SCOPE[0],
            "scope_to": SCOPE[1],
            "as_of": AS_OF,
            "centers": list(CENTERS),
            "lines": {
                "lines": self.line,
                "header": 1,
                "blank": self.blank,
                "rejected": len(self.rejected),
                "loaded": self.rows,
            },
            "rejected": self.rejected,
            "checks": counts | {"duplicate_entry_number": 2 * pairs + 3 * triples},
            "totals": {name: _amount(cents) for name, cents in self.cents.items()},
            "monthly": {
                month: dict(zip(self.cents, map(_amount, self.monthly[k]), strict=True))
                for k, (month, _, _) in enumerate(months())
            },
        }


def _amount(cents: int) -> str:
    return str(Decimal(int(cents)).scaleb(-2))


@cache
def months() -> tuple[tuple[str, int, float], ...]:
    """Return the months in scope: month, published duties in millions, published imports."""
    with open(MONTHLY, encoding="utf-8", newline="") as stream:
        table = list(csv.DictReader(stream))
    return tuple(
        (row["month"], int(row["net_customs_duties_musd"]), float(row["goods_imports_musd"]))
        for row in table
        if SCOPE[0][:7] <= row["month"] <= SCOPE[1][:7]
    )


def _rows_by_month(rows: int) -> np.ndarray:
    """Return how many entries each month has: in proportion to imports, exactly ``rows`` in all."""
    imports = np.array([value for _, _, value in months()])
    return np.diff(np.floor(np.cumsum(imports) / imports.sum() * rows + 1e-6).astype(int),
                   prepend=0)  # fmt: skip


def planted_counts(rows: int) -> dict[str, int]:
    """Return how many faults of each kind are planted in so many rows; pairs and triples apart."""
    return {
        name: rate if isinstance(rate, int) else max(2, round(rate * rows / 1000))
        for name, rate in RATES.items()
    }


@cache
def _planted(rows: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows that bear a fault, in order, and the kind of each; two rows lie between."""
    kinds = np.repeat(np.arange(len(RATES)), list(planted_counts(rows).values()))
    draw = np.random.default_rng([seed, 1])
    kinds = kinds[np.argsort(draw.random(kinds.size), kind="stable")]
    stride = rows // kinds.size
    places = np.arange(kinds.size) * stride + 2
    return places + (draw.random(kinds.size) * (stride - 2)).astype(np.int64), kinds


def parts(rows: int, seed: int) -> Iterator[tuple[int, Rows]]:
    """Yield the place of a month and some of its entries, in order."""
    at = 0
    for month, size in enumerate(_rows_by_month(rows)):
        done = 0
        while done < size:
            take = int(min(CHUNK, size - done))
            yield month, _part(rows, seed, month, at, take, int(size))
            at, done = at + take, done + take


def _part(rows: int, seed: int, month: int, at: int, size: int, of: int) -> Rows:
    draw = np.random.default_rng([seed, 2, at])
    name, millions, _ = months()[month]
    first = np.datetime64(name, "M")
    length = int(((first + 1).astype("M8[D]") - first.astype("M8[D]")).astype(int))
    start = int((first.astype("M8[D]") - DAY).astype(int))
    entry = start + np.sort((draw.random(size) * length).astype(np.int64))
    release = entry + (draw.random(size) * 4).astype(np.int64)
    summary = entry + 4 + (draw.random(size) * 9).astype(np.int64)
    late = draw.random(size)
    liquidation = entry + UNUSUAL_DAYS + (late * late * 200).astype(np.int64)
    liquidation[draw.random(size) < 0.02] = -1  # not liquidated yet
    part = Rows(
        at + np.arange(size),
        _centers(name, draw.random(size)),
        {"entry": entry, "summary": summary, "release": release, "liquidation": liquidation},
        _cents(draw, size, millions * 1e8 * (rows / (6 * ENTRIES_A_YEAR)) * size / of),
        np.zeros(size, bool),
        np.zeros(size, bool),
    )
    places, kinds = _planted(rows, seed)
    low, high = np.searchsorted(places, [at, at + size + 2])
    _plant(part, places[low:high] - at, kinds[low:high], draw)
    return part


def _centers(month: str, draw: np.ndarray) -> np.ndarray:
    """Return the Center of each entry: those that have begun, by weight."""
    weight = np.array([share if begins <= month else 0 for begins, share in CENTERS.values()])
    return np.searchsorted(np.cumsum(weight) / weight.sum(), draw, side="right")


def _cents(draw: np.random.Generator, size: int, duties: float) -> dict[str, np.ndarray]:
    """Return duties that add up to ``duties`` cents, a third of them 0, and taxes and fees."""
    dutiable, large, small = draw.random(size) < 0.65, draw.random(size), draw.random(size)
    weight = np.where(dutiable, large * large / (1.005 - large) * 1e6, 0).astype(np.int64)
    whole = int(duties)
    cents = np.floor(weight * (whole / max(int(weight.sum()), 1))).astype(np.int64)
    cents[np.argmax(weight)] += whole - int(cents.sum())
    taxes = np.where(draw.random(size) < 0.06, draw.random(size) * 40_000, 0).astype(np.int64)
    fees = 2_500 + (small * small * small * 46_000).astype(np.int64)
    return {"duties": cents, "taxes": taxes, "fees": fees}


def _plant(part: Rows, places: np.ndarray, kinds: np.ndarray, draw: np.random.Generator) -> None:
    """Put the faults of a part into it; ``places`` may reach two rows beyond its end."""
    size = part.number.size
    far = np.floor(draw.random(size) * 1000).astype(np.int64)
    of = {name: places[(kinds == k) & (places < size)] for k, name in enumerate(RATES)}
    days, entry = part.days, part.days["entry"]
    days["summary"][of["missing_summary_date"]] = -1
    days["release"][of["missing_release_date"]] = -1
    part.center[of["missing_center"]] = len(CENTERS)
    part.center[of["unknown_center"]] = len(CENTERS) + 1 + far[of["unknown_center"]] % 3
    for name, fault in (
        ("liquidation", "liquidation_before_entry"),
        ("release", "release_before_entry"),
        ("summary", "summary_before_entry"),
    ):
        rows = of[fault]
        days[name][rows] = entry[rows] - 1 - far[rows] % 30
    rows = of["early_liquidation"]
    days["liquidation"][rows] = entry[rows] + far[rows] % UNUSUAL_DAYS
    rows = of["future_date"]
    days["liquidation"][rows] = _day(AS_OF) + 1 + far[rows] * 9
    rows = of["date_out_of_scope"]
    moved = _out_of_scope(far[rows], entry[rows])
    for name in days:
        days[name][rows] = np.where(days[name][rows] < 0, -1, days[name][rows] + moved)
    entry[of["missing_entry_date"]] = -1
    part.cents["fees"][of["negative_amount"]] *= -1
    part.unparsed_day[of["unparsed_value"][::2]] = True
    part.unparsed_fee[of["unparsed_value"][1::2]] = True
    _repeat(part, places[kinds == list(RATES).index("pair")], 1)
    _repeat(part, places[kinds == list(RATES).index("triple")], 2)


def _repeat(part: Rows, places: np.ndarray, times: int) -> None:
    """Give the rows at and before ``places`` one number, that of the first of them."""
    for back in range(times):
        rows = places - back
        rows = rows[(rows >= 0) & (rows < part.number.size)]
        part.number[rows] -= times - back


def _out_of_scope(far: np.ndarray, entry: np.ndarray) -> np.ndarray:
    """Return the days by which entries move: to 1905 to 1909, or to 2006 to 2009."""
    target = np.where(far % 9 == 0, _day("1905-01-01"), _day("2006-01-01")) + far
    return target - entry


def _day(text: str) -> int:
    return int((np.datetime64(text) - DAY).astype(int))


@cache
def _days_as_text() -> pa.Array:
    """Return every day from 1900 on as MM/DD/YYYY."""
    every = np.arange("1900-01-01", "2060-01-01", dtype="M8[D]")
    return pc.strftime(pa.array(every), format="%m/%d/%Y")


def _text(part: Rows) -> memoryview:
    """Return a part as lines of text."""
    quoted = [f'"{name}"' if "," in name else name for name in CENTERS]
    names = pa.array([*quoted, "", "CEE99", "Unassigned", "Electronic"])
    serial = pc.utf8_lpad(pc.cast(pa.array(part.number % 10**7), pa.string()), 7, "0")
    filer = pa.array([f"G{k:02d}" for k in range(100)]).take(pa.array(part.number // 10**7))
    check = pc.cast(pa.array(part.number * 7 % 10), pa.string())
    days = {name: _days_as_text().take(pa.array(np.maximum(value, 0)))
            for name, value in part.days.items()}  # fmt: skip
    blank = {name: pc.if_else(pa.array(value < 0), "", days[name])
             for name, value in part.days.items()}  # fmt: skip
    cents = {name: _amounts(value) for name, value in part.cents.items()}
    columns = [
        pc.binary_join_element_wise(filer, serial, check, "-"),
        names.take(pa.array(part.center)),
        pc.cast(pa.array(2700 + part.number % 23), pa.string()),
        blank["entry"],
        blank["summary"],
        blank["release"],
        pc.if_else(pa.array(part.unparsed_day), "00/00/0000", blank["liquidation"]),
        cents["duties"],
        cents["taxes"],
        pc.if_else(pa.array(part.unparsed_fee), "N/A", cents["fees"]),
    ]
    ended = pc.binary_join_element_wise(columns.pop(), "", "\n")
    lines = pc.binary_join_element_wise(*columns, ended, ",")
    return memoryview(lines.buffers()[2])


def _amounts(cents: np.ndarray) -> pa.Array:
    """Return cents as 1234.50, what is negative as (55.25)."""
    size = np.abs(cents)
    whole, rest = (pc.cast(pa.array(part), pa.string()) for part in np.divmod(size, 100))
    plain = pc.binary_join_element_wise(whole, pc.utf8_lpad(rest, 2, "0"), ".")
    return pc.if_else(pa.array(cents < 0), pc.binary_join_element_wise("(", plain, ")", ""), plain)


def main() -> None:
    """Write the files and print their names."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=ROWS, help=f"entries (default {ROWS:,})")
    parser.add_argument("--seed", type=int, default=SEED, help="another seed, other entries")
    parser.add_argument("--out", type=Path, default=HERE, help="folder (default: beside this file)")
    given = parser.parse_args()
    for file in write(given.out, given.rows, given.seed):
        print(file)


if __name__ == "__main__":
    main()
