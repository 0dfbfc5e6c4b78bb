"""Identity identifiers: planted ones are found, ordinary remarks are left alone."""

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coee_nb.survey.identifiers import clean, find_identifiers

REMARKS = pd.read_csv(Path(__file__).with_name("remarks.csv")).groupby("kind")["remark"].agg(list)
BEFORE = ["", "It is late. ", "we know this: ", "Nobody asked, but "]
AFTER = ["", ".", " and that is all.", "\nThank you."]
QUICK = settings(max_examples=60, deadline=None, derandomize=True)


def kinds(text, **options):
    return {identifier.kind for identifier in find_identifiers(text, **options)}


def planted(identifiers):
    """A identifier somewhere in a remark."""
    return st.tuples(st.sampled_from(BEFORE), identifiers, st.sampled_from(AFTER)).map("".join)


DIGIT = st.integers(0, 9).map(str)


def digits(count):
    return st.lists(DIGIT, min_size=count, max_size=count).map("".join)


WORD = st.text("abcdefghijklmnopqrstuvwxyz", min_size=3, max_size=9)
E_MAIL = st.builds("{}.{}@{}.gov".format, WORD, WORD, WORD)
PHONE = st.builds(
    lambda a, b, c, form: form.format(a, b, c),
    digits(3),
    digits(3),
    digits(4),
    st.sampled_from(["({}) {}-{}", "{}-{}-{}", "{}.{}.{}", "+1 {} {} {}", "1-{}-{}-{}"]),
)
ENTRY = st.builds("{}-{}-{}".format, digits(3), digits(7), digits(1))
BADGE = st.builds("badge no. {}".format, digits(5))
ADDRESS = st.builds("{} {} Street".format, st.integers(1, 9999), WORD)
NAME = st.builds(
    lambda title, name: f"{title} {name.title()}",
    st.sampled_from(["Mr.", "Mrs.", "Ms", "Dr.", "Director", "supervisor"]),
    WORD,
)


@QUICK
@given(planted(E_MAIL))
def test_an_e_mail_address_is_found(text):
    assert "e-mail" in kinds(text)


@QUICK
@given(planted(PHONE))
def test_a_phone_number_is_found(text):
    assert kinds(text) & {"phone", "long number"}


@QUICK
@given(planted(ENTRY))
def test_an_entry_number_is_found(text):
    assert kinds(text) & {"entry number", "long number"}


@QUICK
@given(planted(BADGE))
def test_a_badge_number_is_found(text):
    assert "badge or case number" in kinds(text)


@QUICK
@given(planted(ADDRESS))
def test_an_address_is_found(text):
    assert "address" in kinds(text)


@QUICK
@given(planted(NAME))
def test_a_name_after_its_title_is_found(text):
    assert "name" in kinds(text)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Ask jennifer in the next room", "name"),
        ("ROBERT decides everything here", "name"),
        ("My name is Zubin.", "name"),
        ("Everybody goes to J. Okafor first.", "name"),
        ("I work with O'Brien on bonds.", "possible name"),
        ("We learned it from Müller-Lüdenscheidt.", "possible name"),
        ("I am the only supervisor in Laredo", "unique job"),
        ("As the only customs entry officer on my team I do it alone.", "unique job"),
        ("I am the team lead for tequila.", "unique job"),
        ("I’m the sole one on nights", "unique job"),
        ("We are one of two specialists for steel", "unique job"),
        ("No one else but me reads these", "unique job"),
        ("After 31 years here nothing surprises me", "length of service"),
        ("Twenty-seven years of this", "length of service"),
        ("I transferred from the port in 2016", "length of service"),
        ("My wife works at the broker", "personal circumstance"),
        ("as union steward I hear it all", "personal circumstance"),
        ("see www.example.org/me", "web address"),
        ("my page is example.com", "web address"),
        ("mail jo dot smith at agency dot gov", "e-mail"),
        ("follow @customsjo", "handle"),
        ("extension 4471", "phone"),
        ("my SSN is 078-05-1120", "long number"),
        ("case 2019-1234 was mine", "badge or case number"),
        ("P.O. Box 12", "address"),
        ("I sit at the port of Nogales", "place"),
        ("call ５５５-０１０-４４７７", "phone"),  # full-width digits
        ("jo\u200b@exam\u200bple.gov", "e-mail"),  # invisible characters
    ],
)
def test_a_clue_of_each_kind_is_found(text, kind):
    assert kind in kinds(text)


@pytest.mark.parametrize("remark", REMARKS["ordinary"])
def test_ordinary_remarks_hold_no_clue(remark):
    assert find_identifiers(remark, known_words=["Center", "Centers"]) == ()


@pytest.mark.parametrize(
    "text",
    [
        "Since 2016 nothing has changed.",
        "It cost $1,250,000 in duties.",
        "Only the ports decide, not only the Centers.",
        "The Base Metals people do it better.",
        "=SUM(A1) and 12 of 40 entries",
    ],
)
def test_ordinary_numbers_and_words_are_left_alone(text):
    assert find_identifiers(text, known_words=["Base Metals", "Centers"]) == ()


def test_names_of_a_staff_list_are_found_in_any_case():
    assert kinds("ask whitlock about it", names=["Whitlock"]) == {"name"}
    assert kinds("whitlocks are plants", names=["Whitlock"]) == set()


def test_clean_keeps_words_and_line_breaks():
    assert clean(" a\tb\r\nc\u202e\u2066\u200b\x00\ufeff ") == "a b\nc"


@QUICK
@given(st.text())
def test_any_text_can_be_searched_and_cleaning_is_final(text):
    find_identifiers(text)
    assert clean(clean(text)) == clean(text)
