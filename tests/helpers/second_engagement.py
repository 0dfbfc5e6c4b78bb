"""A second engagement, of a library service: what each notebook needs to run on it.

A notebook's maker writes its data to a folder and returns its parameters, relative to the project.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml
from click.testing import CliRunner
from exports import write_export

from coee_nb.cli import coee

NAME = "lakeside"
BRANCHES = ("Harbor Street", "Mill Lane", "Old Town")
HELPED = ("Yes", "No", "Not sure")
REMARKS = "# Lakeside\n\n## {section}\n\nThe loan desk was closed in *March*.\n"


def survey_responses(folder: Path) -> dict[str, Any]:
    """300 of the 400 library staff, by branch; a multiple choice, a matrix-like scale, comments."""
    draw = np.random.default_rng(7)
    rows = [
        {
            "Q1": BRANCHES[k % 3],
            "Q2": str(draw.choice(HELPED, p=[0.5, 0.35, 0.15])),
            "Q3": str(draw.choice(["Never", "Sometimes", "Always"])),
            "Q4": "The shelves are full." if k % 5 == 0 else "",
        }
        for k in range(300)
    ]
    write_export(folder / "staff.csv", ["Q1", "Q2", "Q3", "Q4"], rows)
    items = [
        {"name": "branch", "source": "Q1", "wording": "Your branch?", "type": "single",
         "choices": [*BRANCHES], "group": True},
        {"name": "training_helped", "source": "Q2", "wording": "Did the training help?",
         "type": "single", "choices": [*HELPED]},
        {"name": "finds_books", "source": "Q3", "wording": "Do readers find what they look for?",
         "type": "single", "choices": ["Never", "Sometimes", "Always"]},
        {"name": "comments", "source": "Q4", "wording": "Anything else?", "type": "text"},
    ]  # fmt: skip
    (folder / "codebook.yaml").write_text(yaml.safe_dump({"items": items}, sort_keys=False))
    asked = "".join(
        f"{branch},{count}\n" for branch, count in zip(BRANCHES, (140, 130, 130), strict=True)
    )
    (folder / "staff_frame.csv").write_text(f"branch,count\n{asked}")
    return {
        "responses": f"data/{NAME}/staff.csv",
        "codebook": f"data/{NAME}/codebook.yaml",
        "frame": f"data/{NAME}/staff_frame.csv",
        "crosstabs": [["training_helped", "finds_books"]],
    }


FOLLOW_UP = """Audit,Title,Issued,No,Recommendation,Unit,Progress,Target
A-1,Loan desks,2023-02-01,1,Count the cash of each desk daily,Circulation,In progress,2023-06-30
A-1,Loan desks,2023-02-01,2,Keep the keys in one place,Circulation,Implemented,2023-05-01
A-2,Acquisitions,2023-09-15,1,Approve each order before it is placed,Collections,Ongoing,Q2 2024
A-2,Acquisitions,2023-09-15,2,Write down who may order,Collections,Will Not Implement,TBD
A-2,Acquisitions,2023-09-15,3,Compare prices once a year,Collections,In progress,2024-12-31
"""
MAP = {
    "report": "Audit", "title": "Title", "issued_on": "Issued", "number": "No",
    "text": "Recommendation", "agency": "=Library Service", "office": "Unit",
    "status": "Progress", "ecd": "Target", "issuer": "=Internal Audit",
}  # fmt: skip


def recommendation_aging(folder: Path) -> dict[str, Any]:
    """A follow-up list of five recommendations, imported by the command."""
    (folder / "follow_up.csv").write_text(FOLLOW_UP)
    asked = [str(folder / "follow_up.csv"), "--as-of", "2024-06-30", "--log", str(folder / "log")]
    for name, column in MAP.items():
        asked += ["--map", f"{name}={column}"]
    done = CliRunner().invoke(coee, ["recommendations", "import", *asked])
    assert done.exit_code == 0, done.output
    return {"as_of": "2024-06-30", "log": f"data/{NAME}/log", "earlier_as_of": "2024-05-31"}


def collections_its(folder: Path) -> dict[str, Any]:
    """Late fees by quarter, which fall when reminders are sent."""
    draw = np.random.default_rng(3)
    quarters = pd.period_range("2012Q1", "2021Q4", freq="Q")
    noise = draw.normal(0, 2.0, len(quarters))
    fees = 80 + 0.2 * np.arange(len(quarters)) + noise - 20 * (quarters >= pd.Period("2018Q1"))
    with (folder / "fees.csv").open("w", newline="") as stream:
        out = csv.writer(stream)
        out.writerow(["quarter", "late_fees"])
        out.writerows(zip(map(str, quarters), fees.round(2), strict=True))
    (folder / "calendar.csv").write_text(
        "date,event,kind\n2018-01-01,reminders by text message,intervention\n"
        "2020-03-16,branches closed,other\n"
    )
    return {
        "series": f"data/{NAME}/fees.csv",
        "period_column": "quarter",
        "value_column": "late_fees",
        "measure": "Late fees",
        "change": "The reminders",
        "cut": "2018Q1",
        "unit": "thousand euros",
        "events": f"data/{NAME}/calendar.csv",
        "competing": [{"name": "the closing", "from": "2020Q2"}],
        "report_conclusion": "fees fell once reminders were sent",
        "simulations": 200,
    }


def ad_hoc(folder: Path) -> dict[str, Any]:
    """Questions beyond the reports, of their sheets."""
    return {
        "survey_sheet": f"params/{NAME}/survey_responses.yaml",
        "crossed": ["training_helped", "finds_books"],
        "log": f"data/{NAME}/log",
        "days": ["2024-05-31", "2024-06-30"],
        "collections_sheet": f"params/{NAME}/collections_its.yaml",
        "cut": "2018Q2",
    }


TERMS = """violation,years,from,later_of_years,later_of_from,extended_by,source
late,3,initiated_on,,,waiver,City code 12.1
lost,6,discovered_on,,,waiver;stay,City code 12.2
"""
FINE = (
    *("Fine", "Branch", "violation", "discovered_on", "initiated_on", "assessed_on"),
    *("collected_on", "closed_on", "status", "assessed", "collected"),
)
FINE_STATES = ("billed", "paid", "billed", "forgiven", "with the city attorney")


def penalty_limitations(folder: Path) -> dict[str, Any]:
    """Fines of readers by branch, under rules of the city: an office of another kind."""
    with (folder / "fines.csv").open("w", newline="") as stream:
        out = csv.writer(stream)
        out.writerow(FINE)
        for k in range(60):
            begun, state = date(2018, 1, 5) + timedelta(days=31 * k), FINE_STATES[k % 5]
            paid = begun + timedelta(days=40) if state == "paid" else ""
            closed = begun + timedelta(days=90) if state == "forgiven" else paid
            kind = ("late", "lost")[k % 2]
            out.writerow([f"F{k}", BRANCHES[k % 3], kind, begun, begun, begun, paid, closed, state,
                          10 + k, 10 + k if paid else 0])  # fmt: skip
    (folder / "terms.csv").write_text(TERMS)
    (folder / "extensions.csv").write_text(
        "Fine,signed_on,years\nF2,2020-06-01,1\nF90,2020-06-01,1\n"
    )
    (folder / "since.csv").write_text("Fine,on,status\nF0,2022-03-01,paid\n")
    files = {"cases": "fines", "waivers": "extensions", "events": "since", "statutes": "terms"}
    return {
        "as_of": "2021-12-31",
        "later_as_of": "2022-12-31",
        "columns": {"case_id": "Fine", "unit": "Branch"},
        "unit_name": "Branch",
        "statuses": {"billed": "open", "forgiven": "cancelled", FINE_STATES[-1]: "referred"},
        "fiscal_year_starts": 1,
    } | {name: f"data/{NAME}/{file}.csv" for name, file in files.items()}


OVERSIGHT = {
    "how_often": [
        "unit,every,first,last", *(f"{one},weekly,2021-W40,2021-W51" for one in BRANCHES),
    ],
    "appeals": [
        "dispute,unit,opened_on,closed_on,referred_on", f"A1,{BRANCHES[0]},2021-03-01,,",
        f"A2,{BRANCHES[1]},2021-11-01,2021-11-20,",
    ],
    "drills": [
        "worksheet,unit,activity,year", f"D1,{BRANCHES[0]},Evacuation,2020",
        f"D2,{BRANCHES[1]},Alarm,2021",
    ],
    "drill_kinds": ["activity", "Evacuation", "Alarm", "First aid"],
    "tasks": [
        "responsibility,owner,joint,activity", "Opening the doors,Circulation,no,Alarm",
        "Counting cash,Circulation; Finance,yes,", "Storm damage,,no,",
    ],
}  # fmt: skip


def oversight_activity(folder: Path) -> dict[str, Any]:
    """Weekly staff meetings, appeals against fines, fire drills, and who opens the doors."""
    mondays = [date(2021, 10, 4) + timedelta(weeks=k) for k in range(12)]
    held = [f"{BRANCHES[0]},{day},{'yes' if day.day % 3 else 'no'}" for day in mondays]
    for name, lines in (OVERSIGHT | {"sessions": ["unit,held_on,minutes", *held]}).items():
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n")
    files = {
        "meetings": "sessions", "meeting_rules": "how_often", "disputes": "appeals",
        "worksheets": "drills", "catalogue": "drill_kinds", "responsibilities": "tasks",
    }  # fmt: skip
    named = {name: f"data/{NAME}/{file}.csv" for name, file in files.items()}
    return {"as_of": "2021-12-31", "referral_days": 60} | named


MEASURES = """id,measure,kind,asked_by,definition,finding,unit,direction,target,standard
m1,Minutes,output,Board,Weeks without minutes,oversight.meetings.missed,share,at most,9%,Board
m2,Fines,outcome,Board,Unpaid fines past their date,penalties.expired.count,cases,,,
m3,Readers,output,Board,Readers served each day,,,,,
"""


def center_scorecard(folder: Path) -> dict[str, Any]:
    """Three measures of the library board, one of them with a target."""
    (folder / "measures.csv").write_text(MEASURES)
    named = ("oversight_activity", "penalty_limitations")
    return {
        "frame": f"data/{NAME}/measures.csv",
        "findings": [f"run:{name}/findings.json" for name in named],
    }


PERMIT = {
    "entry_number": "Permit", "center": "Branch", "entry_date": "Asked", "summary_date": "",
    "release_date": "", "liquidation_date": "Held", "duties": "Charge", "taxes": "",
    "fees": "Deposit",
}  # fmt: skip


def entry_reliability(folder: Path) -> dict[str, Any]:
    """400 permits for events in the reading rooms, loaded by the command."""
    columns = {name: column for name, column in PERMIT.items() if column}
    with (folder / "permits.csv").open("w", newline="") as stream:
        out = csv.writer(stream)
        out.writerow(columns.values())
        for k in range(400):
            asked = date(2020, 1, 6) + timedelta(days=k)
            held = asked + timedelta(days=30)
            out.writerow([f"P{k:05d}", BRANCHES[k % 3], asked, held, 25, k % 7])
    command = ["entries", "load", str(folder / "permits.csv"), "--into", str(folder / "permits")]
    for name, column in PERMIT.items():
        command += ["--map", f"{name}={column}"]
    done = CliRunner().invoke(coee, [*command, "--fiscal-year-starts", "1"])
    assert done.exit_code == 0, done.output
    words = {name: column.lower() for name, column in columns.items() if name != "center"}
    return {
        "entries": f"data/{NAME}/permits",
        "purpose": "for planning the rooms",
        "centers": [*BRANCHES],
        "early_days": 14,
        "fiscal_year_starts": 1,
        "sample_size": 10,
        "names": {"row": "permit", "rows": "permits", "unit": "branch"} | words,
    }


MAKERS: dict[str, Callable[[Path], dict[str, Any]]] = {
    made.__name__: made
    for made in (
        survey_responses, recommendation_aging, collections_its, ad_hoc, penalty_limitations,
        oversight_activity, center_scorecard, entry_reliability,
    )
}  # fmt: skip


def write(root: Path, sections: dict[str, str]) -> Path:
    """Write data and sheets of every notebook that has a maker; return the folder of the sheets.

    ``sections`` names a section of each notebook, which a remark is written for.
    """
    data, sheets = root / "data" / NAME, root / "params" / NAME
    data.mkdir(parents=True)
    sheets.mkdir(parents=True)
    for notebook, make in MAKERS.items():
        remarks = data / f"{notebook}.md"
        remarks.write_text(REMARKS.format(section=sections[notebook]))
        values = make(data) | {"remarks": f"data/{NAME}/{remarks.name}"}
        (sheets / f"{notebook}.yaml").write_text(yaml.safe_dump(values, sort_keys=False))
    return sheets
