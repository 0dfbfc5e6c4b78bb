"""What is handed out: the register as a workbook, letters that remind offices, a sheet a case."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from coee_nb import formats as fmt
from coee_nb import workbooks
from coee_nb.findings import Findings
from coee_nb.origins import GENERATED, marked
from coee_nb.outputs import Callout, Handouts, Table
from coee_nb.plain import without_hidden
from coee_nb.recommendations import portfolio, tables
from coee_nb.recommendations.aging import Aging
from coee_nb.recommendations.file_names import SHEETS, file_name, sheet_path
from coee_nb.recommendations.merges import merged
from coee_nb.wording import read_wording
from coee_nb.workbooks import WorkbookSheet

if TYPE_CHECKING:
    from coee_nb.recommendations.clocks import ClockList
    from coee_nb.recommendations.log import Log

WORDS = read_wording("coee_nb.recommendations")

WORKBOOK, LETTERS = "register.xlsx", "letters"
LISTED = 40  # letters that a page names one by one
_HISTORY = ("effective", "recorded", "fact", "says", "words", "source", "review", "by")


def handouts(aged: Aging, log: Log, lists: tuple[ClockList, ...], late: Findings) -> Handouts:
    """Return the workbook, the letters and the sheets of a register, made where a run asks.

    ``late`` are the findings of single recommendations, which the workbook holds too.
    """
    letters = reminders(aged)

    def make() -> dict[str, bytes]:
        why = [tables.why(row) for row in aged.table.to_dict("records")]
        shown = [register_table(aged, why), *_shown(aged, lists), _as_table(late)]
        held = (table for table in shown if isinstance(table, Table))
        books = {WORKBOOK: workbook(held, made_on=aged.as_of)}
        texts = letters | sheets(aged, log, lists, why)
        return books | {path: without_hidden(text).encode() for path, text in texts.items()}

    listed = {WORKBOOK: WORDS.sentence("file_workbook")}
    if len(letters) <= LISTED:
        listed |= {path: WORDS.sentence("file_letter") for path in letters}
    else:
        listed[f"{LETTERS}/"] = WORDS.sentence("file_letters", n=fmt.count(len(letters)))
    n = fmt.count(len(aged.table))
    return Handouts(make, listed | {f"{SHEETS}/": WORDS.sentence("file_sheets", n=n)})


def _shown(aged: Aging, lists: tuple[ClockList, ...]) -> Iterator[Table | Callout]:
    yield tables.due_soon(aged)
    yield tables.by_group(aged)
    yield tables.money(aged)
    yield tables.half_year(aged.register)
    yield tables.clock_summary(lists)


def register_table(aged: Aging, why: list[str]) -> Table:
    """Return every recommendation, closed ones too, with its clocks and why it stands there."""
    columns = [
        *("recommendation_id", "title", "text", "issuer", "agency", "office", "official", "rating"),
        *("status", "issued_on", "due_on", "days_past_due"),
        *portfolio.AMOUNTS,
    ]
    frame = aged.table[columns].assign(why=why)
    return Table(
        frame,
        **WORDS.table("register", stamp=aged.register.stamp),
        origin=aged.register.origin,
    )


def _as_table(found: Findings) -> Table:
    columns = ["id", "statement", "value", "unit"]
    rows = pd.DataFrame([[getattr(one, c) for c in columns] for one in found], columns=columns)
    return Table(rows, **WORDS.table("findings"))


def workbook(shown: Iterable[Table], *, made_on: date) -> bytes:
    """Return tables as an Excel workbook, their captions, notes and origins on a last sheet."""
    return workbooks.workbook(map(_as_sheet, shown), made_on=made_on)


def _as_sheet(table: Table) -> WorkbookSheet:
    headings = [str(table.labels.get(c, c)).replace("_", " ") for c in table.frame.columns]
    columns = [table.frame[column].tolist() for column in table.frame.columns]
    return WorkbookSheet(table.name, columns, headings, (table.caption, table.note, table.origin))


def reminders(aged: Aging) -> dict[str, str]:
    """Return a letter to each office, or agency where none is stated, by its path.

    It names what is past due and what comes due within 90 days, with the words of the log alone:
    who sends it, and to whom, is for the sender to write.
    """
    open_rows = aged.not_closed
    left = -open_rows["days_past_due"]
    wanted = open_rows["past_due"] | left.between(0, max(portfolio.WITHIN)).fillna(False)
    rows = open_rows[wanted]
    office = rows["office"].where(rows["office"] != "", rows["agency"])
    found = {}
    for (agency, name), own in rows.groupby([rows["agency"], office], sort=True):
        to = name if name == agency else f"{agency}, {name}"
        found[f"{LETTERS}/{file_name(to)}.txt"] = _letter(to, own, aged)
    return found


def _letter(to: str, rows: pd.DataFrame, aged: Aging) -> str:
    late, soon = rows[rows["past_due"]], rows[~rows["past_due"]]
    parts = [WORDS.sentence("letter_head", to=_line(to), stamp=aged.register.stamp_to_send)]
    for name, own in (("late", late), ("soon", soon)):
        if len(own):
            parts.append(WORDS.sentence(f"letter_{name}", n=fmt.count(len(own))))
            parts += [_item(row) for row in own.to_dict("records")]
    generated = [WORDS.sentence("letter_generated")] if aged.register.origin == GENERATED else []
    return "\n\n".join([*generated, *parts, WORDS.sentence("letter_end")]) + "\n"


def _item(row: Mapping) -> str:
    days = row["days_past_due"]
    told = f"{fmt.count(days)} days past due" if days > 0 else f"in {fmt.count(-days)} days"
    told = told if days else "today"
    title = f" ({_line(row['title'])})" if row["title"] else ""
    lines = [
        f"{row['recommendation_id']}{title}: due {fmt.day(row['due_on'])}, {told}",
        f"  {_line(row['text'])}",
    ]
    return "\n".join(line for line in lines if line.strip())


def _line(text: str) -> str:
    """Return a source's words on one line, without what a terminal would obey."""
    if not text.isprintable():
        text = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(text.split())


