"""Small definitions of surveys as Qualtrics exports them (.qsf), for tests."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def selected(qid: str, choice: int, *, operator: str = "Selected", joined: str = "") -> dict:
    """Return an expression that asks for a choice."""
    locator = f"q://{qid}/SelectableChoice/{choice}"
    one = {"LogicType": "Question", "LeftOperand": locator, "Operator": operator}
    return one | ({"Conjuction": joined} if joined else {})


def logic(*expressions: dict) -> dict:
    """Return expressions as one BooleanExpression."""
    group: dict[str, Any] = {str(number): one for number, one in enumerate(expressions)}
    return {"0": group | {"Type": "If"}, "Type": "BooleanExpression"}


def question(qid: str, text: str, *choices: str, **more: Any) -> dict:
    """Return the payload of a question of one choice; ``more`` are its further keys."""
    return {
        "QuestionID": qid,
        "QuestionText": text,
        "DataExportTag": qid.replace("QID", "Q"),
        "QuestionType": "MC" if choices else "TE",
        "Selector": "SAVR",
        "Choices": {str(number): {"Display": one} for number, one in enumerate(choices, 1)},
        "ChoiceOrder": [number for number, _ in enumerate(choices, 1)],
    } | more


def write_definition(
    path: Path,
    questions: list[dict],
    *,
    skips: Mapping[str, list[dict]] | None = None,
    flow: list[dict] | None = None,
) -> Path:
    """Write a definition of one block, or of ``flow`` with a block a question."""
    blocks = [
        {
            "ID": f"BL_{one['QuestionID']}",
            "Type": "Standard",
            "BlockElements": [_element(one["QuestionID"], skips or {})],
        }
        for one in questions
    ]
    if flow is None:
        parts = [element for block in blocks for element in block["BlockElements"]]
        blocks = [{"ID": "BL_1", "Type": "Default", "BlockElements": parts}]
        flow = [{"Type": "Block", "ID": "BL_1"}]
    elements = [
        {"Element": "BL", "PrimaryAttribute": "Survey Blocks", "Payload": blocks},
        {"Element": "FL", "Payload": {"Type": "Root", "Flow": flow}},
        *({"Element": "SQ", "PrimaryAttribute": q["QuestionID"], "Payload": q} for q in questions),
    ]
    path.write_text(json.dumps({"SurveyEntry": {}, "SurveyElements": elements}), encoding="utf-8")
    return path


def _element(qid: str, skips: Mapping[str, list[dict]]) -> dict:
    return {"Type": "Question", "QuestionID": qid} | (
        {"SkipLogic": skips[qid]} if qid in skips else {}
    )
