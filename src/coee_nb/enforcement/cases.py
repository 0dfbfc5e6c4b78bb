"""Penalty cases as they come in: used, set aside or doubtful, all of it listed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from coee_nb.checks import Rule
from coee_nb.enforcement.case_values import cents, dates, known_fields, read_rows
from coee_nb.enforcement.limitation import CLOSED, NOT_LIMITED, OPEN, STATUSES, plain_status
from coee_nb.errors import InputError
from coee_nb.files import LINE
from coee_nb.findings import InputFile, input_file
from coee_nb.lazily import offered
from coee_nb.origins import combined
from coee_nb.paths import shown

TEXTS = ("case_id", "unit", "violation", "status")
DATES = (
    *("violated_on", "discovered_on", "involvement_on", "initiated_on", "recorded_on"),
    *("assessed_on", "collected_on", "closed_on", "searched_on"),
)
MONEY = ("assessed", "mitigated", "collected", "bond")
FIELDS = (*TEXTS, *DATES, *MONEY)
NEEDED = ("case_id", "status", "assessed", "collected")
PAPERS = {
    "waivers": ("case_id", "signed_on", "years", "valid_until", "filed_on"),
    "suspensions": ("case_id", "from", "to", "kind", "filed_on"),
    "events": ("case_id", "on", "status"),
}
NO_UNIT = "not stated"
LISTED = ["file", LINE, "case_id", "what", "found", "effect"]
ASIDE, KEPT, NOT_COUNTED = "set aside", "kept", "not counted"

IMPOSSIBLE = Rule("date", "Is every date a day?", "no date", effect="reports")
QUALITY = (
    Rule("order", "Is it discovered after it was done?", "discovered before the violation",
         effect="reports"),
    Rule("initiated", "Is it initiated after its discovery?", "initiated before the discovery",
         effect="reports"),
    Rule("future", "Did it happen by the as-of date?", "happened after the as-of date",
         effect="reports"),
    Rule("closed_early", "Is it closed after it was initiated?", "closed before it was initiated",
         effect="reports"),
    Rule("late_action", "Did a suit or referral come within the term?",
         "in litigation or referred only after its limitation date", effect="reports"),
    Rule("closing", "Has a closed case its day?", "closed with no closing date", effect="reports"),
    Rule("reopened", "Is an open case without one?", "open with a closing date", effect="reports"),
    Rule("over", "Is no more collected than assessed?", "collected more than assessed",
         effect="reports"),
    Rule("owed", "Is something owed on an open case?", "open with nothing owed", effect="reports"),
    Rule("amount", "Is the amount assessed stated?", "no assessed amount, counted as 0",
         effect="reports"),
    Rule("recorded", "Is a limitation date recorded?", "no limitation date", effect="reports"),
)  # fmt: skip


@dataclass(frozen=True)
class PenaltyRecords:
    """Penalty cases and their documents.

    ``cases``: one row a case, the columns `TEXTS`, `DATES` (datetime64[s]) and `MONEY` (whole
    cents, Int64; a blank one assessed or collected is 0), unstated (nothing is said to be
    assessed), ``line``. ``waivers``: case_id, signed_on, years, valid_until, filed_on.
    ``suspensions``: case_id, from, to, kind, filed_on. ``events``: case_id, on, status: what
    became of a case later. ``exceptions``: file, line, case_id, what, found, effect: every row
    set aside, every date that is none. ``aside`` and ``totals``: the sums of the rows set
    aside and of those used, in cents, by column of `MONEY`. ``statuses``: what each status
    means; ``money``: what the amounts are counted in.
    """

    cases: pd.DataFrame
    waivers: pd.DataFrame
    suspensions: pd.DataFrame
    events: pd.DataFrame
    exceptions: pd.DataFrame
    aside: Mapping[str, int]
    statuses: Mapping[str, str]
    inputs: tuple[InputFile, ...]
    totals: Mapping[str, int]
    money: str = "dollars"

    @property
    def origin(self) -> str:
        """The origin of the rows, as of ``coee_nb.origins``."""
        return combined(file.origin for file in self.inputs)

    def as_known(self, as_of: date) -> PenaltyRecords:
        """Return the records of a day: cases initiated and documents filed by then, last statuses.

        The extract's own status holds until a later event says otherwise.
        """
        today = pd.Timestamp(as_of)
        cases = self.cases[~(self.cases["initiated_on"] > today)].reset_index(drop=True)
        told = self.events[self.events["on"] <= today].sort_values(["on", LINE], kind="stable")
        last = told.drop_duplicates("case_id", keep="last").set_index("case_id")["status"]
        since = cases["case_id"].map(last)
        status = cases["status"].mask(since.notna(), since.astype("str"))
        return replace(
            self,
            cases=cases.assign(status=status),
            waivers=_filed(self.waivers, "signed_on", today),
            suspensions=_filed(self.suspensions, "from", today),
        )

    def meanings(self) -> pd.Series:
        """Return what each case's status means: open, no longer limited, closed."""
        return self.cases["status"].map(self.statuses)


