"""The entry of each response: finished or not, genuine or not, and why a row is excluded."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from coee_nb.errors import InputError
from coee_nb.survey.read.exports import Body, Coded
from coee_nb.unseen import Unseen

KeepOrNot = Literal["keep", "excluded"]

SPAM, PREVIEW, TEST = "spam", "survey preview", "survey test"
DUPLICATE = "duplicate response id"
SCREENED, LEFT_SCREENED = "finished but screened out", "screened out, and left"
EMPTY = "partial without any answer"
BLANK = "blank line"
FROM_PROGRESS = "taken from the progress"
SUBMITTED = "taken from the time of submission"
FORM = "taken from the state of the last form"
UNKNOWN = "not known: nobody counts as having finished"


@dataclass(frozen=True, repr=False)
class Entries(Unseen):
    """What the export says about each response, one value a row.

    ``kind`` is spam, survey preview or survey test, empty for a genuine one; ``terminated`` marks
    those whom the survey itself screened out. ``completion`` says how it is known who finished,
    where no column says so; UNKNOWN where it is not: then nobody counts as having finished.
    """

    ids: np.ndarray
    finished: np.ndarray
    progress: np.ndarray
    kind: np.ndarray
    terminated: np.ndarray
    completion: str = ""

    @classmethod
    def of(cls, metadata: Mapping[str, Coded], body: Body, *, where: str) -> "Entries":
        """Return the entries of the rows in ``body``; an empty id becomes the row's number.

        Raises InputError for a progress, a finished or a status of unknown form.
        """
        count = len(body.numbers)
        ids = _texts(metadata.get("response_id"), count)
        blank = ids == ""
        ids[blank] = [f"row {number}" for number in body.numbers[blank]]
        progress = _progress(metadata.get("progress"), count, where)
        terminated = metadata.get("terminated")
        finished, completion = _finished(metadata, progress, where)
        return cls(
            ids=ids,
            finished=finished,
            progress=progress,
            kind=_kind(metadata.get("status"), metadata.get("channel"), count, where),
            terminated=np.zeros(count, bool)
            if terminated is None
            else terminated.where(bool(text.strip()) for text in terminated.texts),
            completion=completion,
        )


def _texts(coded: Coded | None, count: int) -> np.ndarray:
    if coded is None or not coded.texts:
        return np.full(count, "", dtype=object)
    return Coded(tuple(text.strip() for text in coded.texts), coded.positions).cells()


def _progress(coded: Coded | None, count: int, where: str) -> np.ndarray:
    if coded is None:
        return np.full(count, np.nan)
    values = pd.to_numeric(pd.Series(coded.texts, dtype=object), errors="coerce").to_numpy(float)
    wrong = [t for t, v in zip(coded.texts, values, strict=True) if t.strip() and np.isnan(v)]
    if wrong:
        raise InputError(
            f"progress {wrong[0][:20]!r}", where=where, expected="a percentage from 0 to 100"
        )
    return values[coded.positions]


_COMPLETE = {"2", "complete"}  # 0 is incomplete and 1 unverified
_FINISHED = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


def _finished(
    metadata: Mapping[str, Coded], progress: np.ndarray, where: str
) -> tuple[np.ndarray, str]:
    """Return who finished, and how that is known where no column says so."""
    if coded := metadata.get("finished"):
        values = [_FINISHED.get(text.strip().lower()) for text in coded.texts]
        for text, value in zip(coded.texts, values, strict=True):
            if value is None and text.strip():
                raise InputError(
                    f"finished {text[:20]!r}", where=where, expected="True or False, 1 or 0"
                )
        if any(value is not None for value in values):
            return coded.where(bool(value) for value in values), ""
    if form := metadata.get("form_complete"):
        return form.where(text.strip().lower() in _COMPLETE for text in form.texts), FORM
    if submitted := metadata.get("submitted"):
        return submitted.where(bool(text.strip()) for text in submitted.texts), SUBMITTED
    if not np.isnan(progress).all():
        return progress >= 100, FROM_PROGRESS
    return np.zeros(len(progress), bool), UNKNOWN


def _kind(status: Coded | None, channel: Coded | None, count: int, where: str) -> np.ndarray:
    """Return spam, preview or test for each row, empty for a genuine one.

    Status is a text or a sum of flags: 1 preview, 2 test, 8 spam (4 imported, 16 offline and 32
    employee responses are genuine).
    """
    kinds = np.full(count, "", dtype=object)
    if channel is not None:
        kinds[channel.where(text.strip().lower() == "preview" for text in channel.texts)] = PREVIEW
    for kind in (TEST, PREVIEW, SPAM):  # the last one that applies is the reason given
        if status is not None:
            kinds[status.where(kind in _status_kinds(t, where) for t in status.texts)] = kind
    return kinds


_STATUS_WORDS = {"spam": SPAM, "preview": PREVIEW, "test": TEST}
_STATUS_FLAGS = {1: PREVIEW, 2: TEST, 8: SPAM}
_GENUINE = {"", "ip address", "imported", "offline response", "response", "ex", "offline ex"}


def _status_kinds(text: str, where: str) -> set[str]:
    word = text.strip().lower()
    if word.isdigit():
        return {kind for flag, kind in _STATUS_FLAGS.items() if int(word) & flag}
    kinds = {kind for part, kind in _STATUS_WORDS.items() if part in word}
    if not kinds and word not in _GENUINE:
        raise InputError(
            f"status {text[:30]!r}",
            where=where,
            expected="IP Address, Survey Preview, Survey Test, Imported, Spam or a number",
            do="export with numeric values if the labels are in another language",
        )
    return kinds


def exclusion_reasons(
    entries: Entries,
    answers: np.ndarray,
    screened: np.ndarray,
    *,
    blank: np.ndarray,
    empty_partials: KeepOrNot,
    trial_responses: KeepOrNot,
) -> np.ndarray:
    """Return why each row is excluded, empty for those that stay; the first reason counts.

    ``answers`` is how many cells of items each row has filled in.
    """
    reasons = np.where(blank, BLANK, np.where(entries.kind == SPAM, SPAM, "")).astype(object)
    if trial_responses == "excluded":
        reasons = np.where(entries.kind != "", entries.kind, reasons)
    reasons[_duplicates(entries, answers, reasons == "")] = DUPLICATE
    out = (screened | entries.terminated) & (reasons == "")
    reasons[out] = np.where(entries.finished[out], SCREENED, LEFT_SCREENED)
    if empty_partials == "excluded":
        reasons[~entries.finished & (answers == 0) & (reasons == "")] = EMPTY
    return reasons


def _duplicates(entries: Entries, answers: np.ndarray, candidates: np.ndarray) -> np.ndarray:
    """Mark all but one response of each id: most answers, finished, furthest, first."""
    order = {"answers": answers, "finished": entries.finished, "progress": entries.progress}
    frame = pd.DataFrame({"id": entries.ids, **order}).loc[candidates]
    best_first = frame.sort_values(list(order), ascending=False, kind="stable")
    later = best_first.index[best_first["id"].duplicated()]
    mask = np.zeros(len(entries.ids), bool)
    mask[later] = True
    return mask
