"""The review of comments: nothing is quoted until an analyst has read it and said yes.

The review is a CSV file of the office, one line a comment: what was written, what was found in it
that may tell who wrote it or of whom, and the analyst's word. It holds respondents' words and ids
and is never published.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from coee_nb.checks import Rule, refuse
from coee_nb.files import LINE, read_file
from coee_nb.outputs import spreadsheet_safe
from coee_nb.paths import shown
from coee_nb.survey.identifiers import clean, find_identifiers
from coee_nb.unseen import Unseen

YES, NO = "yes", "no"
KEYS = ["response_id", "question"]
COLUMNS = [*KEYS, "comment", "identifiers", "quote", "edited"]

WORD = Rule(
    "quote", "Is every decision yes, no or blank?", "quote is another word",
    expected="yes, no or blank (not decided, and not quoted)", do="write yes or no",
)  # fmt: skip
TWICE = Rule(
    "twice", "Is every comment reviewed once?", "this comment is here twice",
    expected="one line a comment", do="keep one of the lines",
)  # fmt: skip
GONE = "no such comment in the responses"
CHANGED = "the responses say something else now"
NOT_DECIDED = "not decided"


@dataclass(frozen=True, repr=False)
class Review(Unseen):
    """What an analyst decided: ``quoted`` and ``excluded`` lines of the review.

    ``quoted`` has ``response_id, question`` and ``comment``, the words as they may be printed;
    ``excluded`` the lines that quote nothing, with ``reason``.
    """

    quoted: pd.DataFrame
    excluded: pd.DataFrame


def draft_review(comments: pd.DataFrame, *, names: Sequence[str] = ()) -> pd.DataFrame:
    """Return the lines of a review to be filled in, by question and in the order of the text.

    ``comments`` has ``response_id, question, comment``; blanks are no comments. ``names`` are
    further names to look for. ``identifiers`` lists what was found, as kind and words; ``quote``
    and ``edited`` are blank. What is not found is not therefore absent: each is to be read.
    """
    written = comments.assign(comment=comments["comment"].fillna("").astype(str).map(clean))
    written = written[written["comment"] != ""]
    found = [
        "; ".join(f"{each.kind}: {each.found}" for each in find_identifiers(text, names=names))
        for text in written["comment"]
    ]
    lines = written.assign(identifiers=found, quote="", edited="")[COLUMNS]
    return lines.sort_values(["question", "comment"], kind="stable").reset_index(drop=True)


def review_file(lines: pd.DataFrame) -> str:
    """Return a review as CSV, in which no comment is a spreadsheet's formula."""
    safe = lines.map(lambda value: spreadsheet_safe(str(value)))
    stream = io.StringIO()
    safe.to_csv(stream, index=False, lineterminator="\n")
    return stream.getvalue()


def read_review(path: str | Path, comments: pd.DataFrame) -> Review:
    """Read a review and hold it against the comments it is of.

    ``comments`` as for :func:`draft_review`. A line quotes its comment, or what stands under
    ``edited``, where ``quote`` is yes; every other line is excluded with its reason, so is one
    whose comment the responses do not hold, or not in these words. Raises InputError telling every
    word that is not yes or no and every comment that is here twice.
    """
    file = read_file(path)
    lines = file.table(COLUMNS)
    lines["quote"] = lines["quote"].str.strip().str.lower()
    refuse(
        [
            *WORD.faults(lines, ~lines["quote"].isin([YES, NO, ""]), "quote is {quote!r}",
                         file=shown(file.path)),
            *TWICE.faults(lines, lines.duplicated(KEYS), "{question} of {response_id} twice",
                          file=shown(file.path)),
        ]
    )  # fmt: skip
    written = comments.set_index(KEYS)["comment"].fillna("").astype(str).map(clean)
    now = written.reindex(pd.MultiIndex.from_frame(lines[KEYS])).to_numpy(object)
    same = [
        isinstance(text, str) and told in (text, spreadsheet_safe(text))
        for text, told in zip(now, lines["comment"].map(clean), strict=True)
    ]
    reason = np.select(
        [pd.isna(now), ~np.array(same, bool), lines["quote"] == "", lines["quote"] == NO],
        [GONE, CHANGED, NOT_DECIDED, "not to be quoted"],
        default="",
    )
    edited = lines["edited"].map(clean)
    lines["comment"] = np.where(edited != "", edited, now)
    return Review(
        lines.loc[reason == "", [*KEYS, "comment"]].reset_index(drop=True),
        lines.assign(reason=reason)
        .loc[reason != "", [*KEYS, LINE, "reason"]]
        .reset_index(drop=True),
    )
