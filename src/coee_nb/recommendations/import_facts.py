"""What one row of a source says of a recommendation, fact by fact, beside what the log holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING

import pandas as pd

from coee_nb.formats import day
from coee_nb.recommendations import sightings
from coee_nb.recommendations.columns import CLOSED_STATUSES, NOT_READ, REVALUED
from coee_nb.recommendations.history import History
from coee_nb.recommendations.identity import REWORDED_NOTE
from coee_nb.recommendations.merges import ANOTHER, alike
from coee_nb.recommendations.sources import reading as sources

if TYPE_CHECKING:
    from coee_nb.recommendations.imports import ImportWork

NARRATIVE_NOTE = "narrative sha256 "
FORMER_NOTE = "former date, told together with the one that took its place"
FIRST_NOTE = "earliest date of which the comments tell"
NO_DATE = "no date given"
TAKEN_AS_OPEN = "taken as open"
_ECD_FIELDS = ("ecd_from", "ecd_to", "ecd_precision", "ecd_bound", "ecd_kind")


def issue(work: ImportWork, name: str, row: dict, history: History) -> None:
    """Note an issue date that the log does not know, or has otherwise."""
    issued, known = pd.Timestamp(row["issued_on"]), work.issued.get(name, pd.NaT)
    if pd.isna(issued):
        return
    told = history.last("issued")
    known = known if pd.notna(known) else pd.Timestamp(told["effective_to"] if told else None)
    if pd.notna(known) and known != issued:
        work.note(name, "issue date differs", day(known), f"{day(issued)} (not taken over)")
    elif told is None:
        report = row["report"] if not work.reports.get(name) else ""
        work.event(
            name, "issued", (issued, issued), history, note=f"report {report}" if report else ""
        )
        work.note(name, "issue date learnt", "", day(issued))


def wording(work: ImportWork, name: str, row: dict, history: History) -> None:
    """Note a wording that the log does not have."""
    if row["text_sha256"] in work.known.texts[name]:
        return
    work.known.texts[name].add(row["text_sha256"])
    work.event(
        name,
        "reworded",
        (row["stated_from"], row["stated_to"]),
        history,
        source_span=row["text"][:80],
        note=REWORDED_NOTE + row["text_sha256"],
    )
    doubt = " [hardly a word as before: has another recommendation got its number?]"
    other = alike(work.wordings.get(name, row["text"]), row["text"]) < ANOTHER
    work.note(name, "reworded", "", row["text"][:80] + (doubt if other else ""))


def concurrence(work: ImportWork, name: str, row: dict, history: History) -> None:
    """Note another concurrence than the log holds."""
    if not row["concurrence"]:
        return
    when = (row["stated_from"], row["stated_to"])
    held = history.at("concurrence", when)
    if history.said(held, concurrence=row["concurrence"]):
        return
    work.event(
        name,
        "concurrence",
        when,
        history,
        concurrence=row["concurrence"],
        **source(row, "concurrence"),
        **history.correction(held, when),
    )
    work.note(name, "changed concurrence", _word(held, "concurrence"), row["concurrence"])


def _closing(work: ImportWork, name: str, row: dict, history: History) -> tuple:
    """When a status holds: on the day its words give to a closure, else as the row is stated.

    What the log has of a later day, or an issue after it, contradicts the words.
    """
    closed, held = (row.get("closed_from"), row.get("closed_to")), history.last("status")
    issued = work.issued.get(name, pd.NaT)
    open_since = held is not None and held["status"] not in CLOSED_STATUSES
    late = open_since and not history.seen_before(closed[0], "status")
    if pd.isna(closed[0]) or late or pd.Timestamp(closed[0]) < issued:
        return row["stated_from"], row["stated_to"]
    return closed


def status(work: ImportWork, name: str, row: dict, history: History) -> None:
    """Note another status, or one shown again."""
    when = _closing(work, name, row, history)
    held = history.at("status", when)
    if not row["status"]:
        return
    same = history.said(held, status=row["status"])
    returned = history.vanished
    anew = returned or work.unread_now or history.is_unconfirmed("status")
    if same and not history.needs_own(held, when) and not anew:
        work.unchanged.append((name, row))
        return
    if pd.isna(when[0]):
        # Shown as before, it has no new beginning.
        when = (None, when[1]) if same else _since(held, when[1])
    work.event(
        name,
        "status",
        when,
        history,
        status=row["status"],
        note="; ".join(filter(None, (_taken(row), row["note"]))),
        **source(row, "status"),
        **history.correction(held, when),
    )
    if not same:
        work.note(name, "changed status", _word(held, "status"), row["status"])
    if returned:
        work.note(name, "shown again", "vanished", row["status"])


def _taken(row: Mapping) -> str:
    """Why a status that the source's words do not decide is one."""
    doubt = row["status_doubt"]
    return f"{TAKEN_AS_OPEN}: {doubt}" if doubt and row["status"] else ""


