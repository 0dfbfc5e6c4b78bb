import numpy as np
import pytest

from coee_nb.errors import InputError
from coee_nb.survey.codebook import build_codebook
from coee_nb.survey.read.exports import open_export
from coee_nb.survey.read.layout import answers_given, contradicting, find_layout, screened_out


@pytest.fixture
def located(tmp_path):
    def _located(text, entries):
        path = tmp_path / "in.csv"
        path.write_text(text)
        export = open_export(path)
        layout = find_layout(export, build_codebook(entries))
        return layout, export.body(layout.positions)

    return _located


def item(name, source, kind="text", **more):
    return {"name": name, "source": source, "wording": "w", "type": kind} | more


OLD = "Q2_1,QID9\ntext,text\n{'ImportId': 'QID2-1'},{'ImportId': 'QID3'}\na,b\n"


@pytest.mark.parametrize(
    ("source", "position"), [("QID2-1", 0), ("QID2_1", 0), ("Q2_1", 0), ("QID3", 1), ("QID9", 1)]
)
def test_columns_are_found_by_import_id_old_or_new_or_by_name(located, source, position):
    assert located(OLD, [item("a", source)])[0].of == {"a": (position,)}


def test_an_import_id_goes_before_a_name(located):
    text = "QID2,x\nt,t\n{'ImportId': 'QID1'},{'ImportId': 'QID2'}\na,b\n"
    assert located(text, [item("a", "QID2")])[0].of == {"a": (1,)}


def test_absent_sources_are_all_named(located):
    entries = [item("a", "Q1"), item("b", "Q8"), item("c", "Q9")]
    with pytest.raises(InputError, match="no column Q8, Q9"):
        located("Q1\nx\n", entries)


def test_an_unticked_box_and_a_center_are_no_answers(located):
    boxes = {"name": "m", "sources": {"A": "x", "B": "y"}, "wording": "w", "type": "multi"}
    entries = [item("center", "Center", "single", group=True), boxes]
    layout, body = located("Center,A,B\nMachinery,0,0\nMachinery,0,1\n,,\n", entries)
    np.testing.assert_array_equal(answers_given(layout, body), [0, 1, 0])


def test_rows_of_one_id_contradict_each_other_only_where_both_answer(located):
    text = "A,B\nx,\nx,y\nz,y\n,y\nx,y\nx,w\n"
    layout, body = located(text, [item("a", "A"), item("b", "B")])
    ids = np.array(["one", "one", "two", "two", "three", "three"], object)
    everyone = np.ones(6, bool)
    assert contradicting(layout, body, ids, everyone) == 1
    assert contradicting(layout, body, ids, everyone & (ids != "three")) == 0


def test_answers_that_end_the_survey_by_label_or_code(located):
    entry = item("c", "Q1", "single", choices={"1": "Yes", "2": "No"}, screened_out=["2"])
    layout, body = located("Q1\nNo\n2.0\nYes\n1\n", [entry])
    np.testing.assert_array_equal(screened_out(layout, body), [True, True, False, False])
