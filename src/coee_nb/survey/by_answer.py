"""The findings by the answer to another question, as far as the two may be crossed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from coee_nb import formats as fmt
from coee_nb.engines.design.comparisons import adjust_p_values
from coee_nb.engines.design.estimation import rao_scott, simple_random
from coee_nb.engines.design.intervals import wilson
from coee_nb.engines.suppression.lattice import ALL
from coee_nb.errors import EstimationError
from coee_nb.lazily import showing
from coee_nb.outputs import Several, Table
from coee_nb.plain import underscored
from coee_nb.survey.crossed import crossing_of
from coee_nb.survey.key_results import KeyResult
from coee_nb.survey.release import Release
from coee_nb.survey.results import span
from coee_nb.survey.tables import WORDS, count, percent


def by_each_answer(released: Release) -> Several:
    """Return a table of the findings for each question that breakdowns name; nothing for none.

    >>> by_each_answer(release(survey))  # doctest: +SKIP
    """
    return Several(tuple(_table(released, name) for name in released.survey.by_answers))


def answer_shares(released: Release, name: str) -> pd.DataFrame:
    """Return one row a finding and answer to ``name``.

    Columns: id, finding, answer (to ``name``), count, n, share, wilson_low, wilson_high. Numbers
    are missing where the crossing of both questions suppresses one that they rest on. A finding of
    the question itself is left out.
    """
    lines = [
        line
        for one in released.survey.key_results
        if one.item.name in released.survey.of_one_answer and one.item.name != name
        for line in _lines(released, one, name)
    ]
    columns = ["id", "finding", "answer", "count", "n"]
    frame = pd.DataFrame(lines, columns=columns).astype({"count": "Int64", "n": "Int64"})
    counts, n = (frame[one].to_numpy(float, na_value=np.nan) for one in ("count", "n"))
    known = np.isfinite(counts) & (n > 0)
    frame["share"] = np.where(known, counts / np.where(known, n, 1), np.nan)
    ends = wilson(
        np.where(known, counts, 0),
        np.where(known, n, 1),
        confidence=released.survey.params.confidence,
    )
    for column, values in zip(("wilson_low", "wilson_high"), ends, strict=True):
        frame[column] = np.where(known, values, np.nan)
    return frame


def _lines(released: Release, one: KeyResult, name: str) -> list[dict[str, Any]]:
    cells = crossing_of(released, one.item.name, name).cells
    shown = cells.set_index(["column", "row"])["count"]
    lines = []
    for answer in released.survey.of_one_answer[name].answers.cat.categories:
        own = [shown[answer, label] for label in [*one.answers, ALL]]
        open_ = not any(pd.isna(number) for number in own) and released.may_print(one)
        line = {"id": one.id, "finding": one.text, "answer": answer}
        line |= {"count": sum(own[:-1]), "n": own[-1]} if open_ else {"count": None, "n": None}
        lines.append(line)
    return lines


def _table(released: Release, name: str) -> Table:
    frame = answer_shares(released, name)
    ends = zip(frame["wilson_low"], frame["wilson_high"], strict=True)
    frame["interval"] = [span(low, high) for low, high in ends]
    question = released.survey.of_one_answer[name].wording
    level = fmt.percent(released.survey.params.confidence)
    words = WORDS.table("findings_by_answer", question=question, level=level, floor=released.floor)
    slug = underscored(name)
    words |= {"name": f"findings_by_{slug}_detail"}
    words["labels"] |= {"answer": question}
    words["note"] = " ".join(filter(None, [words.get("note", ""), _tests(released, name)]))
    return released.table(
        frame,
        **words,
        formats={"count": count, "n": count, "share": percent},
        show=("finding", "answer", "count", "n", "share", "interval"),
    )


def _tests(released: Release, name: str) -> str:
    """Return how many findings differ by the answer, of those whose crossing is shown in full."""
    survey = released.survey
    answers = survey.of_one_answer[name].answers
    found: dict[str, float] = {}
    for one in survey.key_results if not survey.census else ():
        crossable = one.item.name in survey.of_one_answer and one.item.name != name
        if not crossable or crossing_of(released, one.item.name, name).suppressed:
            continue
        try:
            design = simple_random(survey.responded, frame=survey.population)
            found[one.id] = rao_scott(design, one.values, answers).p
        except EstimationError:
            continue
    if not found:
        return ""
    adjusted = adjust_p_values(list(found.values()))
    level = 1 - survey.params.confidence
    differing = [key for key, p in zip(found, adjusted, strict=True) if p < level]
    which = f"differ: {', '.join(differing)}" if differing else "differ"
    told = {"tested": len(found), "differ": len(differing) or "none", "which": which}
    return WORDS.sentence("by_answer_tested", **told)


__dir__ = showing(globals())
