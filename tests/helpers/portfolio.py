"""The log of a portfolio: many reports of several auditors to several agencies, generated."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pandas as pd

from coee_nb.recommendations.log import append

ISSUERS = {"Transport OIG": "TR", "GAO": "GAO", "State Auditor": "SA", "Port City Auditor": "PC"}
AGENCIES = ("Harbor Department", "Rail Office", "Parks Bureau", "Water Board", "Health Agency")
OFFICES = ("Finance", "Operations", "Technology", "Procurement")
RATINGS = ("high", "medium", "low")
VERBS = ("Develop", "Review", "Document", "Enforce", "Update", "Train staff on")
THINGS = ("procedures for contract files", "controls over inventory", "the staffing plan",
          "user access to payment systems", "inspection schedules", "cost estimates")  # fmt: skip
ENDS = ("and report the results each quarter", "so that errors are found before payment",
        "in coordination with regional offices", "and assign an official to keep them")  # fmt: skip
SUBJECTS = ("grants", "leases", "fuel", "permits", "overtime", "vehicles", "audits", "refunds",
            "licenses", "training", "travel", "invoices", "repairs", "tenants", "meters", "badges",
            "claims", "loans", "sensors", "archives", "fees", "pumps", "bridges")  # fmt: skip
FIRST, AS_OF = np.datetime64("2014-01-01"), np.datetime64("2024-06-30")
SOURCE = {"source_file": "follow-up list.csv", "source_sha256": "ab" * 32}


def identities(reports: int, each: int, draw: np.random.Generator) -> pd.DataFrame:
    """Return the recommendations of a portfolio, its reports spread over ten years."""
    rows = []
    for report in range(reports):
        issuer = list(ISSUERS)[report % len(ISSUERS)]
        name = f"{ISSUERS[issuer]}-{report:05d}"
        agency = AGENCIES[int(draw.integers(len(AGENCIES)))]
        issued = FIRST + np.timedelta64(int(draw.integers(0, 3600)), "D")
        title = f"{agency}: {draw.choice(VERBS)} {draw.choice(THINGS)} ({report})"
        for number in range(1, each + 1):
            about = ", ".join(draw.choice(SUBJECTS, 5, replace=False))
            parts = (draw.choice(VERBS), draw.choice(THINGS), about, draw.choice(ENDS), report)
            text = "{} {} for {} {} (finding {}).".format(*parts)
            rows.append(
                {
                    "recommendation_id": f"{name}.{number}",
                    "issuer": issuer,
                    "report": name,
                    "number": str(number),
                    "agency": agency,
                    "title": title,
                    "text": text,
                    "text_sha256": hashlib.sha256(text.encode()).hexdigest(),
                    "issued_on": issued,
                    "recorded_on": issued,
                    "priority": draw.choice(["yes", "no", ""], p=[0.1, 0.5, 0.4]),
                    "questioned_costs_usd": draw.choice([np.nan, 1e4, 2.5e5], p=[0.8, 0.1, 0.1]),
                    "funds_for_better_use_usd": draw.choice([np.nan, 5e5], p=[0.9, 0.1]),
                }
            )
    return pd.DataFrame(rows)


def events(known: pd.DataFrame, draw: np.random.Generator) -> pd.DataFrame:
    """Return what was learnt of each: concurrence, statuses, dates moved, closures, rows unread."""
    rows: list[dict] = []
    for one in known.itertuples():
        _life(one, draw, lambda kind, on, one=one, **said: rows.append(_event(one, kind, on, said)))
    table = pd.DataFrame(rows)
    return table.sort_values("recorded_on", kind="stable", ignore_index=True)


def _event(one, kind: str, on: np.datetime64, said: dict) -> dict:
    dated = {"effective_from": on, "effective_to": on, "recorded_on": on}
    about = {"recommendation_id": one.recommendation_id, "kind": kind, "review": "automatic"}
    return about | dated | SOURCE | {"source_span": f"{kind} of {one.recommendation_id}"} | said


def _life(one, draw: np.random.Generator, tell) -> None:
    """Tell the events of one recommendation in their order, none after `AS_OF`."""
    on = np.datetime64(one.issued_on, "D")
    tell("concurrence", on, concurrence="concur")
    tell("status", on, status="open")
    closes = draw.random() < 0.35
    for _ in range(int(draw.integers(1, 4))):
        due = on + np.timedelta64(int(draw.integers(60, 900)), "D")
        said = {"ecd_from": due, "ecd_to": due, "ecd_precision": "day"}
        tell("ecd", on, **said, ecd_bound="due", ecd_kind="action", source_span=f"by {due}")
        on += np.timedelta64(int(draw.integers(30, 400)), "D")
        if on >= AS_OF:
            return
    if closes:
        outcome = draw.choice(["closed - implemented", "closed - not implemented"], p=[0.8, 0.2])
        tell("status", on, status=outcome)
    elif draw.random() < 0.05:
        tell("unread", on, source_span="see attached", note="not read: no status")
    elif draw.random() < 0.1:
        tell("status", on, status="asserted complete")


def write_portfolio(folder: Path, *, reports: int = 1000, each: int = 5, seed: int = 1) -> Path:
    """Write the log of a portfolio to a folder; return the folder."""
    draw = np.random.default_rng(seed)
    known = identities(reports, each, draw)
    append(folder, known, events(known, draw))
    return folder
