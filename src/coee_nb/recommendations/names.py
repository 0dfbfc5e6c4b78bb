"""What a reader calls a recommendation, in front of what is said of it; its id comes last."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import pandas as pd

from coee_nb.formats import beginning


def called(row: Mapping) -> str:
    """Return the report, or the title before its colon where there is none, and the number.

    >>> called({"report": "22-1", "title": "Lamps", "number": "3"})
    '22-1, rec. 3'
    >>> called({"report": "", "title": "Lamps at Sea: Know What Burns", "number": ""})
    'Lamps at Sea'
    """
    name = row["report"] or beginning(row["title"].split(":")[0].strip() or row["title"])
    told = ", rec. ".join(part for part in (name, row["number"]) if part)
    return told or row["recommendation_id"]


def names_of(table: pd.DataFrame) -> dict[str, str]:
    """Return what each recommendation of a register's table is called, by its id.

    Where the title before its colon is that of several reports, more of the title stands there.
    """
    rows = table[["recommendation_id", "report", "title", "number"]].to_dict("records")
    titles = {row["title"] for row in rows if not row["report"]}
    shorts = Counter(title.split(":")[0].strip() for title in titles)
    return {
        row["recommendation_id"]: called(row)
        if row["report"] or shorts[row["title"].split(":")[0].strip()] == 1
        else called(row | {"title": row["title"].replace(":", " –")})
        for row in rows
    }


def named(frame: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """Return a frame with ``recommendation``, what each is called, first and its id last."""
    ids = frame["recommendation_id"]
    rest = frame.drop(columns="recommendation_id")
    rest.insert(0, "recommendation", ids.map(names_of(table)))
    return rest.assign(recommendation_id=ids)
