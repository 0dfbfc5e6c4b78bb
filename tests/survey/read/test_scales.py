import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coee_nb.survey.read.scales import apart, in_order, is_scale, type_of

IN_WORDS = [
    "Strongly disagree|Disagree|Somewhat disagree|Neither agree nor disagree|Somewhat agree|Agree"
    "|Strongly agree",
    "Completely disagree|Tend to disagree|Neutral|Tend to agree|Completely agree",
    "Very dissatisfied|Dissatisfied|Neither satisfied nor dissatisfied|Satisfied|Very satisfied",
    "Extremely dissatisfied|Somewhat dissatisfied|Somewhat satisfied|Extremely satisfied",
    "Never|Rarely|Sometimes|Often|Always",
    "Never|Sometimes|About half the time|Most of the time|Always",
    "Never|Yearly|Quarterly|Monthly|Weekly|Daily",
    "Very unlikely|Unlikely|Neutral|Likely|Very likely",
    "Extremely unlikely|Somewhat unlikely|Neither likely nor unlikely|Somewhat likely"
    "|Extremely likely",
    "Very poor|Poor|Fair|Good|Very good|Excellent",
    "Terrible|Poor|Average|Good|Excellent",
    "Not at all important|Slightly important|Moderately important|Very important"
    "|Extremely important",
    "Not important|Somewhat important|Important|Very important",
    "Not at all confident|Not very confident|Fairly confident|Very confident",
    "Not at all|A little|A moderate amount|A lot|A great deal",
    "Definitely not|Probably not|Might or might not|Probably yes|Definitely yes",
]
OTHERS = [
    "1 - Low|2|3|4|5 - High",
    "0|2|10",
    "Under 25|25-34|35-44|45 and over",
    "Less than $25,000|$25,000 - $49,999|$50,000 - $99,999|More than $100,000",
    "Yes|Partly|No",
]


@pytest.mark.parametrize("scale", [*IN_WORDS, *OTHERS])
def test_the_steps_of_a_scale_come_in_its_order_whatever_order_they_were_given_in(scale):
    steps = scale.split("|")
    for seed in range(4):
        mixed = random.Random(seed).sample(steps, len(steps))
        assert in_order(mixed) == steps
        assert in_order([one.lower() for one in mixed]) == [one.lower() for one in steps]
        some = random.Random(seed).sample(steps, len(steps) - 1)  # a step that nobody chose
        assert in_order(some) == [one for one in steps if one in some]


def test_answers_without_substance_come_last_and_are_told_apart():
    given_ = ["N/A", "Good", "Don’t know", "Bad"]
    assert in_order(given_) == ["Bad", "Good", "Don’t know", "N/A"]
    assert apart(given_) == {"dont_know": ["Don’t know"], "not_applicable": ["N/A"]}
    assert apart(["No", "Never", "Nah", "Known"]) == {}


@pytest.mark.parametrize("labels", [["Red", "Good"], ["Agree", "Likely"], ["Agree", "agree"], []])
def test_what_is_no_one_scale_stays_as_it_is(labels):
    assert in_order(labels) == labels


@pytest.mark.parametrize("scale", IN_WORDS)
def test_three_steps_of_a_scale_in_words_are_drafted_as_one(scale):
    steps = scale.split("|")
    assert type_of(steps) == type_of(["Don't know", *reversed(steps)]) == "likert"
    assert type_of(steps[-2:]) == "single"


@pytest.mark.parametrize("scale", OTHERS)
def test_numbers_classes_and_yes_or_no_are_drafted_as_choices(scale):
    assert type_of(scale.split("|")) == "single"


@pytest.mark.parametrize("labels", [["Good", "Bad", "Agree"], ["North", "Low", "High"], []])
def test_answers_of_no_one_scale_are_none(labels):
    assert not is_scale(labels)


@given(st.lists(st.text(max_size=12), unique=True, max_size=8))
def test_no_label_is_lost(labels):
    assert sorted(in_order(labels)) == sorted(labels)
