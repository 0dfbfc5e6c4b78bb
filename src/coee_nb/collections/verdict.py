"""One sentence from fixed rules, and how often those rules are wrong."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from coee_nb import formats
from coee_nb.collections.effects import Effect
from coee_nb.collections.effects import detectable as detectable_size
from coee_nb.collections.robustness.power import Detectable
from coee_nb.errors import ParameterError
from coee_nb.wording import read_wording

INCREASE = "increase shown"
DECREASE = "decrease shown"
NEGLIGIBLE = "no change larger than the stated size"
CANNOT_TELL = "cannot tell"
ANSWERS = (INCREASE, DECREASE, NEGLIGIBLE, CANNOT_TELL)
WORDS = read_wording("coee_nb.collections")
_SENTENCES = {
    INCREASE: "verdict_increase",
    DECREASE: "verdict_decrease",
    NEGLIGIBLE: "verdict_negligible",
    CANNOT_TELL: "verdict_cannot_tell",
}

RULES = pd.DataFrame(
    [
        (1, "the 95 % interval lies above zero", INCREASE),
        (2, "the 95 % interval lies below zero", DECREASE),
        (3, "the 95 % interval lies within the size declared negligible", NEGLIGIBLE),
        (4, "anything else", CANNOT_TELL),
    ],
    columns=["rule", "when", "answer"],
)


@dataclass(frozen=True)
class Verdict:
    """What may be said of the effect.

    ``answer``: one of ``ANSWERS``, by the first of ``RULES`` that holds; ``table``: one row:
    answer, estimate_musd, ci_low_musd, ci_high_musd, negligible_musd, detectable_musd,
    detectable_percent, even_musd (the size shown half of the time), agreeing, specifications,
    agreement; ``text``: the sentence a report may print.
    """

    answer: str
    table: pd.DataFrame
    text: str


def decide(ci_low: object, ci_high: object, negligible: object) -> np.ndarray:
    """Return the answer for each interval: the first of ``RULES`` that holds.

    ``negligible`` is the size, declared, under which a change does not matter, in
    the unit of the interval. Works on single numbers and on arrays.

    >>> decide([1, -3, -1, -3], [3, -1, 1, 3], 2).tolist()  # doctest: +NORMALIZE_WHITESPACE
    ['increase shown', 'decrease shown', 'no change larger than the stated size', 'cannot tell']
    """
    low, high, size = np.broadcast_arrays(
        *(np.asarray(value, dtype=float) for value in (ci_low, ci_high, negligible))
    )
    if (size < 0).any():
        raise ParameterError("a negligible size under zero", expected="zero or more")
    return np.select(
        [low > 0, high < 0, (low >= -size) & (high <= size)],
        [INCREASE, DECREASE, NEGLIGIBLE],
        CANNOT_TELL,
    )


def verdict(
    effect: Effect,
    *,
    negligible_percent: float,
    answers: pd.Series,
    detectable: Detectable | None = None,
) -> Verdict:
    """Return the verdict on the cumulative effect.

    ``negligible_percent``: the change, as a percentage of what was expected, declared too small to
    matter; ``answers``: the answer of every admissible specification, by the same rules, under
    the scale it was found on; a change that is shown is said with the effect's cautions;
    ``detectable``: the detectable effect by simulation, used where it is larger than that by
    formula, with the size that is shown half of the time.
    """
    row = effect.row("cumulative").copy()
    row["even_musd"] = detectable_size(row["se_musd"], row["df"], power=0.5)
    if detectable is not None and detectable.largest > row["detectable_musd"]:
        row["detectable_musd"], row["even_musd"] = detectable.largest, detectable.even
    row["detectable_percent"] = 100 * row["detectable_musd"] / row["base_musd"]
    negligible = negligible_percent / 100 * abs(row["base_musd"])
    answer = str(decide(row["ci_low_musd"], row["ci_high_musd"], negligible))
    agreeing, specifications = int((answers == answer).sum()), len(answers)
    table = pd.DataFrame(
        [
            {
                "answer": answer,
                **row[["estimate_musd", "ci_low_musd", "ci_high_musd"]],
                "negligible_musd": negligible,
                **row[["detectable_musd", "detectable_percent", "even_musd"]],
                "agreeing": agreeing,
                "specifications": specifications,
                "agreement": agreeing / specifications if specifications else float("nan"),
            }
        ]
    )
    sentences = [f"{_said(answer, row, negligible)}. {_agreed(answer, answers)}."]
    if answer != CANNOT_TELL and effect.cautions:
        sentences.append(effect.caution)
    return Verdict(answer, table, " ".join(sentences))


def _said(answer: str, row: pd.Series, negligible: float) -> str:
    return WORDS.sentence(
        _SENTENCES[answer],
        first=row["from"],
        last=row["through"],
        estimate=formats.millions(row["estimate_musd"], 1),
        low=formats.millions(row["ci_low_musd"], 1),
        high=formats.millions(row["ci_high_musd"], 1),
        negligible=formats.millions(negligible, 1),
        detectable=formats.millions(row["detectable_musd"], 1),
        percent=f"{row['detectable_percent']:.0f}",
        even=formats.millions(row["even_musd"], 1),
    )


def _agreed(answer: str, answers: pd.Series) -> str:
    """Say how many specifications give the verdict's answer, and what the others answer."""
    agreeing = int((answers == answer).sum())
    told = (
        f"{agreeing} of {len(answers)} admissible specifications "
        f"({formats.percent(agreeing, len(answers))}) agree"
    )
    others = answers[answers != answer]
    parts = [
        f"{len(part)} answer “{other}”{_on_one_scale(part)}"
        for other, part in sorted(others.groupby(others), key=lambda found: -len(found[1]))
    ]
    return "; ".join([told, *parts])


def _on_one_scale(answers: pd.Series) -> str:
    """Say so where the answers all stand under one scale."""
    scales = sorted({str(scale) for scale in answers.index})
    return f", all on the scale {scales[0]}" if len(scales) == 1 and len(answers) > 1 else ""


def error_rates(
    estimates: np.ndarray,
    half_width: np.ndarray,
    *,
    negligible: float,
    true_effects: dict[str, float],
) -> pd.DataFrame:
    """Return how often the rules give each answer when the truth is known.

    ``estimates`` (r,) and ``half_width`` (r,) of simulated series without an effect: the estimate
    and half the width of its interval. A true effect moves the estimate by as much and leaves the
    interval's width, because the effect lies in the span of the model. ``true_effects`` by label.
    Returns true_effect, size, one column an answer (share of the series), wrong (share of answers
    that the truth contradicts), series and monte_carlo_se of ``wrong``.
    """
    rows = []
    for label, size in true_effects.items():
        moved = np.asarray(estimates, dtype=float) + size
        found = decide(moved - half_width, moved + half_width, negligible)
        shares = {answer: float((found == answer).mean()) for answer in ANSWERS}
        wrong = float(np.isin(found, _contradicted(size, negligible)).mean())
        error = float(np.sqrt(wrong * (1 - wrong) / len(moved)))
        rows.append(
            {"true_effect": label, "size": size, **shares, "wrong": wrong,
             "series": len(moved), "monte_carlo_se": error}
        )  # fmt: skip
    return pd.DataFrame(rows)


def _contradicted(size: float, negligible: float) -> list[str]:
    """Return the answers that are false when the true effect is ``size``."""
    false = [answer for answer, true in ((INCREASE, size > 0), (DECREASE, size < 0)) if not true]
    return false + ([NEGLIGIBLE] if abs(size) > negligible else [])
