import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from coee_nb.survey.read.fieldwork import fieldwork_periods


def periods(counts, floor):
    days = [day for day, number in counts.items() for _ in range(number)]
    found = fieldwork_periods(pd.Series(pd.to_datetime(days)), floor)
    return found.value_counts(sort=False).to_dict()


def test_days_of_few_are_put_together():
    counts = {"2026-01-05": 12, "2026-01-06": 3, "2026-01-09": 9, "2026-01-10": 4}
    last = "2026-01-06 to 2026-01-10"
    assert periods(counts, 10) == {"2026-01-05": 12, last: 16}
    assert periods(counts | {None: 2}, 10) == {"2026-01-05": 12, f"{last} or no date": 18}
    assert periods(counts | {None: 20}, 10) == {"2026-01-05": 12, last: 16, "no date": 20}


@given(st.lists(st.one_of(st.none(), st.integers(1, 28)), max_size=60), st.integers(1, 12))
def test_no_period_is_of_fewer_than_the_floor_unless_all_are_and_nobody_is_lost(days, floor):
    dates = [None if day is None else f"2026-01-{day:02d} 10:00:00" for day in days]
    recorded = pd.Series(pd.to_datetime(dates).astype("datetime64[s]"))
    found = fieldwork_periods(recorded, floor)
    if any(days):
        dated = sum(day is not None for day in days)
        assert found.notna().all()
        assert (found.value_counts() >= min(floor, dated)).all()
        assert [*found.cat.categories] == sorted(found.cat.categories)
    else:
        assert found.isna().all()
