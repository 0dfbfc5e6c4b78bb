"""Each group has a line of its own, held to the number of groups that are asked."""

import numpy as np
import pandas as pd
import pytest

from coee_nb.collections import groups

INDEX = pd.period_range("2013-10", periods=72, freq="M")
CUT = "2016-10"


@pytest.fixture(scope="module")
def found():
    draws = np.random.default_rng(4).normal(100, 2, (72, 3))
    values = pd.DataFrame(draws, INDEX, ["North", "South", "West"])
    values.loc[CUT:, "South"] += 12
    values["East"] = 50.0
    return groups.by_group(values, CUT).set_index("group")


def test_a_change_of_one_group_is_that_groups_alone(found):
    assert found.index.tolist() == ["all together", "North", "South", "West", "East"]
    assert found.at["South", "answer"] == "increase shown"
    assert {found.at[name, "answer"] for name in ("North", "West")} <= {
        "cannot tell", "no change larger than",
    }  # fmt: skip
    assert found.at["South", "estimate"] == pytest.approx(36 * 12, rel=0.2)


def test_a_group_without_an_answer_says_why(found):
    assert found.at["East", "answer"] == "no answer"
    assert "exactly on the fitted line" in found.at["East", "failed"]


def test_the_p_values_of_groups_are_adjusted_for_their_number(found, monkeypatch):
    monkeypatch.setattr(groups, "adjust_p_values", lambda p: np.full(len(p), 0.06))
    values = pd.DataFrame({"a": np.random.default_rng(4).normal(100, 2, 72)}, INDEX)
    values.loc[CUT:, "a"] += 12
    again = groups.by_group(values, CUT).set_index("group")
    assert again.at["all together", "answer"] == "increase shown"
    assert again.at["a", "answer"] == "cannot tell"
    assert again.at["a", "failed"] == "p adjusted for the number of groups"


def test_each_group_is_asked_from_its_own_start():
    draws = np.random.default_rng(4).normal(100, 2, (72, 3))
    values = pd.DataFrame(draws, INDEX, ["North", "South", "West"])
    values.loc["2017-02":, "South"] += 12
    found = groups.by_group(values, CUT, starts={"South": "2017-02", "West": None})
    found = found.set_index("group")
    assert found["start"].to_dict() == {"North": CUT, "South": "2017-02", "West": "never"}
    assert found.at["South", "answer"] == "increase shown"
    assert found.at["South", "estimate"] == pytest.approx(32 * 12, rel=0.3)
    assert found.at["West", "answer"] == "not reached"