def sheets(aged: Aging, log: Log, lists: tuple[ClockList, ...], why: list[str]) -> dict[str, str]:
    """Return a page a report, by its path, with a sheet of each recommendation.

    A sheet tells what it asks, its clocks and its history, and is printed on paper of its own. The
    history has every event recorded by the register's day, corrected ones marked, with the
    words it rests on; ``why`` says of each row of the table why it stands where it does. What a
    source says is escaped; a page runs nothing and asks for nothing.
    """
    history, clocks = _history(aged, log), _clocks(lists)
    table, stamp = aged.table, marked(aged.register.stamp_to_send, aged.register.origin)
    facts = {_heading(column): _as_text(table[column]) for column in _FACTS}
    said = (table[column].tolist() for column in ("recommendation_id", "report", "title", "text"))
    found: dict[str, list[_Case]] = {}
    for place, (name, report, title, text) in enumerate(zip(*said, strict=True)):
        own = [(heading, told[place]) for heading, told in facts.items() if told[place]]
        path, _, mark = sheet_path(report, name).partition("#")
        case = _Case(name, mark, title, text, why[place], own, clocks.get(name, []), history[name])
        found.setdefault(path, []).append(case)
    return {path: _page(cases, stamp) for path, cases in found.items()}


def _heading(column: str) -> str:
    return column.removesuffix("_usd").replace("_", " ")


def _as_text(values: pd.Series) -> list[str]:
    """Return a column's values as a sheet shows them, blank where one is missing."""
    if values.dtype.kind == "M":
        return values.dt.strftime("%Y-%m-%d").fillna("").tolist()
    if pd.api.types.is_numeric_dtype(values.dtype):
        sign = "$" if str(values.name).endswith("_usd") else ""
        return ["" if pd.isna(value) else f"{sign}{value:,.0f}" for value in values.tolist()]
    return values.tolist()


def _history(aged: Aging, log: Log) -> dict[str, list[str]]:
    """Return the events of each recommendation as lines of a table, in the order of the log."""
    told = merged(log, as_of=aged.as_of).events
    told = told[told["recorded_on"] <= pd.Timestamp(aged.as_of)]
    dated = "due " + told["ecd_to"].dt.strftime("%Y-%m-%d")
    says = told["status"].where(told["status"] != "", told["concurrence"])
    says = says.where(says != "", told["note"]).mask(told["kind"] == "ecd", dated)
    says = says.mask(told["ecd_bound"] == "not_before", "not before" + dated.str.slice(3))
    fixed = np.where(told["event_id"].isin(told["supersedes"]), " (corrected since)", "")
    source = told["source_file"] + " " + told["source_sha256"].str[: tables.HASH_LENGTH]
    columns = [
        *(told[c].dt.strftime("%Y-%m-%d") for c in ("effective_to", "recorded_on")),
        *(told["kind"].str.replace("_", " ") + fixed, says, told["source_span"], source),
        *(told["review"], told["by"]),
    ]
    found: dict[str, list[str]] = {name: [] for name in aged.table["recommendation_id"]}
    lines = zip(*(column.tolist() for column in columns), strict=True)
    for name, line in zip(told["recommendation_id"].tolist(), lines, strict=True):
        if name in found:
            found[name].append(_row(line))
    return found


