"""The furniture of pictures says what it is given, where it belongs."""

import numpy as np
import pandas as pd
import pytest

from coee_nb import drawing


@pytest.fixture
def axes():
    with drawing.canvas(6, 4) as (figure, axes):
        yield axes
        figure.canvas.draw()


def texts(axes):
    return [text.get_text() for text in axes.texts]


def test_words_stand_to_the_side_they_are_moved_to(axes):
    for shift, side in (((5, 0), "left"), ((-5, 0), "right"), ((0, 5), "center")):
        drawing.say(axes, "here", (0, 0), shift=shift)
        assert axes.texts[-1].get_horizontalalignment() == side


def test_bars_end_to_end_have_their_words_after_the_last_part(axes):
    first, second = pd.Series([3.0, 1.0]), pd.Series([2.0, 4.0])
    drawing.bars(axes, [(first, "red"), (second, "blue")], ["five", "also five"])
    assert [bar.get_x() for bar in axes.patches] == [0, 0, 3, 1]
    assert texts(axes) == ["five", "also five"]
    assert [text.xy for text in axes.texts] == [(5, 0), (5, 1)]


def test_a_forest_draws_no_interval_that_is_not_known(axes):
    drawing.forest(axes, [(1, 0, 2, "+1.0"), (3, np.nan, np.nan, "+3.0")], ["a", "b"])
    assert texts(axes) == ["+1.0", "+3.0"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["a", "b"]
    assert len(axes.lines) == 4  # one interval, two points, the line of zero


def test_rows_are_named_from_the_top(axes):
    drawing.name_rows(axes, ["first", "second"], above=1.2)
    assert axes.get_ylim() == (1.5, -1.2)


def test_a_line_is_named_beside_it(axes):
    drawing.name_line(axes, 2, "as of", left=False)
    assert axes.texts[-1].get_horizontalalignment() == "left"


def test_a_band_takes_the_look_it_is_given(axes):
    drawing.band(axes, [0, 1], [0, 0], [1, 1], color="black", alpha=1)
    (shade,) = axes.collections
    assert shade.get_alpha() == 1


def test_a_heat_map_has_its_words_in_each_square_and_in_those_it_leaves_blank(axes):
    depth = pd.DataFrame({"2019": [0.0, 1.0], "2020": [np.nan, 0.5]}, index=["above", "below"])
    words = pd.DataFrame({"2019": ["none", "all"], "2020": ["not asked", "half"]})
    drawing.heat_map(axes, depth, words, colours="Blues", ends=(0, 1))
    assert set(texts(axes)) == {"none", "all", "half", "not asked"}
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert names == ["above", "below"]
    low, high = axes.get_ylim()
    assert low > high, "the first row stands on top"


def test_a_heat_map_of_nothing_draws_nothing(axes):
    nothing = pd.DataFrame(index=["above"])
    drawing.heat_map(axes, nothing, nothing, colours="Blues", ends=(0, 1))
    assert not axes.texts
    assert not axes.collections
