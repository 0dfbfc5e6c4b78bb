"""What a report may quote: names that stay, numbers that stand in the evidence named."""

import pytest

from coee_nb.collections import statements


def test_the_findings_keep_their_names(results):
    found = statements.findings(
        tied=results["tied"], effect=results["effect"], attribution=results["attribution"],
        curve=results["curve"], placebo=results["placebo"], verdict=results["verdict"], inputs=[],
    )  # fmt: skip
    assert [finding.id for finding in found] == [
        "collections.verdict", "collections.detectable", "collections.effect.cumulative",
        "collections.effect.level", "collections.effect.slope",
        "collections.attribution.competing", "collections.tie_out",
        "collections.specifications.significant", "collections.placebo.rank",
    ]  # fmt: skip
    by_id = {finding.id: finding.record() for finding in found}
    assert by_id["collections.verdict"]["value"] == "cannot tell"
    assert by_id["collections.effect.cumulative"]["value"] == pytest.approx(-3386.0593)
    assert by_id["collections.tie_out"]["denominator"] == 6
