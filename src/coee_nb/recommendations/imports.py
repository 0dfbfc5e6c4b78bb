"""What a file changes in the log: what is new, changed or gone, and the events that say so."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from coee_nb.errors import InputError
from coee_nb.formats import count, day
from coee_nb.recommendations import import_facts, sightings
from coee_nb.recommendations import log as event_log
from coee_nb.recommendations.columns import (
    CLOSED_STATUSES,
    CONTRADICTS,
    RECOMMENDATION_COLUMNS,
    REVALUED,
)
from coee_nb.recommendations.history import History
from coee_nb.recommendations.identity import KnownRecommendations
from coee_nb.recommendations.log import Log
from coee_nb.recommendations.sources.reading import Reading

CHANGES = (
    "added", "seen, not read", "contradiction", "changed ECD", "withdrawn ECD", "changed status",
    "changed concurrence", "changed note", "taken as open", "kept as words",
    "reworded", "updated", "issue date learnt", "issue date differs",
    "vanished", "shown again", "not shown",
)  # fmt: skip


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
    work = ImportWork(log, reading)
    if work.is_behind():
        return work.nothing("imported before; the log has later news since")
    for row in work.rows:
        work.take(row)
    work.miss_the_absent()
    work.note_the_unchanged()
    return work.result()


@dataclass
class ImportWork:
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
        self.wordings = known["text"].to_dict()
        self.entered = known[list(REVALUED)].to_dict("index")

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
        row = import_facts.unless_known(row, history)
        before, said = len(self.changed), len(self.events)
        words = row["unread"]
        self.unread_now = bool(words) and not history.knows_unread(words)
        import_facts.issue(self, name, row, history)
        import_facts.wording(self, name, row, history)
        import_facts.concurrence(self, name, row, history)
        import_facts.status(self, name, row, history)
        import_facts.ecd(self, name, row, history)
        import_facts.update(self, name, row, history)
        import_facts.noted(self, name, row, history)
        if name in self.fresh:
            # Of a recommendation that was not known before, only where it stands is news.
            del self.changed[before:]
        self._tell_doubts(name, self.events[said:])
        if self.unread_now:
            self._unread(name, row, words, history)
        if name in self.fresh:
            self.fresh[name]["after"] = import_facts.where_it_stands(history)

    def _tell_doubts(self, name: str, events: list[dict]) -> None:
        """Tell which new facts rest on nothing but that words were not understood."""
        for event in events:
            label, _, why = event.get("note", "").partition(": ")
            if event["kind"] == "status" and label == import_facts.TAKEN_AS_OPEN:
                self.note(name, "taken as open", "", why)
            if event["kind"] == "noted" and why:
                self.note(name, "kept as words", "", f"{label}: {why}")

    def _unread(self, name: str, row: dict, words: str, history: History) -> None:
        """Note words that were seen and not read; the facts of the same row stand beside them."""
        when = (row["stated_from"], row["stated_to"])
        note = sightings.why_unread(row)
        self.event(name, "unread", when, history, source_span=words, note=note)
        told = "kept as words" if row["is_read"] else "seen, not read"
        told = "contradiction" if note.startswith(CONTRADICTS) else told
        before = "" if name in self.fresh else import_facts.where_it_stands(history)
        self.note(name, told, before, note)

    def _add(self, row: dict) -> str:
        name = self.known.add(row)
        identity = {column: row[column] for column in RECOMMENDATION_COLUMNS if column in row}
        self.added.append(identity | {"recommendation_id": name, "recorded_on": self.reading.as_of})
        self.note(name, "added", "", "")
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

    def note(self, name: str, change: str, before: str, after: str) -> None:
        """Note a change for the analyst."""
        self.changed.append(
            {"recommendation_id": name, "change": change, "before": before, "after": after}
        )

    def event(self, name: str, kind: str, when: tuple, history: History, **fields: Any) -> None:
        """Append an event of this source."""
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

    def note_the_unchanged(self) -> None:
        """Where a list brings news, record too what it shows as before: it was open by then."""
        if not self.events:
            return
        for name, row in self.unchanged:
            history = self.histories[name]
            if pd.isna(row["stated_from"]) and history.seen_before(row["stated_to"]):
                when = (pd.NaT, row["stated_to"])
                said = {"status": row["status"], **import_facts.source(row, "status")}
                self.event(name, "status", when, history, **said)
                self.still += 1

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
                self.event(name, "vanished", (None, reading.as_of), history)
                self.note(name, "vanished", status["status"], "not in the complete list")
            else:
                self.note(name, "not shown", status["status"], doubt)

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
