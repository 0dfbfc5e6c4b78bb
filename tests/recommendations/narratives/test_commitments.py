from datetime import date

from coee_nb.recommendations.narratives.commitments import find_commitments
from coee_nb.recommendations.narratives.narrative import Narrative


def commitments(text: str):
    return find_commitments(Narrative(text))


def test_a_purpose_that_the_update_is_past_promises_nothing():
    assert commitments("As of June 2024, it has let a contract to finish by May 2024.") == ()


def test_each_promise_has_the_date_of_its_update():
    told = [
        each.told
        for each in commitments(
            "It will end by 2021. In May 2022, it said it will end by 2023. "
            "The agency reported in June 2023 that it will end by 2024. "
            "As of July 2024, it will end by 2025."
        )
    ]
    assert told == [date.min, date(2022, 5, 31), date(2023, 6, 30), date(2024, 7, 31)]


def test_headed_updates_keep_their_own_date():
    newest, older, first, sixty = commitments(
        "Agency Response From May 2023 In March 2020 it began. ECD: June 2024 "
        "Agency Response From May 2022 ECD: June 2023 "
        "1-Year Agency Response ECD: June 2022 60-Day Agency Response ECD: June 2021"
    )
    assert (newest.told, older.told) == (date(2023, 5, 31), date(2022, 5, 31))
    assert older.told > first.told > sixty.told


def test_we_is_the_agency_in_its_own_response_and_else_the_auditor():
    said = "we will finish by May 2024."
    assert commitments(f"Next, {said}") == ()
    assert len(commitments(f"6-Month Agency Response: {said}")) == 1
    assert len(commitments(f"Views of Responsible Officials: {said}")) == 1
    assert commitments(f"In the agency's response, it agreed. Next, {said}") == ()
    assert commitments(f"6-Month Agency Response: none. Auditor's Assessment: {said}") == ()
    assert (
        commitments(f"Management's Comments: ok. Evaluation of Management's Comments: {said}") == ()
    )


def test_a_date_between_two_is_one_promise():
    (only,) = commitments("It will end between May 2024 and July 2024.")
    assert (only.period.starts, only.period.due) == (date(2024, 5, 1), date(2024, 7, 31))
