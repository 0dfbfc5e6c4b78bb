import pandas as pd
import pytest

from coee_nb.errors import InputError
from coee_nb.survey.codebook import build_codebook
from coee_nb.survey.published import INDEPENDENCE, check_published, read_published

CODEBOOK = build_codebook([
    {"name": "aware", "source": "Q1", "wording": "w", "type": "single",
     "choices": ["Yes", "No", "Don't know"], "dont_know": ["Don't know"]},
    {"name": "use", "sources": {"Q2": "a", "Q3": "b"}, "wording": "w", "type": "multi"},
])  # fmt: skip
ROWS = pd.DataFrame(
    {
        "finished": [True, True, True, False],
        "aware": ["Yes", "No", "Yes", "Don't know"],
    }
)
YAML = """
source: a report
counts: {personnel: 10, distributed: 8, completed: 3, partial: 1, response_rate_percent: 50,
         coverage_percent: 80, where: Appendix}
items:
- {id: aware, text: Aware, item: aware, answers: ["Yes"], numerator: 2, denominator: 3,
   percent: 67, where: Figure 1}
"""


@pytest.fixture
def check(tmp_path):
    def _check(text=YAML, rows=ROWS, frame_total=8, origin="own records"):
        path = tmp_path / "published.yaml"
        path.write_text(text, encoding="utf-8")
        return check_published(
            read_published(path), rows, CODEBOOK, frame_total=frame_total, origin=origin
        )

    return _check


def test_figures_that_match(check):
    found = check()
    assert found.text == (
        "5 of 5 printed figures match the rows. The check is independent as far as the rows are "
        "the office's own records."
    )
    assert (found.table["verdict"] == "match").all()
    item = found.table.iloc[-1]
    assert (item["numerator"], item["denominator"], item["percent"]) == (2, 3, 67)


@pytest.mark.parametrize("origin", ["generated", "published", "own records"])
def test_every_check_says_how_independent_it_is(check, origin):
    found = check(origin=origin)
    short, sentence = INDEPENDENCE[origin]
    assert set(found.table["independence"]) == {short}
    assert found.text.endswith(sentence)
    assert ("not independent" in found.text) == (origin == "generated")


@pytest.mark.parametrize(
    ("printed", "instead", "figure", "verdict"),
    [
        ("numerator: 2", "numerator: 1", "aware", "differs in numerator"),
        ("denominator: 3", "denominator: 4", "aware", "differs in denominator"),
        ("percent: 67", "percent: 66", "aware", "differs in percent"),
        ("completed: 3", "completed: 2", "completed", "differs in numerator and denominator"),
        ("response_rate_percent: 50", "response_rate_percent: 51", "response_rate",
         "differs in percent"),
        ("personnel: 10", "personnel: 11", "coverage", "differs in percent"),
    ],
)  # fmt: skip
def test_a_figure_that_differs_is_named(check, printed, instead, figure, verdict):
    found = check(YAML.replace(printed, instead))
    assert found.table.set_index("id").loc[figure, "verdict"] == verdict
    assert figure in found.text


def test_a_frame_of_another_size_differs(check):
    table = check(frame_total=9).table.set_index("id")
    assert table.loc["coverage", "verdict"] == "differs in numerator and percent"
    assert table.loc["response_rate", "verdict"] == "differs in denominator and percent"


def test_an_item_nobody_answered_differs_rather_than_fails(check):
    empty = ROWS.assign(aware=pd.Series([None] * 4, dtype="str"))
    item = check(rows=empty).table.iloc[-1]
    assert item["verdict"] == "differs in numerator and denominator and percent"


@pytest.mark.parametrize(
    ("printed", "instead", "message"),
    [
        ('["Yes"]', "[Perhaps]", "counts the answer 'Perhaps'"),
        (
            "item: aware",
            "item: awake",
            r"published.yaml, item aware: no item 'awake' \(did you mean",
        ),
        ('item: aware, answers: ["Yes"]', "item: use, answers: [a]", "use is a multi question"),
        ("where: Figure 1", "page: 1", "items.0"),
        ("numerator: 2", "numerator: two", "numerator"),
        ("source: a report", "", "source"),
    ],
)
def test_a_faulty_sheet_is_an_error(check, printed, instead, message):
    with pytest.raises(InputError, match=message):
        check(YAML.replace(printed, instead))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("items: [", "is not readable YAML"),
        ("\tx", "is not readable YAML"),
        (YAML + "source: another report\n", "line 8, column 1: 'source' is given twice"),
    ],
)
def test_what_is_no_yaml_is_an_error(check, text, message):
    with pytest.raises(InputError, match=message):
        check(text)
