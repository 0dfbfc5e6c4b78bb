"""The register of recommendations as of a date, rebuilt from what the event log knew then.

An event counts when it was recorded by the date and no event recorded by then supersedes it. What
is current is decided by when events took effect, then by when they were recorded, then by their
place in the log: a late note about an early year does not displace what was said since.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import PurePath
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from coee_nb.arguments import as_day
from coee_nb.errors import InputError, ParameterError
from coee_nb.formats import count, day
from coee_nb.lazily import offered
from coee_nb.recommendations.columns import (
    ASSERTED_COMPLETE,
    CLOSED_STATUSES,
    ECD_FAMILY,
    OFFICE,
    OFFICIAL,
    RATING,
    REVALUED,
)
from coee_nb.recommendations.merges import merged
from coee_nb.results import Result

if TYPE_CHECKING:
    from coee_nb.recommendations.log import Log

NOWHERE = -1  # the position of an event that does not exist
RESOLVED_STATUSES = ("resolved and open", *CLOSED_STATUSES)
# What tells a reader that something moved; a rewording or an absence from a list does not.
UPDATE_KINDS = ("issued", "concurrence", "status", *ECD_FAMILY, "update")
# Where a recommendation stands by the log; each is in one of these.
OPEN, ASSERTED, UNREAD = "open", "completed by the agency's word", "not confirmed by last source"
GONE, CLOSED = "no longer listed", "closed"
STANDINGS = (OPEN, ASSERTED, UNREAD, GONE, CLOSED)
ECD_COLUMNS = (
    "recommendation_id", "event_id", "effective_from", "effective_to", "recorded_on",
    "ecd_from", "ecd_to", "ecd_precision", "ecd_bound", "ecd_kind",
    "source_file", "source_sha256", "source_span", "review",
)  # fmt: skip


@dataclass(frozen=True, repr=False)
class Register(Result):
    """The recommendations known on ``as_of`` and what was known of them.

    Everything here is so in the log, no more: ``basis`` names the log and the day of its last
    source, and belongs in every sentence made of it.

    ``table`` has one row a recommendation: the columns of ``recommendations.csv`` (``issued_on``
    also where only a later source gave it), then

    - ``standing``, one of `STANDINGS`: open; completed by the agency's word (the auditor has not
      verified it); not confirmed by last source (a newer source has a row on it that was not
      read); no longer listed (absent from the complete list it was on); closed;
    - ``status`` as last read (blank: none known), ``status_from`` and ``status_on`` (first and
      last possible day on which it began), ``status_seen_on`` (the last day on which it was
      read), ``closed`` (by a status the last source confirms), ``resolved_from`` and
      ``resolved_on`` (when it was first resolved or closed), ``concurrence``;
    - ``ecd_statement``: ``ecd``, ``no_ecd``, ``withdrawn`` or blank (nothing said), the agency's
      last word on the action's completion as last read, with ``ecd_from``, ``ecd_to``,
      ``ecd_precision``, ``ecd_bound``, and ``former_due_on``, the last due date before it where it
      gives none; ``withdrawals``, how often a date was withdrawn in so many words;
    - ``status_confirmed``, ``ecd_confirmed``: false where a source since has a row on it that was
      seen and not read, ``unread_on``, with the words ``unread_words`` and why (``unread_note``);
    - ``milestone_to``: the date last given for an interim milestone, unless withdrawn since;
    - ``last_update_on``: the last dated word about it; ``last_seen_on``: the last day of which any
      source speaks of it, and ``last_source``, that file; ``first_known_on``: the first such day,
      by which it had been issued; ``vanished_on``: since when it is absent from the list it was
      read from; ``reworded_on``;
    - ``office`` and ``official`` responsible and ``rating`` of its risk, in the source's own words;
    - ``ecd_event``, ``milestone_event``, ``status_event``, ``concurrence_event``,
      ``office_event``, ``official_event``, ``unread_event``: the event_id behind each.

    ``ecds`` has one row an ECD event in force, by recommendation in the order of ``table`` and by
    effective date, with the columns of ``events.csv`` named in ``ECD_COLUMNS``. ``sources`` holds
    the files imported by then, columns ``SOURCE_COLUMNS``. ``text`` is a sentence for the report.
    """

    SHOWS: ClassVar[Mapping[str, Sequence[str]]] = {
        "table": ("recommendation_id", "title", "agency", "standing", "status", "ecd_to")
    }

    as_of: date
    table: pd.DataFrame
    ecds: pd.DataFrame
    text: str
    sources: pd.DataFrame = field(default_factory=pd.DataFrame)
    log_name: str = ""
    origin: str = ""

    @property
    def basis(self) -> str:
        """The log and the day of its last source, as every sentence says it."""
        return basis_of(self.table, self.log_name)

    @property
    def aside(self) -> str:
        """The same as a sentence has it in brackets, after what it says."""
        return aside_of(self.table, self.log_name, self.as_of)

    @property
    def nothing(self) -> str:
        """What a section says that has no recommendation to show."""
        if not self.log_name and self.table.empty:
            return "No log is named for this section: it is left out."
        return f"There is no recommendation {self.stamp}."

    @property
    def stamp(self) -> str:
        """As-of date, log and last source, as every caption and picture carries them."""
        return f"as of {day(self.as_of)}, {self.basis}"

    @property
    def stamp_to_send(self) -> str:
        """The same for whom something is sent to: the log by its name, without the way to it."""
        name = PurePath(self.log_name).name
        return f"as of {day(self.as_of)}, {basis_of(self.table, '' if name == 'log' else name)}"


def aside_of(table: pd.DataFrame, name: str, as_of: date) -> str:
    """Return day, log and last source as a sentence has them in brackets, after what it says.

    ``table`` is a part of `Register.table`.
    """
    return f"as of {day(as_of)}, {basis_of(table, name).replace(' (', ', ').rstrip(')')}"


def register(log: Log, *, as_of: date | str) -> Register:
    """Return the register as it was known on ``as_of``, a date or a text such as 2024-04-30.

    ``log`` has ``recommendations`` and ``events`` with the columns of the two log files. Events of
    recommendations that are not in the log by then are left out; reading the log refuses them.
    Raises ParameterError for a date that is none.

    >>> from coee_nb.recommendations.log import Log, events_table, recommendations_table
    >>> on = {"recommendation_id": "22-1.1", "recorded_on": "2024-01-31"}
    >>> due = {"kind": "ecd", "ecd_to": "2024-03-31", "ecd_bound": "due", "ecd_kind": "action"}
    >>> said = on | due | {"event_id": "E000001", "effective_to": "2024-01-31"}
    >>> events = events_table(pd.DataFrame([said]))
    >>> log = Log(recommendations_table(pd.DataFrame([on])), events)
    >>> register(log, as_of="2024-04-30").text
    '1 recommendation: 1 open (as of 2024-04-30, in the log, last source of 2024-01-31).'
    >>> register(log, as_of="2024-01-30").table.empty  # as it was known then
    True
    """
    as_of = as_day(as_of, name="as_of")
    log = merged(log, as_of=as_of)
    listed = log.recommendations
    known = listed[listed["recorded_on"] <= np.datetime64(as_of)].reset_index(drop=True)
    held = _InForce.of(log.events, known["recommendation_id"], as_of)
    known["issued_on"] = known["issued_on"].fillna(_learnt_issue(held))
    _revalue(known, held)
    columns = {
        **_status_columns(held),
        **_ecd_columns(held),
        **_activity_columns(held),
        **_unread_columns(held),
        **_noted_columns(held),
    }
    table = pd.concat([known, pd.DataFrame(columns, index=known.index)], axis=1)
    table["closed"] = table["status"].isin(CLOSED_STATUSES) & table["status_confirmed"]
    table.insert(len(known.columns), "standing", _standing(table))
    rows = held.order[held.is_kind("ecd")[held.order]]
    ecds = log.events.loc[:, list(ECD_COLUMNS)].take(rows).reset_index(drop=True)
    sources = log.sources[log.sources["as_of"] <= np.datetime64(as_of)].reset_index(drop=True)
    text = _sentence(table, aside_of(table, log.name, as_of))
    return Register(as_of, table, ecds, text, sources, log.name, log.origin)


def basis_of(table: pd.DataFrame, name: str) -> str:
    """Return the log and the day of the last source on any recommendation of ``table``.

    ``table`` is a part of `Register.table`.
    """
    last = table["last_seen_on"].max()
    told = f"last source of {day(last)}" if pd.notna(last) else "no source"
    return f"in the log{f' {name}' if name else ''} ({told})"


def part_of(log: Log, *, agencies: Sequence[str] = (), issuers: Sequence[str] = ()) -> Log:
    """Return the part of the log about these agencies, of these issuers; all where none is named.

    Raises InputError when the log has no recommendation to or of one of them, ParameterError for a
    single name that is not in a list.
    """
    chosen = log.recommendations
    for name, column, wanted in (("agencies", "agency", agencies), ("issuers", "issuer", issuers)):
        if wanted or isinstance(wanted, str):
            chosen = chosen[chosen[column].isin(_present(log, name, column, wanted))]
    if chosen is log.recommendations:
        return log
    events = log.events[log.events["recommendation_id"].isin(chosen["recommendation_id"])]
    return replace(
        log,
        recommendations=chosen.reset_index(drop=True),
        events=events.reset_index(drop=True),
    )


def _present(log: Log, name: str, column: str, wanted: Sequence[str]) -> Sequence[str]:
    """Return the names asked for, each of which the log has."""
    if isinstance(wanted, str):
        raise ParameterError(
            f"{name} is {wanted!r}", expected="a list of names", do=f"write [{wanted!r}]"
        )
    present = sorted(set(log.recommendations[column]))
    unknown = [one for one in wanted if one not in present]
    if unknown:
        raise InputError(
            f"no recommendation {'to' if column == 'agency' else 'of'} {unknown[0]!r}",
            where=f"parameter {name!r}",
            expected=f"names as in the log: {'; '.join(present) or 'it is empty'}",
            do=f"correct the name, or leave {name} empty for all",
        )
    return wanted


def evidence(log: Log, current: Register) -> pd.DataFrame:
    """Return one row a fact of the register with the words it rests on.

    Columns: recommendation_id, title, fact (status, ECD, milestone, concurrence, office or seen,
    not read), says (as last read, marked where the last source does not confirm it), source_file,
    source_span, source_sha256, review (automatic or reviewed), by (who says or reviewed it),
    event_id.
    """
    quoted = ["source_file", "source_span", "source_sha256", "review", "by", "event_id"]
    events = log.events.set_index("event_id", drop=False)
    parts = []
    for fact, says in _FACTS.items():
        rows = current.table[current.table[f"{fact}_event"] != ""]
        part = events.loc[rows[f"{fact}_event"], quoted].reset_index(drop=True)
        part.insert(0, "recommendation_id", rows["recommendation_id"].to_numpy())
        part.insert(1, "title", rows["title"].to_numpy())
        part.insert(2, "fact", _FACT_NAMES.get(fact, fact))
        part.insert(3, "says", says(rows))
        if f"{fact}_confirmed" in rows:
            doubt = np.where(rows[f"{fact}_confirmed"], "", f" ({UNREAD})")
            part["says"] = [f"{said}{but}" for said, but in zip(part["says"], doubt, strict=True)]
        parts.append(part)
    found = pd.concat(parts, ignore_index=True)
    return found.sort_values("recommendation_id", kind="stable", ignore_index=True)


def _said_of_ecd(rows: pd.DataFrame) -> list[str]:
    given = np.where(rows["ecd_bound"] == "not_before", "not before ", "")
    none = {"no_ecd": "no ECD given", "withdrawn": "ECD withdrawn"}
    return [
        none.get(said, f"{bound}{day(due)}")
        for said, bound, due in zip(rows["ecd_statement"], given, rows["ecd_to"], strict=True)
    ]


_FACTS = {
    "status": lambda rows: rows["status"].to_numpy(),
    "ecd": _said_of_ecd,
    "milestone": lambda rows: [day(due) for due in rows["milestone_to"]],
    "concurrence": lambda rows: rows["concurrence"].to_numpy(),
    "office": lambda rows: rows["office"].to_numpy(),
    "unread": lambda rows: rows["unread_note"].to_numpy(),
}
_FACT_NAMES = {"ecd": "ECD", "unread": "seen, not read"}


@dataclass(frozen=True)
class _InForce:
    """The events in force on a date, as positions in the log's order of effect.

    ``history.History`` holds the events of one recommendation and takes new ones while a file is
    imported; this reads those of all at once, as arrays: a million events in about one sort.

    ``order`` holds positions in ``events``, by recommendation, effective date, recorded date and
    place in the log; ``owner`` says for every event which recommendation (row) it belongs to.
    """

    events: pd.DataFrame
    owner: np.ndarray
    order: np.ndarray
    kinds: np.ndarray
    names: list[str]
    size: int

    @classmethod
    def of(cls, events: pd.DataFrame, ids: pd.Series, as_of: date) -> _InForce:
        owner = pd.Index(ids).get_indexer(events["recommendation_id"])
        rows = np.flatnonzero(in_force(events, as_of) & (owner >= 0))
        kinds, names = pd.factorize(events["kind"])
        order = _by_effect(events, rows, owner)
        return cls(events, owner, order, kinds, list(names), len(ids))

    def is_kind(self, *names: str) -> np.ndarray:
        """Tell for every event of the log whether it is of one of the kinds."""
        wanted = np.array([name in names for name in self.names], dtype=bool)
        return wanted[self.kinds] if len(wanted) else np.zeros(0, dtype=bool)

    def last(self, where: np.ndarray) -> np.ndarray:
        """Return for each recommendation the position of its last event ``where`` holds."""
        rows = self.order[where[self.order]]
        found = np.full(self.size, NOWHERE)
        found[self.owner[rows]] = rows  # the last of repeated assignments stays
        return found

    def first(self, where: np.ndarray) -> np.ndarray:
        """Return for each recommendation the position of its first event ``where`` holds."""
        rows = self.order[where[self.order]][::-1]
        found = np.full(self.size, NOWHERE)
        found[self.owner[rows]] = rows
        return found

    def value(self, column: str, positions: np.ndarray) -> pd.Series:
        """Return a column's values at positions, blank or NaT where there is no event."""
        values = self.events[column].array.take(positions, allow_fill=True)
        values = pd.Series(values)
        return values if values.dtype.kind == "M" else values.fillna("")