def _clocks(lists: tuple[ClockList, ...]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in lists:
        due = one.table["due_on"].dt.strftime("%Y-%m-%d").fillna(fmt.MISSING)
        parts = (one.table["recommendation_id"], one.table["state"], due, one.table["reason"])
        for name, *line in zip(*(part.tolist() for part in parts), strict=True):
            found.setdefault(name, []).append(_row((one.clock.heading, *line)))
    return found


def _row(cells: Iterable[str]) -> str:
    """Return a line of a sheet's table, what a source says escaped."""
    return f"<tr><td>{'</td><td>'.join(map(escape, cells))}</td></tr>"


_FACTS = (
    *(
        "issuer",
        "report",
        "number",
        "agency",
        "office",
        "official",
        "rating",
        "priority",
        "standing",
    ),
    *("status", "concurrence", "issued_on", "due_on", "first_due_on", "milestone_to"),
    *("days_past_due", "days_past_first", "revisions", "slip_days", "last_seen_on"),
    *("questioned_costs_usd", "funds_for_better_use_usd"),
)
_HEAD = (
    '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
    '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; style-src '
    '\'unsafe-inline\'"><meta name="viewport" content="width=device-width">'
    "<style>body{font:14px/1.4 sans-serif;max-width:60rem;margin:1rem auto;padding:0 1rem}"
    "section+section{break-before:page}"
    "table{border-collapse:collapse;margin:1rem 0}caption{font-weight:bold}"
    "th,td{border:1px solid #ccc}"
    "caption,th,td{padding:.2rem .4rem;text-align:left;vertical-align:top}</style>"
)


@dataclass(frozen=True)
class _Case:
    """One recommendation as its sheet tells it; clocks and history as lines of a table."""

    name: str
    mark: str
    title: str
    text: str
    why: str
    facts: list[tuple[str, str]]
    clocks: list[str]
    history: list[str]

    def sheet(self, level: str) -> str:
        """Return the sheet, as part of a page, under a heading of this level."""
        facts = _table("Where it stands", ("what", "as the log has it"), map(_row, self.facts))
        runs = _table("Clocks", ("clock", "state", "runs out", "why"), self.clocks)
        parts = [
            f'<section id="{self.mark}"><{level}>{escape(self.name)}</{level}>',
            f"<p><strong>{escape(self.title)}</strong></p>",
            f"<p>{escape(self.text)}</p><p>{escape(self.why)}</p>",
            facts,
            runs if self.clocks else "",
            _table("History and the words it rests on", _HISTORY, self.history),
            "</section>",
        ]
        return "\n".join(parts)


def _page(cases: list[_Case], stamp: str) -> str:
    """Return the sheets of a report, in order, of the register that ``stamp`` names."""
    cases = sorted(cases, key=lambda case: _in_order(case.name))
    names = escape(cases[0].name + (f" to {cases[-1].name}" if len(cases) > 1 else ""))
    inside = [f'<a href="#{case.mark}">{escape(case.name)}</a>' for case in cases if len(cases) > 1]
    parts = [
        f"{_HEAD}<title>{names}</title></head><body>",
        f"<h1>{names}</h1><p>Here are {', '.join(inside)}</p>" if inside else "",
        *(case.sheet("h2" if inside else "h1") for case in cases),
        f"<p>{escape(fmt.begun(stamp))}. "
        '<a href="../../../recommendation_aging.html">The whole register</a></p></body></html>',
    ]
    return "\n".join(parts) + "\n"


def _in_order(name: str) -> list[tuple[int, str]]:
    """Return what sorts names as people count: 2 comes before 10."""
    parts = re.split(r"([0-9]+)", name)
    return [(int(p), "") if p.isdecimal() else (-1, p) for p in parts]


def _table(caption: str, headings: tuple[str, ...], rows: Iterable[str]) -> str:
    head = "".join(f'<th scope="col">{heading}</th>' for heading in headings)
    body = "".join(rows)
    return (
        f"<table><caption>{caption}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table>"
    )
