"""A draft codebook with what the survey's own definition says: choices, order, whom it asked."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from coee_nb.errors import InputError
from coee_nb.survey.questions.plain import plain_code
from coee_nb.survey.read.drafting import apart_of, in_yaml, items_of, named, worded
from coee_nb.survey.read.exports import open_export
from coee_nb.survey.read.grouping import Column, grouped, is_number, question_columns, shared, stem
from coee_nb.survey.read.logic import NotTakenOverError, asked_if
from coee_nb.survey.read.qsf import DefinedQuestion, Definition, read_definition
from coee_nb.survey.read.scales import in_order, is_scale, type_of

# By Qualtrics' type of question.
_SCORED = {"RO": "ranking", "Slider": "slider", "CS": "constant_sum"}
_CHOICES = "Its choices are those of the survey's definition;"


def draft_defined_codebook(
    path: str | Path, definition: str | Path, *, encoding: str | None = None
) -> str:
    """Return a codebook in YAML drafted from the export at ``path`` and the ``.qsf`` of the survey.

    Wording, all choices and their order, exclusive choices and whom a question was asked come from
    the definition; what only the export has stands as ``draft_codebook`` has it, embedded data
    first. An answer that the definition does not know is added to the choices. Logic that no
    ``asked_if`` says is listed in the head. Raises InputError for either file, and where none of
    the definition's questions is in the export.
    """
    export = open_export(path, encoding=encoding)
    survey = read_definition(definition)
    drafted = [
        (one, question, group)
        for group in grouped(question_columns(export))
        for question in [_question(group, survey)]
        for one in _items(group, question)
    ]
    if not any(question for _, question, _ in drafted):
        raise InputError(
            "none of the definition's questions is a column",
            where=export.where,
            expected="the definition (.qsf) of this export's survey",
        )
    drafted.sort(key=lambda one: _place(one[1], one[2][0], survey))
    named([item for item, _, _ in drafted])
    notes = _with_conditions(drafted, survey)
    items = [item for item, _, _ in drafted]
    return in_yaml(items, export, choices=_CHOICES, notes=notes)


def _question(group: list[Column], survey: Definition) -> DefinedQuestion | None:
    """Return the question of a group of columns: by ImportId, or by the tag of the first row."""
    first = group[0]
    if found := re.match(r"(?:\d+_)?(QID\d+)(?=[_#-]|$)", first.source):
        return survey.by_id.get(found[1])
    tags = {first.tag, stem(first.tag), first.tag.removesuffix("_TEXT")} - {""}
    return next((one for one in survey.questions if one.tag in tags), None)


def _place(question: DefinedQuestion | None, column: Column, survey: Definition) -> tuple[int, int]:
    if question:
        return (1, survey.questions.index(question))
    return (0 if column.source in survey.embedded else 2, 0)


# Questions


def _items(group: list[Column], question: DefinedQuestion | None) -> list[dict[str, Any]]:
    """Return the items of a group as the definition has them, else as the export alone tells."""
    drafted = items_of(group)
    if question is None or any(column.source.endswith("_TEXT") for column in group[1:]):
        return drafted
    if question.kind == "TE":
        return [_open(column, question, alone=len(group) == 1) for column in group]
    if group[0].source.endswith("_TEXT"):
        return drafted
    if len(drafted) > 1 and not _scored(group, question):
        return drafted
    made = _closed(group, question)
    return [drafted[0] | worded(question.text or group[0].text)] if made is None else [made]


def _open(column: Column, question: DefinedQuestion, *, alone: bool) -> dict[str, Any]:
    numbers = column.distinct and all(map(is_number, column.distinct))
    text = question.text if alone and question.text else column.text
    return {
        "name": column.tag,
        "source": column.source,
        **worded(text),
        "type": "numeric" if numbers else "text",
    }


def _closed(group: list[Column], question: DefinedQuestion) -> dict[str, Any] | None:
    """Return a closed question, None where the export has not the columns that it should have."""
    first, text = group[0], worded(question.text or group[0].text)
    name = {"name": stem(first.tag) or stem(first.source) or first.tag}
    if scored := _scored(group, question):
        return name | scored | text
    if question.several and stem(first.source):
        labels = _boxes(group, question)
        exclusive = {question.choices.get(number, "") for number in question.exclusive}
        kept = [label for label in labels.values() if label in exclusive]
        also = {"exclusive": kept} if kept else {}
        return name | {"sources": labels, **text, "type": "multi"} | also if labels else None
    if question.kind == "Matrix" and question.sub != "MultipleAnswer" and stem(first.source):
        labels = _parts(group, question)
        return (
            name
            | {"sources": labels, **text, "type": "matrix"}
            | _scale(question.answers, question.codes, group)
        )
    single = question.kind == "MC" and not question.several and len(group) == 1
    if not single or not question.choices:
        return None
    kind = type_of(list(question.choices.values()))
    return {"name": first.tag, "source": first.source, **text, "type": kind} | _scale(
        question.choices, question.codes, group
    )


def _scored(group: list[Column], question: DefinedQuestion) -> dict[str, Any]:
    """Return the type and sources of a ranking, sliders, parts of a whole or a likelihood."""
    told = {answer for column in group for answer in column.distinct}
    first, numbers = group[0], all(map(is_number, told))
    if question.kind == "MC" and question.selector == "NPS":
        fits = len(group) == 1 and told <= {str(number) for number in range(11)}
        return {"source": first.source, "type": "nps"} if fits else {}
    if question.kind not in _SCORED or not stem(first.source) or not numbers:
        return {}
    places = {str(place) for place in range(1, len(group) + 1)}
    if question.kind == "RO" and not told <= places:
        return {}
    if question.kind != "Slider" and len(group) < 2:
        return {}
    return {"sources": _parts(group, question), "type": _SCORED[question.kind]}


def _boxes(group: list[Column], question: DefinedQuestion) -> dict[str, str]:
    """Return the choice of each column; as the export writes it, where that is another text."""
    labels = _parts(group, question)
    for column in group:
        told = [one for one in column.distinct if one != "1"]
        others = [label for source, label in labels.items() if source != column.source]
        if len(told) > 1 or (told and told[0] in others):
            return {}
        labels[column.source] = told[0] if told else labels[column.source]
    return labels if len(set(labels.values())) == len(labels) else {}


def _parts(group: list[Column], question: DefinedQuestion) -> dict[str, str]:
    """Return the choice or row that each column stands for, by the number its source ends in."""
    _, own = shared(group)
    numbers = {column.source: re.split(r"[_-]x?", column.source)[-1] for column in group}
    told = {source: question.choices.get(n, own[source]) for source, n in numbers.items()}
    return told if len(set(told.values())) == len(told) else own


def _scale(
    labels: Mapping[str, str], codes: Mapping[str, str], group: Iterable[Column]
) -> dict[str, Any]:
    """Return all choices, with their codes, and the answers that the definition does not know."""
    told = list(dict.fromkeys(labels.values()))
    told = in_order(told) if is_scale(told) else told
    code_of = {label: plain_code(codes.get(number, number)) for number, label in labels.items()}
    given = dict.fromkeys(answer for column in group for answer in column.distinct)
    mixed = any(code in labels.values() and code != label for label, code in code_of.items())
    if mixed and all(answer in told for answer in given):
        return {"choices": told} | apart_of({one: one for one in told}, [])
    pairs = [(code_of[label], label) for label in told]
    known = {part for pair in pairs for part in pair}
    pairs += [(answer, answer) for answer in given if answer not in known]
    named_codes = dict(pairs)
    if len(named_codes) < len(pairs):
        listed = [{"code": code, "label": label} for code, label in pairs]
        return {"choices": listed} | apart_of({label: label for _, label in pairs}, [])
    return {"choices": named_codes} | apart_of(named_codes, [])


# Whom a question was asked


def _with_conditions(
    drafted: list[tuple[dict[str, Any], DefinedQuestion | None, list[Column]]], survey: Definition
) -> list[str]:
    """Give the items their ``asked_if``; return what of the logic none of them says."""
    known: dict[str, dict[str, Any]] = {}
    notes = []
    for item, question, group in drafted:
        first = group[0].source
        if question is None:
            known[first] = item
            continue
        try:
            if first[0].isdigit():
                raise NotTakenOverError("it is asked in a loop")
            if condition := asked_if(question, known, survey):
                item["asked_if"] = condition
        except NotTakenOverError as error:
            notes.append(f"{item['name']}: {error}")
        if not first.endswith("_TEXT") or question.kind == "TE":
            known.setdefault(question.qid, item)
    return notes