def read_cases(
    path: str | Path,
    *,
    waivers: str | Path | None = None,
    suspensions: str | Path | None = None,
    events: str | Path | None = None,
    columns: Mapping[str, str] | None = None,
    statuses: Mapping[str, str] | None = None,
    order: str | None = None,
    money: str = "dollars",
) -> PenaltyRecords:
    """Read penalty cases and their documents from CSV files or Excel sheets.

    The fields of a case are `FIELDS`, `NEEDED` among them; ``columns`` names the file's column of
    a field. No other column is kept: who is charged reaches no page. ``statuses`` says what a
    status word of the records means, one of those of ``limitation.STATUSES``. A case that is there
    twice alike counts once; one there twice with differences, and one with an amount below 0, is
    set aside. Raises InputError for a status that is not known, a text that is no amount, dates in
    two forms, and a column that is not there.
    """
    names, own = dict(columns or {}), _statuses(statuses or {})
    known_fields(names, [*FIELDS, *(field for fields in PAPERS.values() for field in fields)])
    rows = read_rows(
        path, FIELDS, [f for f in FIELDS if f in NEEDED or f in names], names, amounts=MONEY
    )
    rows, bad_dates = _with_dates(rows, DATES, path, order)
    for column in MONEY:
        rows[column] = cents(rows[column], rows[LINE], f"{shown(path)}, column {column}", money)
    rows["status"] = _known_statuses(rows["status"], rows[LINE], own, path)
    rows["unit"] = rows["unit"].where(rows["unit"] != "", NO_UNIT)
    reason = _why_aside(rows)
    gone = rows[reason != ""]
    listed = _listed(gone, reason[reason != ""], path, ASIDE)
    used = rows[reason == ""].reset_index(drop=True)
    stated = {column: used[column].fillna(0) for column in ("assessed", "collected")}
    used = used.assign(unstated=used["assessed"].isna(), **stated)
    excluded = reason[reason != ""].value_counts().to_dict()
    account = input_file(path, rows=len(rows), used=len(used), excluded=excluded)
    papers = {"waivers": waivers, "suspensions": suspensions, "events": events}
    found, files, exceptions = {}, [account], [bad_dates, listed]
    for name, fields in PAPERS.items():
        found[name], bad, told = _paper(papers[name], fields, names, order, set(used["case_id"]))
        exceptions += bad
        files += told
    if len(later := found["events"]):
        later["status"] = _known_statuses(later["status"], later[LINE], own, str(events))
    aside, totals = _sums(gone), _sums(used)
    told_of = pd.concat(exceptions, ignore_index=True)[LISTED]
    return PenaltyRecords(used, **found, exceptions=told_of, aside=aside, statuses=own,
                          inputs=tuple(files), totals=totals, money=money)  # fmt: skip


def _sums(rows: pd.DataFrame) -> dict[str, int]:
    return {column: int(rows[column].fillna(0).sum()) for column in MONEY}


def _filed(papers: pd.DataFrame, on: str, today: pd.Timestamp) -> pd.DataFrame:
    """Return the documents that were on file on a day: filed, or else signed or begun, by then."""
    return papers[papers["filed_on"].fillna(papers[on]) <= today].reset_index(drop=True)


def _statuses(given: Mapping[str, str]) -> dict[str, str]:
    """Return what each status means, the words of the records added."""
    own = dict(STATUSES)
    for word, means in given.items():
        if plain_status(means) not in STATUSES:
            raise InputError(
                f"the status {word!r} is said to mean {means!r}",
                where="statuses",
                expected=f"one of {', '.join(STATUSES)}",
            )
        own[plain_status(word)] = STATUSES[plain_status(means)]
    return own


def _known_statuses(
    values: pd.Series, lines: pd.Series, own: Mapping[str, str], path: str | Path
) -> pd.Series:
    plain = values.map(plain_status)
    wrong = ~plain.isin(list(own))
    if wrong.any():
        told = ", ".join(
            f"{word!r} (line {lines[values == word].iloc[0]}, rows: {n})"
            for word, n in values[wrong].value_counts().head(5).items()
        )
        raise InputError(
            f"the status {told} is not known",
            where=shown(path),
            expected=f"one of {', '.join(own)}",
            do="say in statuses what it means",
        )
    return plain


