import pytest
from hypothesis import given
from hypothesis import strategies as st

from coee_nb.survey.read.joined import joined_choices, ranked_choices

CHOICES = ["Mail", "Phone (desk, mobile)", "Chat", "By hand"]


@given(st.lists(st.sets(st.sampled_from(CHOICES), min_size=1), min_size=1, max_size=30))
def test_the_choices_of_microsoft_forms_come_back(chosen):
    cells = ["".join(f"{one};" for one in sorted(some)) for some in chosen]
    found = joined_choices(list(dict.fromkeys(cells)))
    ranking = len(set(map(frozenset, chosen))) == 1 and len(set(cells)) > 1
    assert ranking or set(found) == set().union(*chosen)


def test_commas_join_where_choices_come_back_and_not_in_answers_of_their_own():
    assert joined_choices(["Mail", "Chat", "Mail, Chat"]) == ["Mail", "Chat"]
    assert joined_choices(["Agree, strongly", "Agree", "Disagree, strongly", "Disagree"]) == []
    assert joined_choices(["I think, well, no", "Because, as I said, it is late"]) == []
    assert joined_choices(["1,200", "3"]) == []
    assert joined_choices([]) == []


def test_a_choice_with_the_joining_sign_in_it_is_one_choice():
    cells = ["Mail;Phone; fax;", "Phone; fax;", "Mail;", "Phone; fax;Chat;"]
    assert joined_choices(cells) == ["Mail", "Phone; fax", "Chat"]
    assert joined_choices(["Mail;Chat;", "Mail;Chat;", "Phone;"]) == ["Mail", "Chat", "Phone"]


@given(st.lists(st.permutations(CHOICES), min_size=2, max_size=30))
def test_what_microsoft_forms_ranks_comes_back(orders):
    cells = list(dict.fromkeys("".join(f"{one};" for one in order) for order in orders))
    assert ranked_choices(cells) == (sorted(CHOICES) if len(cells) > 1 else [])


@pytest.mark.parametrize(
    "cells",
    [["Mail, Chat", "Chat, Mail"], ["A;B;C;", "C;B;"], ["A;A;B;", "B;A;A;"], ["A;", "A"], []],
)
def test_what_is_left_out_repeated_or_alone_is_no_ranking(cells):
    assert ranked_choices(cells) == []


def test_a_ranking_is_no_choice_of_several():
    assert joined_choices(["A;B;C;", "C;B;A;", "B;A;C;"]) == []
