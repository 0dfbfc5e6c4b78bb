"""The words of pages are in one file a domain, and every word in it is used."""

import sys

import pytest

from coee_nb.errors import InputError
from coee_nb.wording import read_wording

SAID = """
tables:
  late:
    caption: Late, {stamp}
    labels: {due_on: due}
    show: [id, due_on]
sentences:
  none: Nothing is {what}.
"""


@pytest.fixture
def package(tmp_path, monkeypatch):
    def made(text: str) -> str:
        name = f"toy_words_{len(text)}"  # a name of its own: a package is read once
        folder = tmp_path / name
        folder.mkdir()
        (folder / "__init__.py").write_text("")
        (folder / "wording.yaml").write_text(text)
        monkeypatch.syspath_prepend(tmp_path)
        monkeypatch.delitem(sys.modules, name, raising=False)
        return name

    return made


def test_places_are_filled_in_and_what_fills_them_is_left_as_it_is(package):
    words = read_wording(package(SAID))
    assert words.table("late", stamp="{x} as of 2024") == {
        "name": "late",
        "caption": "Late, {x} as of 2024",
        "labels": {"due_on": "due"},
        "show": ("id", "due_on"),
    }
    assert words.sentence("none", what="late") == "Nothing is late."


def test_a_name_given_twice_is_refused(package):
    with pytest.raises(InputError, match="'none' is given twice"):
        read_wording(package(SAID + "  none: again\n"))


def test_words_that_go_by_a_number_are_chosen_by_it(package):
    words = read_wording(package("sentences: {late: '{n} {n|case is|cases are} late.'}"))
    assert words.sentence("late", n="1") == "1 case is late."
    assert words.sentence("late", n="0") == "0 cases are late."
    assert words.sentence("late", n="{n|a|b}") == "{n|a|b} cases are late."
