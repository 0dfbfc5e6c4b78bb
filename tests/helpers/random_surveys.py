"""Surveys at random: items of every kind, few answers, groups, people screened out and gone."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from exports import parameters

CHOICES = ["Low", "Middle", "High", "None of these"]
KINDS = (
    *("single", "likert", "multi", "matrix", "numeric", "text", "ranking", "nps", "slider"),
    "constant_sum",
)
NPS = ("Detractors (0 to 6)", "Passives (7 or 8)", "Promoters (9 or 10)")


def random_survey(seed: int, folder: Path) -> tuple[dict[str, Any], dict, dict]:
    """Write a survey; return its notebook's parameters, its questions and its findings.

    Questions are (choices, several?) by name, findings (question, choices), as the attacker needs
    them; what a reader sees of the questionnaire tells as much.
    """
    draw = np.random.default_rng(seed)
    items = [_item(draw, number) for number in range(int(draw.integers(1, 4)))]
    if draw.random() < 0.3 and "choices" in items[0]:
        items.append(_item(draw, len(items)) | {"asked_if": _condition(items[0])})
    if draw.random() < 0.3:
        role = {"name": "role", "source": "ROLE", "wording": "Are you a supervisor?"}
        items.append(role | {"type": "single", "choices": ["No", "Yes"], "screened_out": ["Yes"]})
    groups = [_group(name) for name in ("office", "grade")[: int(draw.integers(0, 3))]]
    answer = [_answers(draw, item) for item in [*groups, *items]]
    rows: list[dict] = [
        {name: value for one in answer for name, value in one().items()} | _progress(draw)
        for _ in range(int(draw.integers(15, 110)))
    ]
    rows += [dict(row, ResponseId="R_0000") for row in rows[: int(draw.integers(0, 3))]]
    asked = None if draw.random() < 0.2 else len(rows) + int(draw.integers(0, 80))
    given = {"floor": int(draw.integers(3, 15)), "frame": None, "asked": asked}
    closed = [one["name"] for one in items if one["type"] in ("single", "likert")]
    if len(closed) > 1:
        given["crosstabs"] = [closed[:2]]
        given["breakdowns"] = [one["name"] for one in groups] + closed[1:2]
    questions = _questions(items)
    findings = {
        item["name"]: (item["name"], item["choices"][:1])
        for item in items
        if item["type"] == "single"
    }
    return parameters(folder, [*groups, *items], rows, {}, **given), questions, findings


def _item(draw: np.random.Generator, number: int) -> dict[str, Any]:
    kind = str(draw.choice(KINDS))
    item = {"name": f"q{number}", "source": f"Q{number}", "wording": f"Ask {number}?", "type": kind}
    choices = CHOICES[: int(draw.integers(2, 5))]
    if kind in ("multi", "matrix", "ranking", "slider", "constant_sum"):
        stem = item.pop("source")
        item["sources"] = {f"{stem}_{k}": one for k, one in enumerate(choices)}
    if kind in ("single", "likert", "matrix"):
        item["choices"] = ["Yes", "No", "Don't know"] if kind == "matrix" else list(choices)
        item["dont_know"] = item["choices"][-1:] if draw.random() < 0.3 else []
        if len(item["choices"]) - len(item["dont_know"]) < 2:
            item["dont_know"] = []
    return item


def _condition(item: dict[str, Any]) -> dict[str, Any]:
    return {"item": item["name"], "labels": item["choices"][:1]}


def _group(name: str) -> dict[str, Any]:
    return {"name": name, "source": name.upper(), "wording": name, "type": "single",
            "choices": ["A", "B", "C"], "group": True}  # fmt: skip


def _answers(draw: np.random.Generator, item: dict[str, Any]) -> Callable[[], dict[str, Any]]:
    """Return a function that answers an item: a person's cells, often few of a kind."""
    blank = float(draw.choice([0.0, 0.05, 0.3, 0.1 if item.get("group") else 0.95]))
    cells = list(item.get("sources", [item.get("source")]))
    options = item.get("choices") or ["1"]
    shares = draw.dirichlet(np.full(len(options), 0.5))

    def person() -> dict[str, Any]:
        if draw.random() < blank:
            return {}
        if item["type"] in ("numeric", "slider", "constant_sum"):
            return {cell: int(draw.poisson(4) * draw.choice([1, 10])) for cell in cells}
        if item["type"] == "ranking":
            places = draw.permutation(len(cells)) + 1
            return dict(zip(cells, map(str, places), strict=True))
        if item["type"] == "nps":
            return {cells[0]: int(draw.integers(11))}
        if item["type"] == "text":
            return {cells[0]: f"word {draw.integers(5)}"}
        if item["type"] == "multi":
            return {cell: item["sources"][cell] for cell in cells if draw.random() < 0.3}
        return {cell: str(draw.choice(options, p=shares)) for cell in cells}

    return person


def _progress(draw: np.random.Generator) -> dict[str, Any]:
    done = bool(draw.random() < 0.85)
    return {"Finished": done, "Progress": 100 if done else 50}


def _questions(items: list[dict[str, Any]]) -> dict[str, tuple[list[str], bool]]:
    found = {}
    for item in items:
        given = [one for one in item.get("choices", []) if one not in item.get("dont_know", [])]
        parts = item.get("sources", {}).values()
        if item["type"] == "multi":
            alone = [*parts, "None of these (ticked with others)"]
            found[item["name"]] = (alone, True)
        elif item["type"] == "ranking":
            found[item["name"]] = (list(parts), False)
        elif item["type"] == "nps":
            found[item["name"]] = (list(NPS), False)
        elif item["type"] == "matrix":
            found |= {f"{item['name']}: {part}": (list(given), False) for part in parts}
        else:
            found[item["name"]] = (given, False)
    return found