def in_force(events: pd.DataFrame, as_of: date) -> np.ndarray:
    """Tell which events were known by the date and not superseded by one known by then."""
    by = np.datetime64(as_of)
    known = (events["recorded_on"] <= by).to_numpy()
    corrects = known & (events["supersedes"] != "").to_numpy()
    if not corrects.any():
        return known
    return known & ~events["event_id"].isin(events["supersedes"][corrects]).to_numpy()


def _by_effect(events: pd.DataFrame, rows: np.ndarray, owner: np.ndarray) -> np.ndarray:
    """Sort positions by recommendation, effective date, recorded date and place in the log."""
    recorded = _days(events["recorded_on"])[rows]
    if np.any(np.diff(recorded) < 0):  # an append-only log is in this order already
        turn = np.argsort(recorded, kind="stable")
        rows, recorded = rows[turn], recorded[turn]
    # "As of March 2024", read on March 15, tells of the day it was read.
    effect = np.minimum(_days(events["effective_to"])[rows], recorded)
    effect = effect - effect.min() if len(effect) else effect
    span = effect.max() + 1 if len(effect) else 1
    return rows[np.argsort(owner[rows].astype(np.int64) * span + effect, kind="stable")]


def _days(dates: pd.Series) -> np.ndarray:
    return dates.to_numpy().astype("datetime64[D]").astype(np.int64)


