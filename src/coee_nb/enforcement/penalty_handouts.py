"""Worksheets to hand out: waivers to ask for, and documents to look at, as CSV and workbook."""

from __future__ import annotations

import io

import pandas as pd

from coee_nb import formats as fmt
from coee_nb.enforcement import penalties
from coee_nb.enforcement.penalties import Penalties
from coee_nb.enforcement.penalty_tables import in_units
from coee_nb.origins import marked
from coee_nb.outputs import Handouts, safe_frame
from coee_nb.wording import read_wording

WORDS = read_wording("coee_nb.enforcement")
WAIVERS, DOCUMENTS = "waivers_to_request", "documents_to_look_at"


def handouts(found: Penalties, days: int) -> Handouts:
    """Return the two worksheets, each as a CSV file and an Excel workbook.

    No text in them is taken for a formula, and nobody who is charged is named.
    """
    sheets = {
        WAIVERS: penalties.requests(found, days).assign(asked_on="", answer=""),
        DOCUMENTS: penalties.to_look_at(found).drop(columns="share_so_far").assign(found=""),
    }
    about = {name: WORDS.sentence(f"file_{name}", n=fmt.count(len(rows)), days=str(days))
             for name, rows in sheets.items()}  # fmt: skip

    def make() -> dict[str, bytes]:
        files = {}
        for name, rows in sheets.items():
            safe = safe_frame(_plain(rows))
            files[f"{name}.csv"] = safe.to_csv(index=False, lineterminator="\n").encode()
            files[f"{name}.xlsx"] = _workbook(safe, name, found)
        return files

    return Handouts(make, {f"{name}.{end}": words for name, words in about.items()
                           for end in ("csv", "xlsx")})  # fmt: skip


def _plain(rows: pd.DataFrame) -> pd.DataFrame:
    """Return a worksheet's columns: days as ISO text, amounts in whole units, all else as it is."""
    shown = in_units(rows)
    days = shown.select_dtypes("datetime").columns
    return shown.assign(**{name: shown[name].dt.strftime("%Y-%m-%d") for name in days})


def _workbook(rows: pd.DataFrame, name: str, found: Penalties) -> bytes:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet(name[:31])
    sheet.freeze_panes = "B2"
    sheet.append([str(column).replace("_", " ") for column in rows])
    for row in rows.astype(object).where(rows.notna(), None).to_numpy().tolist():
        sheet.append(row)
    book.create_sheet("about").append([marked(found.stamp, found.origin)])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
