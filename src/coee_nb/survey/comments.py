"""Open comments: which themes they raise and which may be quoted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from coee_nb.engines.suppression.cells import Measure, multiple_from_rows
from coee_nb.errors import InputError, ParameterError
from coee_nb.files import read_file
from coee_nb.survey.identifiers import clean, find_identifiers
from coee_nb.survey.questions.item import Item
from coee_nb.survey.questions.kinds import kind_of
from coee_nb.unseen import Unseen

KEY = ("response_id", "question")  # what names a comment
NO_COMMENT = "no comment"
NOT_CODED = "not coded"
SMALL_GROUP = "group under the floor"
NO_GROUP = "no group given"
NOT_MARKED = "not marked for quoting"
IDENTITY = "identifies somebody"
ALL_REASONS = "suppressed, all reasons"
FEW = "under the floor"


@dataclass(frozen=True, repr=False)
class QuotableComments(Unseen):
    """Which comments a report may quote.

    ``quotable`` (for the reader): ``question``, the group's dimensions, ``comment`` and whether an
    analyst ``edited`` it; of each question in alphabetical order, so that neither ids nor the order
    of receipt show. ``suppressed`` (for the reader): ``question``, ``reason``, ``comments`` and
    ``disclosure``; reasons with counts under the floor are put together. ``analyst`` (never
    printed): one row a comment with ``response_id``, ``question``, the dimensions, ``comment``,
    ``edited`` (the text, if any), ``decision``, ``reason``, ``identifiers`` and ``found``.
    """

    quotable: pd.DataFrame
    suppressed: pd.DataFrame
    analyst: pd.DataFrame

    def counts(self, question: str) -> tuple[int, int]:
        """Return how many comments of a question may be quoted, and how many there are."""
        own = self.analyst.loc[self.analyst["question"] == question, "decision"]
        return int((own == "quotable").sum()), len(own)

    def tells_of_few(self, question: str, floor: int) -> bool:
        """Tell whether the number of comments, beside those quoted, would tell of a few people."""
        shown, total = self.counts(question)
        return shown > 0 and 0 < total - shown < floor


@dataclass(frozen=True, repr=False)
class Themes(Unseen):
    """The analyst's coding: ``coded`` (``response_id, theme``), ``excluded`` (with ``reason``)."""

    coded: pd.DataFrame
    excluded: pd.DataFrame
    text: str


def read_themes(path: str | Path) -> pd.DataFrame:
    """Read an analyst's coding, a CSV in UTF-8 with the columns ``response_id`` and ``theme``.

    A comment with several themes has several lines. Raises InputError when the file or a column
    is missing.
    """
    columns = ["response_id", "theme"]
    return read_file(path).table(columns)[columns].apply(lambda column: column.map(clean))


def match_themes(themes: pd.DataFrame, comments: pd.DataFrame) -> Themes:
    """Keep the themes of comments that exist; every other line is excluded with its reason.

    ``themes`` as from :func:`read_themes`; ``comments`` has ``response_id`` and ``comment``.
    """
    written = comments.loc[_written(comments["comment"]), "response_id"].astype(str)
    lines = themes.reset_index(drop=True)
    reason = np.select(
        [
            lines["theme"].fillna("").str.strip() == "",
            ~lines["response_id"].isin(comments["response_id"].astype(str)),
            ~lines["response_id"].isin(written),
            lines.duplicated(["response_id", "theme"]),
        ],
        ["no theme", "no such response", "response without a comment", "listed twice"],
        default="",
    )
    aside = lines.assign(reason=reason)[reason != ""].reset_index(drop=True)
    coded = lines[reason == ""].reset_index(drop=True)
    text = (
        f"{coded['response_id'].nunique():,} of {len(written):,} comments are coded by theme; "
        f"{len(lines):,} lines read, {len(coded):,} used, {len(aside):,} excluded."
    )
    return Themes(coded, aside, text)


