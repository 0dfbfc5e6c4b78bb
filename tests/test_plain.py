"""What of a text acts instead of being read is gone, and the text stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coee_nb.plain import plain_text


@pytest.mark.parametrize(
    ("hostile", "left"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]8;;https://evil.example\x1b\\click\x1b]8;;\x1b\\", "click"),
        ("\x1b]0;title\x07x", "x"),
        ("\x9b2Jx", "x"),
        ("\x1bcx", "x"),
        ("\x1b]0;never ended", ""),
        ("invoice\u202egpj.exe", "invoicegpj.exe"),
        ("\u2066a\u2069", "a"),
        ("a\x00b\x7f\x85c", "ab\nc"),
        ("50%\rforged", "50%\nforged"),
        ("\ud800x", "x"),
        ("Ça, שלום\tנ, 👩\u200d🌾", "Ça, שלום\tנ, 👩\u200d🌾"),
    ],
)
def test_what_acts_is_gone(hostile, left):
    assert plain_text(hostile) == left


@given(st.text())
def test_nothing_is_left_to_act_and_a_second_time_changes_nothing(text):
    found = plain_text(text)
    assert not {"\x1b", "\x00", "\r", "\u202e"} & set(found)
    assert plain_text(found) == found
    found.encode("utf-8")
