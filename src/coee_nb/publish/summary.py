"""The page over a notebook that was run for many values: a line a value."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from coee_nb.publish.extract import title_of
from coee_nb.publish.fanout import Case
from coee_nb.publish.key import in_brief, plain_id
from coee_nb.publish.page import number_of, share_of
from coee_nb.publish.templates import rendered
from coee_nb.publish.word import Answered


def summary_page(told: Sequence[Answered], *, run: Mapping[str, Any]) -> str | None:
    """Return the page over the jobs that are cases of one notebook; None where there are none.

    ``run`` has the run's ``engagement``, ``run_id`` and ``about``. A line has the value, its answer
    and the key numbers; a notebook that did not finish has its state and error.
    """
    cases = [(one, one.job.case) for one in told if one.job.case]
    if not cases:
        return None
    lines = [_line(one, case) for one, case in cases]
    heads = list(dict.fromkeys(head for line in lines for head in line["key"]))
    first, case = cases[0]
    title = next((line["title"] for line in lines if line["title"]), first.job.stem)
    parameter = case.parameter.replace("_", " ")
    return rendered(
        "fanout.html.j2",
        head=f"{title} By {parameter}",
        foot=f"Run {run['run_id']} of {run['engagement']}",
        title=title,
        parameter=parameter,
        heads=heads,
        rows=[line | {"numbers": [line["key"].get(name, "–") for name in heads]} for line in lines],
        failed=sum(one.outcome.status != "done" for one, _ in cases),
        **{name: run[name] for name in ("engagement", "run_id", "about")},
    )


def _line(one: Answered, case: Case) -> dict[str, Any]:
    """Return what a value's line says; numbers by the id of their finding."""
    return {
        "label": case.label,
        "href": quote(f"{one.job.name}.html") if one.notebook["cells"] else None,
        "title": title_of(dict(one.notebook)),
        "status": one.outcome.status,
        "answer": in_brief(one.key[0]["statement"]) if one.key else one.outcome.error or "",
        "key": {_head(found): _number(found) for found in one.key},
    }


def _number(finding: Mapping[str, Any]) -> str:
    share = share_of(finding)
    return number_of(finding) if share == "–" else f"{number_of(finding)} ({share})"


def _head(finding: Mapping[str, Any]) -> str:
    """Return the head of a column of a finding's numbers: its id in words, and the unit.

    >>> _head({"id": "its.effect.cumulative[group=North]", "value": 3.0, "unit": "dollars"})
    'effect, cumulative (dollars)'
    """
    parts = plain_id(finding["id"]).split(".")
    words = ", ".join(part.replace("_", " ") for part in parts[1:] or parts)
    unit = finding["unit"] if isinstance(finding["value"], int | float) else ""
    return words if unit in ("", "share") else f"{words} ({unit})"
