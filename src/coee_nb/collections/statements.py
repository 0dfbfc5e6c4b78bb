"""What a report may quote of collections: each number with its sentence, ids that stay."""

from collections.abc import Sequence

from coee_nb import formats as fmt
from coee_nb.collections.attribution import Attribution
from coee_nb.collections.effects import Effect
from coee_nb.collections.robustness.sensitivity import Scan
from coee_nb.collections.robustness.specifications import SpecificationCurve
from coee_nb.collections.tie_out import TIES, TieOut
from coee_nb.collections.verdict import Verdict
from coee_nb.findings import Finding, InputFile
from coee_nb.outputs import Callout, significant

MILLIONS = "million dollars"


def findings(
    *,
    tied: TieOut | None,
    effect: Effect,
    attribution: Attribution | None,
    curve: SpecificationCurve,
    placebo: Scan,
    verdict: Verdict,
    inputs: Sequence[InputFile],
) -> list[Finding]:
    """Return the findings of the collections notebook, verdict first.

    There is none of a part that was not asked for: no published figures, no concurrent event.
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
        f"The smallest cumulative change that these data would show four times in five is "
        f"{fmt.millions(row['detectable_musd'], 1)}, {row['detectable_percent']:.0f} % of what was "
        f"expected; one below {fmt.millions(row['even_musd'], 1)} would be missed more often than "
        f"shown.",
        significant(float(row["detectable_musd"])), MILLIONS, inputs=files, evidence="verdict",
    )  # fmt: skip
    found = [first, smallest, *_effects(effect, files)]
    if attribution is not None:
        found.append(_concurrent(attribution, files))
    if tied is not None:
        found.append(_tie_out(tied, files))
    return [*found, _curve(curve, files), _placebo(placebo, files)]


def tie_out(tied: TieOut | None) -> Callout:
    """Return what holding the sums against published figures found, or that there are none."""
    return Callout(tied.text if tied else "No published annual figures were given.")


def report(conclusion: str | None) -> Callout:
    """Return what the audit's own report concludes, to be read beside the verdict."""
    if conclusion is None:
        return Callout("No conclusion of the audit's own report was given to stand beside this.")
    return Callout(f"The audit's report concludes: {conclusion}.")


def _effects(effect: Effect, files: tuple[InputFile, ...]) -> list[Finding]:
    words = {
        "cumulative": (f"The cumulative change from {effect.cut} through {effect.through}", "", 1),
        "level": (f"The step at {effect.cut}", " a month", 0),
        "slope": (f"The change of slope at {effect.cut}", " a month from month to month", 1),
    }
    found = []
    for measure in (name for name in words if name in set(effect.table["measure"])):
        row, (name, unit, digits) = effect.row(measure), words[measure]
        statement = (
            f"{name} is estimated at {fmt.millions(row['estimate_musd'], digits)}{unit} (95 % "
            f"interval {fmt.millions(row['ci_low_musd'], digits)} to "
            f"{fmt.millions(row['ci_high_musd'], digits)}; p {fmt.p_value(row['p'])})."
        )
        found.append(
            Finding(
                id=f"collections.effect.{measure}",
                statement=statement,
                value=significant(float(row["estimate_musd"])),
                unit=f"{MILLIONS}{unit}",
                inputs=files,
                evidence=f"effect.{measure}",
            )
        )
    return found


def _concurrent(attribution: Attribution, files: tuple[InputFile, ...]) -> Finding:
    share = significant(float(attribution.concurrent["change_musd"]))
    change = float(attribution.table.set_index("part").at["Observed change", "change_musd"])
    return Finding(
        "collections.attribution.competing", attribution.text, share, MILLIONS,
        numerator=share, denominator=significant(change), inputs=files,
        evidence=f"attribution_parts.{attribution.concurrent.name}",
    )  # fmt: skip


def _tie_out(tied: TieOut, files: tuple[InputFile, ...]) -> Finding:
    complete = tied.complete
    ties = int((complete["result"] == TIES).sum())
    return Finding(
        "collections.tie_out", tied.text, ties, "fiscal years", numerator=ties,
        denominator=len(complete), inputs=files, evidence="tie_out",
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
