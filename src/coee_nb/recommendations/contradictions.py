"""What an event log may not say: each rule names the file and the first row that breaks it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from coee_nb.errors import InputError
from coee_nb.recommendations.columns import (
    BOUNDS,
    CLOSED_STATUSES,
    CONCURRENCES,
    ECD_FAMILY,
    ECD_KINDS,
    KINDS,
    PRECISIONS,
    REVIEWS,
    STATUSES,
)

_ECD_WORDS = {"ecd_precision": PRECISIONS, "ecd_bound": BOUNDS, "ecd_kind": ECD_KINDS}
_MOMENT = ["recommendation_id", "effective_to", "recorded_on"]


def refuse_contradictions(
    recommendations: pd.DataFrame, events: pd.DataFrame, recommendations_file: str, events_file: str
) -> None:
    """Raise InputError at the first row of the log that contradicts another or itself.

    Recommendations: a blank or repeated id, no issuer, no recorded date, recorded before issued.
    Events: ids that do not rise, an unknown recommendation or word, a field that does not belong
    to the kind, an interval that ends before it starts, recorded before it took effect or before
    its recommendation was, closed before issued, two issue dates, two ECDs current at once, an
    event that was not read without its words, and
    a correction of itself, of a later event, of another recommendation's or of one already
    corrected.
    """
    _check_recommendations(_Table(recommendations, recommendations_file))
    table = _Table(events, events_file)
    _check_identity(table, recommendations)
    _check_words(table)
    _check_dates(table, recommendations)
    _check_corrections(table)
    _check_current(table)


class _Table:
    """A table, the file it is in, and the way to refuse one of its rows."""

    def __init__(self, frame: pd.DataFrame, file: str) -> None:
        self.frame, self.file = frame, file

    def __getitem__(self, column: str) -> pd.Series:
        return self.frame[column]

    def refuse(
        self, wrong: pd.Series | np.ndarray, found: str, *, expected: str = "", do: str = ""
    ) -> None:
        """Refuse the first row marked ``wrong``; ``found`` may name columns in braces."""
        if not wrong.any():
            return
        row = int(np.asarray(wrong).argmax())
        cells = {
            column: f"{value:%Y-%m-%d}" if isinstance(value, pd.Timestamp) else value
            for column, value in self.frame.iloc[row].items()
        }
        raise InputError(
            found.format(**cells), where=f"{self.file}, row {row + 2}", expected=expected, do=do
        )


def _check_recommendations(table: _Table) -> None:
    for column in ("recommendation_id", "issuer"):
        table.refuse(table[column].eq(""), f"{column} is blank")
    table.refuse(
        table["recommendation_id"].duplicated(), "recommendation {recommendation_id} is here twice"
    )
    table.refuse(table["recorded_on"].isna(), "recorded_on is blank", expected="a day")
    table.refuse(
        table["recorded_on"] < table["issued_on"],
        "{recommendation_id} was recorded on {recorded_on}, before it was issued on {issued_on}",
    )
    table.refuse(
        ~table["priority"].isin(("yes", "no", "")),
        "priority is {priority!r}",
        expected="yes, no or blank",
    )


def _check_identity(table: _Table, recommendations: pd.DataFrame) -> None:
    known = pd.Index(recommendations["recommendation_id"])
    number = _number(table["event_id"])
    table.refuse(
        number.isna(), "event_id is {event_id!r}", expected="E and at least six digits, E000001"
    )
    table.refuse(
        number.diff().le(0),
        "event {event_id} does not follow the event above it",
        expected="every event once, ids rising",
        do="append events with coee, never by hand in the middle",
    )
    table.refuse(
        known.get_indexer(table["recommendation_id"]) < 0,
        "event {event_id} is of an unknown recommendation {recommendation_id!r}",
        expected="a recommendation_id that recommendations.csv holds",
    )


def _number(event_ids: pd.Series) -> pd.Series:
    """The number in each event id, missing where there is none."""
    digits = event_ids.where(event_ids.str.fullmatch("E[0-9]{6,}")).str.slice(1)
    return pd.to_numeric(digits, errors="coerce").astype("float64")


def _check_words(table: _Table) -> None:
    kind = table["kind"]
    table.refuse(~kind.isin(KINDS), "unknown kind {kind!r}", expected=", ".join(KINDS))
    for column, words, belongs in (
        ("status", STATUSES, kind.eq("status")),
        ("concurrence", CONCURRENCES, kind.eq("concurrence")),
        *((column, words, kind.eq("ecd")) for column, words in _ECD_WORDS.items()),
        ("review", REVIEWS, pd.Series(True, index=kind.index)),
    ):
        _check_word(table, column, words, belongs)
    table.refuse(
        kind.eq("unread") & table["source_span"].eq(""),
        "event {event_id} of kind unread without the words that were not read",
        expected="the words in source_span",
    )
    table.refuse(
        table["ecd_to"].isna() & kind.eq("ecd"), "an ecd event without ecd_to", expected="a day"
    )
    table.refuse(
        (table["ecd_to"].notna() | table["ecd_from"].notna()) & kind.ne("ecd"),
        "a {kind} event with an ECD",
        expected="ecd columns blank unless the kind is ecd",
    )


def _check_word(table: _Table, column: str, words: tuple[str, ...], belongs: pd.Series) -> None:
    given = table[column]
    table.refuse(
        belongs & ~given.isin(words),
        f"unknown {column} {{{column}!r}}",
        expected=", ".join(words),
    )
    table.refuse(
        ~belongs & given.ne(""),
        f"a {{kind}} event with {column} {{{column}!r}}",
        expected=f"{column} blank in an event of this kind",
    )


def _check_dates(table: _Table, recommendations: pd.DataFrame) -> None:
    for column in ("effective_to", "recorded_on"):
        table.refuse(table[column].isna(), f"{column} is blank", expected="a day")
    for start, end in (("effective_from", "effective_to"), ("ecd_from", "ecd_to")):
        table.refuse(table[start] > table[end], f"{start} {{{start}}} is after {end} {{{end}}}")
    first_possible = table["effective_from"].fillna(table["effective_to"])
    table.refuse(
        table["recorded_on"] < first_possible,
        "event {event_id} was recorded on {recorded_on}, before it can have taken effect",
    )
    known = recommendations.set_index("recommendation_id")[["issued_on", "recorded_on"]]
    known = known.reindex(table["recommendation_id"]).reset_index(drop=True)
    table.refuse(
        table["recorded_on"] < known["recorded_on"],
        "event {event_id} was recorded on {recorded_on}, before its recommendation was",
    )
    issued = known["issued_on"]
    table.refuse(
        table["status"].isin(CLOSED_STATUSES) & (table["effective_to"] < issued),
        "{recommendation_id} closed by {effective_to}, before it was issued",
        expected="a closure on or after the issue date in recommendations.csv",
    )
    table.refuse(
        table["kind"].eq("issued") & issued.notna() & table["effective_to"].ne(issued),
        "{recommendation_id} is issued on {effective_to}, its row in recommendations.csv differs",
    )


def _check_corrections(table: _Table) -> None:
    corrects = table["supersedes"].ne("")
    if not corrects.any():
        return
    events = table.frame.set_index("event_id")[["recommendation_id", "kind", "recorded_on"]]
    target = events.reindex(table["supersedes"]).reset_index(drop=True)
    table.refuse(
        corrects & target["kind"].isna(),
        "event {event_id} supersedes {supersedes!r}, which the log does not hold",
    )
    table.refuse(
        corrects & _number(table["supersedes"]).ge(_number(table["event_id"])),
        "event {event_id} supersedes {supersedes}, which is itself or later",
    )
    table.refuse(
        corrects & table["recommendation_id"].ne(target["recommendation_id"]),
        "event {event_id} supersedes {supersedes}, which is of another recommendation",
    )
    # What was seen and not read may be read by hand: as a status or as a date.
    table.refuse(
        corrects & target["kind"].ne("unread") & _family(table["kind"]).ne(_family(target["kind"])),
        "event {event_id} of kind {kind} supersedes {supersedes}, which is of another kind",
    )
    table.refuse(
        corrects & (table["recorded_on"] < target["recorded_on"]),
        "event {event_id} supersedes {supersedes} but was recorded before it",
    )
    table.refuse(
        corrects & table["supersedes"].duplicated(),
        "event {event_id} supersedes {supersedes}, which an earlier event already does",
        do="supersede that earlier correction instead",
    )


def _family(kinds: pd.Series) -> pd.Series:
    return kinds.where(~kinds.isin(ECD_FAMILY), "ecd")


def _check_current(table: _Table) -> None:
    """Two facts of a kind that took effect and were recorded on the same days cannot both hold."""
    superseded = table["supersedes"][table["supersedes"].ne("")]
    standing = table.frame[~table["event_id"].isin(superseded)]
    statuses = standing[standing["kind"].eq("status")]
    issues = standing[standing["kind"].eq("issued")]
    ecds = standing[standing["kind"].isin(ECD_FAMILY)]
    # An action and a milestone on the way to it may both have a date; "none" excludes either.
    same_day = ecds[ecds.duplicated(_MOMENT, keep=False)]
    none_given = same_day[same_day["kind"].ne("ecd")]
    beside_none = same_day.set_index(_MOMENT).index.isin(none_given.set_index(_MOMENT).index)
    for repeated, found in (
        (ecds.duplicated([*_MOMENT, "ecd_kind"]), "has two current ECDs"),
        (same_day[beside_none].duplicated(_MOMENT), "has two current ECDs"),
        (statuses.duplicated(_MOMENT), "has two current statuses"),
        (issues.duplicated("recommendation_id"), "is issued twice"),
    ):
        table.refuse(
            repeated.reindex(table.frame.index, fill_value=False),
            f"{{recommendation_id}} {found}, the second in {{event_id}}",
            expected="one, or the second superseding the first",
        )