def _learnt_issue(held: _InForce) -> pd.Series:
    """Return issue dates that a later source gave: the identity stays as it was."""
    return held.value("effective_to", held.last(held.is_kind("issued")))


def _status_columns(held: _InForce) -> dict[str, pd.Series]:
    is_status = held.is_kind("status")
    current = held.last(is_status)
    began = held.last(_changes(held, is_status))
    resolved = held.first(is_status & held.events["status"].isin(RESOLVED_STATUSES).to_numpy())
    status = held.value("status", current)
    return {
        "status": status,
        "status_from": held.value("effective_from", began),
        "status_on": held.value("effective_to", began),
        "status_seen_on": held.value("effective_to", current),
        "resolved_from": held.value("effective_from", resolved),
        "resolved_on": held.value("effective_to", resolved),
        "concurrence": held.value("concurrence", held.last(held.is_kind("concurrence"))),
        "status_event": held.value("event_id", current),
        "concurrence_event": held.value("event_id", held.last(held.is_kind("concurrence"))),
    }


def _changes(held: _InForce, is_status: np.ndarray) -> np.ndarray:
    """Tell which status events say something else than the recommendation's one before."""
    rows = held.order[is_status[held.order]]
    words = pd.factorize(held.events["status"].take(rows))[0]
    owners = held.owner[rows]
    new = np.ones(len(rows), dtype=bool)
    new[1:] = (words[1:] != words[:-1]) | (owners[1:] != owners[:-1])
    found = np.zeros(len(held.events), dtype=bool)
    found[rows[new]] = True
    return found


