"""The disclosure plan: what must be suppressed is, nothing else is, no attacker gets it back."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coee_nb.engines.suppression.attack import attack
from coee_nb.engines.suppression.cells import (
    Publication,
    measure_from_counts,
    measure_from_rows,
    multiple_from_rows,
    participation,
)
from coee_nb.engines.suppression.lattice import ALL
from coee_nb.engines.suppression.planner import COMPLEMENTARY, PRIMARY, plan
from coee_nb.errors import InputError, ParameterError

BY_CENTER = ((), ("center",))
QUICK = settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


def counts_by_center(table: dict[str, dict[str, int]]) -> pd.DataFrame:
    rows = [
        (center, answer, count)
        for center, answers in table.items()
        for answer, count in answers.items()
    ]
    return pd.DataFrame(rows, columns=["center", "answer", "count"])


def one_question(table, *, floor=10, breakdowns=BY_CENTER, **options):
    counts = counts_by_center(table)
    groups = counts.groupby("center", sort=False)["count"].sum().rename("respondents").reset_index()
    measure = measure_from_counts("q", counts, breakdowns=breakdowns, **options)
    return plan(Publication(groups, (measure,)), floor=floor)


def suppressed(made, table="q by center"):
    rows = made.cells[(made.cells["table"] == table) & made.cells["suppressed"]]
    return set(zip(rows["center"], rows["answer"], strict=True))


def respondents(seed, *, centers, titles, size, blank=0.15):
    rng = np.random.default_rng(seed)
    rows = [
        (f"C{c}", f"T{t}")
        for c in range(centers)
        for t in range(titles)
        for _ in range(rng.integers(0, size))
    ]
    people = pd.DataFrame(rows or [("C0", "T0")], columns=["center", "title"])
    chance = rng.dirichlet(np.ones(3))
    answers = pd.Series(rng.choice(["agree", "neither", "disagree"], len(people), p=chance))
    return people, answers.where(rng.random(len(people)) > blank), rng


def assert_no_attack_succeeds(made):
    found = attack(made.published)
    assert not found["pinned"].any()
    keys = ["table", *made.publication.dimensions, "answer"]
    both = made.cells[made.cells["suppressed"]].merge(found, on=keys, how="left")
    counted = both[both["group_size"] > 0]
    assert (counted["low"] <= counted["count"]).all()
    assert (counted["count"] <= counted["high"]).all()
    secret = counted[counted["why"] == PRIMARY]
    people = np.minimum(secret["denominator"], made.floor)
    assert (secret["high"] - secret["low"] >= people).all()


def test_a_table_of_large_cells_hides_nothing():
    made = one_question({c: {"yes": 20, "no": 15} for c in "ABCDE"})
    assert not made.cells["suppressed"].any()
    assert made.text.startswith("None of the")
    assert attack(made.published).empty


def test_one_small_cell_hides_its_row_and_one_partner():
    made = one_question(
        {"A": {"yes": 30, "no": 3}, "B": {"yes": 20, "no": 20}, "C": {"yes": 40, "no": 30}}
    )
    assert suppressed(made) == {("A", "yes"), ("A", "no"), ("B", "yes"), ("B", "no")}
    assert suppressed(made, "q") == set()
    why = made.cells.set_index(["table", "center", "answer"])["why"]
    assert why["q by center", "A", "yes"] == PRIMARY  # all but three said yes
    assert why["q by center", "B", "no"] == COMPLEMENTARY


@pytest.mark.parametrize("table", [{"yes": 0, "no": 25}, {"yes": 25, "no": 0}])
def test_zero_and_full_cells_are_hidden(table):
    made = one_question({"A": table, "B": {"yes": 30, "no": 30}, "C": {"yes": 50, "no": 50}})
    assert {("A", "yes"), ("A", "no")} <= suppressed(made)
    assert_no_attack_succeeds(made)


def test_an_empty_group_has_nothing_to_hide():
    made = one_question({"A": {"yes": 0, "no": 0}, "B": {"yes": 30, "no": 30}})
    assert not made.cells["suppressed"].any()


def test_one_group_alone_is_hidden_with_the_overall_table():
    made = one_question({"A": {"yes": 4, "no": 30}})
    assert suppressed(made) == {("A", "yes"), ("A", "no")}
    assert suppressed(made, "q") == {(ALL, "yes"), (ALL, "no")}
    assert_no_attack_succeeds(made)


def test_two_small_cells_that_sum_to_little_need_a_third():
    table = {c: {"yes": y, "no": 40} for c, y in zip("ABCD", [1, 2, 30, 14], strict=True)}
    made = one_question(table)
    assert ("D", "yes") in suppressed(made)
    assert ("C", "yes") not in suppressed(made)
    assert_no_attack_succeeds(made)


def test_item_nonresponse_is_protected_against_subtraction_from_the_respondents():
    table = {
        "A": {"yes": 20, "no": 20, "left blank": 4},
        "B": {"yes": 20, "no": 20, "left blank": 30},
        "C": {"yes": 30, "no": 30, "left blank": 40},
    }
    made = one_question(table, statuses=("left blank",))
    assert {("A", "left blank"), ("A", "answered")} <= suppressed(made)
    shown = made.apply("q by center").set_index(["center", "answer"])
    assert pd.isna(shown.loc[("A", "yes"), "denominator"])
    assert pd.isna(shown.loc[("A", "yes"), "share"])
    assert shown.loc[("C", "yes"), "share"] == 0.5
    assert_no_attack_succeeds(made)


def test_small_counts_declared_harmless_are_shown():
    table = {"A": {"yes": 20, "no": 20, "left blank": 4}, "B": {"yes": 20, "no": 20}}
    made = one_question(table, statuses=("left blank",), not_private=("left blank",))
    assert not made.cells["suppressed"].any()


def test_that_nobody_left_a_question_blank_is_not_a_secret():
    table = {c: {"yes": 20, "no": 20, "left blank": 0} for c in "AB"}
    assert not one_question(table, statuses=("left blank",)).cells["suppressed"].any()


def test_a_title_held_in_two_centers_does_not_betray_the_smaller_one():
    """Everyone of Center D is a broker manager; only three others are, all in Center E."""
    groups = pd.DataFrame(
        [("D", "manager", 40), ("E", "manager", 3), ("E", "analyst", 60), ("F", "analyst", 60)],
        columns=["center", "title", "respondents"],
    )
    yes = groups.assign(answer="yes", count=[20, 3, 30, 30])
    no = groups.assign(answer="no", count=[20, 0, 30, 30])
    counts = pd.concat([yes, no])[["center", "title", "answer", "count"]]
    breakdowns = ((), ("center",), ("title",))
    made = plan(Publication(groups, (measure_from_counts("q", counts, breakdowns=breakdowns),)))
    tables = {table: made.apply(table) for table in made.tables}
    managers = tables["q by title"].set_index(["title", "answer"])["count"]
    all_of_d = tables["q by center"].set_index(["center", "answer"])["count"]
    assert pd.isna(managers["manager", "yes"] - all_of_d["D", "yes"])
    assert pd.isna(managers["manager", "no"] - all_of_d["D", "no"])
    assert_no_attack_succeeds(made)


def test_options_of_a_multiple_choice_are_not_added_up():
    people = pd.DataFrame({"center": ["A"] * 40 + ["B"] * 60})
    chosen = pd.DataFrame(
        {
            "course": [1] * 20 + [0] * 20 + [1] * 30 + [0] * 30,
            "coaching": [1] * 15 + [0] * 15 + [1] * 10 + [0] * 15 + [1] * 45,
            "webinar": [1] * 3 + [0] * 27 + [1] * 10 + [0] * 20 + [1] * 40,
        }
    ).astype(bool)
    groups = people.value_counts(sort=False).rename("respondents").reset_index()
    measure = multiple_from_rows("training", chosen, people, breakdowns=BY_CENTER)
    made = plan(Publication(groups, (measure,)), floor=5)
    shown = made.apply("training").set_index("answer")
    assert shown.loc["course", "count"] == 50
    assert shown.loc["answered", "count"] == chosen.any(axis=1).sum()
    assert shown["count"].sum() > 2 * 100  # options and denominator: nobody is counted once only
    assert_no_attack_succeeds(plan(Publication(groups, (measure,)), floor=14))


def test_nonrespondents_are_protected_against_subtraction_from_the_frame():
    groups = pd.DataFrame({"center": list("ABCD"), "respondents": [47, 30, 30, 40]})
    frame = pd.DataFrame({"center": list("ABCD"), "frame": [50, 60, 70, 60]})
    made = plan(Publication(groups, (participation(groups, frame, breakdowns=BY_CENTER),), frame))
    rows = suppressed(made, "participation by center")
    assert {("A", "took part"), ("A", "no response")} <= rows
    assert len(rows) == 4  # and one further Center
    assert_no_attack_succeeds(made)


def test_two_measures_of_the_frame_do_not_betray_each_other():
    took_part = {"A": 47, "B": 30, "C": 30, "D": 40}
    groups = pd.Series(took_part).rename_axis("center").reset_index(name="respondents")
    frame = pd.DataFrame({"center": list("ABCD"), "frame": [70, 60, 70, 60]})
    missing = frame["frame"] - groups["respondents"]
    kinds = {"partial": [4, 10, 10, 12], "complete": [43, 20, 20, 28], "no response": missing}
    counts = pd.concat([frame.assign(answer=kind, count=n) for kind, n in kinds.items()])
    dispositions = measure_from_counts(
        "dispositions", counts, BY_CENTER, statuses=("no response",), universe="frame"
    )
    taking = participation(groups, frame, breakdowns=BY_CENTER)
    made = plan(Publication(groups, (taking, dispositions), frame))
    assert ("A", "partial") in suppressed(made, "dispositions by center")
    assert_no_attack_succeeds(made)


def test_item_denominators_do_not_betray_hidden_participation():
    centers = ["A"] * 47 + ["B"] * 30 + ["C"] * 30 + ["D"] * 40
    people = pd.DataFrame({"center": centers})
    groups = people.value_counts(sort=False).rename("respondents").reset_index()
    frame = pd.DataFrame({"center": list("ABCD"), "frame": [50, 60, 70, 60]})
    answers = pd.Series(np.where(np.arange(len(people)) % 2, "yes", "no"))
    question = measure_from_rows("q", answers, people, breakdowns=BY_CENTER)
    taking = participation(groups, frame, breakdowns=BY_CENTER)
    made = plan(Publication(groups, (taking, question), frame))
    shown = made.apply("q by center")
    whole = shown[shown["answer"] == "answered"].set_index("center")["count"]
    assert pd.isna(whole["A"])  # all 47 answered: 50 less 47 are the non-respondents
    assert made.apply("q")["count"].notna().all()
    assert_no_attack_succeeds(made)


def test_a_question_everyone_answered_repeats_the_hidden_participation():
    counts = counts_by_center({"A": {"yes": 27, "no": 20}, "B": {"yes": 27, "no": 20}})
    groups = pd.DataFrame({"center": ["A", "B"], "respondents": [47, 47]})
    frame = pd.DataFrame({"center": ["A", "B"], "frame": [50, 90]})
    taking = participation(groups, frame, breakdowns=BY_CENTER)
    made = plan(
        Publication(groups, (taking, measure_from_counts("q", counts, breakdowns=BY_CENTER)), frame)
    )
    shown = made.apply("q by center")
    assert shown.loc[shown["answer"] == "answered", "count"].isna().all()
    assert shown["denominator"].isna().all()
    assert made.apply("q")["count"].tolist() == [54, 40, 94]
    assert_no_attack_succeeds(made)


@QUICK
@given(st.integers(0, 10_000), st.integers(1, 4), st.integers(1, 3), st.integers(2, 40))
def test_no_attack_succeeds_on_random_two_way_publications(seed, centers, titles, size):
    people, answers, rng = respondents(seed, centers=centers, titles=titles, size=size)
    groups = people.value_counts(sort=False).rename("respondents").reset_index()
    measure = measure_from_rows(
        "q",
        answers,
        people,
        choices=["agree", "neither", "disagree"],
        breakdowns=((), ("center",), ("title",)),
    )
    frame = groups.assign(frame=groups["respondents"] + rng.integers(0, 20, len(groups)))
    frame = frame.drop(columns="respondents")
    taking = participation(groups, frame, breakdowns=((), ("center",), ("title",)))
    made = plan(Publication(groups, (taking, measure), frame))
    assert_no_attack_succeeds(made)


@settings(QUICK, max_examples=3)
@given(st.integers(0, 10_000))
def test_no_attack_succeeds_on_random_three_way_tables(seed):
    people, answers, _ = respondents(seed, centers=3, titles=2, size=50)
    groups = people.value_counts(sort=False).rename("respondents").reset_index()
    measure = measure_from_rows(
        "q", answers, people, breakdowns=((), ("center",), ("title",), ("center", "title"))
    )
    assert_no_attack_succeeds(plan(Publication(groups, (measure,))))


@QUICK
@given(st.lists(st.tuples(st.integers(10, 60), st.integers(10, 60)), min_size=1, max_size=6))
def test_nothing_is_hidden_needlessly_when_every_cell_is_large(cells):
    made = one_question({f"C{i}": {"yes": y, "no": n} for i, (y, n) in enumerate(cells)})
    assert not made.cells["suppressed"].any()


@QUICK
@given(
    st.lists(st.integers(40, 80), min_size=4, max_size=6), st.integers(0, 9), st.integers(30, 50)
)
def test_a_single_small_cell_hides_at_most_one_further_center(sizes, small, rest):
    table = {f"C{i}": {"yes": size // 2, "no": size - size // 2} for i, size in enumerate(sizes)}
    made = one_question({"S": {"yes": small, "no": rest}, **table})
    assert len(suppressed(made)) == 4
    assert suppressed(made, "q") == set()


DISTRICTS = {
    "North": {"never": 4, "often": 30, "always": 26},
    "East": {"never": 22, "often": 25, "always": 8},
    "South": {"never": 7, "often": 24, "always": 21},
    "West": {"never": 19, "often": 28, "always": 3},
}


def test_small_counts_that_no_table_prints_of_a_group_cost_its_printed_ones_nothing():
    everything = suppressed(one_question(DISTRICTS))
    assert {center for center, _ in everything} == set(DISTRICTS)
    assert suppressed(one_question(DISTRICTS, by_group=("often",))) == set()
    few = suppressed(one_question(DISTRICTS, by_group=("never",)))
    assert few == {("North", "never"), ("South", "never")}


def test_of_two_answers_the_one_that_is_not_printed_follows_and_is_protected():
    table = {c: {"yes": 30, "no": 20} for c in ("East", "South")} | {"West": {"yes": 36, "no": 4}}
    made = one_question(table | {"North": {"yes": 34, "no": 6}}, by_group=("yes",))
    assert suppressed(made) >= {("West", "yes"), ("North", "yes")}
    assert len(suppressed(made)) == 2
    assert set(made.cells.loc[made.cells["center"] != ALL, "answer"]) == {"yes", "answered"}


def brute_force_loss(table: dict[str, dict[str, int]], floor: int, *, by_group: str = "") -> int:
    """The least loss of a two-answer table by Center, by trying every set of cells.

    ``by_group`` is the only answer that is printed by Center, where not both are.
    """
    centers = list(table)
    size = np.array([sum(table[c].values()) for c in centers])
    truth = np.array([table[c]["yes"] for c in centers])
    worlds = np.array(list(product(*[range(n + 1) for n in size])))

    def cells(yes):  # yes and no by Center, then overall
        no = size - yes
        return np.hstack([yes, no, yes.sum(-1, keepdims=True), no.sum(-1, keepdims=True)])

    all_worlds, true = cells(worlds), cells(truth[None])[0]
    people = np.r_[size, size, size.sum(), size.sum()]
    secret = (people > 0) & ((true < floor) | (people - true < floor))
    width = np.where(secret, np.minimum(floor, people), np.minimum(1, people))
    printed = np.ones(len(true), bool)
    if by_group:
        printed[len(size) : 2 * len(size)] = False  # no one of the Centers
        width = np.where(secret | printed, width, 0)
    best = None
    for mask in product([False, True], repeat=len(true)):
        cover = np.array(mask)
        loss = int((true[cover & printed] + 1).sum())
        if ((secret | ~printed) & ~cover).any() or (best is not None and loss >= best):
            continue
        agree = all_worlds[(all_worlds[:, ~cover] == true[~cover]).all(axis=1)]
        spread = agree.max(axis=0) - agree.min(axis=0)
        if (spread[cover] >= width[cover]).all():
            best = loss
    return best


@pytest.mark.parametrize("by_group", ["", "yes"])
@settings(QUICK, max_examples=15)
@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), min_size=1, max_size=3))
def test_the_loss_is_the_least_that_brute_force_finds(by_group, cells):
    table = {f"C{i}": {"yes": y, "no": n} for i, (y, n) in enumerate(cells)}
    made = one_question(table, floor=3, by_group=(by_group,) if by_group else None)
    planned = made.cells[made.cells["suppressed"] & (made.cells["kind"] == "answer")]
    assert (planned["count"] + 1).sum() == brute_force_loss(table, floor=3, by_group=by_group)


def test_release_masks_everything_that_rests_on_a_hidden_cell():
    made = one_question(
        {"A": {"yes": 30, "no": 3}, "B": {"yes": 20, "no": 20}, "C": {"yes": 40, "no": 30}}
    )
    frame = made.cells.query("table == 'q by center'")[["center", "answer", "count"]]
    frame = frame.assign(
        percent=frame["count"] / 50, shown=frame["count"].astype(str), wording="Is it so?"
    ).sort_values("percent")
    out = made.release(frame, "q by center", labels=["wording"]).set_index(["center", "answer"])
    assert out.loc[("A", "no"), ["count", "percent", "shown"]].isna().all()
    assert out.loc[("A", "no"), "disclosure"] == "suppressed"
    assert out.loc[("C", "yes"), "shown"] == "40"
    assert (out["wording"] == "Is it so?").all()


def test_release_does_not_keep_an_order_that_would_rank_hidden_cells():
    made = one_question(
        {"A": {"yes": 30, "no": 3}, "B": {"yes": 20, "no": 20}, "C": {"yes": 40, "no": 30}}
    )
    planned = made.apply("q by center")[["center", "answer"]]
    frame = made.cells.query("table == 'q by center'")[["center", "answer", "count"]]
    released = made.release(frame.sort_values("count"), "q by center")
    pd.testing.assert_frame_equal(released[["center", "answer"]], planned)


def test_release_leaves_the_frame_it_was_given_alone():
    made = one_question({"A": {"yes": 30, "no": 3}, "B": {"yes": 20, "no": 20}})
    frame = made.cells.query("table == 'q by center'")[["center", "answer", "count"]]
    before = frame.copy()
    made.release(frame, "q by center")
    pd.testing.assert_frame_equal(frame, before)


def test_an_unplanned_table_is_refused():
    made = one_question({"A": {"yes": 30, "no": 30}})
    with pytest.raises(InputError, match="no planned table 'q by title'"):
        made.apply("q by title")
    with pytest.raises(InputError, match="no planned table"):
        made.release(pd.DataFrame({"answer": ["yes"], "count": [30]}), "other")


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ({"answer": ["maybe"], "count": [1]}, "an unplanned row"),
        ({"answer": ["yes", "yes"], "count": [30, 30]}, "appears twice"),
        ({"answer": ["yes"], "count": [29]}, "differs from the planned counts"),
        ({"answer": ["yes"]}, "no columns"),
        ({"answer": ["yes"], "count": [30], "denominator": [59]}, "column 'denominator' differs"),
    ],
)
def test_a_table_that_is_not_the_planned_one_is_refused(rows, message):
    made = one_question({"A": {"yes": 30, "no": 30}})
    with pytest.raises(InputError, match=message):
        made.release(pd.DataFrame(rows), "q")


def test_a_floor_of_one_is_no_floor():
    with pytest.raises(ParameterError):
        one_question({"A": {"yes": 30, "no": 30}}, floor=1)


def test_a_withdrawn_question_says_so(monkeypatch):
    monkeypatch.setattr("coee_nb.engines.suppression.drafts.ROUNDS", 0)
    made = one_question({"A": {"yes": 30, "no": 3}, "B": {"yes": 20, "no": 20}})
    assert made.cells.loc[made.cells["kind"] == "answer", "suppressed"].all()
    assert made.summary["note"].str.startswith("withdrawn").all()
