"""A first draft of a codebook, made from an export for the analyst to correct."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from coee_nb.errors import InputError
from coee_nb.survey.questions.plain import plain_code, plain_label, slug
from coee_nb.survey.read.exports import UNUSED_METADATA, Coded, Export, open_export
from coee_nb.unseen import Unseen

MOST_CHOICES = 15
LONGEST_CHOICE = 120

_HEAD = """\
# A draft, made from {file}. Correct it before use:
#   - give the items names that a report can use, and put the choices in their order;
#   - say which codes or labels are missing, not_applicable or dont_know (nothing is assumed);
#   - say whom an item was asked (asked_if) and which answers ended the survey (screened_out);
#   - mark the items that place a respondent (an office, a grade) with group: true;
#   - take out what is no question. Only choices that somebody gave can be listed;
#   - once the choices are confirmed, take out this head and the line "draft: true": until then an
#     answer that fewer people gave than the floor may be somebody's own words, and is not shown.
draft: true
"""


@dataclass(frozen=True, repr=False)
class _Column(Unseen):
    source: str
    text: str
    answers: Coded
    labels: Mapping[str, str]

    @property
    def distinct(self) -> list[str]:
        """The different answers, codes in their order and labels as they first appear."""
        texts = [plain_code(plain_label(text)) for text in self.answers.texts if text.strip()]
        found = list(dict.fromkeys(texts))
        return sorted(found, key=float) if all(map(_is_number, found)) else found


def draft_codebook(path: str | Path, *, encoding: str | None = None) -> str:
    """Return a codebook in YAML drafted from the export at ``path``.

    Items are grouped by ImportId (or name) and typed by what their cells hold; free text is never
    listed. Personal and metadata columns are left out. Raises InputError when the file holds no
    question.
    """
    export = open_export(path, encoding=encoding)
    columns = _questions(export)
    if not columns:
        raise InputError("no question columns", where=export.where, do="check the header rows")
    items = [item for group in _grouped(columns) for item in _items(group)]
    names = Counter(item["name"] for item in items)
    for number, item in enumerate(items, 1):
        if names[item["name"]] > 1:
            item["name"] += f"_item{number}"
    sheet = yaml.safe_dump({"items": items}, sort_keys=False, width=100, allow_unicode=True)
    return _HEAD.format(file=" ".join(export.where.split())) + sheet


def _questions(export: Export) -> list[_Column]:
    used = set(export.metadata.values()) | set(export.personal)
    positions = [
        position
        for position in range(len(export.names))
        if position not in used
        and not export.spellings(position) & UNUSED_METADATA
        and (export.import_ids[position] or export.names[position])
    ]
    cells = export.body(positions).columns
    return [
        _Column(
            export.import_ids[position] or export.names[position],
            plain_label(export.texts[position] or export.names[position]),
            cells[position],
            export.value_labels.get(position, {}),
        )
        for position in positions
    ]


def _grouped(columns: Iterable[_Column]) -> list[list[_Column]]:
    """Return columns whose sources differ only in the last number, side by side, as one group."""
    groups: list[list[_Column]] = []
    for column in columns:
        stem = _stem(column.source)
        if groups and stem and stem == _stem(groups[-1][0].source):
            groups[-1].append(column)
        else:
            groups.append([column])
    return groups


def _stem(source: str) -> str:
    """Return what the columns of one question share, nothing for a question of one column.

    >>> _stem("QID2_1"), _stem("QID5-1-2"), _stem("QID15_TEXT"), _stem("QID4")
    ('QID2', 'QID5-1', '', '')
    """
    found = re.fullmatch(r"(.*\d.*)[_-]x?-?\d+", source)
    return found[1] if found else ""


def _items(group: list[_Column]) -> list[dict]:
    """Return a group as one question; as texts of their own where its answers are too many."""
    if len(group) == 1 or _ticked(group):
        return [_item(group)]
    boxes = [column for column in group if len(column.distinct) <= 1]
    if 2 * len(boxes) > len(group) and len(boxes) < len(group) and _ticked(boxes):
        return [*_items(boxes), *(_text(one) for one in group if one not in boxes)]
    answers = {answer for column in group for answer in column.distinct}
    longest = max(map(len, answers), default=0)
    if len(answers) <= MOST_CHOICES and longest <= LONGEST_CHOICE:
        return [_item(group)]
    return [*map(_text, group)]


def _ticked(group: list[_Column]) -> bool:
    """Whether the columns are boxes to tick: each holds nothing, 1, or its own choice alone."""
    given = [column.distinct for column in group if column.distinct]
    told = [answer for answers in given for answer in answers]
    return len(told) == len(given) and (set(told) <= {"1"} or len(set(told)) == len(told))


def _text(column: _Column) -> dict:
    return {
        "name": _name(column.source),
        "source": column.source,
        "wording": column.text,
        "type": "text",
    }


def _item(group: list[_Column]) -> dict:
    first = group[0]
    if len(group) == 1:
        name = _name(first.source)
        alone = {"name": name, "source": first.source, "wording": first.text}
        return alone | _kind(first)
    wording, labels = _shared(group)
    item: dict[str, Any] = {
        "name": _name(_stem(first.source)),
        "sources": labels,
        "wording": wording,
    }
    if _ticked(group):
        own = {column.source: answer for column in group for answer in column.distinct}
        return item | {"type": "multi", "sources": labels | _own_words(own, labels)}
    answers = list(dict.fromkeys(answer for column in group for answer in column.distinct))
    known = {code: label for column in group for code, label in column.labels.items()}
    return item | {"type": "matrix", "choices": _choices(answers, known)}


def _own_words(answers: Mapping[str, str], labels: Mapping[str, str]) -> dict[str, str]:
    """Return the choices by what ticking them wrote, where that is no 1 and no other's label."""
    taken = [label for source, label in labels.items() if source not in answers]
    return {source: text for source, text in answers.items() if text not in {"1", *taken}}


