"""Columns of an export put together to the questions they belong to, by how tools name them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from coee_nb.survey.questions.multi import TICKED, UNTICKED
from coee_nb.survey.questions.plain import plain_code, plain_label
from coee_nb.survey.read.exports import Coded, Export
from coee_nb.unseen import Unseen

# How a column names its question and its part of it: "Rate [Speed]" of LimeSurvey and Google,
# "tools___1" and "Tools (choice=Mail)" of REDCap, "QID2_1" of Qualtrics.
_BOXES = (r"(.+)\[(?!other\]|\w*comment\])[^\]]*\]", r"(.+)___-?\w+", r"(.+) \(choice=.*\)")
_NUMBERED = r"(.+)[_-]x?-?\d+"


@dataclass(frozen=True, repr=False)
class Column(Unseen):
    """A column of a question.

    ``source`` is what a codebook calls it, ``tag`` its short name in the first header row, ``text``
    what it asks, ``labels`` and ``missing`` the labels and the codes for missing of an SPSS file.
    """

    source: str
    tag: str
    text: str
    answers: Coded
    labels: Mapping[str, str]
    missing: frozenset[str] = frozenset()
    boxes: bool = False

    @property
    def distinct(self) -> list[str]:
        """The different answers, codes in their order and labels as they first appear."""
        texts = [plain_code(plain_label(text)) for text in self.answers.texts if text.strip()]
        found = list(dict.fromkeys(texts))
        return sorted(found, key=float) if all(map(is_number, found)) else found

    @property
    def answered(self) -> dict[str, int]:
        """How many gave each different answer."""
        counts: dict[str, int] = {}
        for text, count in zip(self.answers.texts, self.answers.counts(), strict=True):
            if text.strip():
                key = plain_code(plain_label(text))
                counts[key] = counts.get(key, 0) + int(count)
        return counts


def question_columns(export: Export) -> list[Column]:
    """Return the columns that hold answers."""
    positions = [place for place in range(len(export.names)) if place not in export.aside]
    cells = export.body(positions).columns
    google = export.metadata.get("submitted") == 0  # its grids have the form of LimeSurvey's boxes
    return [
        Column(
            export.sources[position],
            export.import_ids[position] if export.has_codes else export.names[position],
            plain_label(export.texts[position] or export.names[position]),
            cells[position],
            export.value_labels.get(position, {}),
            export.missing_codes.get(position, frozenset()),
            not google and any(re.fullmatch(one, export.sources[position], re.S) for one in _BOXES),
        )
        for position in positions
    ]


def grouped(columns: Iterable[Column]) -> list[list[Column]]:
    """Return columns of one question as one group, in the place of its first column."""
    groups: list[list[Column]] = []
    last: dict[str, list[Column]] = {}
    for column in columns:
        own = stem(column.source)
        if own in last and _belongs(column, last[own][0]):
            last[own].append(column)
        else:
            last[own] = [column]
            groups.append(last[own])
    return groups


def _belongs(column: Column, first: Column) -> bool:
    """Tell a part of the same question; a stem without a number must have a text in common too."""
    own = stem(column.source)
    if not own or own != stem(first.source):
        return False
    numbered = re.search(r"\d", own) or re.search(r"\]$|___|\(choice=", column.source)
    return bool(numbered or (" - " in column.text and head([first.text, column.text])))


def stem(source: str) -> str:
    """Return what the columns of one question share, nothing for a question of one column.

    >>> stem("QID2_1"), stem("QID5-1-2"), stem("QID15_TEXT"), stem("QID4")
    ('QID2', 'QID5-1', '', '')
    >>> stem("G01Q02[SQ001]"), stem("G01Q02[other]"), stem("tools___3"), stem("A (choice=B)")
    ('G01Q02', '', 'tools', 'A')
    """
    found = (re.fullmatch(one, source, re.S) for one in (*_BOXES, _NUMBERED))
    return next((one[1].strip() for one in found if one), "")


def is_ticked(group: Sequence[Column]) -> bool:
    """Whether the columns are boxes to tick.

    Each holds nothing, 1, or its own choice alone, none that names a column nobody ticked; or the
    tool has a column a box, with Yes and No.
    """
    named = shared(group)[1]
    left = {named[column.source] for column in group if not column.distinct} - {"1"}
    given = [column.distinct for column in group if column.distinct]
    told = [answer for answers in given for answer in answers]
    apart = set(told) <= {"1"} or len(set(told)) == len(told)
    alone = len(told) == len(given) and apart and not left & set(told)
    return alone or bool(told and all(map(_is_box, group)))


def _is_box(column: Column) -> bool:
    """Whether a column says Yes or No of one choice: by the tool's form, or SPSS codes."""
    if column.labels and ({*column.distinct, *column.labels} - {"0", "1"} or column.missing):
        return False
    told = [column.labels.get(answer, answer).lower() for answer in column.distinct]
    return (column.boxes or bool(column.labels)) and {*told} <= {*TICKED, *UNTICKED}


def shared(group: Sequence[Column]) -> tuple[str, dict[str, str]]:
    """Return the wording the columns share and what each of them adds to it."""
    texts = [column.text for column in group]
    start = head(texts)
    labels: dict[str, str] = {}
    for column in group:
        label = _part(column.text, start) or column.source
        labels[column.source] = label if label not in labels.values() else column.source
    return start or stem(texts[0]) or texts[0], labels


def head(texts: Sequence[str]) -> str:
    """Return what several texts begin with, up to the part that is each one's own."""
    stems = {stem(text) for text in texts}
    if len(stems) == 1 and all(re.search(r"\]$|\(choice=.*\)$", text) for text in texts):
        return stems.pop().strip(" -:")
    start = texts[0]
    for text in texts[1:]:
        while not text.startswith(start):
            start = start[:-1]
    return start[: start.rfind("-") + 1].strip(" -") if "-" in start else ""


def _part(text: str, start: str) -> str:
    found = re.search(r"\[([^\]]*)\]$|\(choice=(.*)\)$", text)
    if found:
        return (found[1] or found[2] or "").strip()
    return text[len(start) :].strip(" -")


def is_number(text: str) -> bool:
    """Tell a number as exports write codes."""
    return re.fullmatch(r"[+-]?\d+(\.\d+)?", text) is not None
