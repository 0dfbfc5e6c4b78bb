"""What an event log may not say: every rule with what is asked, wrong, expected and to be done."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from coee_nb.checks import Fault, Rule, refuse
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

_MOMENT = ["recommendation_id", "effective_to", "recorded_on"]
# The kind of event each word belongs to; "" every kind.
_WORDS = {
    "status": ("status", STATUSES),
    "concurrence": ("concurrence", CONCURRENCES),
    "ecd_precision": ("ecd", PRECISIONS),
    "ecd_bound": ("ecd", BOUNDS),
    "ecd_kind": ("ecd", ECD_KINDS),
    "review": ("", REVIEWS),
}
_INTERVALS = (("effective_from", "effective_to"), ("ecd_from", "ecd_to"))


def _rules_of_columns() -> Iterator[Rule]:
    """Yield the rules that ask the same of several columns."""
    for column in ("recommendation_id", "issuer", "recorded_on", "effective_to"):
        a_day = "a day" if column.endswith(("_on", "_to")) else ""
        question = f"Does every row give its {column}?"
        yield Rule(f"{column}_given", question, f"{column} is blank", a_day)
    for start, end in _INTERVALS:
        wrong = f"{start} {{{start}}} is after {end} {{{end}}}"
        yield Rule(f"{start}_first", f"Is {start} no later than {end}?", wrong)
    for column, (_, words) in {"kind": ("", KINDS), **_WORDS}.items():
        question = f"Is every {column} a word of the log?"
        wrong = f"unknown {column} {{{column}!r}}"
        yield Rule(f"{column}_known", question, wrong, ", ".join(words))
    for column in _WORDS:
        question = f"Is {column} given only in events of its kind?"
        wrong = f"a {{kind}} event with {column} {{{column}!r}}"
        expected = f"{column} blank in an event of this kind"
        yield Rule(f"{column}_belongs", question, wrong, expected)
    for column, noun, found in (
        ("ecd", "ECD", "has two current ECDs"),
        ("status", "status", "has two current statuses"),
        ("issue", "issue date", "is issued twice"),
    ):
        wrong = f"{{recommendation_id}} {found}, the second in {{event_id}}"
        expected = "one, or the second superseding the first"
        yield Rule(f"one_{column}", f"Is one {noun} current at a time?", wrong, expected)


# ``wrong`` names, in braces, the cells of the row it is said of.
_RULES = {
    rule.id: rule
    for rule in (
        *_rules_of_columns(),
        Rule(
            "recommendation_once",
            "Is every recommendation here once?",
            "recommendation {recommendation_id} is here twice",
        ),
        Rule(
            "recommendation_issued_first",
            "Was every recommendation issued before it was recorded?",
            "{recommendation_id} was recorded on {recorded_on}, before it was issued on"
            " {issued_on}",
        ),
        Rule(
            "priority",
            "Is priority said or blank?",
            "priority is {priority!r}",
            "yes, no or blank",
        ),
        Rule(
            "event_id",
            "Has every event an id?",
            "event_id is {event_id!r}",
            "E and at least six digits, E000001",
        ),
        Rule(
            "event_order",
            "Do the ids rise?",
            "event {event_id} does not follow the event above it",
            "every event once, ids rising",
            "append events with coee, never by hand in the middle",
        ),
        Rule(
            "event_of_known",
            "Is every event of a known recommendation?",
            "event {event_id} is of an unknown recommendation {recommendation_id!r}",
            "a recommendation_id that recommendations.csv holds",
        ),
        Rule(
            "unread_words",
            "Has what was not read its words?",
            "event {event_id} of kind unread without the words that were not read",
            "the words in source_span",
        ),
        Rule(
            "ecd_given",
            "Has every ECD a day?",
            "an ecd event without ecd_to",
            "a day",
        ),
        Rule(
            "ecd_belongs",
            "Is an ECD given only in events of its kind?",
            "a {kind} event with an ECD",
            "ecd columns blank unless the kind is ecd",
        ),
        Rule(
            "effect_first",
            "Did every event take effect before it was recorded?",
            "event {event_id} was recorded on {recorded_on}, before it can have taken effect",
        ),
        Rule(
            "recommendation_first",
            "Was the recommendation recorded before its events?",
            "event {event_id} was recorded on {recorded_on}, before its recommendation was",
        ),
        Rule(
            "closed_after_issue",
            "Was every recommendation issued before it was closed?",
            "{recommendation_id} closed by {effective_to}, before it was issued",
            "a closure on or after the issue date in recommendations.csv",
        ),
        Rule(
            "issue_date",
            "Do both files give the same issue date?",
            "{recommendation_id} is issued on {effective_to}, its row in recommendations.csv"
            " differs",
        ),
        Rule(
            "corrects_known",
            "Is what is corrected in the log?",
            "event {event_id} supersedes {supersedes!r}, which the log does not hold",
        ),
        Rule(
            "corrects_earlier",
            "Does every correction follow what it corrects?",
            "event {event_id} supersedes {supersedes}, which is itself or later",
        ),
        Rule(
            "corrects_own",
            "Is a correction of the same recommendation?",
            "event {event_id} supersedes {supersedes}, which is of another recommendation",
        ),
        Rule(
            "corrects_kind",
            "Is a correction of the same kind?",
            "event {event_id} of kind {kind} supersedes {supersedes}, which is of another kind",
        ),
        Rule(
            "corrects_recorded",
            "Was a correction recorded after what it corrects?",
            "event {event_id} supersedes {supersedes} but was recorded before it",
        ),
        Rule(
            "corrects_once",
            "Is every event corrected once?",
            "event {event_id} supersedes {supersedes}, which an earlier event already does",
            do="supersede that earlier correction instead",
        ),
    )
}


def refuse_contradictions(
    recommendations: pd.DataFrame, events: pd.DataFrame, recommendations_file: str, events_file: str
) -> None:
    """Raise InputError that tells every row of the log that contradicts another or itself.

    What the recommendations say is checked first; then each event by itself; then, where ids and
    words hold, events against their recommendation, what they correct and each other.
    """
    refuse(list(_of_recommendations(recommendations, recommendations_file)))
    table = _Events(events, events_file)
    refuse([*table.of_identity(recommendations), *table.of_words(), *table.of_days()])
    refuse([*table.against(recommendations), *table.of_corrections()])
    refuse(list(table.of_current()))


def _of_recommendations(table: pd.DataFrame, file: str) -> Iterator[Fault]:
    for column in ("recommendation_id", "issuer"):
        yield from _faults(f"{column}_given", table, table[column].eq(""), file)
    yield from _faults("recorded_on_given", table, table["recorded_on"].isna(), file)
    ids = table["recommendation_id"]
    for name, wrong in (
        ("recommendation_once", ids.duplicated() & ids.ne("")),
        ("recommendation_issued_first", table["recorded_on"] < table["issued_on"]),
        ("priority", ~table["priority"].isin(("yes", "no", ""))),
    ):
        yield from _faults(name, table, wrong, file)


def _faults(id: str, table: pd.DataFrame, wrong: pd.Series, file: str) -> Iterator[Fault]:
    return _RULES[id].faults(table, wrong, _RULES[id].wrong, file=file)


class _Events:
    """The events of a log, the file they are in, and the faults of each group of rules."""

    def __init__(self, frame: pd.DataFrame, file: str) -> None:
        self.frame, self.file = frame, file

    def _broken(self, id: str, wrong: pd.Series) -> Iterator[Fault]:
        return _faults(id, self.frame, wrong, self.file)

    def of_identity(self, recommendations: pd.DataFrame) -> Iterator[Fault]:
        """Ids that rise, of recommendations that are known."""
        events = self.frame
        known = pd.Index(recommendations["recommendation_id"])
        number = _number(events["event_id"])
        unknown = known.get_indexer(events["recommendation_id"]) < 0
        yield from self._broken("event_id", number.isna())
        yield from self._broken("event_order", number.diff().le(0))
        yield from self._broken("event_of_known", pd.Series(unknown))

    def of_words(self) -> Iterator[Fault]:
        """Words the log knows, in the columns of their kind of event."""
        events, kind = self.frame, self.frame["kind"]
        known = kind.isin(KINDS)
        yield from self._broken("kind_known", ~known)
        for column, (of, words) in _WORDS.items():
            given = events[column]
            belongs = kind.eq(of) if of else pd.Series(True, index=kind.index)
            yield from self._broken(f"{column}_known", belongs & ~given.isin(words))
            yield from self._broken(f"{column}_belongs", known & ~belongs & given.ne(""))
        is_ecd, dated = kind.eq("ecd"), events[["ecd_from", "ecd_to"]].notna().any(axis=1)
        yield from self._broken("unread_words", kind.eq("unread") & events["source_span"].eq(""))
        yield from self._broken("ecd_given", is_ecd & events["ecd_to"].isna())
        yield from self._broken("ecd_belongs", known & ~is_ecd & dated)

    def of_days(self) -> Iterator[Fault]:
        """Days that are given, and in their order."""
        events = self.frame
        for column in ("effective_to", "recorded_on"):
            yield from self._broken(f"{column}_given", events[column].isna())
        for start, end in _INTERVALS:
            yield from self._broken(f"{start}_first", events[start] > events[end])
        first_possible = events["effective_from"].fillna(events["effective_to"])
        yield from self._broken("effect_first", events["recorded_on"] < first_possible)

    def against(self, recommendations: pd.DataFrame) -> Iterator[Fault]:
        """Events after the issue and the record of their recommendation."""
        events = self.frame
        columns = ["recommendation_id", "issued_on", "recorded_on"]
        known = recommendations[columns].set_index("recommendation_id")
        known = known.reindex(events["recommendation_id"]).reset_index(drop=True)
        issued, on = known["issued_on"], events["effective_to"]
        closed = events["status"].isin(CLOSED_STATUSES)
        told_issue = events["kind"].eq("issued")
        early = events["recorded_on"] < known["recorded_on"]
        yield from self._broken("recommendation_first", early)
        yield from self._broken("closed_after_issue", closed & (on < issued))
        yield from self._broken("issue_date", told_issue & issued.notna() & on.ne(issued))

    def of_corrections(self) -> Iterator[Fault]:
        """Corrections, each of an earlier event of its recommendation and kind, made once."""
        events = self.frame
        corrects = events["supersedes"].ne("")
        if not corrects.any():
            return
        columns = ["event_id", "recommendation_id", "kind", "recorded_on"]
        target = events[columns].set_index("event_id")
        target = target.reindex(events["supersedes"]).reset_index(drop=True)
        held = corrects & target["kind"].notna()
        later = held & _number(events["supersedes"]).ge(_number(events["event_id"]))
        follows = held & ~later
        another = events["recommendation_id"].ne(target["recommendation_id"])
        # What was seen and not read may be read by hand: as a status or as a date.
        read = target["kind"].ne("unread")
        turned = read & _family(events["kind"]).ne(_family(target["kind"]))
        yield from self._broken("corrects_known", corrects & ~held)
        yield from self._broken("corrects_earlier", later)
        yield from self._broken("corrects_own", follows & another)
        yield from self._broken("corrects_kind", follows & ~another & turned)
        yield from self._broken(
            "corrects_recorded", follows & (events["recorded_on"] < target["recorded_on"])
        )
        yield from self._broken("corrects_once", corrects & events["supersedes"].duplicated())

    def of_current(self) -> Iterator[Fault]:
        """Two facts of a kind that took effect and were recorded on the same days contradict."""
        events = self.frame
        superseded = events["supersedes"][events["supersedes"].ne("")]
        stands = ~events["event_id"].isin(superseded)
        standing = events.loc[stands, [*_MOMENT, "kind", "ecd_kind"]]
        statuses = standing[standing["kind"].eq("status")]
        issues = standing[standing["kind"].eq("issued")]
        ecds = standing[standing["kind"].isin(ECD_FAMILY)]
        # An action and a milestone on the way to it may both have a date; "none" excludes either.
        same_day = ecds[ecds.duplicated(_MOMENT, keep=False)]
        none_given = same_day[same_day["kind"].ne("ecd")]
        beside_none = same_day.set_index(_MOMENT).index.isin(none_given.set_index(_MOMENT).index)
        twice = [
            ecds.duplicated([*_MOMENT, "ecd_kind"]),
            same_day[beside_none].duplicated(_MOMENT),
        ]
        repeats = [repeated[repeated].index for repeated in twice]
        two_ecds = events.index.isin(np.concatenate(repeats))
        for rule, repeated in (
            ("one_ecd", pd.Series(two_ecds, index=events.index)),
            ("one_status", statuses.duplicated(_MOMENT)),
            ("one_issue", issues.duplicated("recommendation_id")),
        ):
            wrong = repeated.reindex(events.index, fill_value=False)
            yield from self._broken(rule, wrong)


def _number(event_ids: pd.Series) -> pd.Series:
    """The number in each event id, missing where there is none."""
    digits = event_ids.where(event_ids.str.fullmatch("E[0-9]{6,}")).str.slice(1)
    return pd.to_numeric(digits, errors="coerce").astype("float64")


def _family(kinds: pd.Series) -> pd.Series:
    return kinds.where(~kinds.isin(ECD_FAMILY), "ecd")