def _kind(column: _Column) -> dict:
    """Return the type of a question of one column, with its choices if it is closed."""
    distinct = column.distinct
    if column.labels:
        return {"type": "single", "choices": _choices(distinct, column.labels)}
    open_ended = {"type": "numeric" if distinct and all(map(_is_number, distinct)) else "text"}
    if re.search(r"[-_]TEXT$", column.source) or not distinct:
        return open_ended
    answered = sum(
        count
        for text, count in zip(column.answers.texts, column.answers.counts(), strict=True)
        if text.strip()
    )
    repeated = len(distinct) <= max(2, answered // 2)
    short = max(map(len, distinct)) <= LONGEST_CHOICE
    if len(distinct) <= MOST_CHOICES and repeated and short:
        return {"type": "single", "choices": _choices(distinct, {})}
    return open_ended


def _choices(answers: list[str], labels: Mapping[str, str]) -> dict[str, str] | list[str]:
    """Return codes with their labels where the file has any, else the answers as they stand."""
    if labels:
        codes = dict.fromkeys([*labels, *answers])
        return {plain_code(code): labels.get(code, code) for code in codes}
    return {code: code for code in answers} if all(map(_is_number, answers)) else answers


def _shared(group: list[_Column]) -> tuple[str, dict[str, str]]:
    """Return the wording the columns share and what each of them adds to it."""
    texts = [column.text for column in group]
    head = texts[0]
    for text in texts[1:]:
        while not text.startswith(head):
            head = head[:-1]
    head = head[: head.rfind("-") + 1] if "-" in head else ""
    labels: dict[str, str] = {}
    for column in group:
        label = column.text[len(head) :].strip(" -") or column.source
        labels[column.source] = label if label not in labels.values() else column.source
    return head.strip(" -") or texts[0], labels


def _name(source: str) -> str:
    name = slug(source.removesuffix("_TEXT"))
    return name if name[0].isalpha() else f"q{name}"


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[+-]?\d+(\.\d+)?", text) is not None
