"""What stands at the head and foot of every printed sheet."""

import re

import pytest
from payloads import PAYLOADS

from coee_nb.publish.templates import LONGEST, css_text, style


def test_text_stands_at_the_head_and_foot_of_a_printed_sheet():
    made = style(head="Which are late?", foot="Run 1")
    assert r'@top-left { content: "Which are late\3f "; }' in made
    assert '@bottom-left { content: "Run 1"; }' in made
    assert "counter(pages)" in made


def test_a_long_text_is_cut_and_says_so():
    told = css_text("a" * (LONGEST + 1))
    assert told == f'"{"a" * (LONGEST - 1)}\\2026 "'
    assert css_text("a" * LONGEST) == f'"{"a" * LONGEST}"'


@pytest.mark.parametrize("hostile", PAYLOADS)
def test_no_text_ends_its_string_or_the_style(hostile):
    assert re.fullmatch(r'"([A-Za-z0-9 ]|\\[0-9a-f]+ )*"', css_text(hostile))
