"""The review of comments: which ones an analyst lets a report quote, and in what words."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from coee_nb.checks import Rule, refuse
from coee_nb.errors import InputError
from coee_nb.files import read_file, writing
from coee_nb.outputs import spreadsheet_safe
from coee_nb.paths import shown
from coee_nb.survey.codebook import Codebook
from coee_nb.survey.comments import KEY, written_comments
from coee_nb.survey.identifiers import Identifier, clean, find_identifiers
from coee_nb.survey.questions.kinds import kind_of

COLUMNS = (*KEY, "comment", "identifiers", "quote", "edited")
YES, NO = "yes", "no"

_DRAFT_ANEW = "draft the file anew with coee survey comments and copy the marks over"
UNKNOWN_RESPONSE = Rule(
    "review_response",
    "Is every response of the review among those analysed?",
    "no such response is analysed",
    do=_DRAFT_ANEW,
)
UNKNOWN_QUESTION = Rule(
    "review_question",
    "Is every question of the review a text question of the codebook?",
    "no text question of that name",
    do=_DRAFT_ANEW,
)
OTHER_COMMENT = Rule(
    "review_comment",
    "Is every comment of the review what the respondent wrote?",
    "the comment is not the one of the export",
    expected="the comment as it was drafted; other words go into the column edited",
    do=_DRAFT_ANEW,
)
UNKNOWN_MARK = Rule(
    "review_mark",
    "Is every comment marked yes, no or not at all?",
    "the mark in the column quote cannot be read",
    expected=f"{YES}, {NO} or nothing",
)
TWICE = Rule(
    "review_twice",
    "Is every comment listed once?",
    "the response and question of an earlier row",
    do="keep one of the two",
)
EDITED_UNMARKED = Rule(
    "review_edited",
    "Is every comment with an edited text marked?",
    "an edited text that is not marked for quoting",
    do=f"write {YES} into the column quote, or empty the column edited",
)
STILL_FOUND = Rule(
    "review_identifiers",
    "Is nobody to be found in any edited text?",
    "the edited text still holds what may identify somebody",
    do="take it out of the edited text, or do not quote the comment",
)


def draft_review(rows: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    """Return every comment on every text question with what may identify somebody, not marked.

    ``rows`` as of ``reader.Responses``. Columns: ``response_id``, ``question`` (its name in the
    codebook), ``comment``, ``identifiers`` (what ``identifiers.find_identifiers`` found, for the
    analyst's eyes), ``quote`` and ``edited`` (blank, for the analyst to fill).
    """
    known = {str(one) for item in codebook.groups for one in rows[item.name].dropna()}
    known |= {*codebook.known_words}
    draft = written_comments(rows, codebook.items)
    draft["identifiers"] = [
        "; ".join(f"{one.kind}: {one.found}" for one in find_identifiers(text, known_words=known))
        for text in draft["comment"]
    ]
    return draft.assign(quote="", edited="")[list(COLUMNS)].reset_index(drop=True)


def review_text(review: pd.DataFrame) -> str:
    """Return a review as CSV for a spreadsheet, no cell of it opening as a formula."""
    stream = io.StringIO(newline="")
    stream.write("\ufeff")  # without it, a spreadsheet takes accents for something else
    out = csv.writer(stream, lineterminator="\n")
    out.writerow(COLUMNS)
    for row in review[list(COLUMNS)].itertuples(index=False, name=None):
        out.writerow(spreadsheet_safe(clean(cell)) for cell in row)
    return stream.getvalue()


def write_review(review: pd.DataFrame, path: Path) -> None:
    """Write a review. Raises InputError if a file with marks, or no review, stands at ``path``."""
    _refuse_to_lose_marks(path)
    with writing(path) as stream:
        stream.write(review_text(review))


def _refuse_to_lose_marks(path: Path) -> None:
    if not path.exists():
        return
    try:
        old = read_file(path.absolute()).table(COLUMNS)
    except InputError:
        raise InputError(
            "exists already and is no review file", where=shown(path), do="give another name"
        ) from None
    marked = (old[["quote", "edited"]].map(clean) != "").any(axis=1)
    if marked.any():
        raise InputError(
            f"exists already, with marks on {marked.sum():,} of {len(old):,} comments",
            where=shown(path),
            do="give another name, and copy the marks over",
        )


def read_review(
    path: str | Path, rows: pd.DataFrame, codebook: Codebook, *, known_words: Sequence[str] = ()
) -> pd.DataFrame:
    """Return the comments marked for quoting: ``response_id``, ``question``, ``edited``.

    ``edited`` is blank where a comment is to be quoted as it was written. ``known_words`` as of
    ``identifiers.find_identifiers``. Raises InputError that tells every row that breaks a rule: a
    response or question that is not there, a comment that is not the export's, a mark that is none,
    a comment listed twice, an edited text without a mark or with an identifier still in it.
    """
    lines = read_file(path).table(COLUMNS)[list(COLUMNS)].map(_plain)
    lines["quote"] = lines["quote"].str.casefold()
    written = written_comments(rows, codebook.items)
    as_read = written[list(KEY)].map(_plain)  # ids and names may open as a formula too
    written.index = pd.MultiIndex.from_frame(as_read)
    written = written[~written.index.duplicated()]
    place = written.index.get_indexer(pd.MultiIndex.from_frame(lines[list(KEY)]))
    found = written.reset_index(drop=True).reindex(place)  # a row of the file each, or nothing
    names = [item.name for item in codebook.items if kind_of(item).words]
    response = lines["response_id"].isin(rows["response_id"].astype(str).map(_plain))
    question = lines["question"].isin(list(map(_plain, names)))
    comment = found["comment"].fillna("").map(_plain).to_numpy()
    edited = (lines["edited"] != "").to_numpy()
    rules = {
        UNKNOWN_RESPONSE: ~response,
        UNKNOWN_QUESTION: ~question,
        OTHER_COMMENT: response & question & (lines["comment"] != comment),
        UNKNOWN_MARK: ~lines["quote"].isin(["", YES, NO]),
        TWICE: lines.duplicated(list(KEY)),
        EDITED_UNMARKED: edited & lines["quote"].isin(["", NO]),
        STILL_FOUND: pd.Series(
            [
                bool(text) and _still_found(before, text, known_words)
                for before, text in zip(comment, lines["edited"], strict=True)
            ],
            dtype=bool,
        ),
    }
    refuse(
        [
            fault
            for rule, wrong in rules.items()
            for fault in rule.faults(lines, wrong, rule.wrong, file=shown(path))
        ]
    )
    marked = found[list(KEY)].assign(edited=lines["edited"].to_numpy())
    return marked[(lines["quote"] == YES).to_numpy()].reset_index(drop=True)


def _still_found(comment: str, edited: str, known_words: Sequence[str]) -> bool:
    """Tell whether an edited text holds an identifier, of its own or left over of the comment."""
    left_over = {
        words
        for one in find_identifiers(comment, known_words=known_words)
        for words in _to_look_for(one)
    }
    return bool(find_identifiers(edited, names=left_over, known_words=known_words))


def _to_look_for(identifier: Identifier) -> Iterator[str]:
    """Yield an identifier as it was found, and of a name with its title the name alone."""
    yield identifier.found
    if identifier.kind == "name":
        yield identifier.found.split()[-1]


def _plain(cell: object) -> str:
    """Return a cell's text without what is no text and without the quote before a formula."""
    text = clean(str(cell))
    if text.startswith("'") and spreadsheet_safe(text[1:]) != text[1:]:
        return clean(text[1:])
    return text
