"""Where the rows come from goes with every table and picture of the register."""

from pathlib import Path

import pytest

from coee_nb.outputs import Chart, Table
from coee_nb.recommendations import charts, log, statements, tables
from coee_nb.recommendations.aging import aging
from coee_nb.recommendations.changes import changes
from coee_nb.recommendations.clocks import clocks
from coee_nb.recommendations.closure import closure
from coee_nb.recommendations.register import register

DATA = Path(__file__).resolve().parents[2] / "data" / "oig_22_34"
AS_OF = "2024-04-30"


@pytest.fixture(
    scope="module", params=["recommendations", "recommendations_generated"], ids=["real", "made"]
)
def shown(request) -> tuple[str, list]:
    """Everything the notebook shows of a log, with the origin it must bear."""
    held = log.read(DATA / request.param)
    current = register(held, as_of=AS_OF)
    aged, closed, lists = aging(current), closure(current), clocks(current)
    made = [
        tables.counted(aged), tables.worklist(aged, held), tables.asked(aged),
        tables.no_longer_listed(aged), tables.sources(current), tables.quotations(held, current),
        tables.aging_columns(aged), tables.age_groups(aged), tables.clock_summary(lists),
        *(tables.clock_list(lists, one.clock.name) for one in lists),
        tables.agencies(closed), tables.cohorts(closed),
        tables.changed(changes(held, earlier="2022-10-31", later=AS_OF)),
        charts.timeline(aged, current), charts.aging_bars(aged), charts.slips(aged),
        charts.closure_curves(closed), charts.agency_curves(closed),
    ]  # fmt: skip
    inputs = statements.sources(DATA / request.param, held, held, current)
    found = [*statements.lateness(aged, inputs=inputs), *statements.clock_counts(lists)]
    origin = "generated" if request.param.endswith("generated") else "published"
    return origin, [*made, *(finding for finding in found if finding.inputs)]


def test_every_table_picture_and_finding_bears_the_origin_of_its_log(shown):
    origin, made = shown
    for one in made:
        if isinstance(one, Chart):
            assert one.table.origin == origin, one.name
        elif isinstance(one, Table):
            assert one.origin == origin, one.name
        elif hasattr(one, "statement"):
            assert one.origin == origin, one.id


def test_every_caption_names_its_as_of_date_and_its_log(shown):
    for one in shown[1]:
        if isinstance(one, Chart | Table):
            caption = one.table.caption if isinstance(one, Chart) else one.caption
            assert "2024-04-30" in caption, one.name
            assert "in the log data/oig_22_34/recommendations" in caption, one.name
