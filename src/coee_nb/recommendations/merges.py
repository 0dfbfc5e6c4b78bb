"""Recommendations that a log holds twice: shown as probable, and merged by an analyst's word.

A source that adds a word, renumbers or moves a recommendation to another page makes a second one
of it. What looks alike is listed; nothing is merged until somebody says so, and that is an event.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from coee_nb.arguments import as_day
from coee_nb.errors import InputError

if TYPE_CHECKING:
    from coee_nb.recommendations.log import Log

ALIKE = 0.85  # of the words of two texts that agree, in their order, from which they may be one
ANOTHER = 0.4  # below which a text under the same number may be another recommendation's
COLUMNS = ("recommendation_id", "may_be", "alike", "why", "title", "text", "other_text")
_BLOCK = 500  # recommendations that are compared with the others at once


def merged(log: Log, *, as_of: date) -> Log:
    """Return the log with what was merged by ``as_of`` told of the recommendation that stays."""
    is_merge = log.events["kind"] == "merged"
    said = log.events[is_merge]
    said = said[said["recorded_on"] <= np.datetime64(as_of)]
    if said.empty:
        return log
    into = dict(zip(said["recommendation_id"], said["note"], strict=True))  # the last word holds
    into = {name: stays for name, stays in into.items() if stays}
    ends = {name: _end(name, into) for name in into}
    events = log.events[~is_merge].reset_index(drop=True)
    ids = events["recommendation_id"]
    gone = log.recommendations["recommendation_id"].isin(ends)
    return replace(
        log,
        recommendations=log.recommendations[~gone].reset_index(drop=True),
        events=events.assign(recommendation_id=ids.map(lambda name: ends.get(name, name))),
    )


def merge(
    folder: str | Path, name: str, *, into: str, by: str, on: date | str, words: str = ""
) -> str:
    """Tell the log that one recommendation is another, and return the id of that event.

    From ``on`` the register shows ``into`` alone, with the events of both. ``into=""`` takes a
    merge back. Raises InputError or ParameterError for a recommendation that the log does not
    hold, one and the same, a circle, and nobody who says so.
    """
    from coee_nb.recommendations import log as event_log

    day = as_day(on, "on")
    if not by.strip():
        raise InputError("nobody is named who says so", do="give --by NAME")

    def compose(log: Log) -> tuple[pd.DataFrame, pd.DataFrame]:
        for one in filter(None, (name, into)):
            event_log.refuse_unknown(log, one)
        told = log.events[log.events["kind"] == "merged"]
        held = dict(zip(told["recommendation_id"], told["note"], strict=True))
        if name == into or (into and _end(into, held) == name):
            raise InputError(f"{name} would be merged into itself", do="name the one that stays")
        if not into and not held.get(name):
            raise InputError(f"{name} is merged into nothing", expected="a merge to take back")
        said = {"recommendation_id": name, "kind": "merged", "note": into, "by": by.strip()}
        when = {"effective_to": day, "recorded_on": day}
        event = {**said, **when, "review": "reviewed", "source_span": words}
        return log.recommendations.iloc[:0], pd.DataFrame([event])

    event_log.read(folder)  # a merge begins no log
    return event_log.update(folder, compose).events["event_id"].iat[-1]


def _end(name: str, into: dict[str, str]) -> str:
    """Follow merges to the recommendation that stays; a circle ends where it closes."""
    seen = {name}
    while name in into and into[name] not in seen:
        name = into[name]
        seen.add(name)
    return name


def probable(table: pd.DataFrame) -> pd.DataFrame:
    """Return pairs of recommendations that may be one, most alike first.

    ``table`` has recommendation_id, issuer, agency, report, number, title, text, recorded_on,
    last_seen_on and vanished_on. Two are compared where issuer and agency agree and they are not
    two numbers of one report that were on their list at the same time; they are listed where at
    least `ALIKE` of their words agree (see `alike`). Columns: recommendation_id, may_be (the id of
    the other), alike (that share), why (renumbered, another report, reworded, same words), title,
    text and other_text.
    """
    rows = table[table["text"] != ""].reset_index(drop=True)
    words = [_words(text) for text in rows["text"]]
    found = []
    for _, group in rows.groupby([rows["issuer"], rows["agency"].str.casefold()], sort=False):
        for first, second, alike in _pairs(group, [words[place] for place in group.index]):
            one, other = rows.loc[first], rows.loc[second]
            ids = (one["recommendation_id"], other["recommendation_id"])
            texts = (one["title"], one["text"], other["text"])
            found.append((*ids, alike, _why(one, other, alike), *texts))
    listed = pd.DataFrame(found, columns=list(COLUMNS))
    return listed.sort_values("alike", ascending=False, kind="stable", ignore_index=True)


def alike(text: str, other: str) -> float:
    """Return how alike two texts are: the share of their distinct words that both have (Dice 1945).

    >>> round(alike("Count the lamps.", "Count the old lamps"), 2)
    0.86
    """
    one, two = _words(text), _words(other)
    return 2 * len(one & two) / max(len(one) + len(two), 1)


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", text.casefold()))


def _pairs(group: pd.DataFrame, words: list[frozenset[str]]) -> Iterator[tuple[int, int, float]]:
    """Yield the pairs of a group that are alike, and how much, by who has which word."""
    from scipy.sparse import csr_matrix

    places = {word: place for place, word in enumerate(sorted(set().union(*words)))}
    ends = np.cumsum([0, *map(len, words)])
    columns = [places[word] for own in words for word in sorted(own)]
    has = csr_matrix((np.ones(len(columns)), columns, ends), shape=(len(words), len(places)))
    sizes = np.diff(ends)
    report, number = group["report"].to_numpy(), group["number"].to_numpy()
    begins = group["recorded_on"].to_numpy()
    ends_on = (group["vanished_on"] - pd.Timedelta(days=1)).fillna(group["last_seen_on"]).to_numpy()
    for start in range(0, len(words), _BLOCK):
        common = (has[start : start + _BLOCK] @ has.T).tocoo()
        first, second = common.row + start, common.col
        alike = 2 * common.data / np.maximum(sizes[first] + sizes[second], 1)
        apart = (report[first] != "") & (report[first] == report[second])
        apart &= (number[first] != "") & (number[first] != number[second])
        apart &= (begins[first] <= ends_on[second]) & (begins[second] <= ends_on[first])
        for at in np.flatnonzero((alike >= ALIKE) & (first < second) & ~apart):
            yield int(group.index[first[at]]), int(group.index[second[at]]), float(alike[at])


def _why(one: pd.Series, other: pd.Series, alike: float) -> str:
    """Say in what the two differ."""
    told = ["same words" if alike == 1 else "reworded"]
    if one["report"] != other["report"] or one["title"] != other["title"]:
        told.append("another report or page")
    if one["number"] != other["number"]:
        told.append("renumbered")
    return ", ".join(told)
