"""What a report may quote: names that stay, numbers that stand in the evidence named."""

import pytest

from coee_nb.collections import charts, statements, tables
from coee_nb.collections.robustness import charts as robustness_charts
from coee_nb.collections.units import Unit

UNIT = Unit("million dollars")


def test_the_findings_keep_their_names(results):
    found = statements.findings(
        tied=results["tied"], effect=results["effect"], attribution=results["attribution"],
        curve=results["curve"], placebo=results["placebo"], verdict=results["verdict"], inputs=[],
        stamp="abc",
    )  # fmt: skip
    assert [finding.id for finding in found] == [
        "collections.verdict", "collections.detectable", "collections.effect.cumulative",
        "collections.effect.level", "collections.effect.slope",
        "collections.attribution.competing", "collections.tie_out",
        "collections.specifications.significant", "collections.placebo.rank",
        "collections.declared",
    ]  # fmt: skip
    by_id = {finding.id: finding.record() for finding in found}
    assert by_id["collections.verdict"]["value"] == "cannot tell"
    assert by_id["collections.effect.cumulative"]["value"] == pytest.approx(-3386.0593)
    assert by_id["collections.tie_out"]["denominator"] == 6


def test_the_evidence_of_every_finding_is_a_table_and_its_line(results):
    found = statements.findings(
        tied=results["tied"], effect=results["effect"], attribution=results["attribution"],
        curve=results["curve"], placebo=results["placebo"], verdict=results["verdict"], inputs=[],
        stamp="abc",
    )  # fmt: skip
    shown = [
        tables.verdict(results["verdict"]),
        tables.effect(results["effect"]),
        tables.specification_summary(results["curve"]),
        charts.annual_bars(results["tied"], 2017, measure="Duties", unit=UNIT).table,
        charts.attribution(results["attribution"], unit=UNIT).table,
        robustness_charts.placebo(results["placebo"], "2016-10").table,
    ]
    lines = {table.name for table in shown} | {"declared.stamp"}
    for table in shown:
        if table.anchor:
            lines |= {f"{table.name}.{line}" for line in table.frame[table.anchor]}
    assert {finding.evidence for finding in found} <= lines