def unless_known(row: dict, history: History) -> dict:
    """Return a row without the status that was taken as open where the log holds another word.

    What the log held is then not confirmed by it; the same word again says nothing new.
    """
    held = history.last("status")
    if held is None or not (row["status_doubt"] and row["status"]):
        return row
    if held["source_span"] == row["status_span"] and held["note"].startswith(TAKEN_AS_OPEN):
        return row
    unread = {"unread": row["status_span"] or row["status_doubt"]}
    unread |= {"unread_why": row["status_doubt"]}
    if row["unread"]:
        unread = {key: f"{unread[key]}; {row[key]}" for key in unread}
    return row | {"status": "", "status_span": ""} | unread


def noted(work: ImportWork, name: str, row: dict, history: History) -> None:
    """Keep what the source says in its own words, where the log does not have them already.

    So are kept a priority and amounts that are no longer what they were.
    """
    for told in (*row["noted"], *_revalued(work, name, row, history)):
        held = [e for e in history.all("noted") if label_of(e["note"]) == told.label]
        if held and held[-1]["source_span"] == told.words:
            continue
        why = f", {NOT_READ}: {told.unread}" if told.unread else ""
        when = (row["stated_from"], row["stated_to"])
        work.event(name, "noted", when, history, source_span=told.words, note=told.label + why)
        first = "" if name in work.fresh else _first_value(work, name, told.label)
        if held or first:
            before = held[-1]["source_span"] if held else first
            work.note(name, "changed note", f"{told.label} {before}", told.words)


def _revalued(
    work: ImportWork, name: str, row: Mapping, history: History
) -> Iterator[sources.Noted]:
    """Yield the priority and amounts of a row that may differ from what the log has."""
    if name in work.fresh:
        return  # they are what it was entered with
    told = {label_of(event["note"]) for event in history.all("noted")}
    for column, label in REVALUED.items():
        words = _as_words(row[column])
        if words and (label in told or words != _first_value(work, name, label)):
            yield sources.Noted(label, words)


def _first_value(work: ImportWork, name: str, label: str) -> str:
    """Return the value with which a recommendation was entered; blank where it had none."""
    columns = [column for column, of in REVALUED.items() if of == label]
    return _as_words(work.entered[name][columns[0]]) if columns else ""


def _as_words(value: str | float | None) -> str:
    if value is None or pd.isna(value):
        return ""
    return value if isinstance(value, str) else f"{value:.2f}"


def label_of(note: str) -> str:
    """Return what the words of a noted event are of.

    >>> label_of("issued_on, not read: 'May' is not a day")
    'issued_on'
    """
    return note.split(f", {NOT_READ}: ")[0]


def ecd(work: ImportWork, name: str, row: dict, history: History) -> None:
    """Note another estimated completion date, none where there was one, or a withdrawal."""
    kind = _ecd_of(row)
    stated = (row["stated_from"], row["stated_to"])
    held = history.at("ecd", stated)
    stands = held is not None and held["kind"] == "ecd"
    if not kind and work.has_due_column and (stands or history.is_unconfirmed("ecd")):
        # The list has a place for dates and leaves this one's blank.
        says = row["status"] not in ("", *CLOSED_STATUSES) and not row["ecd_unread"]
        kind = "no_ecd" if says else ""
    if not kind or (kind == "no_ecd" and row["cut"] and held is not None):
        return
    word = {"kind": kind, "ecd_from": row["ecd_from"], "ecd_to": row["ecd_to"]}
    word |= {"ecd_bound": row["ecd_bound"]}
    word |= {"source_span": row["ecd_span"]} if kind == "no_ecd" and row["ecd_span"] else {}
    same = history.said(held, **word)
    anew = work.unread_now or history.is_unconfirmed("ecd")
    if same and not history.needs_own(held, stated) and not anew:
        return
    when = (row["told_from"], row["told_to"])
    if same and anew and pd.isna(stated[0]):
        when = (None, row["stated_to"])
    elif history.is_later(held, when, work.reading.as_of):
        # What the list now shows is the agency's word by now, though its date is an old one.
        when = (None, row["stated_to"])
    if not same:
        _former(work, name, row, when[1], history)
    work.event(
        name,
        kind,
        when,
        history,
        **({column: row[column] for column in _ECD_FIELDS} if kind == "ecd" else {}),
        note=_no_date_note(row) if kind == "no_ecd" else "",
        **source(row, "withdrawn" if kind == "withdrawn" else "ecd"),
        **history.correction(held, when),
    )
    if not same:
        before = _said_by(held) if held else ""
        after = _said(kind, row["ecd_to"], row["ecd_kind"], row["ecd_span"])
        change = "withdrawn ECD" if kind == "withdrawn" else "changed ECD"
        work.note(name, change, before, after)


