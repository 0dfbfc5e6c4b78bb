"""What a report may quote of collections: each number with its sentence, ids that stay."""

from collections.abc import Sequence
from datetime import date

from coee_nb import formats as fmt
from coee_nb.collections.attribution import Attribution
from coee_nb.collections.effects import Effect
from coee_nb.collections.robustness.sensitivity import Scan
from coee_nb.collections.robustness.specifications import SpecificationCurve
from coee_nb.collections.staggered import StaggeredStarts
from coee_nb.collections.tie_out import TIES, TieOut
from coee_nb.collections.verdict import Conclusion
from coee_nb.findings import Finding, InputFile
from coee_nb.outputs import Callout, significant
from coee_nb.wording import read_wording

WORDS = read_wording("coee_nb.collections")
# The measures of an effect that are quoted: what follows the unit, and decimals of the amounts.
_EFFECT = {"cumulative": ("", 1), "level": (" a {0}", 0),
           "slope": (" a {0} from {0} to {0}", 1)}  # fmt: skip


def findings(
    *,
    tied: TieOut | None,
    effect: Effect,
    attribution: Attribution | None,
    curve: SpecificationCurve,
    placebo: Scan,
    verdict: Conclusion,
    inputs: Sequence[InputFile],
    stamp: str,
    declared_on: date | None = None,
    staggered: StaggeredStarts | None = None,
) -> list[Finding]:
    """Return the findings of the collections notebook, verdict first.

    There is none of a part that was not asked for: no published figures, no concurrent event, no
    groups that began apart.
    """
    files = tuple(inputs)
    row = verdict.table.iloc[0]
    first = Finding(
        "collections.verdict", verdict.text, verdict.answer, "answer",
        numerator=int(row["agreeing"]), denominator=int(row["specifications"]),
        inputs=files, evidence="verdict",
    )  # fmt: skip
    smallest = Finding(
        "collections.detectable",
        WORDS.sentence(
            "detectable",
            detectable=effect.unit.say(row["detectable"]),
            of=_of_expected(row["detectable_percent"]),
            even=effect.unit.say(row["even"]),
        ),
        significant(float(row["detectable"])), effect.unit.words, inputs=files, evidence="verdict",
    )  # fmt: skip
    found = [first, smallest, *_together(staggered, files), *_effects(effect, files)]
    if attribution is not None:
        found.append(_concurrent(attribution, effect.unit.words, files))
    if tied is not None and len(tied.table):
        found.append(_tie_out(tied, files))
    return [
        *found,
        _curve(curve, files),
        _placebo(placebo, files),
        _stamp(stamp, declared_on, files),
    ]


def _stamp(stamp: str, day: date | None, files: tuple[InputFile, ...]) -> Finding:
    """Return the stamp of the declared choices, which differs between runs that chose otherwise."""
    when = WORDS.sentence("declared_on", day=fmt.day(day)) if day else WORDS.sentence("undated")
    return Finding(
        "collections.declared", WORDS.sentence("stamp", stamp=stamp, when=when), stamp, "stamp",
        inputs=files, evidence="declared.stamp",
    )  # fmt: skip


def _of_expected(percent: float) -> str:
    """Return an amount's part of what was expected, where that is above zero."""
    if fmt.is_missing(float(percent)):
        return ""
    return WORDS.sentence("detectable_of_expected", percent=f"{percent:.0f}")


def tie_out(tied: TieOut | None) -> Callout:
    """Return what holding the sums against published figures found, or that there are none."""
    return Callout(tied.text if tied else WORDS.sentence("no_published"))


def report(conclusion: str | None) -> Callout:
    """Return what the audit's own report concludes, to be read beside the verdict."""
    if conclusion is None:
        return Callout(WORDS.sentence("no_conclusion"))
    return Callout(WORDS.sentence("conclusion", conclusion=conclusion))


def _effects(effect: Effect, files: tuple[InputFile, ...]) -> list[Finding]:
    found = []
    for measure in (name for name in _EFFECT if name in set(effect.table["measure"])):
        row, (a_period, digits) = effect.row(measure), _EFFECT[measure]
        statement = WORDS.sentence(
            f"effect_{measure}",
            interruption=effect.interruption,
            through=effect.through,
            estimate=effect.unit.say(row["estimate"], digits),
            low=effect.unit.say(row["ci_low"], digits),
            high=effect.unit.say(row["ci_high"], digits),
            p=fmt.p_value(row["p"]),
            period=effect.period,
        )
        found.append(
            Finding(
                id=f"collections.effect.{measure}",
                statement=statement,
                value=significant(float(row["estimate"])),
                unit=f"{effect.unit.words}{a_period.format(effect.period)}",
                inputs=files,
                evidence=f"effect.{measure}",
            )
        )
    return found


def _together(found: StaggeredStarts | None, files: tuple[InputFile, ...]) -> list[Finding]:
    """Return the answer of groups that began apart, where there is one."""
    if found is None:
        return []
    return [Finding("collections.groups.together", found.text, found.answer, "answer",
                    inputs=files, evidence="staggered.average")]  # fmt: skip


def _concurrent(attribution: Attribution, unit: str, files: tuple[InputFile, ...]) -> Finding:
    share = significant(float(attribution.concurrent["change"]))
    change = float(attribution.table.set_index("part").at["Observed change", "change"])
    return Finding(
        "collections.attribution.competing", attribution.text, share, unit,
        numerator=share, denominator=significant(change), inputs=files,
        evidence=f"attribution_parts.{attribution.concurrent.name}",
    )  # fmt: skip


def _tie_out(tied: TieOut, files: tuple[InputFile, ...]) -> Finding:
    complete = tied.complete
    ties = int((complete["result"] == TIES).sum())
    return Finding(
        "collections.tie_out", tied.text, ties, "fiscal years", numerator=ties,
        denominator=len(complete), inputs=files, evidence="tie_out", source_rows=tied.rows,
    )  # fmt: skip


def _curve(curve: SpecificationCurve, files: tuple[InputFile, ...]) -> Finding:
    row = curve.summary.set_index("group").loc["admissible"]
    return Finding(
        "collections.specifications.significant", curve.text, int(row["significant"]),
        "specifications", numerator=int(row["significant"]), denominator=int(row["estimable"]),
        inputs=files, evidence="specification_summary.admissible",
    )  # fmt: skip


def _placebo(placebo: Scan, files: tuple[InputFile, ...]) -> Finding:
    return Finding(
        "collections.placebo.rank", placebo.text, placebo.rank, "rank of the real date",
        numerator=placebo.rank, denominator=len(placebo.table), inputs=files,
        evidence=f"placebo_dates.{placebo.real}",
    )  # fmt: skip
