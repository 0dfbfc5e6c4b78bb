from hypothesis import given
from hypothesis import strategies as st

from coee_nb.recommendations.narratives.narrative import Narrative


def sentences(text: str) -> list[str]:
    told = Narrative(text)
    return [told.text[start:end].strip() for start, end in told.sentences]


def test_white_space_dashes_and_quotes_become_plain():
    told = Narrative(" CBP\u2019s \u201cplan\u201d\r\n\tfor FY 2024\u20132025\u00a0ended ")
    assert told.text == 'CBP\'s "plan" for FY 2024-2025 ended'
    assert told.lower == told.text.lower()


def test_sentences_end_at_stops_before_capitals():
    assert sentences('It ended. "We know." (It did.) Now on!') == [
        "It ended.",
        '"We know."',
        "(It did.)",
        "Now on!",
    ]


def test_an_abbreviation_ends_no_sentence():
    text = "The U.S. Navy met Mr. Jones on Sept. 30, 2021, about No. 5 of St. Louis."
    assert sentences(text) == [text]


def test_a_blank_line_ends_a_sentence_and_a_line_break_does_not():
    assert sentences("the plan\nof 2023\n\n3 December 2023") == [
        "the plan of 2023",
        "3 December 2023",
    ]


@given(st.text())
def test_lower_case_keeps_every_letter_in_its_place(text):
    told = Narrative(text)
    assert len(told.lower) == len(told.text)


@given(st.text(alphabet="ab. \n\u00a0", min_size=1), st.data())
def test_every_stretch_of_words_leads_back_to_its_own_text(text, data):
    told = Narrative(text)
    words = [i for i, letter in enumerate(told.text) if letter != " "]
    if words:
        start, end = sorted([data.draw(st.sampled_from(words)), data.draw(st.sampled_from(words))])
        left, right = told.original(start, end + 1)
        assert " ".join(told.source[left:right].split()) == told.text[start : end + 1]


@given(st.text(alphabet="Ab. \n", max_size=300))
def test_sentences_cover_the_text(text):
    told = Narrative(text)
    assert "".join(told.text[start:end] for start, end in told.sentences) == told.text