def _former(work: ImportWork, name: str, row: dict, told_to: object, history: History) -> None:
    """Keep the dates that the same words give up, as of the days before they were told."""
    given = pd.notna(row["ecd_to"])
    if given and (row["ecd_kind"], row["ecd_bound"]) != ("action", "due"):
        return
    known = {event["ecd_to"] for event in history.all("ecd")} | {pd.Timestamp(row["ecd_to"])}
    former = [one for one in row["ecd_earlier"] if pd.Timestamp(one.due) not in known]
    told_by = min(pd.Timestamp(told_to), pd.Timestamp(work.reading.as_of))
    for days, one in zip(range(len(former), 0, -1), former, strict=True):
        work.event(
            name,
            "ecd",
            (None, told_by - pd.Timedelta(days=days)),
            history,
            ecd_to=one.due,
            ecd_precision=one.precision,
            ecd_bound="due",
            ecd_kind="action",
            source_span=one.span,
            note=FORMER_NOTE,
        )


def update(work: ImportWork, name: str, row: dict, history: History) -> None:
    """Note comments that the log does not have."""
    if not row["narrative"] or row["says_nothing"]:
        return
    when = (row["told_from"], row["told_to"])
    note = NARRATIVE_NOTE + row["narrative_sha256"]
    known = history.all("update")
    _first_told(work, name, row, history)
    if any(event["note"] == note and _same(event, when) for event in known):
        return
    newer = all(pd.Timestamp(row["told_to"]) > event["effective_to"] for event in known)
    if row["cut"] and known and not newer:
        return
    work.event(name, "update", when, history, note=note, **source(row, "told"))
    work.note(name, "updated", "", row["told_span"] or day(row["told_to"]))


def _first_told(work: ImportWork, name: str, row: dict, history: History) -> None:
    """Keep the earliest "as of" of the comments where no issue date bounds the age."""
    if pd.notna(row["issued_on"]) or pd.notna(work.issued.get(name, pd.NaT)):
        return
    by = pd.Timestamp(row["stated_to"]).date()
    first = sightings.first_told(row["narrative"], by=by, style=row["style"])
    if first is None or history.known_by(first.due):
        return
    span = row["narrative"][first.start : first.end]
    when = (first.starts, first.due)
    work.event(name, "update", when, history, note=FIRST_NOTE, source_span=span)


def _ecd_of(row: Mapping) -> str:
    """The kind of the row's word on completion; blank where it has no place for one."""
    if pd.notna(row["ecd_to"]):
        return "ecd"
    if row.get("withdrawn_span"):
        return "withdrawn"
    if row["ecd_unread"]:
        return ""  # there may be a date in the words that were not read
    said = row["narrative"] or row["ecd_span"]
    return "no_ecd" if said and row["status"] not in ("", *CLOSED_STATUSES) else ""


def _no_date_note(row: Mapping) -> str:
    if row["narrative"] and row["says_nothing"]:
        return f"{NO_DATE}: the auditor will update the status"
    return f"{NO_DATE} in the part of the comment shown" if row["cut"] else NO_DATE


def _said_by(event: Mapping) -> str:
    words = event.get("source_span") or ""
    return _said(event["kind"], event.get("ecd_to"), event.get("ecd_kind"), words)


def _said(kind: str, due: date | None, of: str | None, words: str = "") -> str:
    if kind == "ecd":
        return f"{'milestone' if of == 'milestone' else 'ECD'} {day(due)}"
    if kind == "withdrawn":
        return "ECD withdrawn"
    if kind == "no_ecd":
        return f"{NO_DATE} ({words})" if words else NO_DATE
    return "no word on completion"


def _word(held: Mapping | None, column: str) -> str:
    return held[column] if held else ""


def source(row: Mapping, prefix: str) -> dict:
    """Return where in the source the words stand."""
    return {"source_span": row[f"{prefix}_span"], "source_start": row.get(f"{prefix}_start")}


def _since(held: Mapping | None, seen: object) -> tuple:
    """When a status of an undated list began: after the one before it was seen, by this list."""
    if held is None:
        return None, seen
    after = pd.Timestamp(held["effective_to"]) + pd.Timedelta(days=1)
    return (after if after <= pd.Timestamp(seen) else None), seen


def _same(event: Mapping, when: tuple) -> bool:
    known = (event["effective_from"], event["effective_to"])
    given = tuple(map(pd.Timestamp, when))
    return all(a == b or (pd.isna(a) and pd.isna(b)) for a, b in zip(known, given, strict=True))


def where_it_stands(history: History) -> str:
    """Status and date by the newest of the statements, whatever their order in the file."""
    status, ecd = history.last("status"), history.last("ecd")
    unread = "date not read" if history.last("unread") else _said("", None, None)
    told = _said_by(ecd) if ecd else unread
    return f"{_word(status, 'status') or 'status not read'}; {told}"
