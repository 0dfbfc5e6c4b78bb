"""Loaded transactions for tests: rows written straight to the layout that the checks read."""

import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

SCHEMA = pa.schema(
    [
        ("line", pa.int64()), ("file", pa.string()), ("entry_number", pa.string()),
        ("center", pa.string()),
        *((name, pa.date32()) for name in ("entry_date", "summary_date", "release_date",
                                           "liquidation_date")),
        *((name, pa.decimal128(18, 2)) for name in ("duties", "taxes", "fees")),
        ("unparsed", pa.string()),
    ]
)  # fmt: skip
UNITS = ("North", "South")
START = date(2016, 10, 1)


def good(line, **changes):
    """Return a row that fails no check, with what is given otherwise."""
    entry = START + timedelta(days=line * 7 % 730)
    row = {
        "line": line, "file": "a.csv", "entry_number": f"N{line:07d}", "center": UNITS[line % 2],
        "entry_date": entry, "summary_date": entry + timedelta(days=10),
        "release_date": entry + timedelta(days=1),
        "liquidation_date": entry + timedelta(days=314 + line % 40),
        "duties": Decimal(line % 500) + Decimal("0.01"), "taxes": Decimal("1.10"),
        "fees": Decimal("2.05"), "unparsed": None,
    }  # fmt: skip
    return row | changes


def write_loaded(folder: Path, rows, *, rejected=0):
    """Write rows by fiscal year with an account of lines; return the folder."""
    by_year: dict[int, list] = {}
    for row in rows:
        day = row["entry_date"]
        by_year.setdefault(day.year + (day.month >= 10) if day else 0, []).append(row)
    for year, own in by_year.items():
        place = folder / "rows" / f"fiscal_year={year}"
        place.mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.Table.from_pylist(own, SCHEMA), place / "part-0.parquet")
    names = sorted({row["file"] for row in rows})
    files = [{"file": name, "lines": len(rows) + 1 + rejected, "sha256": "0"} for name in names]
    counts = {"lines": len(rows) + 1 + rejected, "header": 1, "blank": 0, "rejected": rejected,
              "loaded": len(rows), "rows": len(rows)}  # fmt: skip
    (folder / "account.json").write_text(json.dumps(counts | {"files": files}))
    return folder
