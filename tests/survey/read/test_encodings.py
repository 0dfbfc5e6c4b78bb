import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coee_nb.errors import InputError
from coee_nb.survey.read.encodings import utf8

TEXT = "id,Zufrieden?\n1,“sehr” für – é\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "mac-roman"])
def test_a_text_is_read_in_the_encoding_that_is_named(encoding):
    assert utf8(TEXT.encode(encoding), encoding, "in.csv").decode() == TEXT


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_utf_8_and_what_bears_a_mark_need_no_name(encoding):
    assert utf8(TEXT.encode(encoding), None, "in.csv").decode() == TEXT


@pytest.mark.parametrize(
    ("written", "named", "message"),
    [
        ("utf-8", "latin-1", "looks like utf-8"),
        ("utf-8", "cp1252", "is not cp1252 text"),
        ("utf-8", "utf-16", "is not utf-16 text"),
        ("cp1252", "latin-1", "looks like cp1252"),
        ("cp1252", None, r"is not utf-8 text \(line 2\).*cp1252"),
        ("cp1252", "utf-16-le", "is not utf-16-le text"),
        ("utf-16-le", None, "NUL"),
        ("utf-16-le", "latin-1", "NUL"),
        ("utf-8", "klingon", "no such encoding"),
        ("utf-8", "rot13", "no such encoding"),
    ],
)
def test_a_wrong_encoding_is_an_error_and_never_another_text(written, named, message):
    with pytest.raises(InputError, match=message):
        utf8(TEXT.encode(written), named, "in.csv")


@given(st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])))
def test_any_text_comes_back(text):
    data = codecs.BOM_UTF16_LE + text.encode("utf-16-le")
    assert utf8(data, None, "x").decode() == text.removeprefix("\ufeff")
