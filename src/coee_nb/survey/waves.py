"""The same questions in an earlier survey: each answer then and now, and whether it changed."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from coee_nb import formats as fmt
from coee_nb.engines.design.comparisons import adjust_p_values
from coee_nb.engines.design.estimation import between_samples, mean, simple_random
from coee_nb.errors import EstimationError
from coee_nb.lazily import showing
from coee_nb.outputs import Callout, Table
from coee_nb.survey.data import Survey, read_survey
from coee_nb.survey.groups import answers_of
from coee_nb.survey.questions.kinds import kind_of
from coee_nb.survey.questions.number import Number
from coee_nb.survey.release import Release, planned
from coee_nb.survey.tables import SUPPRESSED, WORDS, between, one_decimal

HIGHER, LOWER, ALIKE = "higher now", "lower now", "no difference shown"


def since_earlier(released: Release) -> Table | Callout:
    """Return every answer of the questions that an earlier survey asked too, then and now.

    The earlier survey goes through a disclosure plan of its own, as when it was published.
    """
    params = released.survey.params.of_earlier()
    if params is None:
        return released.callout(WORDS.sentence("no_earlier"))
    then = planned(read_survey(params))
    now_asked, then_asked = (_compared(one.survey) for one in (released, then))
    shared = [name for name in now_asked if name in then_asked]
    given = {name: (now_asked[name], then_asked[name]) for name in shared}
    same = [name for name, (now, before) in given.items() if set(now) == set(before)]
    lines = [line for name in same for line in _lines(released, then, name, *given[name])]
    if not lines:
        return released.callout(WORDS.sentence("nothing_shared"))
    frame = _adjusted(pd.DataFrame(lines), 1 - released.survey.params.confidence)
    return _table(released, frame, [name for name in shared if name not in same])


def _compared(survey: Survey) -> dict[str, pd.DataFrame]:
    """Return 1, 0 or missing (no answer) by answer and respondent, of each question by name.

    The classes of a number are each survey's own, and not compared.
    """
    return {
        name: _indicators(one.answers)
        for name, one in survey.questions.items()
        if not isinstance(kind_of(one.item), Number)
    }


def _indicators(answers: pd.Series | pd.DataFrame) -> pd.DataFrame:
    if isinstance(answers, pd.DataFrame):
        marks = answers.fillna(False).astype(float)
        return marks.where(marks.any(axis=1))
    marks = pd.DataFrame({label: answers == label for label in answers.cat.categories})
    return marks.astype(float).where(answers.notna())


def _lines(
    now: Release, then: Release, name: str, asked: pd.DataFrame, before: pd.DataFrame
) -> Iterator[dict]:
    shown = {
        side: one.plan.apply(name).set_index("answer")
        for side, one in (("then", then), ("now", now))
    }
    for answer in asked:
        line = {"name": name, "question": now.survey.questions[name].wording, "answer": answer}
        told = {side: rows.loc[answer] for side, rows in shown.items()}
        for side, row in told.items():
            open_ = row["disclosure"] == ""
            line[f"{side}_count"] = row["count"] if open_ else pd.NA
            line[f"{side}_n"] = row["denominator"] if open_ else pd.NA
            line[f"{side}_share"] = row["share"] if open_ else np.nan
        if any(row["disclosure"] for row in told.values()):
            yield line | {"verdict": SUPPRESSED}
        else:
            yield line | _change(now.survey, then.survey, asked[answer], before[answer])


def _change(now: Survey, then: Survey, values: pd.Series, before: pd.Series) -> dict:
    try:
        estimates = [
            mean(simple_random(one.responded, frame=one.population), given)
            for one, given in ((now, values), (then, before))
        ]
        found = between_samples(estimates[0], estimates[1], confidence=now.params.confidence)
    except EstimationError as error:
        return {"verdict": f"not tested: {error}"}
    points = {"points": found.estimate, "low": found.low, "high": found.high}
    return {name: 100 * value for name, value in points.items()} | {"p": found.p}


def _adjusted(frame: pd.DataFrame, level: float) -> pd.DataFrame:
    """Adjust the tests over all answers compared (Holm), and say what may be said of each."""
    for name in ("points", "low", "high", "p", "verdict"):
        frame[name] = frame.get(name, np.nan)
    tested = frame["p"].notna()
    frame["p_adjusted"] = adjust_p_values(frame["p"])
    moved = np.where(frame["points"] > 0, HIGHER, LOWER)
    verdict = np.where(frame["p_adjusted"] < level, moved, ALIKE)
    frame["verdict"] = frame["verdict"].astype(object).where(~tested, verdict)
    counts = {f"{side}_{what}": "Int64" for side in ("then", "now") for what in ("count", "n")}
    return frame.astype(counts)


def _table(released: Release, frame: pd.DataFrame, others: list[str]) -> Table:
    for side in ("then", "now"):
        pairs = zip(frame[f"{side}_share"], frame[f"{side}_n"], strict=True)
        frame[side] = [answers_of(share, n) for share, n in pairs]
    frame["interval"] = [between(*ends) for ends in zip(frame["low"], frame["high"], strict=True)]
    tested = int(frame["p"].notna().sum())
    changed = int(frame["verdict"].isin([HIGHER, LOWER]).sum())
    note = WORDS.sentence("earlier_compared", changed=changed, tested=tested)
    if others:
        note += " " + WORDS.sentence("earlier_other_answers", questions=", ".join(others))
    level = fmt.percent(released.survey.params.confidence)
    earlier = released.survey.params.earlier
    file = earlier.responses.name if earlier else ""
    return released.table(
        frame,
        **WORDS.table("since_earlier", level=level, file=file),
        formats={"points": one_decimal},
        note=note,
    )


__dir__ = showing(globals())
