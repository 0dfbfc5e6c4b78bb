"""A frame is whole, or every fault of it is told."""

import re
from decimal import Decimal

import pytest

from coee_nb.errors import InputError
from coee_nb.scorecard.frame import read_frame


def test_a_percentage_is_a_share_and_a_number_is_a_number(frame):
    table = frame({}, {"target": "1,250", "unit": "visits"}, {"target": "0"}).table
    assert table["aim"].tolist() == [Decimal("0.9"), Decimal(1250), Decimal(0)]


@pytest.mark.parametrize(
    ("change", "told_of"),
    [
        ({"definition": ""}, "definition is blank"),
        ({"measure": " "}, "measure is blank"),
        ({"kind": "impact"}, "kind is 'impact'"),
        ({"target": "most"}, "target is 'most'"),
        ({"target": "90%", "unit": "visits"}, "target is '90%'"),
        ({"target": "NaN"}, "target is 'NaN'"),
        ({"target": "1,5", "unit": "visits"}, "target is '1,5'"),  # no 15
        ({"direction": ""}, "direction is ''"),
        ({"direction": "over", "target": ""}, "direction is 'over'"),
        ({"standard": ""}, "a target, but no standard"),
        ({"finding": ""}, "a target, but no finding"),
        ({"target": "5", "unit": ""}, "a target, but no unit"),
    ],
)
def test_a_frame_that_is_not_whole_is_refused(frame_file, change, told_of):
    with pytest.raises(InputError, match=re.escape(told_of)) as raised:
        read_frame(frame_file({}, change))
    assert "row 3" in str(raised.value)


def test_an_id_twice_and_a_missing_column_are_refused(frame_file, tmp_path):
    with pytest.raises(InputError, match="id 'm1' stands there twice"):
        read_frame(frame_file({}, {"id": "m1"}))
    bare = tmp_path / "bare.csv"
    bare.write_text("id,measure,kind\n")
    with pytest.raises(InputError, match="no column 'asked_by'"):
        read_frame(bare)
