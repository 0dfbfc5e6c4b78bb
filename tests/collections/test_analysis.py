"""The collections notebook on other people's series: what is left out is left out, nothing lent."""

import json
import re
from pathlib import Path

import pandas as pd
import pytest

from coee_nb.collections import analysis as analysis_module
from coee_nb.collections.analysis import read_analysis
from coee_nb.collections.params import CollectionsIts
from coee_nb.errors import EstimationError, InputError
from coee_nb.findings import Findings, Inputs
from coee_nb.outputs import Callout, Chart, Table

ROOT = Path(__file__).parents[2]
OMIT = Path(__file__).parent / "omit"
LEAST = {
    "series": str(OMIT / "r.csv"),
    "measure": "Duties",
    "change": "The new unit",
    "unit": "million dollars",
    "value_column": "net_customs_duties_musd",
    "start": "2013-10",
    "end": "2019-09",
    "cut": "2016-10-01",
    "negligible_percent": 2.0,
    "simulations": 200,
}
ALSO = {
    "events": str(OMIT / "events.csv"),
    "published": str(OMIT / "published.csv"),
    "definition": "sales tax",
    "competing": [{"name": "rate rise", "from": "2018-03"}],
    "curve_cuts": ["2016-10"],
    "curve_competing": ["2018-03"],
}
LENT = re.compile(r"[Tt]ariff|[Rr]efund|Center|[Ii]mport|Rule [A-Zpi]|Figure \d|OIG")


def cells():
    book = json.loads((ROOT / "notebooks" / "collections_its.ipynb").read_text("utf-8"))
    code = [cell for cell in book["cells"] if cell["cell_type"] == "code"]
    return ["".join(cell["source"]) for cell in code if not cell["metadata"].get("tags")]


def run_notebook(values):
    """Run the notebook's own cells on ``values``; return what each shows.

    The simulations are a few of those of a page: their numbers are tested where they are made.
    """
    namespace, shown = dict(values), []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(analysis_module, "FAMILY_SERIES", 2)
        patch.setattr(analysis_module, "COVERAGE_SERIES", 100)
        for source in cells():
            *lines, last = source_parts(source)
            exec(lines[0], namespace)
            if last:
                shown.append(eval(last, namespace))
    return [found for found in shown if found is not None], namespace["analysis"]


def source_parts(source):
    import ast

    tree = ast.parse(source)
    if isinstance(tree.body[-1], ast.Expr):
        last = ast.unparse(tree.body[-1])
        return ast.unparse(ast.Module(tree.body[:-1], [])), last
    return source, ""


def words(shown):
    if isinstance(shown, Chart):
        return f"{shown.title} {shown.description} {shown.table.plain()}"
    if isinstance(shown, Table):
        return shown.plain()
    return shown._repr_mimebundle_()["text/plain"]


@pytest.fixture(scope="module", params=[LEAST, LEAST | ALSO], ids=["least", "omit"])
def found(request):
    return run_notebook(request.param)


def test_nothing_of_the_example_is_shown_for_other_data(found):
    for shown in found[0]:
        assert not LENT.search(words(shown)), words(shown)


def test_the_notebook_says_no_word_of_the_example_in_its_text():
    book = json.loads((ROOT / "notebooks" / "collections_its.ipynb").read_text("utf-8"))
    texts = ["".join(c["source"]) for c in book["cells"] if c["cell_type"] == "markdown"]
    assert [text for text in texts if LENT.search(text)] == []


def test_every_sentence_caption_and_picture_says_what_it_rests_on(found):
    basis = "r.csv, cut 2016-10-01, 2013-10 to 2019-09"
    for shown in found[0]:
        if isinstance(shown, Inputs) or getattr(shown, "name", "") == "verdict_rules":
            continue
        if "of the audit's own report" in words(shown) or "audit's report conc" in words(shown):
            assert basis not in words(shown)  # rests on the report, not on the file
        elif isinstance(shown, Findings):
            assert all(basis in finding.statement for finding in shown)
        elif isinstance(shown, Chart):
            assert basis not in shown.title
            assert shown.description.count(basis) == 1
            assert basis in shown.table.caption
            assert shown.figure.get_supxlabel() == basis
        else:
            assert basis in words(shown).partition("\n")[0]


