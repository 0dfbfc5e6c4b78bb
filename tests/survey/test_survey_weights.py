"""Survey weights that an export brings: used, beside unweighted counts, and refused when faulty."""

import numpy as np
import pandas as pd
import pytest
from exports import parameters

from coee_nb.errors import InputError
from coee_nb.survey import nonrespondents, survey_weights
from coee_nb.survey.data import read_survey
from coee_nb.survey.params import SurveyResponses
from coee_nb.survey.release import release

HELPED = {"name": "helped", "source": "Q1", "wording": "Did it help?", "type": "single",
          "choices": ["Yes", "No"]}  # fmt: skip
OFFICE = {"name": "office", "source": "O", "wording": "Office", "type": "single", "group": True,
          "choices": ["A", "B"]}  # fmt: skip
CARRIED = {"name": "carried", "source": "W", "wording": "W", "type": "embedded"}


def staff(weight=lambda k: 3 if k % 2 else 1):
    """Office B (odd) is said to be a quarter of the answers it should be, and likes it less."""
    for k in range(200):
        helped = ("Yes" if k % 3 else "No") if k % 2 else ("Yes" if k % 10 else "No")
        yield {"O": "AB"[k % 2], "Q1": "" if k % 8 < 2 else helped, "W": weight(k)}


def released_of(folder, rows, **given):
    how = {"frame": None, "weight": "W"} | given
    params = SurveyResponses(**parameters(folder, [OFFICE, HELPED, CARRIED], rows, {}, **how))
    return release(read_survey(params))


@pytest.fixture(scope="module")
def weighted(tmp_path_factory):
    return released_of(tmp_path_factory.mktemp("weighted"), staff())


def test_share_and_error_are_those_of_the_linearised_ratio(weighted):
    """Binder (1983): the error of sum(wy) / sum(w), whoever gave no answer being in the sample."""
    rows = pd.DataFrame(staff())
    answered = (rows["Q1"] != "").to_numpy()
    w, y = rows["W"].to_numpy(float) * answered, (rows["Q1"] == "Yes").to_numpy(float)
    share = (w * y).sum() / w.sum()
    z = w * (y - share) / w.sum()
    error = np.sqrt(200 / 199 * ((z - z.mean()) ** 2).sum())
    line = survey_weights.weighted_lines(weighted, pd.DataFrame()).iloc[0]
    assert abs(line["estimate"] - share) <= 0.005
    assert 0 <= line["standard_error"] - error <= 0.001
    assert (line["count"], line["n"]) == (int(y.sum()), int(answered.sum()))
    assert abs(line["share"] - y.sum() / answered.sum()) < 1e-9
    assert line["effective"] == 10 * int(w.sum() ** 2 / (w**2).sum() // 10)
    assert line["low"] < share < line["high"]
    assert share < line["share"] - 0.03  # the planted difference: weights move it


def test_the_page_has_both_and_a_finding_of_its_own(weighted):
    estimates = nonrespondents.weighted_estimates(weighted)
    table = next(iter(survey_weights.weighted_by_column(weighted, estimates)))
    assert "the column W" in table.caption
    assert "160 of equal weights" in table.note
    [one] = survey_weights.weighted_findings(weighted, estimates)
    assert one.id == "survey.weighted.helped"
    assert "by the survey weights" in one.statement
    assert "unweighted" in one.statement
    assert one.denominator == 150


def test_without_weights_there_is_nothing(plain):
    assert list(survey_weights.weighted_by_column(plain, pd.DataFrame())) == []
    assert survey_weights.weighted_findings(plain, pd.DataFrame()) is None


def test_no_weighted_share_stands_where_the_counts_are_suppressed(tmp_path):
    rows = [row | {"Q1": "No" if k < 4 else "Yes"} for k, row in enumerate(staff())]
    made = released_of(tmp_path, rows)
    line = survey_weights.weighted_lines(made, pd.DataFrame()).iloc[0]
    assert line[["count", "estimate", "standard_error", "low", "high", "effective"]].isna().all()
    assert list(survey_weights.weighted_findings(made, pd.DataFrame())) == []


def test_a_weighted_share_is_vague_where_it_would_tell_a_suppressed_count_of_a_group(tmp_path):
    """Nine of A said no, of B enough did: over all is shown, by office is not; B weighs 1,000."""
    rows = [
        {"O": "AB"[k % 2], "Q1": "No" if (k % 2 and k < 120) or k in range(0, 18, 2) else "Yes",
         "W": 1000 if k % 2 else 1}
        for k in range(200)
    ]  # fmt: skip
    made = released_of(tmp_path, rows)
    line = survey_weights.weighted_lines(made, pd.DataFrame()).iloc[0]
    assert line["count"] == 131
    assert not made.plan.shows("helped by office", ["Yes"], office="A")
    exact = 40 * 1000 + 91
    share = exact / (100 * 1000 + 100)
    vague = line["estimate"]
    assert pd.isna(vague) or abs(vague - share) <= 0.05


@pytest.mark.parametrize(
    ("weight", "message"),
    [
        (lambda k: -1 if k == 5 else 1, r"negative in row 9"),
        (lambda k: "" if k == 5 else 1, r"blank in row 9"),
        (lambda k: "high" if k in (5, 6) else 1, r"no number in rows 9, 10"),
        (lambda k: "inf" if k == 5 else 1, r"no number in row 9"),
        (lambda k: 0, "every weight is 0"),
    ],
)
def test_weights_that_are_none_are_refused_with_their_rows(tmp_path, weight, message):
    with pytest.raises(InputError, match=message):
        released_of(tmp_path, staff(weight))


def test_a_column_that_there_is_not_is_an_error_that_names_what_is_like_it(tmp_path):
    with pytest.raises(InputError, match="no column 'Weight' with the weights"):
        released_of(tmp_path, staff(), weight="Weight")
