"""Tables, charts and callouts as readers meet them."""

import json
import re

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coee_nb import drawing, outputs
from coee_nb.drawing import canvas
from coee_nb.errors import InputError
from coee_nb.outputs import Callout, Chart, Table, spreadsheet_safe
from coee_nb.plain import plain_text


@pytest.fixture
def frame():
    return pd.DataFrame(
        {
            "agency": ["<script>alert(1)</script>", "A & B"],
            "days": [547, 0],
            "share": [0.123456789012, None],
            "due": pd.to_datetime(["2022-10-31", None]),
            "late": [True, False],
        }
    )


def test_html_is_escaped_and_has_caption_and_headers(frame):
    html = Table(frame, name="late", caption="Late <ones>").html()
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert "<caption>Late &lt;ones&gt;</caption>" in html
    assert html.count('scope="col"') == 5
    assert html.count('scope="row"') == 2
    assert "2022-10-31" in html


def test_values_are_formatted_by_kind_and_missing_ones_are_dashes(frame):
    _, lines = Table(frame, name="late", caption="c", formats={"days": "{} days".format}).cells()
    assert lines[0][1:] == ["547 days", "12.3%", "2022-10-31", "yes"]
    assert lines[1][2:] == ["–", "–", "no"]


def test_data_are_plain_rounded_and_in_order(frame):
    data = json.loads(json.dumps(Table(frame, name="late", caption="c").data()))
    assert [column["name"] for column in data["columns"]] == list(frame.columns)
    assert data["rows"][0][1:] == [547, 0.12345679, "2022-10-31", True]
    assert data["rows"][1][2:4] == [None, None]


def test_lines_left_out_are_said_and_still_published(frame):
    table = Table(frame, name="late", caption="c", rows=1, show=("agency", "days"))
    assert "1 of 2 lines shown" in table.html()
    assert "late" not in table.plain().splitlines()[1]
    assert len(table.data()["rows"]) == 2


def test_lines_can_be_reached_one_by_one(frame):
    html = Table(frame.assign(key=["a 1", "<b>"]), name="late", caption="c", anchor="key").html()
    assert '<tr id="line-late.a-1">' in html
    assert '<tr id="line-late.&lt;b&gt;">' in html


def test_a_long_table_can_be_folded_away(frame):
    html = Table(frame, name="late", caption="c", fold="Both lines").html()
    assert re.match(r"<details[^>]*><summary>Both lines</summary><div", html)
    assert html.endswith("</div></details>")


def test_an_unknown_column_and_a_bad_name_are_refused(frame):
    with pytest.raises(InputError, match="no column 'dys'"):
        Table(frame, name="late", caption="c", labels={"dys": "Days"})
    with pytest.raises(InputError, match="cannot name a table"):
        Table(frame, name="../late", caption="c")


def line_chart(table, description="A line that rises to four."):
    with canvas(3, 2) as (figure, axes):
        axes.plot([1, 2], [3, 4])
    return Chart(figure, name="line", title="t", description=description, table=table)


def test_a_chart_is_the_same_picture_when_drawn_again(frame):
    table = Table(frame, name="late", caption="c")
    picture = line_chart(table).png()
    assert picture == line_chart(table).png()
    assert picture[:4] == b"\x89PNG"


def test_a_chart_needs_words(frame):
    with pytest.raises(InputError, match="too short"):
        line_chart(Table(frame, name="late", caption="c"), description="A line.")


def test_a_canvas_changes_no_global_setting():
    import matplotlib as mpl

    before = dict(mpl.rcParams)
    with canvas():
        pass
    assert dict(mpl.rcParams) == before


def test_a_notice_is_escaped():
    assert "&lt;b&gt;" in Callout("<b>")._repr_mimebundle_()["text/html"]


@given(st.text(max_size=20))
def test_no_text_starts_a_formula(text):
    safe = spreadsheet_safe(text)
    number = re.fullmatch(r"[+-]?\d[\d,]*(\.\d+)?", safe)
    assert number or safe[:1] not in ("=", "+", "-", "@", "\t", "\r", "\n")
    assert safe in (plain_text(text), f"'{plain_text(text)}")


@pytest.mark.parametrize("text", ["=1", "+cmd|x", "-2+3", "@SUM(1)", "\t=1", " =1", "\r=1"])
def test_known_formula_starts_are_quoted(text):
    assert spreadsheet_safe(text) == f"'{plain_text(text)}"


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_rounding_keeps_eight_digits(value):
    rounded = outputs.significant(value)
    assert abs(rounded - value) <= abs(value) * 5.1e-8
    assert outputs.significant(rounded) == rounded


def contrast(colour, other="#FFFFFF"):
    """Return the contrast ratio of WCAG 2.2."""

    def luminance(hexed):
        parts = [int(hexed[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    bright, dark = sorted((luminance(colour), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", ["blue", "orange", "green", "purple", "grey", "black"])
def test_colours_that_carry_text_can_be_read_on_white(name):
    assert contrast(drawing.PALETTE[name]) >= 4.5


def test_a_table_of_a_search_publishes_fewer_digits(frame):
    data = Table(frame, name="late", caption="c", digits=3).data()
    assert data["rows"][0][2] == 0.123


def test_nothing_shown_is_typeset_as_tex(frame):
    from coee_nb.findings import Finding, Findings, Inputs

    money = "a -$1 (95% interval -$2 to $3)"
    table = Table(frame, name="late", caption=money, fold="more")
    bundles = [
        Callout(money)._repr_mimebundle_(),
        table._repr_mimebundle_(),
        Table(frame, name="late", caption=money)._repr_mimebundle_(),
        Findings([Finding("a.b", money, 1, "USD")])._repr_mimebundle_(),
        Inputs([])._repr_mimebundle_(),
    ]
    for bundle in bundles:
        wrapper = re.match(r"<[^>]*>", bundle["text/html"]).group()
        assert "mathjax_ignore" in wrapper


def test_dollars_in_a_picture_are_dollars():
    with canvas(3, 2) as (figure, axes):
        axes.set_title("from $1 to $2_x^")  # broken TeX: typeset, it would raise
        axes.set_xticks([0, 1], ["$a", "$b"])
        table = Table(pd.DataFrame({"a": [1]}), name="t", caption="c")
        chart = Chart(figure, "money", "Money", "A picture of dollars, two of them.", table)
    figure.text(0, 0, "$\\nonsense{$")
    assert chart.png().startswith(b"\x89PNG")


def test_under_a_plan_the_files_numbers_are_no_finer_than_those_shown():
    frame = pd.DataFrame({"share": [15 / 62, None], "mean": [17.04321, 2.0], "n": [62, 40]})
    rows = Table(frame, name="t", caption="c", gate="disclosure plan, floor 10").data()["rows"]
    assert rows == [[0.242, 17.04, 62], [None, 2.0, 40]]
    assert Table(frame, name="t", caption="c").data()["rows"][0][1] == 17.04321