def _with_dates(
    rows: pd.DataFrame, columns: tuple[str, ...], path: str | Path, order: str | None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return rows with their days read, and the list of texts that are none."""
    rows, listed = rows.copy(), []
    for column in columns:
        days, wrong, _ = dates(rows[column], f"{shown(path)}, column {column}", order)
        told = rows[wrong]
        found = pd.Series([f"{_named(column)}: {text}" for text in told[column]], index=told.index)
        listed.append(_listed(told, IMPOSSIBLE.wrong, path, KEPT, found))
        rows[column] = days.astype("datetime64[s]")
    return rows, pd.concat(listed, ignore_index=True)


def _named(column: str) -> str:
    """Return what the day of a column is called: of "signed_on", signed."""
    return column.removesuffix("_on").replace("_", " ")


def _listed(
    rows: pd.DataFrame, what: pd.Series | str, path: str | Path, effect: str,
    found: pd.Series | str = "",
) -> pd.DataFrame:  # fmt: skip
    told = {"file": shown(path), LINE: rows[LINE], "case_id": rows["case_id"]}
    return pd.DataFrame(told | {"what": what, "found": found, "effect": effect})[LISTED]


def _why_aside(rows: pd.DataFrame) -> pd.Series:
    """Return why a row is set aside; nothing where it is used."""
    copies = rows.drop(columns=LINE).duplicated()
    differ = (
        rows.loc[~copies, "case_id"].duplicated(keep=False).reindex(rows.index, fill_value=False)
    )
    negative = pd.concat([rows[c] < 0 for c in MONEY], axis=1).fillna(False).any(axis=1)
    return pd.Series(
        np.select(
            [
                rows["case_id"] == "",
                copies,
                differ,
                negative.to_numpy(bool),
            ],
            ["no case id", "a copy of another row", "case id there twice, rows differ",
             "an amount below 0"],
            "",
        ),
        index=rows.index,
    )  # fmt: skip


def _paper(
    path: str | Path | None, fields: tuple[str, ...], names: Mapping[str, str], order: str | None,
    ids: set[str],
) -> tuple[pd.DataFrame, list[pd.DataFrame], list[InputFile]]:  # fmt: skip
    """Return the rows of a file of documents, what of them is listed, and its account."""
    days = tuple(f for f in fields if f.endswith("_on") or f in ("on", "from", "to", "valid_until"))
    if path is None:
        empty = {f: pd.Series(dtype="datetime64[s]" if f in days else "str") for f in fields}
        return pd.DataFrame(empty | {LINE: pd.Series(dtype="int64")}), [], []
    rows = read_rows(path, fields, fields[:2], names)
    rows, bad = _with_dates(rows, days, path, order)
    unknown = ~rows["case_id"].isin(ids)
    undated = rows[fields[1]].isna() & ~unknown
    backwards = _ends_first(rows)
    reasons = ["no such case", "its day is not known", "it ends before it begins"]
    reason = np.select([unknown, undated, backwards], reasons, "")
    gone = rows[reason != ""]
    listed = _listed(gone, pd.Series(reason[reason != ""], gone.index), path, ASIDE)
    used = rows[reason == ""].reset_index(drop=True)
    excluded = pd.Series(reason[reason != ""]).value_counts().to_dict()
    account = input_file(path, rows=len(rows), used=len(used), excluded=excluded)
    return used, [bad, listed], [account]


def _ends_first(rows: pd.DataFrame) -> pd.Series:
    """Tell the documents whose last day lies before their first."""
    ends = [(one, last) for one, last in (("from", "to"), ("signed_on", "valid_until"))
            if last in rows]  # fmt: skip
    found = pd.Series(False, rows.index)
    for first, last in ends:
        found |= rows[last] < rows[first]
    return found


def quality(records: PenaltyRecords, as_of: date, limits: pd.Series | None = None) -> pd.DataFrame:
    """Return what is doubtful in the cases used: rule, case_id, unit, what, line, a row a doubt.

    The rules are `QUALITY`; what they find is kept and counted. ``limits``: the limitation date by
    case id, for the rule on suits and referrals, whose days the events tell.
    """
    cases, today = records.cases, pd.Timestamp(as_of)
    means = records.meanings()
    running, over = means == OPEN, means == CLOSED
    happened = ["violated_on", "discovered_on", "closed_on", "collected_on"]
    owed = cases["mitigated"].fillna(cases["assessed"])
    wrong = {
        "recorded": cases["recorded_on"].isna(),
        "amount": cases["unstated"],
        "order": cases["discovered_on"] < cases["violated_on"],
        "initiated": cases["initiated_on"] < cases["discovered_on"],
        "future": (cases[happened] > today).any(axis=1),
        "closed_early": cases["closed_on"] < cases["initiated_on"],
        "late_action": _late_actions(records, today, limits),
        "closing": over & cases["closed_on"].isna(),
        "reopened": running & cases["closed_on"].notna(),
        "over": cases["collected"] > cases["assessed"],
        "owed": running & (owed <= cases["collected"]),
    }
    parts = [
        cases.loc[wrong[rule.id].to_numpy(bool), ["case_id", "unit", LINE]].assign(
            rule=rule.id, what=rule.wrong
        )
        for rule in QUALITY
    ]
    found = pd.concat(parts, ignore_index=True)
    return found[["rule", "what", "case_id", "unit", LINE]]


def _late_actions(
    records: PenaltyRecords, today: pd.Timestamp, limits: pd.Series | None
) -> pd.Series:
    """Tell the cases whose first suit or referral is dated after their limitation date."""
    ids, events = records.cases["case_id"], records.events
    begun = events[
        (events["on"] <= today) & (events["status"].map(records.statuses) == NOT_LIMITED)
    ]
    first = begun.groupby("case_id")["on"].min().reindex(ids)
    dated = pd.Series(pd.NaT, ids) if limits is None else limits.reindex(ids)
    return pd.Series(first.to_numpy() > dated.to_numpy("datetime64[s]"), ids.index)


__all__ = ["PenaltyRecords", "quality", "read_cases"]
__dir__ = offered(__all__)