def theme_measure(
    themes: Themes,
    respondents: pd.DataFrame,
    dimensions: Sequence[str],
) -> Measure:
    """The counts of respondents by theme, as a measure for the disclosure plan.

    ``respondents`` has one row each with ``response_id``, ``comment`` and the dimensions. A comment
    without a theme counts as ``not coded``; a respondent without a comment as ``no comment``.
    """
    ids = respondents["response_id"].astype(str)
    if ids.duplicated().any():
        raise InputError("a response id that appears twice", where="themes")
    labels = sorted(themes.coded["theme"].unique())
    if {NOT_CODED, NO_COMMENT} & set(labels):
        raise InputError(f"a theme called '{NOT_CODED}' or '{NO_COMMENT}'", where="themes")
    by_theme = themes.coded.groupby("theme")["response_id"].agg(set)
    chosen = pd.DataFrame({label: ids.isin(by_theme[label]).to_numpy() for label in labels})
    coded = chosen.any(axis=1).to_numpy() if labels else np.zeros(len(ids), bool)
    chosen[NOT_CODED] = _written(respondents["comment"]).to_numpy() & ~coded
    return multiple_from_rows("themes", chosen, respondents[list(dimensions)], status=NO_COMMENT)


def comments_on(rows: pd.DataFrame, item: Item) -> pd.DataFrame:
    """Return ``response_id`` and ``comment``, one row a respondent.

    ``comment`` is the answer to the text question ``item``; blank without one, and where a code of
    the codebook says that there is none.
    """
    found = rows[["response_id"]].copy()
    words = rows[item.columns[0]]
    found["comment"] = words.mask(words.isin(item.aside))
    return found


def written_comments(rows: pd.DataFrame, items: Iterable[Item]) -> pd.DataFrame:
    """Return every comment on every text question of ``items``, in their order.

    Columns: ``response_id``, ``question`` (the item's name) and ``comment`` (without control
    characters); the index is that of ``rows``.
    """
    found = [pd.DataFrame(columns=[*KEY, "comment"], dtype="str")]
    for item in items:
        if kind_of(item).words:
            own = comments_on(rows, item).assign(question=item.name)
            found.append(own[_written(own["comment"])])
    comments = pd.concat(found[1:] or found)[list(found[0].columns)]
    return comments.assign(comment=comments["comment"].map(clean))


def quotable(
    comments: pd.DataFrame,
    groups: pd.DataFrame,
    marked: pd.DataFrame | None,
    *,
    known_words: Iterable[str] = (),
    floor: int = 10,
) -> QuotableComments:
    """Decide which comments may be quoted with their group.

    ``comments`` has ``response_id``, ``question``, ``comment`` and the dimensions; a blank is no
    comment. ``groups`` has the dimensions, ``respondents`` and, where known, ``frame``. ``marked``
    are those an analyst marked, as ``review.read_review`` returns them; None: nobody read them. A
    comment is quotable only when it is marked, the smaller size of its group is at least ``floor``
    and no identifier (``known_words`` are none) is found in what is quoted: the edited text where
    there is one; without a review none is searched. The text is returned raw but for control
    characters; escape it where it is shown.
    """
    if floor < 2 and floor != 0:
        raise ParameterError(f"floor {floor}", expected="a whole number of people, at least 2")
    dimensions = [name for name in groups.columns if name not in ("respondents", "frame")]
    _check_comments(comments, groups, dimensions)
    analyst = comments.loc[_written(comments["comment"]), [*KEY, *dimensions, "comment"]]
    analyst = analyst.reset_index(drop=True)
    analyst["comment"] = analyst["comment"].map(clean)
    chosen = pd.DataFrame(columns=[*KEY, "edited"]) if marked is None else marked
    edited = chosen.set_index(list(KEY))["edited"]
    keys = pd.MultiIndex.from_frame(analyst[list(KEY)])
    analyst["edited"] = edited.reindex(keys).fillna("").to_numpy(object)
    text = analyst["comment"].mask(analyst["edited"] != "", analyst["edited"])
    words = [*known_words, *(str(value) for name in dimensions for value in groups[name])]
    unmarked = ~keys.isin(edited.index)
    identifiers = [
        find_identifiers(one, known_words=words) if marked is not None else () for one in text
    ]
    analyst["reason"] = _reasons(analyst, groups, dimensions, unmarked, identifiers, floor)
    analyst["decision"] = np.where(analyst["reason"] == "", "quotable", "suppressed")
    analyst["identifiers"] = [
        "; ".join(dict.fromkeys(identifier.kind for identifier in found)) for found in identifiers
    ]
    analyst["found"] = [
        "; ".join(identifier.found for identifier in found) for found in identifiers
    ]
    shown = analyst.assign(comment=text, edited=analyst["edited"] != "")
    shown = shown.loc[analyst["reason"] == "", ["question", *dimensions, "comment", "edited"]]
    shown = _in_order(shown, comments["question"], [*dimensions, "comment"])
    return QuotableComments(shown, _suppressed(analyst, floor), analyst)


