from dataclasses import replace

import pandas as pd

from coee_nb.survey import groups


def test_a_withheld_center_has_no_number_and_a_shown_one_its_own(by_center):
    frame = groups.group_shares(by_center, "center").set_index(["id", "center"])
    numbers = ["count", "n", "share", "wilson_low", "wilson_high"]
    assert frame.loc[("no_review_policy", "Machinery"), numbers].isna().all()
    shown = frame.loc[("no_review_policy", "Base Metals")]
    assert (shown["count"], shown["n"]) == (42, 56)
    counts = frame[["count", "n"]].astype(float)
    assert not ((counts > 0) & (counts < 10)).any(axis=None)


def test_tests_rest_on_printed_counts(by_center):
    """Suppressed Centers are one group: moving answers between them changes no number."""
    key_result = by_center.survey.key_results[0]
    centers = by_center.survey.rows["center"]
    inside = {"Machinery", "Industrial and Manufacturing Materials"}
    assert not any(by_center.may_print(key_result, center=group) for group in inside)
    first, second = (
        key_result.values.index[(centers == group) & (key_result.values == value)][0]
        for group, value in zip(sorted(inside), (1.0, 0.0), strict=True)
    )
    changed = key_result.values.copy()
    changed[[first, second]] = changed[[second, first]].to_numpy()
    others = by_center.survey.key_results[1:]
    moved = replace(
        by_center,
        survey=replace(
            by_center.survey, key_results=(replace(key_result, values=changed), *others)
        ),
    )
    before, after = (groups.differences(one, "center").frame for one in (by_center, moved))
    pd.testing.assert_frame_equal(before, after)


def test_a_difference_is_stated_or_none_is_shown(by_center):
    frame = groups.differences(by_center, "center").frame
    assert set(frame["verdict"]) == {"differs", "no difference shown"}
    assert not frame["sentence"].str.contains("equal").any()
    assert set(frame["p_adjusted"] < 0.05) == {True, False}
