"""Display, skip and branch logic of Qualtrics as the codebook's ``asked_if``."""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from coee_nb.survey.read.qsf import DefinedQuestion, Definition, Shown, plain_text

Condition = dict[str, Any]
_BOUNDS = {
    "GreaterThan": "above",
    "GreaterThanOrEqual": "at_least",
    "LessThan": "below",
    "LessThanOrEqual": "at_most",
}

_ENTRIES = ("ChoiceTextEntryValue", "ChoiceNumericEntryValue")


class NotTakenOverError(Exception):
    """Raised for logic that the codebook cannot say; carries why."""


def asked_if(
    question: DefinedQuestion, items: Mapping[str, Mapping[str, Any]], definition: Definition
) -> Condition | None:
    """Return whom a question was asked, None for all.

    ``items`` are the codebook's entries so far, by question id and by name of embedded data.
    Raises NotTakenOverError for logic that no condition of the codebook says.
    """
    if question.note:
        raise NotTakenOverError(question.note)
    parts = [_one(shown, items, definition) for shown in question.shown]
    unique = [one for number, one in enumerate(parts) if one not in parts[:number]]
    return _joined("all", unique) if unique else None


def _one(shown: Shown, items: Mapping[str, Mapping[str, Any]], definition: Definition) -> Condition:
    found = _expression(shown.logic, items, definition)
    return _not(found) if shown.negated else found


def _not(condition: Condition) -> Condition:
    return condition["not"] if set(condition) == {"not"} else {"not": condition}


def _joined(how: str, parts: list[Condition]) -> Condition:
    return parts[0] if len(parts) == 1 else {how: parts}


def _expression(
    logic: Mapping[str, Any], items: Mapping[str, Mapping[str, Any]], definition: Definition
) -> Condition:
    """Return a BooleanExpression: groups of expressions, "and" before "or" in both."""
    groups = []
    for kind, group in _in_order(logic):
        parts = [(_how(one), _leaf(one, items, definition)) for _, one in _in_order(group)]
        groups.append(("Or" if re.search("or|else", kind, re.IGNORECASE) else "And", _runs(parts)))
    return _runs(groups)


def _how(one: Mapping[str, Any]) -> str:
    """Return what joins an expression to the one before; Qualtrics spells it Conjuction."""
    said = one.get("Conjuction") or one.get("Conjunction")
    return "Or" if str(said).lower() == "or" else "And"


def _in_order(logic: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for key in sorted((key for key in logic if str(key).isdigit()), key=int):
        if isinstance(logic[key], dict):
            yield str(logic[key].get("Type", "")), logic[key]


def _runs(parts: list[tuple[str, Condition]]) -> Condition:
    """Return conditions, each with what joins it to the one before, as one."""
    if not parts:
        raise NotTakenOverError("logic of a form that is not known")
    runs: list[list[Condition]] = [[]]
    for number, (how, condition) in enumerate(parts):
        if how == "Or" and number:
            runs.append([])
        runs[-1].append(condition)
    return _either([_joined("all", run) for run in runs])


def _either(parts: list[Condition]) -> Condition:
    """Return one of several conditions; several answers to one item as its labels."""
    merged: list[Condition] = []
    for part in parts:
        last = merged[-1] if merged else {}
        same = set(part) == set(last) == {"item", "labels"} and part["item"] == last["item"]
        if same:
            merged[-1] = part | {"labels": list(dict.fromkeys(last["labels"] + part["labels"]))}
        else:
            merged.append(part)
    return _joined("any", merged)


def _leaf(
    one: Mapping[str, Any], items: Mapping[str, Mapping[str, Any]], definition: Definition
) -> Condition:
    kind, operator = str(one.get("LogicType", "")), str(one.get("Operator", ""))
    operand = unquote(str(one.get("LeftOperand") or one.get("ChoiceLocator") or ""))
    if kind == "EmbeddedField":
        item = _item(operand, items)
        return _compared(item, operator, plain_text(one.get("RightOperand")))
    found = re.fullmatch(r"q://(QID\d+)/(\w+)(?:/(\w+))?", operand)
    if kind != "Question" or not found:
        raise NotTakenOverError(f"it depends on {plain_text(operand)[:60] or kind or 'nothing'}")
    qid, selector, choice = found.groups()
    item = _item(qid, items)
    if selector == "SelectableChoice":
        label = definition.by_id[qid].choices.get(choice or "") if qid in definition.by_id else ""
        return _selected(item, operator, label or "")
    if (
        selector in ("ChoiceTextEntryValue", "ChoiceNumericEntryValue")
        and item["type"] == "numeric"
    ):
        return _compared(item, operator, plain_text(one.get("RightOperand")))
    raise NotTakenOverError(f"it asks {item['name']} for {selector}")


def _item(key: str, items: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any]:
    if key not in items:
        raise NotTakenOverError(f"{plain_text(key)[:40]} is no earlier item of the export")
    return items[key]


def _selected(item: Mapping[str, Any], operator: str, label: str) -> Condition:
    if label not in labels_of(item):
        raise NotTakenOverError(f"it names a choice that {item['name']} has not")
    condition = {"item": item["name"], "labels": [label]}
    return {"Selected": condition, "NotSelected": {"not": condition}}.get(operator) or _no(operator)


def _compared(item: Mapping[str, Any], operator: str, value: str) -> Condition:
    name, number = item["name"], re.fullmatch(r"[+-]?\d+(\.\d+)?", value)
    if item["type"] == "numeric" and number:
        if operator in _BOUNDS:
            return {"item": name, _BOUNDS[operator]: float(value)}
        condition = {"item": name, "at_least": float(value), "at_most": float(value)}
    elif item["type"] == "embedded" or value in labels_of(item):
        condition = {"item": name, "labels": [value]}
    else:
        raise NotTakenOverError(f"it compares {name} with what nobody has")
    return {"EqualTo": condition, "NotEqualTo": {"not": condition}}.get(operator) or _no(operator)


def _no(operator: str) -> Condition:
    raise NotTakenOverError(f"it uses {plain_text(operator)[:30] or 'no operator'}")


def labels_of(item: Mapping[str, Any]) -> list[str]:
    """Return the labels of an entry's choices, in whichever form it writes them."""
    choices = item.get("choices", [])
    if isinstance(choices, dict):
        return [str(label) for label in choices.values()]
    told = [one["label"] if isinstance(one, dict) else str(one) for one in choices]
    boxes = item.get("sources", {}) if item["type"] == "multi" else {}
    return [*told, *map(str, boxes.values())]