def _in_order(shown: pd.DataFrame, questions: pd.Series, within: list[str]) -> pd.DataFrame:
    """Sort by question as they were asked, and within each by alphabet."""
    place = {name: number for number, name in enumerate(questions.unique())}
    order = shown.assign(question=shown["question"].map(place)).sort_values(["question", *within])
    return shown.loc[order.index].reset_index(drop=True)


def _written(comments: pd.Series) -> pd.Series:
    return comments.fillna("").astype(str).map(clean) != ""


def _check_comments(
    comments: pd.DataFrame, groups: pd.DataFrame, dimensions: Sequence[str]
) -> None:
    missing = {*KEY, "comment", *dimensions} - set(comments.columns)
    if missing or "respondents" not in groups or not dimensions:
        raise InputError(
            f"no columns {sorted(missing) or ['respondents']}",
            where="comments" if missing else "groups",
            expected="comments by group, and the groups' respondents",
        )
    if groups.duplicated(dimensions).any():
        raise InputError("a group listed twice", where="groups")
    given = comments[dimensions].dropna()
    listed = pd.MultiIndex.from_frame(groups[dimensions])
    stray = given[~pd.MultiIndex.from_frame(given).isin(listed)]
    if len(stray):
        raise InputError(
            f"a comment from the group {stray.iloc[0].to_dict()}",
            where="comments",
            expected="a group with a size",
        )


def _reasons(
    analyst: pd.DataFrame,
    groups: pd.DataFrame,
    dimensions: list[str],
    unmarked: np.ndarray,
    identifiers: list[tuple],
    floor: int,
) -> np.ndarray:
    """Why a comment is suppressed; empty where it may be quoted."""
    counted = [name for name in ("respondents", "frame") if name in groups]
    size = groups.set_index(dimensions)[counted].min(axis=1)
    keys = [tuple(row) for row in analyst[dimensions].itertuples(index=False)]
    lookup = {key if isinstance(key, tuple) else (key,): value for key, value in size.items()}
    people = np.array([lookup.get(key, 0) for key in keys], float)
    told = np.array([bool(found) for found in identifiers], bool)
    no_group = analyst[dimensions].isna().any(axis=1).to_numpy()
    # What nobody marked says nothing else: how many of a small group wrote would tell its size.
    return np.select(
        [unmarked, no_group, ~(people >= floor), told],
        [NOT_MARKED, NO_GROUP, SMALL_GROUP, IDENTITY],
        default="",
    )


def _suppressed(analyst: pd.DataFrame, floor: int) -> pd.DataFrame:
    """The counts by question and reason as a reader may see them: none from 1 to the floor."""
    lines = []
    for question, own in analyst.groupby("question", sort=False):
        counts = own["reason"].value_counts()
        counts = counts.reindex([SMALL_GROUP, NOT_MARKED, IDENTITY, NO_GROUP], fill_value=0)
        counts = counts[counts > 0]
        if (counts < floor).any():
            counts = pd.Series({ALL_REASONS: counts.sum()})
        lines += [
            (question, reason, *((n, "") if n >= floor else (pd.NA, FEW)))
            for reason, n in counts.items()
        ]
    columns = ["question", "reason", "comments", "disclosure"]
    return pd.DataFrame(lines, columns=columns).astype({"comments": "Int64"})
