"""The stored notebook gives nobody away: checked again on what it holds, not on how it was made."""

import ast
import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from coee_nb.outputs import CHART_MIME, FINDINGS_MIME, INPUTS_MIME, TABLE_MIME, Table

NOTEBOOK = Path(__file__).resolve().parents[2] / "notebooks" / "survey_responses.ipynb"
FLOOR = 10
OF_FILES = {  # counts of rows of a file and of cells of a table, not of people
    ("rows_read", "rows"),
    ("checks", "count"),
    ("disclosure", "cells"),
    ("disclosure", "suppressed"),
    ("disclosure", "pinned"),
    ("disclosure", "room"),
    ("published_figures", "printed_percent"),
    ("published_figures", "percent"),
}


@pytest.fixture(scope="module")
def cells():
    return json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]


@pytest.fixture(scope="module")
def bundles(cells):
    """Everything the notebook shows, by media type."""
    return [
        output.get("data", {})
        for cell in cells
        for output in cell.get("outputs", [])
        if output["output_type"] in ("display_data", "execute_result")
    ]


@pytest.fixture(scope="module")
def tables(bundles):
    found = {}
    for data in (bundle[TABLE_MIME] for bundle in bundles if TABLE_MIME in bundle):
        columns = [column["name"] for column in data["columns"]]
        frame = pd.DataFrame([json.loads(row) for row in data["rows"]], columns=columns)
        kinds = {column["name"]: column["type"] for column in data["columns"]}
        frame.attrs = {"counts": [name for name, kind in kinds.items() if kind == "Int64"]}
        found[data["name"]] = frame
    return found


def words(bundles):
    """Every text a reader meets: HTML, plain text, descriptions, statements."""
    for bundle in bundles:
        yield from (str(bundle.get(kind, "")) for kind in ("text/html", "text/plain"))
        for kind in (CHART_MIME, FINDINGS_MIME, INPUTS_MIME):
            yield json.dumps(bundle.get(kind, ""))


def test_the_notebook_holds_its_tables(tables):
    assert len(tables) > 30
    assert {"item_accounting", "findings_by_center_detail", "weighted_findings"} <= set(tables)


def test_no_count_of_people_is_under_the_floor(tables):
    small = [
        (name, column, row)
        for name, frame in tables.items()
        for column in frame.attrs["counts"]
        if (name, column) not in OF_FILES
        for row in frame.index[frame[column].between(1, FLOOR - 1)]
    ]
    assert small == []


def test_no_share_of_a_printed_denominator_is_of_a_few(tables):
    for frame in tables.values():
        if {"count", "n"} <= set(frame.columns):
            rest = (frame["n"] - frame["count"]).astype(float)
            assert not rest.between(1, FLOOR - 1).any()


def test_what_is_withheld_has_no_number_beside_it(tables):
    frame = tables["findings_by_center_detail"]
    suppressed = frame[frame["caution"] == "suppressed"]
    assert len(suppressed)
    assert suppressed[["count", "n", "share", "wilson_low", "wilson_high"]].isna().all(axis=None)


def test_no_response_id_is_shown_anywhere(bundles):
    text = "\n".join(words(bundles))
    assert not re.search(r"\bR_[0-9A-Za-z]{8,}", text)


def test_no_withheld_comment_is_shown(bundles, tables, plain):
    analyst = plain.comments.analyst
    planted = analyst.loc[analyst["decision"] == "suppressed", "comment"]
    assert len(planted) == 16
    text = "\n".join(words(bundles))
    assert [one for one in analyst["comment"] if one in text] == []
    assert set(analyst["found"]) - {""}
    assert "identifiers" not in {column for frame in tables.values() for column in frame.columns}


def test_no_row_of_answers_is_shown(tables, plain):
    columns = {column for item in plain.survey.items for column in item.columns} - {"comment"}
    for name, frame in tables.items():
        matched = columns & set(map(str, frame.columns))
        # a wide table of findings has percentages under the names of questions
        assert not matched or name.startswith("findings_by_"), name
        assert len(frame) < 100, name
    assert "quotable_comments" not in tables  # generated comments are never quoted
    assert list(tables["printed_comments"].columns) == ["group", "text", "where"]


def test_names_of_people_and_addresses_are_nowhere(bundles):
    text = "\n".join(words(bundles))
    assert not re.search(r"[\w.]+@[\w-]+\.(gov|com)", text)
    assert not re.search(r"\b\d{3}[-.]\d{3}[-.]\d{4}\b", text)


# An attacker who holds the stored tables only


