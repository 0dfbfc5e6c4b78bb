"""A table of limitation terms: read, applied, and refused where it cannot be meant."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from coee_nb.enforcement.limitation import limitation_dates
from coee_nb.enforcement.terms import add_months, read_terms
from coee_nb.errors import InputError

HEAD = "violation,years,from,later_of_years,later_of_from,extended_by,source"


def test_add_months_keeps_to_the_end_of_the_month():
    days = np.array(["2016-02-29", "2015-08-31", "NaT"], "datetime64[D]")
    assert add_months(days, 60)[:2].tolist() == [date(2021, 2, 28), date(2020, 8, 31)]
    assert add_months(days, 6)[1] == np.datetime64("2016-02-29")
    assert np.isnat(add_months(days, 6)[2])


def test_another_offices_terms_decide_and_say_what_extends_them(write):
    path = write(
        "terms", HEAD, "spill,3,discovered_on,,,stay,Code 7", "paperwork,1.5,violated_on,,,,"
    )
    cases = pd.DataFrame(
        {
            "case_id": ["A", "B"], "violation": ["spill", "Paperwork"], "status": "open",
            "violated_on": "2019-01-31", "discovered_on": "2019-06-30",
        }
    )  # fmt: skip
    waivers = pd.DataFrame({"case_id": ["A"], "signed_on": ["2020-01-01"], "years": [2]})
    stays = pd.DataFrame(
        {"case_id": ["A", "B"], "from": "2020-01-01", "to": "2020-01-10", "kind": "stay"}
    )
    found = limitation_dates(
        cases, waivers, as_of="2021-01-01", terms=read_terms(path), suspensions=stays
    )
    assert found.table["derived"].dt.date.tolist() == [date(2022, 7, 10), date(2020, 7, 31)]
    assert found.waivers["reason"].tolist() == ["does not extend this term"]
    assert found.suspensions["days"].tolist() == [10, 0]
    assert found.table["reason"].tolist()[1] == "past 18 months from the violation"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("spill,soon,discovered_on,,,,", "'soon' is no number of years"),
        ("spill,0.3,discovered_on,,,,", "of whole months"),
        ("spill,5,reported_on,,,,", "a term runs from 'reported_on'"),
        ("spill,5,discovered_on,2,,,", "belong together"),
        ("spill,5,discovered_on,,,,\nSpill,4,discovered_on,,,,", "has two terms"),
        (",5,discovered_on,,,,", "a violation has no name"),
    ],
)
def test_a_table_that_cannot_be_meant_is_refused(write, line, told):
    with pytest.raises(InputError) as error:
        read_terms(write("terms", HEAD, line))
    assert told in str(error.value)