def _ecd_columns(held: _InForce) -> dict[str, pd.Series]:
    """Return the agency's last word on the action, and the milestone beside it."""
    is_ecd, withdrawn = held.is_kind("ecd"), held.is_kind("no_ecd", "withdrawn")
    is_milestone = (held.events["ecd_kind"] == "milestone").to_numpy()
    action = held.last((is_ecd & ~is_milestone) | withdrawn)
    step = held.last((is_ecd & is_milestone) | withdrawn)
    step = np.where(is_milestone[step], step, NOWHERE) if len(is_milestone) else step
    dated = {c: held.value(c, action) for c in ("ecd_from", "ecd_to")}
    words = {c: held.value(c, action) for c in ("ecd_precision", "ecd_bound")}
    is_due = is_ecd & ~is_milestone & (held.events["ecd_bound"] == "due").to_numpy()
    taken_back = held.order[held.is_kind("withdrawn")[held.order]]
    statement = held.value("kind", action)
    return {
        "ecd_statement": statement,
        "former_due_on": held.value("ecd_to", held.last(is_due)).where(
            statement.isin(("no_ecd", "withdrawn"))
        ),
        "withdrawals": np.bincount(held.owner[taken_back], minlength=held.size),
        **dated,
        **words,
        "milestone_to": held.value("ecd_to", step),
        "ecd_event": held.value("event_id", action),
        "milestone_event": held.value("event_id", step),
    }


