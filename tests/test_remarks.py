"""An engagement's remarks: each in its section, as text that can do nothing, or an error."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coee_nb.errors import InputError, ParameterError
from coee_nb.outputs import CALLOUT_MIME
from coee_nb.parameters import Parameters
from coee_nb.remarks import read_remarks, remark

SECTIONS = ("Who took part", "By group")


class Asked(Parameters):
    SECTIONS = SECTIONS
    number: int = 1


@pytest.fixture
def write(tmp_path):
    def write_to(text):
        path = tmp_path / "remarks.md"
        path.write_text(text, "utf-8")
        return str(path)

    return write_to


def test_each_section_has_its_own_text_and_the_others_none(write):
    path = write("# Ours\n\n## By group\nSmall *offices* only.\n\n```\n## no heading\n```\n")
    params = Asked.check({"remarks": path})
    shown = params.remark("By group")._repr_mimebundle_()
    assert "Small <em>offices</em> only." in shown["text/html"]
    assert "## no heading" in shown["text/plain"]
    assert shown[CALLOUT_MIME] == {"gate": ""}
    assert params.remark("Who took part") is None
    assert [file.path.rpartition("/")[2] for file in params.remark_files] == ["remarks.md"]


def test_without_remarks_nothing_is_shown_and_no_file_is_listed():
    params = Asked.check({})
    assert params.remark("By group") is None
    assert params.remark_files == ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("## By groups\nx", r"'By groups' \(did you mean 'By group'\?\).*Who took part, By group"),
        ("## By group\nx\n## By group\ny", "'By group' twice"),
        ("Hello\n## By group\nx", "text before its first section.*Who took part; By group"),
    ],
)
def test_what_has_no_place_is_an_error_before_any_work(write, text, told):
    with pytest.raises(ParameterError, match=told):
        Asked.check({"remarks": write(text)})


def test_a_notebook_without_places_says_so(write):
    with pytest.raises(InputError, match="no sections for remarks"):
        read_remarks(write("## By group\nx"), ())


def test_a_section_the_notebook_does_not_have_is_an_error():
    with pytest.raises(ParameterError, match="did you mean 'By group'"):
        Asked.check({}).remark("By grop")


BAD = """<script>alert(1)</script> <img src="https://x.org/a.png" onerror="x()">
![a map](https://x.org/map.png) [go](javascript:alert(1)) [here](other.md) [law](https://x.org/?a=1)
<https://x.org> <mailto:a@x.org> $\\alpha$ <!-- hidden --> <a href="https://x.org" style="x">raw</a>

<iframe src="https://x.org"></iframe>
"""


def test_markup_pictures_and_addresses_of_other_kinds_are_words_only():
    html = remark("By group", BAD).html
    elements = set(re.findall(r"<(\w+)", html))
    assert elements == {"p", "a"}
    assert set(re.findall(r'<a href="(.*?)"', html)) == {"https://x.org", "https://x.org/?a=1"}
    assert "a map" in html
    assert '<a href="https://x.org/?a=1" rel="noopener noreferrer">law</a>' in html
    assert "mathjax_ignore" in remark("By group", BAD)._repr_mimebundle_()["text/html"]


@given(st.text())
def test_no_text_makes_an_element_that_is_not_allowed(text):
    html = remark("By group", text).html.lower()
    for bad in ("<script", "<img", "<style", "<iframe", "<svg", "<form"):
        assert bad not in html
    assert 'href="' not in html.replace('href="http://', "").replace('href="https://', "")
