"""Comparisons against R's p.adjust, and the words they are printed in."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coee_nb.engines.design import comparisons
from coee_nb.engines.design.estimation import difference, rao_scott, simple_random
from coee_nb.errors import InputError

ORACLE = Path(__file__).resolve().parents[3].parent / "shared" / "oracle" / "survey"
needs_oracle = pytest.mark.skipif(not ORACLE.exists(), reason="reference values are not here")

# R 4.2.2: fisher.test of q1, each Center against the rest, and p.adjust of the ten
FISHER = [
    0.816083276760973,
    0.667769865345457,
    0.00831635849968262,
    0.00602726727463491,
    1,
    0.141227086688395,
    0.000248420246902459,
    0.568709400781718,
    0.514669740136691,
    1,
]
HOLM = [1, 1, 0.066530867997461, 0.0542454054717142, 1, 0.988589606818766, 0.00248420246902459]


def test_holm_equals_r_p_adjust_on_ten_centers():
    assert comparisons.adjust_p_values(FISHER)[:7] == pytest.approx(HOLM, abs=1e-12)


@needs_oracle
@pytest.mark.parametrize("variable", ["q1", "q3"])
def test_holm_equals_the_r_reference(variable):
    reference = pd.read_csv(ORACLE / "reference_r.csv", low_memory=False)
    rows = reference[(reference["case"] == "syn_unweighted") & (reference["variable"] == variable)]
    plain, holm = (
        rows[rows["method"] == name].set_index("level")["estimate"] for name in ("none", "holm")
    )
    assert len(plain) == 10
    np.testing.assert_allclose(comparisons.adjust_p_values(plain), holm.loc[plain.index], atol=1e-8)


def test_a_test_that_cannot_be_made_still_counts_in_the_family():
    assert comparisons.adjust_p_values([0.02, np.nan])[0] == 0.04
    assert np.isnan(comparisons.adjust_p_values([0.02, np.nan])[1])
    assert len(comparisons.adjust_p_values([])) == 0


@pytest.fixture
def planted():
    """Three Centers: A says yes at 80%, B and C at 50%."""
    groups = pd.Series(np.repeat(["A", "B", "C"], 60), name="center")
    values = pd.Series(np.r_[np.ones(48), np.zeros(12), np.tile([1.0, 0.0], 60)])
    return comparisons.Comparison("no policy", values, groups)


def test_a_planted_difference_is_found_and_put_in_words(planted):
    design = simple_random(180, frame=400)
    found = comparisons.against_the_rest(design, [planted])
    table = found.table.set_index("group")
    assert table["verdict"].tolist() == ["differs", "differs", "differs"]
    assert table.loc["A", "estimate"] == pytest.approx(0.3)
    assert table.loc["A", "sentence"] == (
        "no policy, A: differs from the rest by 30.0 percentage points "
        "(p < 0.001, adjusted over 3 comparisons)."
    )
    direct = difference(design, planted.values, planted.groups == "A")
    assert table.loc["A", "p"] == direct.p
    assert (
        found.text
        == "Of 3 declared comparisons 3 show a difference at the 5% level (Holm-adjusted)."
    )


def test_no_difference_is_never_called_equal():
    rng = np.random.default_rng(7)
    compared = comparisons.Comparison(
        "item", pd.Series(rng.integers(0, 2, 90)), pd.Series(np.tile(["A", "B", "C"], 30))
    )
    found = comparisons.against_the_rest(simple_random(90), [compared]).table
    assert set(found["verdict"]) == {"no difference shown"}
    for sentence in found["sentence"]:
        assert "no difference from the rest shown (p = " in sentence
        assert "equal" not in sentence


def test_all_groups_at_once_by_rao_scott(planted):
    design = simple_random(180, frame=300)
    other = comparisons.Comparison(
        "noise", planted.values.sample(frac=1, random_state=1, ignore_index=True), planted.groups
    )
    found = comparisons.between_groups(design, [planted, other]).table
    direct = rao_scott(design, planted.groups, planted.values)
    assert (found["statistic"][0], found["p"][0]) == (direct.statistic, direct.p)
    assert found["p_adjusted"][0] == pytest.approx(2 * direct.p)
    assert found["verdict"].tolist() == ["differs", "no difference shown"]
    assert found["sentence"][0].startswith("no policy, the answer by center: differs (p ")
    assert found["sentence"][1].startswith("noise, the answer by center: no difference shown")


def test_two_groups_are_one_comparison():
    groups = pd.Series(["early"] * 30 + ["late"] * 30 + [None])
    values = pd.Series(np.r_[np.tile([1.0, 0.0], 30), 1.0])
    found = comparisons.against_the_rest(
        simple_random(61), [comparisons.Comparison("item", values, groups)]
    ).table
    assert found["group"].tolist() == ["late"]
    assert found["estimate"][0] == 0  # the respondent without a group is on neither side


def test_a_group_nobody_of_which_answered_is_said_to_be_so():
    groups = pd.Series(np.repeat(["A", "B", "C"], 20))
    values = pd.Series(np.r_[np.tile([1.0, 0.0], 20), np.full(20, np.nan)])
    found = comparisons.against_the_rest(
        simple_random(60), [comparisons.Comparison("item", values, groups)]
    )
    row = found.table.set_index("group").loc["C"]
    assert row["verdict"] == "not estimable: one side has no answers"
    assert row["sentence"] == "item, C: not estimable: one side has no answers."
    assert "1 could not be tested" in found.text


@pytest.mark.long
def test_holm_keeps_the_family_error_under_no_difference():
    rng = np.random.default_rng(21)
    design = simple_random(120)
    groups = pd.Series(np.repeat(list("ABCDEF"), 20))
    wrong = 0
    for _ in range(100):
        compared = comparisons.Comparison("item", pd.Series(rng.integers(0, 2, 120)), groups)
        table = comparisons.against_the_rest(design, [compared], level=0.1).table
        wrong += (table["verdict"] == "differs").any()
    assert wrong / 100 <= 0.16


def test_what_is_not_a_family_is_refused(planted):
    design = simple_random(180)
    with pytest.raises(InputError, match="empty family"):
        comparisons.between_groups(design, [])
    with pytest.raises(InputError, match="twice"):
        comparisons.against_the_rest(design, [planted, planted])
