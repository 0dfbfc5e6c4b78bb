from datetime import date

import pandas as pd
import pytest

from coee_nb.errors import InputError, ParameterError
from coee_nb.recommendations.params import RecommendationAging


def sheet(tmp_path, **given) -> RecommendationAging:
    values = {"as_of": "2024-04-30", "earlier_as_of": "2023-04-30", "log": str(tmp_path)}
    return RecommendationAging.check(values | given)


def test_days_are_read_and_the_rest_has_defaults(tmp_path):
    params = sheet(tmp_path)
    assert params.as_of == date(2024, 4, 30)
    assert (params.agencies, params.generated_log) == ([], None)
    assert params.buckets == [30, 90, 180, 365]
    assert params.age_buckets == [6, 12, 24, 48]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"earlier_as_of": "2024-04-30"}, "not before"),
        ({"buckets": [30, 30]}, "buckets is"),
        ({"buckets": []}, "buckets is"),
        ({"age_buckets": [0, 6]}, "age_buckets is"),
        ({"as_off": "2024-04-30"}, "did you mean 'as_of'"),
        ({"log": "no/such/folder"}, "exists"),
        ({"agencies": "CBP"}, "agencies"),
    ],
)
def test_what_cannot_be_asked_is_refused(tmp_path, given, message):
    with pytest.raises(ParameterError, match=message):
        sheet(tmp_path, **given)


def test_the_log_and_its_agencies_are_read_at_the_door(tmp_path):
    example = "data/oig_22_34/recommendations"
    sheet(tmp_path, log=example).check_inputs()
    with pytest.raises(InputError, match=r"no recommendation to 'Nobody'.*leave agencies empty"):
        sheet(tmp_path, log=example, agencies=["Nobody"]).check_inputs()
    with pytest.raises(InputError, match=r"recommendations\.csv: there is no such file"):
        sheet(tmp_path).check_inputs()
    with pytest.raises(InputError, match="there is no such file"):
        sheet(tmp_path, log=example, generated_log=str(tmp_path)).check_inputs()


def test_a_fault_of_two_parameters_names_them_and_not_the_sheet(tmp_path):
    with pytest.raises(ParameterError) as told:
        sheet(tmp_path, earlier_as_of="2024-05-01")
    assert str(told.value).startswith("earlier_as_of 2024-05-01 is not before as_of 2024-04-30.")


def test_a_log_of_ones_own_needs_no_more_than_a_date(tmp_path):
    held = RecommendationAging.check(
        {"as_of": "2024-04-30", "log": "data/oig_22_34/recommendations"}
    )
    assert (held.earlier_as_of, held.generated_log) == (None, None)
    held.check_inputs()


def test_what_a_cell_would_refuse_is_refused_at_the_door(tmp_path):
    """A closure known to be before the issue date that a later source gave."""
    from coee_nb.recommendations import log

    identity = {"recommendation_id": "A.1", "issuer": "GAO", "recorded_on": "2023-01-01"}
    closed = {"kind": "status", "status": "closed - implemented", "effective_to": "2023-01-01"}
    issued = {"kind": "issued", "effective_to": "2023-06-01", "recorded_on": "2023-06-01"}
    plain = {"recommendation_id": "A.1", "recorded_on": "2023-01-01", "review": "automatic"}
    events = [plain | closed | {"effective_from": "2023-01-01"}, plain | issued]
    log.append(tmp_path, pd.DataFrame([identity]), pd.DataFrame(events))
    with pytest.raises(InputError, match="before it was issued"):
        sheet(tmp_path).check_inputs()


def test_a_page_for_all_is_one_for_each_agency_or_auditor_of_the_log():
    log = "data/oig_22_34/recommendations"
    params = RecommendationAging.check({"as_of": "2024-04-30", "log": log})
    assert params.values_of("issuers") == [["DHS OIG"], ["GAO"]]
    assert params.values_of("agencies") == [["U.S. Customs and Border Protection"]]
    assert params.values_of("buckets") == []
    of_one = RecommendationAging.check({"as_of": "2024-04-30", "log": log, "issuers": ["GAO"]})
    assert of_one.values_of("issuers") == [["GAO"]]
