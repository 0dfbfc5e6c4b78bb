"""One recommendation's events in the order of their effect, with corrections followed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from coee_nb.recommendations.columns import ECD_FAMILY

_FAMILIES = {"ecd": ECD_FAMILY}
_DATES = ("effective_from", "effective_to", "recorded_on", "ecd_from", "ecd_to")


class History:
    """What the log holds of one recommendation, to compare a new statement with.

    A correction stands in the place of what it corrects, but a source that repeats what was
    corrected says nothing new: ``said`` looks at the whole chain.
    """

    def __init__(self, events: list[dict] | None = None) -> None:
        self._events = list(events or [])
        self._by_id = {event["event_id"]: event for event in self._events}
        self._superseded = {event["supersedes"] for event in self._events} - {""}

    @classmethod
    def by_recommendation(cls, events: pd.DataFrame) -> dict[str, History]:
        """Return the history of every recommendation that has events."""
        groups: dict[str, list[dict]] = {}
        for event in events.to_dict("records"):
            groups.setdefault(event["recommendation_id"], []).append(event)
        return {name: cls(group) for name, group in groups.items()}

    @property
    def recorded(self) -> pd.Timestamp:
        """The last day on which a source told something of it; a word by hand is no source."""
        news = (
            event["recorded_on"]
            for event in self._events
            if not event["supersedes"] and not event.get("by")
        )
        return max(news, default=pd.NaT)

    @property
    def vanished(self) -> bool:
        """Whether the last that was seen of it is its absence; a review shows nothing."""
        standing = [event for event in self._standing() if event["kind"] not in ("noted", "merged")]
        return bool(standing) and standing[-1]["kind"] == "vanished"

    def is_unconfirmed(self, kind: str) -> bool:
        """Tell whether a row was seen and not read since the fact of this kind was read."""
        standing = self._standing()
        unread = [place for place, event in enumerate(standing) if event["kind"] == "unread"]
        kinds = _FAMILIES.get(kind, (kind,))
        facts = [place for place, event in enumerate(standing) if event["kind"] in kinds]
        if not unread:
            return False
        return not facts or (
            facts[-1] < unread[-1] and not _same_reading(standing[facts[-1]], standing[unread[-1]])
        )

    def knows_unread(self, words: str) -> bool:
        """Tell whether these words are known as not read, or were read by hand, and stand so."""
        last = next(
            (event for event in reversed(self._events) if _words(event) == ("unread", words)), None
        )
        if last is None:
            return False
        by_hand = [
            e for e in self._events if last["event_id"] and e["supersedes"] == last["event_id"]
        ]
        held = by_hand[-1] if by_hand else last
        since = [e for e in self._standing() if e["kind"] in ("status", "vanished", *ECD_FAMILY)]
        return all(
            _effect(e) <= _effect(held) or _same_reading(e, held) or e is held for e in since
        )

    def _standing(self) -> list[dict]:
        """Every event that nothing supersedes, in the order of effect."""
        standing = [
            event
            for event in self._events
            if not event["event_id"] or event["event_id"] not in self._superseded
        ]
        return sorted(standing, key=lambda event: (_effect(event), event["recorded_on"]))

    def seen_before(self, when: object, kind: str = "") -> bool:
        """Tell whether the last day of which any source speaks of it is before ``when``.

        Of the standing events of a ``kind`` alone, where one is named.
        """
        told = self.all(kind) if kind else self._events
        return all(_effect(event) < pd.Timestamp(when) for event in told)

    def known_by(self, when: object) -> bool:
        """Tell whether any source speaks of it by ``when``."""
        return any(_effect(event) <= pd.Timestamp(when) for event in self._events)

    def add(self, event: Mapping) -> None:
        """Take a new event up, so that the next statement is compared with it too."""
        dated = {column: pd.Timestamp(event.get(column)) for column in _DATES}
        self._events.append({"event_id": "", "supersedes": "", "note": "", **event, **dated})
        if event.get("supersedes"):
            self._superseded.add(event["supersedes"])

    def all(self, kind: str) -> list[dict]:
        """Return the standing events of a kind by effect, then by when they were recorded."""
        kinds = _FAMILIES.get(kind, (kind,))
        return [event for event in self._standing() if event["kind"] in kinds]

    def last(self, kind: str) -> dict | None:
        """Return the standing event of a kind that took effect last."""
        events = self.all(kind)
        return events[-1] if events else None

    def at(self, kind: str, when: tuple) -> dict | None:
        """Return the event a statement of ``when`` is to be compared with.

        That is the one of the very same days, where the statement is dated, else the one in
        force on its last day.
        """
        dated = [event for event in self.all(kind) if _same_days(event, when)]
        if dated:
            return dated[-1]
        by = pd.Timestamp(when[1])
        held = [event for event in self.all(kind) if _effect(event) <= by]
        return held[-1] if held else None

    def said(self, held: dict | None, **words: Any) -> bool:
        """Tell whether ``held``, or what it corrects, says these words."""
        while held is not None:
            if all(_equal(held.get(column), word) for column, word in words.items()):
                return True
            held = self._by_id.get(held["supersedes"])
        return False

    def needs_own(self, held: dict | None, when: tuple) -> bool:
        """Tell whether a dated statement still lacks an event of its own date."""
        return pd.notna(when[0]) and (held is None or not _same_days(held, when))

    def correction(self, held: dict | None, when: tuple) -> dict:
        """Return what makes a dated statement replace another of the very same days."""
        if held is None or not held["event_id"] or not _same_days(held, when):
            return {}
        return {"supersedes": held["event_id"]}

    def is_later(self, held: dict | None, when: tuple, as_of: date) -> bool:
        """Tell whether ``held`` took effect after a statement of ``when`` read on ``as_of``."""
        if held is None or pd.isna(when[1]):
            return False
        return _effect(held) > min(pd.Timestamp(when[1]), pd.Timestamp(as_of))


def _words(event: Mapping) -> tuple[str, str]:
    return event["kind"], event.get("source_span") or ""


def _same_reading(one: Mapping, other: Mapping) -> bool:
    keys = ("source_sha256", "recorded_on")
    return all(one.get(key) == other.get(key) for key in keys)


def _effect(event: Mapping) -> pd.Timestamp:
    """A month that was not over when it was read counts to the day it was read."""
    return min(event["effective_to"], event["recorded_on"])


def _same_days(event: Mapping, when: tuple) -> bool:
    """Whether a dated statement is of the event's own days; an undated one is of none."""
    return (
        pd.notna(when[0])
        and event["effective_from"] == pd.Timestamp(when[0])
        and event["effective_to"] == pd.Timestamp(when[1])
    )


def _equal(one: object, other: object) -> bool:
    if isinstance(one, pd.Timestamp) or one is pd.NaT or isinstance(other, date):
        one, other = pd.Timestamp(one), pd.Timestamp(other)
        return one == other or (pd.isna(one) and pd.isna(other))
    return (one or "") == (other or "")
