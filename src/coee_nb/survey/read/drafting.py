"""A first draft of a codebook, made from an export for the analyst to correct."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from coee_nb.errors import InputError
from coee_nb.plain import underscored
from coee_nb.survey.codebook import RESPONSE_COLUMNS
from coee_nb.survey.questions.constant_sum import WHOLE
from coee_nb.survey.questions.multi import TICKED, UNTICKED
from coee_nb.survey.questions.plain import plain_code, plain_label
from coee_nb.survey.read.exports import Export, open_export
from coee_nb.survey.read.grouping import (
    Column,
    grouped,
    is_number,
    is_ticked,
    question_columns,
    shared,
    stem,
)
from coee_nb.survey.read.joined import joined_choices, ranked_choices
from coee_nb.survey.read.scales import apart, has_order, in_order, type_of

MOST_CHOICES = 15
LONGEST_CHOICE = 120
LONGEST_WORDING = 120  # beyond it, a label says the wording in short
LONGEST_NAME = 30

_HEAD = """\
# A draft, made from {file}. Correct it before use:
#   - give the items names that a report can use, and put the choices in their order;
#   - say which codes or labels are missing, not_applicable or dont_know (only plain words and an
#     SPSS file's own codes are taken for it);
#   - say whom an item was asked (asked_if) and which answers ended the survey (screened_out);
#   - mark the items that place a respondent (an office, a grade) with group: true;
#   - take out what is no question. {choices}
#   - once the choices are confirmed, take out this head and the line "draft: true": until then an
#     answer that fewer people gave than the floor may be somebody's own words, and is not shown.
{aside}draft: true
"""
_GIVEN = "Only choices that somebody gave can be listed;"


def draft_codebook(path: str | Path, *, encoding: str | None = None) -> str:
    """Return a codebook in YAML drafted from the export at ``path``.

    Items are named by the export's own short tags, grouped as the tool names its columns, and typed
    by what their cells hold; scales are put in order; free text is never listed. Personal columns
    and what the tool notes beside the answers (metadata, page timing, browser) are left out; the
    head lists them with the reason. Raises InputError when the file holds no question.
    """
    export = open_export(path, encoding=encoding)
    columns = question_columns(export)
    if not columns:
        raise InputError("no question columns", where=export.where, do="check the header rows")
    items = named([item for group in grouped(columns) for item in items_of(group)])
    return in_yaml(items, export, choices=_GIVEN, unordered=_unordered(items))


def in_yaml(
    items: list[dict],
    export: Export,
    *,
    choices: str,
    notes: Sequence[str] = (),
    unordered: Sequence[str] = (),
) -> str:
    """Return the draft as a file.

    ``choices`` says which choices it can list, ``notes`` what of the survey's logic it does not;
    ``unordered`` are the items whose choices stand as they came.
    """
    sheet = yaml.safe_dump({"items": items}, sort_keys=False, width=100, allow_unicode=True)
    file = " ".join(export.where.split())
    logic = "".join(f"#   {note}\n" for note in notes)
    aside = "".join(f"#   {line}\n" for line in left_out(export))
    aside = f"# Columns left out, and why:\n{aside}" if aside else ""
    aside += f"# Logic not taken over into asked_if:\n{logic}" if notes else ""
    if unordered:
        told = ", ".join(unordered)
        aside += (
            f"# The order of their choices is not known; they stand as they came:\n#   {told}\n"
        )
    return _HEAD.format(file=file, choices=choices, aside=aside) + sheet


def left_out(export: Export) -> list[str]:
    """Return a line for each reason why no item is made of columns, with their names."""
    reasons: dict[str, list[str]] = {}
    for position, reason in sorted(export.aside.items()):
        reasons.setdefault(reason, []).append(export.called(position))
    return [f"{reason}: {', '.join(names)}" for reason, names in reasons.items()]


def _unordered(items: list[dict]) -> list[str]:
    """Return the names of the closed questions whose choices are no scale that is known."""
    closed = (one for one in items if one["type"] not in ("multi", "ranking") and "choices" in one)
    return [
        one["name"]
        for one in closed
        if isinstance(one["choices"], list) and not has_order(one["choices"])
    ]


# Names


def named(items: list[dict]) -> list[dict]:
    """Return the items under names that no two share and that no column of a response has."""
    taken = set(RESPONSE_COLUMNS)
    for number, item in enumerate(items, 1):
        wanted = _name(item["name"]) or f"q{number}"
        name, count = wanted, 1
        while name in taken:
            count += 1
            name = f"{wanted}_{count}"
        taken.add(name)
        item["name"] = name
    return items


def _name(tag: str) -> str:
    """Return a tag as the name of an item, a long one cut between words; "" where none is left.

    >>> _name("Q5_TEXT"), _name("8B"), _name("How satisfied are you with the canteen today?")
    ('q5', 'q8b', 'how_satisfied_are_you_with_the')
    """
    found = underscored(tag.removesuffix("_TEXT"))
    if len(found) > LONGEST_NAME:
        found = found[: LONGEST_NAME + 1].rpartition("_")[0] or found[:LONGEST_NAME]
    return found if not found or found[0].isalpha() else f"q{found}"


# Questions


def items_of(group: list[Column]) -> list[dict]:
    """Return a group as one question; as items of their own where its answers are too many."""
    if words := _words_beside(group):
        boxes = [column for column in group if column not in words]
        return [*items_of(boxes), *map(_text, words)]
    if len(group) == 1 or is_ticked(group):
        return [_item(group)]
    if kind := _of_numbers(group):
        wording, labels = shared(group)
        name = stem(group[0].tag) or stem(group[0].source)
        return [{"name": name, "sources": labels, **worded(wording), "type": kind}]
    boxes = [column for column in group if len(column.distinct) <= 1]
    if 2 * len(boxes) > len(group) and len(boxes) < len(group) and is_ticked(boxes):
        return [*items_of(boxes), *(_text(one) for one in group if one not in boxes)]
    answers = {answer for column in group for answer in column.distinct}
    longest = max(map(len, answers), default=0)
    joined = all(
        column.source.endswith("]") and joined_choices(column.distinct) for column in group
    )
    if len(answers) <= MOST_CHOICES and longest <= LONGEST_CHOICE and not joined:
        return [_item(group)]
    return [_alone(one) if joined or _numbers(one) else _text(one) for one in group]


FEWEST_ROWS, NEARLY_ALL = 10, 0.95  # of rows that show what numbers side by side are


def _of_numbers(group: list[Column]) -> str:
    """Return "ranking" or "constant_sum" where nearly every row has places, or adds up to 100."""
    if not all(one.distinct and _numbers(one) and not one.labels for one in group):
        return ""
    cells = np.column_stack([_amounts(column) for column in group])
    rows = cells[~np.isnan(cells).all(axis=1)]
    if len(rows) < FEWEST_ROWS:
        return ""
    places = np.arange(1.0, len(group) + 1)
    placed = (np.sort(rows, axis=1) == places).all(axis=1)
    if len(group) > 2 and placed.mean() >= NEARLY_ALL and np.isin(rows, [*places, np.nan]).all():
        return "ranking"
    whole = np.isclose(np.nansum(rows, axis=1), WHOLE, atol=0.01)
    return "constant_sum" if whole.mean() >= NEARLY_ALL else ""


def _amounts(column: Column) -> np.ndarray:
    """Return the number in each row, NaN in a blank one."""
    texts = column.answers.texts
    numbers = [float(plain_code(plain_label(text))) if text.strip() else np.nan for text in texts]
    return np.array(numbers)[column.answers.positions]


_OTHER = re.compile(r"(?i)\bother\b|\bspecify\b")


def _words_beside(group: list[Column]) -> list[Column]:
    """Return the columns for what else somebody would name, beside boxes to tick.

    What such a column holds is no tick and not what it is called itself.
    """
    named = shared(group)[1] if len(group) > 1 else {}
    words = [
        column
        for column in group
        if _OTHER.search(label := named.get(column.source, ""))
        and not all(one.lower() in (*TICKED, *UNTICKED, label.lower()) for one in column.distinct)
    ]
    boxes = [column for column in group if column not in words]
    return words if boxes and is_ticked(boxes) else []


def _head(column: Column) -> dict:
    return {"name": column.tag, "source": column.source, **worded(column.text)}


def _text(column: Column) -> dict:
    return _head(column) | {"type": "text"}


def _alone(column: Column) -> dict:
    return _head(column) | _kind(column)


def _item(group: list[Column]) -> dict:
    first = group[0]
    if len(group) == 1:
        return _alone(first)
    wording, labels = shared(group)
    item: dict[str, Any] = {
        "name": stem(first.tag) or stem(first.source),
        "sources": labels,
        **worded(wording),
    }
    if is_ticked(group):
        own = {column.source: answer for column in group for answer in column.distinct}
        told = len(own) == sum(len(column.distinct) for column in group)
        return item | {"type": "multi", "sources": labels | (_own(own, labels) if told else {})}
    answers = list(dict.fromkeys(answer for column in group for answer in column.distinct))
    known = {code: label for column in group for code, label in column.labels.items()}
    missing = sorted({code for column in group for code in column.missing})
    return item | {"type": "matrix", **closed(answers, known, missing)}


def _own(answers: Mapping[str, str], labels: Mapping[str, str]) -> dict[str, str]:
    """Return the choices by what ticking them wrote, where that is no mark and no other's label."""
    taken = [label for source, label in labels.items() if source not in answers]
    return {
        source: text
        for source, text in answers.items()
        if text not in taken and text.lower() not in (*TICKED, *UNTICKED)
    }