def _activity_columns(held: _InForce) -> dict[str, pd.Series]:
    dated = held.events["effective_from"].notna().to_numpy()
    last = held.last(held.is_kind(*UPDATE_KINDS) & dated)
    final = held.last(np.ones(len(held.events), dtype=bool))
    vanished = held.is_kind("vanished")
    sighted = held.last(~held.is_kind("noted"))  # words on it do not put it back on its list
    gone = np.where(vanished[sighted], sighted, NOWHERE) if len(vanished) else final
    read_on = held.value("recorded_on", last)
    told_of = held.value("effective_to", last)
    return {
        "last_update_on": told_of.where(told_of <= read_on, read_on),
        "last_seen_on": _by_reading(held, final),
        "last_source": held.value("source_file", final),
        "first_known_on": _by_reading(held, held.first(np.ones(len(vanished), dtype=bool))),
        "vanished_on": held.value("effective_to", gone),
        "reworded_on": held.value("effective_to", held.last(held.is_kind("reworded"))),
    }


def _by_reading(held: _InForce, positions: np.ndarray) -> pd.Series:
    """Return the day an event tells of, no later than the day it was read."""
    told, read = (held.value(c, positions) for c in ("effective_to", "recorded_on"))
    return told.where(told <= read, read)


def _unread_columns(held: _InForce) -> dict[str, pd.Series]:
    """Return which facts a later row, seen and not read, leaves unconfirmed."""
    unread = held.last(held.is_kind("unread"))
    is_step = (held.events["ecd_kind"] == "milestone").to_numpy()
    facts = {
        "status": held.is_kind("status"),
        "ecd": held.is_kind(*ECD_FAMILY) & ~is_step,
    }
    confirmed = {
        f"{name}_confirmed": ~_stands_after(held, unread, held.last(is_fact))
        for name, is_fact in facts.items()
    }
    return {
        **confirmed,
        "unread_on": _by_reading(held, unread),
        "unread_words": held.value("source_span", unread),
        "unread_note": held.value("note", unread),
        "unread_event": held.value("event_id", unread),
    }


