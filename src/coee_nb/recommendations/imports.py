"""What a file changes in the log: what is new, changed or gone, and the events that say so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from coee_nb.errors import InputError
from coee_nb.formats import count, day
from coee_nb.recommendations import log as event_log
from coee_nb.recommendations import sightings
from coee_nb.recommendations.columns import (
    CLOSED_STATUSES,
    CONTRADICTS,
    RECOMMENDATION_COLUMNS,
)
from coee_nb.recommendations.history import History
from coee_nb.recommendations.identity import REWORDED_NOTE, KnownRecommendations
from coee_nb.recommendations.log import Log
from coee_nb.recommendations.sources.reading import Reading

NARRATIVE_NOTE = "narrative sha256 "
FORMER_NOTE = "former date, told together with the one that took its place"
FIRST_NOTE = "earliest date of which the comments tell"
NO_DATE = "no date given"
CHANGES = (
    "added", "seen, not read", "contradiction", "changed ECD", "withdrawn ECD", "changed status",
    "changed concurrence", "reworded", "updated", "issue date learnt", "issue date differs",
    "vanished", "shown again", "not shown",
)  # fmt: skip
_ECD_FIELDS = ("ecd_from", "ecd_to", "ecd_precision", "ecd_bound", "ecd_kind")


@dataclass(frozen=True)
class ImportChanges:
    """What a reading changes in a log.

    ``recommendations`` and ``events`` are the rows to append (columns of the log's files; events
    without ids). ``table`` has one row a change: ``recommendation_id``, ``change`` (one of
    ``CHANGES``), ``before``, ``after``. ``text`` is the summary for the analyst; ``sources`` the
    row of ``sources.csv``, None where the file was imported as of that day before.
    """

    recommendations: pd.DataFrame
    events: pd.DataFrame
    table: pd.DataFrame
    text: str
    sources: pd.DataFrame | None = None


def append_reading(folder: str | Path, reading: Reading) -> ImportChanges:
    """Append what ``reading`` changes to the log in ``folder`` and return it.

    The comparison is made under the log's lock, so the same file imported twice, even at once,
    changes the log once. Raises InputError as ``changes`` and ``log.append`` do.
    """
    made: list[ImportChanges] = []

    def compose(log: Log) -> tuple[pd.DataFrame, pd.DataFrame]:
        made.append(changes(log, reading))
        sources = () if made[0].sources is None else (made[0].sources,)
        return made[0].recommendations, made[0].events, *sources

    event_log.update(folder, compose)
    return made[0]


def changes(log: Log, reading: Reading) -> ImportChanges:
    """Return what ``reading`` changes in ``log``, which is left as it is.

    An undated list is compared with what the log holds as current, a dated statement (a report,
    a response of a given month) with what the log holds of that date. A list older than what the
    log already knows of its recommendations is refused with InputError, unless it was imported
    before. A row that was seen and not read, or whose parts contradict each other, is an event of
    its own: what the log held of it is then not confirmed by this source. Absence means vanished
    only where the list is complete: the source's own count is reached, and no row that could not
    be identified may be the one missed.
    """
    work = _Work(log, reading)
    if work.is_behind():
        return work.nothing("imported before; the log has later news since")
    for row in work.rows:
        work.take(row)
    work.miss_the_absent()
    work.note_the_unchanged()
    return work.result()


@dataclass
class _Work:
    """One import under way."""

    log: Log
    reading: Reading
    added: list[dict] = field(default_factory=list)
    events: list[dict] = field(default_factory=list)
    changed: list[dict] = field(default_factory=list)
    seen: dict[str, list[tuple]] = field(default_factory=dict)
    fresh: dict[str, dict] = field(default_factory=dict)  # the changes "added", by id
    unchanged: list[tuple[str, dict]] = field(default_factory=list)  # of the same status as before
    still: int = 0  # of those, how many the log now knows to stand so by this list

    def __post_init__(self) -> None:
        self.known = KnownRecommendations(self.log.recommendations, self.log.events)
        known = self.log.recommendations.set_index("recommendation_id")
        self.known.claim(self.reading.rows)
        self.rows = sightings.settled(self.reading.rows, self.known.find)
        self.listed = self._listed()
        # A list with a column for dates leaves a cell blank where there is none.
        self.has_due_column = any(
            pd.notna(row["ecd_to"]) and row["ecd_span"] not in row["narrative"] for row in self.rows
        )
        self.unread_now = False  # of the row being taken
        rows = self.rows
        concerned = {self.known.find(row) for row in rows} | set(self.listed)
        happened = self.log.events[self.log.events["recommendation_id"].isin(concerned)]
        self.histories = History.by_recommendation(happened)
        self.issued = known["issued_on"].to_dict()
        self.is_known = bool((self.log.events["source_sha256"] == self.reading.sha256).any())
        self.reports = known["report"].to_dict()

    def _listed(self) -> list[str]:
        """The known recommendations one would look for in this list; none in a dated source."""
        reading, table = self.reading, self.log.recommendations
        if not reading.scope or all(pd.notna(row["stated_from"]) for row in self.rows):
            return []
        here = pd.Series(True, index=table.index)
        for column, value in reading.scope.items():
            here &= table[column].eq(value)
        return table.loc[here, "recommendation_id"].tolist()

    def is_behind(self) -> bool:
        """Whether the log knows later news of these recommendations, which this file then is not.

        A dated source is history whenever it is read.
        """
        as_of = pd.Timestamp(self.reading.as_of)
        for row in self.rows:
            if pd.notna(row["stated_from"]):
                continue
            name = self.known.find(row)
            latest = self.histories[name].recorded if name in self.histories else pd.NaT
            if latest > as_of:
                if self.is_known:
                    return True
                raise InputError(
                    f"the log already knows news of {day(latest)} about {name}",
                    where=self.reading.file,
                    expected=f"a list no older than that, not one of {day(as_of)}",
                    do="import lists in the order of their dates",
                )
        return False

    def take(self, row: dict) -> None:
        """Compare one row with the log and note what it changes."""
        name = self.known.find(row) or self._add(row)
        self._refuse_twice(name, row)
        history = self.histories.setdefault(name, History())
        before = len(self.changed)
        words = row["unread"]
        self.unread_now = bool(words) and not history.knows_unread(words)
        self._issue(name, row, history)
        self._text(name, row, history)
        self._concurrence(name, row, history)
        self._status(name, row, history)
        self._ecd(name, row, history)
        self._update(name, row, history)
        if name in self.fresh:
            # Of a recommendation that was not known before, only where it stands is news.
            del self.changed[before:]
        if self.unread_now:
            self._unread(name, row, words, history)
        if name in self.fresh:
            self.fresh[name]["after"] = _where_it_stands(history)

    def _unread(self, name: str, row: dict, words: str, history: History) -> None:
        """Note words that were seen and not read; the facts of the same row stand beside them."""
        when = (row["stated_from"], row["stated_to"])
        note = sightings.why_unread(row)
        self._event(name, "unread", when, history, source_span=words, note=note)
        told = "contradiction" if note.startswith(CONTRADICTS) else "seen, not read"
        before = "" if name in self.fresh else _where_it_stands(history)
        self._note(name, told, before, note)

    def _add(self, row: dict) -> str:
        name = self.known.add(row)
        identity = {column: row[column] for column in RECOMMENDATION_COLUMNS if column in row}
        self.added.append(identity | {"recommendation_id": name, "recorded_on": self.reading.as_of})
        self._note(name, "added", "", "")
        self.fresh[name] = self.changed[-1]
        self.issued[name], self.reports[name] = pd.Timestamp(row["issued_on"]), row["report"]
        return name

    def _refuse_twice(self, name: str, row: dict) -> None:
        moment = (row["stated_from"], row["stated_to"])
        if moment in self.seen.setdefault(name, []):
            raise InputError(
                f"{row['where']} is {name} a second time",
                where=self.reading.file,
                expected="each recommendation once",
                do="give recommendations of one report different numbers",
            )
        self.seen[name].append(moment)

    def _note(self, name: str, change: str, before: str, after: str) -> None:
        self.changed.append(
            {"recommendation_id": name, "change": change, "before": before, "after": after}
        )

    def _event(self, name: str, kind: str, when: tuple, history: History, **fields: Any) -> None:
        event = {
            "recommendation_id": name,
            "effective_from": when[0],
            "effective_to": when[1],
            "recorded_on": self.reading.as_of,
            "kind": kind,
            "source_file": self.reading.file,
            "source_sha256": self.reading.sha256,
            "review": "automatic",
            **fields,
        }
        self.events.append(event)
        history.add(event)

    def _issue(self, name: str, row: dict, history: History) -> None:
        issued, known = pd.Timestamp(row["issued_on"]), self.issued.get(name, pd.NaT)
        if pd.isna(issued):
            return
        told = history.last("issued")
        known = known if pd.notna(known) else pd.Timestamp(told["effective_to"] if told else None)
        if pd.notna(known) and known != issued:
            self._note(name, "issue date differs", day(known), f"{day(issued)} (not taken over)")
        elif told is None:
            report = row["report"] if not self.reports.get(name) else ""
            self._event(
                name, "issued", (issued, issued), history, note=f"report {report}" if report else ""
            )
            self._note(name, "issue date learnt", "", day(issued))

    def _text(self, name: str, row: dict, history: History) -> None:
        if row["text_sha256"] in self.known.texts[name]:
            return
        self.known.texts[name].add(row["text_sha256"])
        self._event(
            name,
            "reworded",
            (row["stated_from"], row["stated_to"]),
            history,
            source_span=row["text"][:80],
            note=REWORDED_NOTE + row["text_sha256"],
        )
        self._note(name, "reworded", "", row["text"][:80])

    def _concurrence(self, name: str, row: dict, history: History) -> None:
        if not row["concurrence"]:
            return
        when = (row["stated_from"], row["stated_to"])
        held = history.at("concurrence", when)
        if history.said(held, concurrence=row["concurrence"]):
            return
        self._event(
            name,
            "concurrence",
            when,
            history,
            concurrence=row["concurrence"],
            **_source(row, "concurrence"),
            **history.correction(held, when),
        )
        self._note(name, "changed concurrence", _word(held, "concurrence"), row["concurrence"])

    def _closing(self, name: str, row: dict, history: History) -> tuple:
        """When a status holds: on the day its words give to a closure, else as the row is stated.

        What the log has of a later day, or an issue after it, contradicts the words.
        """
        closed, held = (row.get("closed_from"), row.get("closed_to")), history.last("status")
        issued = self.issued.get(name, pd.NaT)
        open_since = held is not None and held["status"] not in CLOSED_STATUSES
        late = open_since and not history.seen_before(closed[0], "status")
        if pd.isna(closed[0]) or late or pd.Timestamp(closed[0]) < issued:
            return row["stated_from"], row["stated_to"]
        return closed

    def _status(self, name: str, row: dict, history: History) -> None:
        when = self._closing(name, row, history)
        held = history.at("status", when)
        if not row["status"]:
            return
        same = history.said(held, status=row["status"])
        returned = history.vanished
        anew = returned or self.unread_now or history.is_unconfirmed("status")
        if same and not history.needs_own(held, when) and not anew:
            self.unchanged.append((name, row))
            return
        if pd.isna(when[0]):
            # Shown as before, it has no new beginning.
            when = (None, when[1]) if same else _since(held, when[1])
        self._event(
            name,
            "status",
            when,
            history,
            status=row["status"],
            note=row["note"],
            **_source(row, "status"),
            **history.correction(held, when),
        )
        if not same:
            self._note(name, "changed status", _word(held, "status"), row["status"])
        if returned:
            self._note(name, "shown again", "vanished", row["status"])

    def note_the_unchanged(self) -> None:
        """Where a list brings news, record too what it shows as before: it was open by then."""
        if not self.events:
            return
        for name, row in self.unchanged:
            history = self.histories[name]
            if pd.isna(row["stated_from"]) and history.seen_before(row["stated_to"]):
                when = (pd.NaT, row["stated_to"])
                said = {"status": row["status"], **_source(row, "status")}
                self._event(name, "status", when, history, **said)
                self.still += 1

    def _ecd(self, name: str, row: dict, history: History) -> None:
        kind = _ecd_of(row)
        stated = (row["stated_from"], row["stated_to"])
        held = history.at("ecd", stated)
        stands = held is not None and held["kind"] == "ecd"
        if not kind and self.has_due_column and (stands or history.is_unconfirmed("ecd")):
            # The list has a place for dates and leaves this one's blank.
            says = row["status"] not in CLOSED_STATUSES and not row["unread"]
            kind = "no_ecd" if says else ""
        if not kind or (kind == "no_ecd" and row["cut"] and held is not None):
            return
        word = {"kind": kind, "ecd_from": row["ecd_from"], "ecd_to": row["ecd_to"]}
        word |= {"ecd_bound": row["ecd_bound"]}
        same = history.said(held, **word)
        anew = self.unread_now or history.is_unconfirmed("ecd")
        if same and not history.needs_own(held, stated) and not anew:
            return
        when = (row["told_from"], row["told_to"])
        if same and anew and pd.isna(stated[0]):
            when = (None, row["stated_to"])
        elif history.is_later(held, when, self.reading.as_of):
            # What the list now shows is the agency's word by now, though its date is an old one.
            when = (None, row["stated_to"])
        if not same:
            self._former(name, row, when[1], history)
        self._event(
            name,
            kind,
            when,
            history,
            **({column: row[column] for column in _ECD_FIELDS} if kind == "ecd" else {}),
            note=_no_date_note(row) if kind == "no_ecd" else "",
            **_source(row, "withdrawn" if kind == "withdrawn" else "ecd"),
            **history.correction(held, when),
        )
        if not same:
            before = _said(held["kind"], held.get("ecd_to"), held.get("ecd_kind")) if held else ""
            after = _said(kind, row["ecd_to"], row["ecd_kind"])
            change = "withdrawn ECD" if kind == "withdrawn" else "changed ECD"
            self._note(name, change, before, after)

    def _former(self, name: str, row: dict, told_to: object, history: History) -> None:
        """Keep the dates that the same words give up, as of the days before they were told."""
        if (row["ecd_kind"], row["ecd_bound"]) != ("action", "due"):
            return
        known = {event["ecd_to"] for event in history.all("ecd")} | {pd.Timestamp(row["ecd_to"])}
        former = [one for one in row["ecd_earlier"] if pd.Timestamp(one.due) not in known]
        told_by = min(pd.Timestamp(told_to), pd.Timestamp(self.reading.as_of))
        for days, one in zip(range(len(former), 0, -1), former, strict=True):
            self._event(
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

    def _update(self, name: str, row: dict, history: History) -> None:
        if not row["narrative"] or row["says_nothing"]:
            return
        when = (row["told_from"], row["told_to"])
        note = NARRATIVE_NOTE + row["narrative_sha256"]
        known = history.all("update")
        self._first_told(name, row, history)
        if any(event["note"] == note and _same(event, when) for event in known):
            return
        newer = all(pd.Timestamp(row["told_to"]) > event["effective_to"] for event in known)
        if row["cut"] and known and not newer:
            return
        self._event(name, "update", when, history, note=note, **_source(row, "told"))
        self._note(name, "updated", "", row["told_span"] or day(row["told_to"]))

    def _first_told(self, name: str, row: dict, history: History) -> None:
        """Keep the earliest "as of" of the comments where no issue date bounds the age."""
        if pd.notna(row["issued_on"]) or pd.notna(self.issued.get(name, pd.NaT)):
            return
        by = pd.Timestamp(row["stated_to"]).date()
        first = sightings.first_told(row["narrative"], by=by, style=row["style"])
        if first is None or history.known_by(first.due):
            return
        span = row["narrative"][first.start : first.end]
        when = (first.starts, first.due)
        self._event(name, "update", when, history, note=FIRST_NOTE, source_span=span)

    def miss_the_absent(self) -> None:
        """Note what the log holds of this list and the file does not show."""
        listed = self.log.recommendations.set_index("recommendation_id")
        reading = self.reading
        for name in self.listed:
            history = self.histories.get(name, History())
            if name in self.seen or history.vanished:
                continue
            status = history.last("status")
            if status is None or status["status"] in CLOSED_STATUSES:
                continue
            doubt = sightings.why_absence_tells_nothing(reading, listed.loc[name])
            if not doubt:
                self._event(name, "vanished", (None, reading.as_of), history)
                self._note(name, "vanished", status["status"], "not in the complete list")
            else:
                self._note(name, "not shown", status["status"], doubt)

    def nothing(self, reason: str) -> ImportChanges:
        """Return the changes of a file that changes nothing."""
        empty = event_log.empty()
        text = f"{self.reading.account} Nothing to change: {reason}."
        table = pd.DataFrame(columns=["recommendation_id", "change", "before", "after"])
        return ImportChanges(empty.recommendations, empty.events, table, text, self._sources())

    def _sources(self) -> pd.DataFrame | None:
        """The row of ``sources.csv``, unless the file of that day has one."""
        known = self.log.sources
        same = known["source_sha256"].eq(self.reading.sha256)
        if (same & known["as_of"].eq(pd.Timestamp(self.reading.as_of))).any():
            return None
        return sightings.source_row(self.reading)

    def result(self) -> ImportChanges:
        """Return everything noted so far."""
        table = pd.DataFrame(
            self.changed, columns=["recommendation_id", "change", "before", "after"]
        )
        return ImportChanges(
            event_log.recommendations_table(pd.DataFrame(self.added)),
            event_log.events_table(pd.DataFrame(self.events)),
            table,
            _text(self.reading, table, len(self.events), self.still),
            self._sources(),
        )


def _text(reading: Reading, table: pd.DataFrame, events: int, still: int) -> str:
    counts = table["change"].value_counts()
    said = [f"{count(int(counts[change]))} {change}" for change in CHANGES if change in counts]
    said += [f"{count(still)} still of the same status"] if still else []
    news = "; ".join(said) if said else "nothing changed"
    text = f"{reading.format} as of {day(reading.as_of)}: {reading.account} {news}"
    return f"{text}; {count(events)} event{'' if events == 1 else 's'}." if events else f"{text}."


def _where_it_stands(history: History) -> str:
    """Status and date by the newest of the statements, whatever their order in the file."""
    status, ecd = history.last("status"), history.last("ecd")
    told = _said(ecd["kind"], ecd["ecd_to"], ecd.get("ecd_kind")) if ecd else _said("", None, None)
    return f"{_word(status, 'status') or 'status not read'}; {told}"


def _ecd_of(row: Mapping) -> str:
    """The kind of the row's word on completion; blank where it has no place for one."""
    if pd.notna(row["ecd_to"]):
        return "ecd"
    if row.get("withdrawn_span"):
        return "withdrawn"
    if row["unread"]:
        return ""  # there may be a date in the words that were not read
    return "no_ecd" if row["narrative"] and row["status"] not in CLOSED_STATUSES else ""


def _no_date_note(row: Mapping) -> str:
    if row["says_nothing"]:
        return f"{NO_DATE}: the auditor will update the status"
    return f"{NO_DATE} in the part of the comment shown" if row["cut"] else NO_DATE


def _said(kind: str, due: date | None, of: str | None) -> str:
    if kind == "ecd":
        return f"{'milestone' if of == 'milestone' else 'ECD'} {day(due)}"
    if kind == "withdrawn":
        return "ECD withdrawn"
    return NO_DATE if kind == "no_ecd" else "no word on completion"


def _word(held: Mapping | None, column: str) -> str:
    return held[column] if held else ""


def _source(row: Mapping, prefix: str) -> dict:
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