def group_system(tables, dimension, finding):
    """The unknowns of one finding: said so, said another, gave no answer, of every group."""
    people = tables[f"response_by_{dimension}"].set_index(dimension)["responded"]
    own = tables[f"findings_by_{dimension}_detail"]
    own = own[own["id"] == finding].set_index(dimension).loc[people.index]
    overall = tables["findings"].set_index("id").loc[finding]
    groups = len(people)
    said, other, none = np.split(np.eye(3 * groups), 3)
    equal = [said + other + none, said.sum(0)[None], other.sum(0)[None]]
    equal_to = [people.to_numpy(float), [overall["count"]], [overall["n"] - overall["count"]]]
    shown = own["n"].notna().to_numpy()
    equal += [said[shown], (said + other)[shown]]
    equal_to += [own["count"][shown].astype(float), own["n"][shown].astype(float)]
    rows, to = np.vstack(equal), np.concatenate(equal_to)
    return own, rows, to, {"said": said, "other": other, "answered": said + other, "none": none}


def weighted_rules(tables, finding, own, rows):
    """What the post-stratified share tells: two inequalities on the same unknowns."""
    people = tables["response_by_center"].set_index("center")
    weight = (people["asked"] / people["responded"]).loc[own.index].to_numpy(float)
    line = tables["weighted_findings"].set_index("id").loc[finding]
    low = line["low, post-stratified by center"]
    high = line["high, post-stratified by center"]
    blank = np.zeros(len(weight))
    above = np.r_[(low - 1) * weight, low * weight, blank]
    below = np.r_[(1 - high) * weight, -high * weight, blank]
    return np.vstack([above, below])


def reach(objective, equal, to, most):
    """The smallest and largest value of a sum of unknowns."""
    found = [
        linprog(
            sign * objective, A_eq=equal, b_eq=to, A_ub=most, b_ub=None if most is None else [0, 0]
        )
        for sign in (1, -1)
    ]
    assert all(one.status == 0 for one in found)
    return found[0].fun, -found[1].fun


def truth(plain, finding, dimension):
    key_result = next(one for one in plain.survey.key_results if one.id == finding)
    answers = key_result.values.map({1.0: "said", 0.0: "other"}).fillna("none")
    counts = pd.crosstab(plain.survey.rows[dimension], answers)
    return counts.reindex(columns=["said", "other", "none"], fill_value=0).assign(
        answered=lambda frame: frame["said"] + frame["other"]
    )


@pytest.mark.parametrize("dimension", ["center", "title"])
def test_an_attacker_cannot_place_a_withheld_count(tables, plain, dimension):
    for finding in tables[f"findings_by_{dimension}_detail"]["id"].unique():
        own, equal, to, unknowns = group_system(tables, dimension, finding)
        most = weighted_rules(tables, finding, own, equal) if dimension == "center" else None
        real = truth(plain, finding, dimension).loc[own.index]
        for place, group in enumerate(own.index):
            if not np.isnan(own.loc[group, "share"]):
                continue
            for kind, rows in unknowns.items():
                low, high = reach(rows[place], equal, to, most)
                count = real.loc[group, kind]
                assert low - 1e-6 <= count <= high + 1e-6  # the attacker argues rightly
                if 0 < count < FLOOR:
                    assert high >= FLOOR, (finding, group, kind)
                    assert high - low >= min(FLOOR, real.loc[group].sum()) - 1, (finding, group)


def test_the_attacker_would_place_a_count_withheld_alone(tables, plain):
    finding, shown = "no_review_policy", tables["findings_by_center_detail"].copy()
    real = truth(plain, finding, "center")
    suppressed = shown.index[(shown["id"] == finding) & shown["share"].isna()]
    for row in suppressed[1:]:
        counts = real.loc[shown.loc[row, "center"]]
        shown.loc[row, ["count", "n", "share"]] = [counts["said"], counts["answered"], 0.5]
    own, equal, to, unknowns = group_system(
        tables | {"findings_by_center_detail": shown}, "center", finding
    )
    place = own.index.get_loc(shown.loc[suppressed[0], "center"])
    low, high = reach(unknowns["said"][place], equal, to, None)
    assert low == pytest.approx(high)