def _noted_columns(held: _InForce) -> dict[str, pd.Series]:
    """Return who is responsible and how grave it is, as the sources say it."""
    is_noted = held.is_kind("noted")
    found: dict[str, pd.Series] = {}
    for column, label in (("office", OFFICE), ("official", OFFICIAL), ("rating", RATING)):
        last = held.last(is_noted & (held.events["note"] == label).to_numpy())
        found |= {column: held.value("source_span", last)}
        found |= {f"{column}_event": held.value("event_id", last)}
    return found


def _revalue(known: pd.DataFrame, held: _InForce) -> None:
    """Put priorities and amounts as a source said them last in the place of the first ones."""
    is_noted = held.is_kind("noted")
    for column, label in REVALUED.items():
        last = held.last(is_noted & (held.events["note"] == label).to_numpy())
        said = held.value("source_span", last)
        if column.endswith("_usd"):
            known[column] = pd.to_numeric(said, errors="coerce").fillna(known[column])
        else:
            known[column] = said.where(said != "", known[column])


def _stands_after(held: _InForce, unread: np.ndarray, fact: np.ndarray) -> np.ndarray:
    """Tell where a row was not read after the fact was; what the same row did say is read."""
    place = np.full(len(held.events) + 1, NOWHERE)  # the last: of an event that does not exist
    place[held.order] = np.arange(len(held.order))
    same = fact != NOWHERE
    for column in ("source_sha256", "recorded_on"):
        same &= (held.value(column, unread) == held.value(column, fact)).to_numpy()
    return (unread != NOWHERE) & (place[unread] > place[fact]) & ~same


def _standing(table: pd.DataFrame) -> np.ndarray:
    """Return where each stands; the first that holds decides."""
    unread = ~table["status_confirmed"] | ~table["ecd_confirmed"]
    cases = [
        (table["closed"], CLOSED),
        (table["vanished_on"].notna(), GONE),
        (unread, UNREAD),
        (table["status"] == ASSERTED_COMPLETE, ASSERTED),
    ]
    holds = [case.to_numpy(dtype=bool) for case, _ in cases]
    return np.select(holds, [name for _, name in cases], default=OPEN).astype(object)


def _sentence(table: pd.DataFrame, aside: str) -> str:
    noun = "recommendation" if len(table) == 1 else "recommendations"
    return f"{count(len(table))} {noun}: {standings(table)} ({aside})."


def standings(table: pd.DataFrame) -> str:
    """Return how many recommendations stand where, in words that add up."""
    counts = table["standing"].value_counts()
    told = [f"{count(int(counts[name]))} {name}" for name in STANDINGS if name in counts]
    return ", ".join(told) or "none"


__all__ = ["Register", "evidence", "part_of", "register"]
__dir__ = offered(__all__)