_ASKS_HOW_MANY = re.compile(r"(?i)\bhow (many|old|long)\b|\bnumber of\b|\byears (of|in|as)\b")


def _kind(column: Column) -> dict:
    """Return the type of a question of one column, with its choices if it is closed."""
    distinct = column.distinct
    unlabelled = [one for one in distinct if one not in {*column.labels, *column.missing}]
    if column.labels and len(unlabelled) <= MOST_CHOICES:
        named = [label for code, label in column.labels.items() if code not in column.missing]
        return {"type": type_of(named), **closed(distinct, column.labels, sorted(column.missing))}
    if _numbers(column) and (column.labels or column.missing or _ASKS_HOW_MANY.search(column.text)):
        return {"type": "numeric"} | _special_codes(column)
    if _is_likelihood(column):
        return {"type": "nps"}
    if re.search(r"[-_]TEXT$", column.source) or not distinct or _is_open(column):
        return {"type": "numeric" if distinct and _numbers(column) else "text"}
    ranked, joined = ranked_choices(distinct), joined_choices(distinct)
    if 1 < len(ranked) <= MOST_CHOICES and max(map(len, ranked)) <= LONGEST_CHOICE:
        return {"type": "ranking", "choices": ranked}
    if 1 < len(joined) <= MOST_CHOICES and max(map(len, joined)) <= LONGEST_CHOICE:
        return {"type": "multi", "choices": joined}
    repeated = len(distinct) <= max(2, sum(column.answered.values()) // 2)
    short = max(map(len, distinct)) <= LONGEST_CHOICE
    if len(distinct) <= MOST_CHOICES and repeated and short:
        return {"type": type_of(distinct), **closed(distinct, {}, [])}
    return {"type": "numeric" if _numbers(column) else "text"}


_ASKS_OPENLY = re.compile(
    r"(?i)\banything else\b|\bplease (explain|specify|describe|elaborate)\b|in your own words"
    r"|\b(any|other|further|additional)( other| further)? (comment|suggestion|thought|remark)s?\b"
    r"|^comments?\W*$"
)


def _is_open(column: Column) -> bool:
    """Whether a question asks for words: a few people's own are no choices of it."""
    closed_by_form = column.labels or {one.lower() for one in column.distinct} <= {"yes", "no"}
    return bool(_ASKS_OPENLY.search(column.text)) and not closed_by_form


def _is_likelihood(column: Column) -> bool:
    """Whether a question asks from 0 to 10 how likely one is to recommend."""
    asks = re.search(r"(?i)\blikel\w+\b.*\brecommend|\brecommend.*\blikel", column.text)
    other = re.search(r"(?i)\b1\s*(-|–|to)\s*\d", column.text)
    told = [re.fullmatch(r"(10|\d)(\s*[-–:=]\s.*)?", one) for one in column.distinct]
    return bool(asks and not other and all(told) and "10" in {one[1] for one in told if one})


def _numbers(column: Column) -> bool:
    return all(map(is_number, column.distinct))


def _special_codes(column: Column) -> dict[str, list[str]]:
    """Return the codes of a number's labels that are none in substance, by the codebook's key."""
    told = apart(column.labels.values())
    found = {
        key: [code for code, label in column.labels.items() if label in labels]
        for key, labels in told.items()
    }
    rest = {code for codes in found.values() for code in codes}
    missing = sorted({*column.missing, *column.labels} - rest)
    return found | ({"missing": missing} if missing else {})


def closed(answers: list[str], labels: Mapping[str, str], missing: list[str]) -> dict[str, Any]:
    """Return the choices of a closed question, and which of them are none in substance.

    Codes with their labels where the file has any, else the answers as their scale has them.
    """
    if labels:
        codes = dict.fromkeys([*map(plain_code, labels), *answers])
        if all(map(is_number, codes)):
            codes = dict.fromkeys(sorted(codes, key=lambda code: (code in missing, float(code))))
        named = {plain_code(code): label for code, label in labels.items()}
        told: dict[str, str] = {code: plain_label(named.get(code, "")) or code for code in codes}
        return {"choices": told} | apart_of(told, missing)
    if all(map(is_number, answers)):
        return {"choices": {code: code for code in answers}} | apart_of({}, missing)
    ordered = in_order(answers)
    return {"choices": ordered} | apart_of({one: one for one in ordered}, missing)


def apart_of(choices: Mapping[str, str], missing: list[str]) -> dict[str, list[str]]:
    """Return the choices set apart, unless fewer than two would be left."""
    told = {
        key: [code for code, label in choices.items() if label in labels and code not in missing]
        for key, labels in apart(choices.values()).items()
    }
    aside = sum(map(len, told.values())) + len(missing)
    kept = {key: codes for key, codes in told.items() if codes} if aside + 2 <= len(choices) else {}
    return kept | ({"missing": missing} if missing else {})


# Wordings


def worded(text: str) -> dict[str, str]:
    """Return a wording and, beside a long one, a label that says it in short.

    A long text of consent is called that; any other by its last question, or its first words.
    """
    if len(text) <= LONGEST_WORDING:
        return {"wording": text}
    if re.search(r"\bconsent\b|\bvoluntary\b|agree to (take part|participate)", text, re.I):
        return {"label": "Consent to take part", "wording": text}
    asked = re.findall(r"[^.!?:\n]*\?", text)
    short = asked[-1].strip() if asked else text
    if not 3 < len(short) <= LONGEST_WORDING:
        short = text[: LONGEST_WORDING - 40].rpartition(" ")[0] + " …"
    return {"label": short, "wording": text}