def test_reasons_for_no_answer_do_not_tell_a_few_by_where_people_left(tables):
    """Beside the segments in which people left, no item's blanks are placed under the floor."""
    nonresponse_reasons = tables["item_accounting"].set_index("item")
    stopped = tables["break_offs"]["left"].cumsum().to_numpy()
    order = list(nonresponse_reasons.index)
    # the last question of each segment, as the table names it
    ends = [text.split(" to ")[-1] for text in tables["break_offs"]["questions"]]
    places = {
        name: max(k for k, label in enumerate(order) if label.split(":")[0] == name)
        for name in ends
        if name in {label.split(":")[0] for label in order}
    }
    for k, label in enumerate(order):
        silent = 544 - nonresponse_reasons.loc[label, "answered it"]
        if np.isnan(silent):
            continue
        before = max(
            (stopped[ends.index(n)] for n, place in places.items() if place < k), default=0
        )
        at_end = [stopped[ends.index(n)] for n, place in places.items() if place == k]
        later = [544 - nonresponse_reasons.loc[other, "answered it"] for other in order[k:]]
        most = at_end[0] if at_end else min(np.nanmin(later), stopped[-1])
        least_blank, most_blank = silent - most, silent - (at_end[0] if at_end else before)
        assert most_blank == 0 or most_blank >= FLOOR, label
        assert least_blank >= 0


# The notebook with other parameters, its cells run without a kernel


FOLLOW_UP = Path(__file__).parent / "follow_up"
ANOTHER = {  # 60 responses to two questions, the second answered by 5; no groups
    "responses": str(FOLLOW_UP / "responses.csv"),
    "codebook": str(FOLLOW_UP / "codebook.yaml"),
    "frame": str(FOLLOW_UP / "frame.csv"),
} | dict.fromkeys(["published", "themes", "review", "breakdowns", "weighting"])


@pytest.mark.parametrize(
    ("changes", "floor"),
    [
        ({"floor": 30, "breakdowns": [], "weighting": [], "published": None}, 30),
        pytest.param(
            {"floor": 5, "breakdowns": ["title"], "weighting": [], "partial_rule": "share"},
            5,
            marks=pytest.mark.long,
        ),
        pytest.param(
            {"breakdowns": [], "weighting": ["title"], "themes": None}, 10, marks=pytest.mark.long
        ),
        pytest.param(ANOTHER, 10, marks=pytest.mark.long),
    ],
)
def test_other_floors_breakdowns_and_rules_give_a_chapter_too(cells, changes, floor):
    names, small = {"In": []}, []
    for cell in (cell for cell in cells if cell["cell_type"] == "code"):
        for shown in run(cell, names, changes):
            table = getattr(shown, "table", shown)
            if isinstance(table, Table):
                small += few(table, floor)
    assert small == []
    assert not names["released"].attacked.get("pinned", pd.Series(dtype=bool)).any()


def run(cell, names, changes):
    """Run a cell; return what it would show. The parameters' cell is followed by ``changes``."""
    tree = ast.parse("".join(cell["source"]))
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "cell", "exec"), names)
    if "parameters" in cell["metadata"].get("tags", []):
        names.update(changes)
    return (
        [] if last is None else [eval(compile(ast.Expression(last.value), "cell", "eval"), names)]
    )


def few(table, floor):
    counts = table.frame.select_dtypes("integer")
    return [
        (table.name, column, row)
        for column in counts
        if (table.name, column) not in OF_FILES
        for row in counts.index[counts[column].fillna(0).between(1, floor - 1)]
    ]


# The form of the notebook


def test_cells_are_short_and_define_nothing(cells):
    for cell in cells:
        source = "".join(cell["source"])
        if cell["cell_type"] != "code" or "parameters" in cell["metadata"].get("tags", []):
            continue
        tree = ast.parse(source)
        defined = (ast.FunctionDef, ast.ClassDef, ast.Lambda, ast.For, ast.While)
        assert not any(isinstance(node, defined) for node in ast.walk(tree))
        assert len(source.splitlines()) <= 6
        assert not source.rstrip().endswith(";")


def test_every_picture_has_a_description(bundles):
    drawn = [bundle for bundle in bundles if "image/png" in bundle]
    assert len(drawn) >= 8
    assert all(len(bundle[CHART_MIME]["description"].split()) >= 10 for bundle in drawn)


def test_findings_have_stable_ids_denominators_and_inputs(bundles):
    found = {
        one["id"]: one
        for bundle in bundles
        for one in bundle.get(FINDINGS_MIME, {}).get("findings", [])
    }
    items = {name: one for name, one in found.items() if name.startswith("survey.item.")}
    assert len(items) == 7
    assert {"survey.response_rate.rr1", "survey.response_rate.rr2", "survey.coverage"} <= set(found)
    assert all(one["numerator"] and one["denominator"] for one in items.values())
    assert all(one["inputs"] and one["evidence"] for one in found.values())
    assert found["survey.published.matches"]["value"] == 11