def test_every_table_has_the_origin_of_the_amounts(found):
    tables = [shown.table if isinstance(shown, Chart) else shown for shown in found[0]]
    named = [t for t in tables if isinstance(t, Table) and t.name != "verdict_rules"]
    assert len(named) >= 12
    assert {table.origin for table in named} == {"own records"}


def test_every_finding_leads_to_a_line_that_holds_its_value(found):
    tables = [shown.table if isinstance(shown, Chart) else shown for shown in found[0]]
    by_name = {table.name: table for table in tables if isinstance(table, Table)}
    (findings,) = (shown for shown in found[0] if isinstance(shown, Findings))
    for finding in findings:
        name, _, line = finding.evidence.partition(".")
        frame = by_name[name].frame
        rows = frame[frame[by_name[name].anchor].astype(str) == line] if line else frame
        values = rows.to_numpy().ravel().tolist()
        if finding.id == "collections.tie_out":
            assert int((rows["result"] == "ties out").sum()) == finding.value
        elif isinstance(finding.value, str):
            assert finding.value in values
        else:
            numbers = [v for v in values if isinstance(v, int | float)]
            assert min(abs(v - finding.value) for v in numbers) <= 1e-6 * abs(finding.value)


def test_the_inputs_list_every_file_read(found):
    _, analysis = found
    files = {Path(file.path).name for file in analysis.inputs}
    expected = {"r.csv"} | ({"events.csv", "published.csv"} if analysis.calendar else set())
    assert files == expected
    assert all(file.rows is not None for file in analysis.inputs)


def test_without_a_competing_event_every_specification_is_admissible():
    analysis = read_analysis(CollectionsIts.check(LEAST))
    assert analysis.curve.table["admissible"].all()
    assert len(analysis.curve.admissible_answers) == len(analysis.curve.table)
    assert "without a term" not in analysis.curve.text


def test_a_companion_is_an_input_of_its_own(tmp_path):
    companion = tmp_path / "sales.csv"
    companion.write_text((OMIT / "r.csv").read_text("utf-8"))
    values = {"companion": str(companion), "companion_column": "net_customs_duties_musd"}
    analysis = read_analysis(CollectionsIts.check(LEAST | values))
    assert [Path(file.path).name for file in analysis.inputs] == ["r.csv", "sales.csv"]


def test_a_longer_series_answers_where_six_years_refuse(tmp_path):
    months = pd.period_range("2005-10", "2019-09", freq="M")
    frame = pd.DataFrame({"month": months.astype(str), "v": range(1000, 1000 + len(months))})
    frame["v"] += [(i * 37) % 11 for i in range(len(frame))]
    frame.to_csv(tmp_path / "long.csv", index=False)
    values = {"series": str(tmp_path / "long.csv"), "value_column": "v", "start": "2005-10"}
    answer = read_analysis(CollectionsIts.check(LEAST | values)).of_years()
    assert not answer.startswith("No answer")


def test_what_would_fail_in_a_cell_fails_in_the_check(tmp_path):
    events = tmp_path / "events.csv"
    events.write_text("date,event,kind\n2017-06-01,Rate rise,other\n")
    with pytest.raises(EstimationError, match="no term"):
        CollectionsIts.check(LEAST | {"events": str(events)}).check_inputs()
    with pytest.raises(EstimationError, match="points"):
        CollectionsIts.check(LEAST | {"end": "2016-11"}).check_inputs()
    bad = tmp_path / "bad.csv"
    bad.write_text("month,v\n2013-10,1\n2013-11,2\n")
    with pytest.raises(InputError):
        CollectionsIts.check(LEAST | {"series": str(bad), "value_column": "v"}).check_inputs()


def test_a_notice_of_ours_needs_no_basis_twice():
    analysis = read_analysis(CollectionsIts.check(LEAST))
    assert analysis.show(Callout("As it is.")).text == f"As it is. [{analysis.basis}]"
