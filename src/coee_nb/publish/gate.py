"""What a notebook under a disclosure plan may publish: only outputs that passed the plan.

A notebook whose metadata says ``"coee": {"disclosure": true}`` promises its respondents that nobody
can be told apart. A line left in it by oversight, such as ``rows.head()``, a print or an error that
quotes an answer, would break the promise. So each output is looked at before anything is kept: our
own tables, pictures, findings, callouts and inputs that carry the mark of the plan stay; anything
else is taken out, and the notebook is not published.
"""

import builtins
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from coee_nb import errors
from coee_nb.errors import InputError
from coee_nb.outputs import CALLOUT_MIME, CHART_MIME, FINDINGS_MIME, INPUTS_MIME, TABLE_MIME
from coee_nb.publish.execute import Outcome
from coee_nb.publish.extract import joined, prompt_of

_WORDS = {"text/html", "text/plain"}
_PICTURE = {"image/png", "text/plain"}
_KINDS = {
    TABLE_MIME: _WORDS,
    CHART_MIME: _PICTURE,
    FINDINGS_MIME: _WORDS,
    INPUTS_MIME: _WORDS,
    CALLOUT_MIME: _WORDS,
}
_OUTPUT_KEYS = {"output_type", "data", "metadata", "execution_count"}
_MARK = re.compile(r"disclosure plan, floor \d+")  # what a release writes on what passed
_SAFE_ERROR = "ParameterError: parameters: "  # it quotes parameters, no answers
_UNTOLD = "its text is not kept, as it may quote answers: run the notebook in JupyterLab to read it"


def under_disclosure(notebook: dict[str, Any]) -> bool:
    """Tell whether a notebook's metadata puts it under a disclosure plan."""
    return bool(notebook["metadata"].get("coee", {}).get("disclosure"))


def screen(notebook: dict[str, Any]) -> list[str]:
    """Take out of a notebook under a disclosure plan what did not pass it; name the cells.

    The notebook is changed in place. Errors keep their kind and place, and nothing of their text.
    """
    if not under_disclosure(notebook):
        return []
    held = []
    if notebook["metadata"].pop("widgets", None):
        held.append("the notebook keeps the state of widgets")
    for cell in notebook["cells"]:
        if cell.pop("attachments", None):
            held.append(f"{_named(cell)} has attachments")
        outputs = cell.get("outputs", [])
        stopped = [output for output in outputs if not _passed(output)]
        held += [f"{_named(cell)} shows {_kind(o)}" for o in stopped if o["output_type"] != "error"]
        kept = (_reduced(o) if o["output_type"] == "error" else o for o in outputs)
        if "outputs" in cell:
            cell["outputs"] = [o for o in kept if o["output_type"] == "error" or _passed(o)]
    return held


def screened(target: Path, outcome: Outcome) -> Outcome:
    """Screen an executed notebook where it lies; return its outcome, failed if it held back any.

    A file that cannot be read, because its process died while writing it, is not kept.
    """
    try:
        notebook = json.loads(target.read_text("utf-8"))
    except ValueError:
        target.unlink()
        return replace(outcome, status="failed", error=outcome.error or "was written half-way")
    if not under_disclosure(notebook):
        return outcome
    held = screen(notebook)
    target.write_text(json.dumps(notebook, ensure_ascii=False, indent=1) + "\n", "utf-8")
    if outcome.error:
        outcome = replace(outcome, error=_said(outcome.error))
    if not held:
        return outcome
    told = outcome.error if outcome.error else refusal(held)
    return replace(outcome, status="failed", error=told)


def refuse(notebook: dict[str, Any], where: str) -> None:
    """Raise InputError when a notebook under a disclosure plan shows what did not pass it."""
    held = screen(notebook)
    if held:
        raise InputError(refusal(held), where=where)


def refusal(held: list[str]) -> str:
    """Return the sentence that says which cells stopped a notebook, and what to do."""
    return (
        f"{'; '.join(dict.fromkeys(held))}. It did not pass the disclosure plan and is not kept;"
        " the notebook is not published. To do: take the line out, or show a released table instead"
    )


def _passed(output: dict[str, Any]) -> bool:
    """Tell whether an output is one bundle of ours, and nothing else, with the plan's mark."""
    data = output.get("data", {})
    ours = [mime for mime in _KINDS if mime in data]
    if len(ours) != 1 or set(output) - _OUTPUT_KEYS:
        return False
    kind = ours[0]
    record = data[kind]
    mark = record.get("gate") if isinstance(record, dict) else None
    marked = isinstance(mark, str) and _MARK.fullmatch(mark)
    metadata = output.get("metadata", {})
    described = {} if kind != CHART_MIME else {"image/png": {"alt": record.get("description")}}
    return bool(marked) and set(data) <= _KINDS[kind] | {kind} and metadata in ({}, described)


def _reduced(error: dict[str, Any]) -> dict[str, Any]:
    """Return an error with its kind alone: its text and its frames may hold answers."""
    said = _said(f"{error.get('ename', 'Error')}: {error.get('evalue', '')}")
    kind, _, text = said.partition(": ")
    return {"output_type": "error", "ename": kind, "evalue": text, "traceback": [said]}


def _said(error: str) -> str:
    return error if error.startswith(_SAFE_ERROR) else untold(error.partition(":")[0])


def untold(kind: str) -> str:
    """Return what may be said of an error: its kind alone, if it is Python's or ours."""
    ours = {*vars(builtins), *vars(errors)}
    return f"{kind if kind in ours else 'Error'}: {_UNTOLD}"


def _named(cell: dict[str, Any]) -> str:
    lines = [line.strip() for line in joined(cell["source"]).splitlines() if line.strip()]
    return f"cell {prompt_of(cell)} ({lines[-1][:60]!r})" if lines else f"cell {prompt_of(cell)}"


def _kind(output: dict[str, Any]) -> str:
    """Return what an output is, in words without its content."""
    if output["output_type"] == "stream":
        return f"printed text ({output.get('name', 'stdout')})"
    ours = [mime for mime in _KINDS if mime in output.get("data", {})]
    if ours:
        return "a table, picture or sentence without the plan's mark"
    return "something other than a table, picture or sentence of the plan"
