"""The words of pages are in one file a domain, and every word in it is used."""

import re
import sys
from pathlib import Path

import click
import pytest
from workshop import found_in

from coee_nb.cli import coee
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


ROOT = Path(__file__).resolve().parents[1]
WORDED = sorted(path.parent.name for path in (ROOT / "src" / "coee_nb").glob("*/wording.yaml"))


@pytest.mark.parametrize("domain", WORDED)
def test_a_reports_editor_would_leave_the_words_of_every_domain(domain):
    words = read_wording(f"coee_nb.{domain}")
    tables = [text for table in words.tables.values() for text in texts(table)]
    assert len(tables) > 5
    assert found_in([*tables, *words.sentences.values()]) == []


def texts(said):
    """Return the texts of a table's words."""
    if isinstance(said, dict):
        return [text for part in said.values() for text in texts(part)]
    return [said] if isinstance(said, str) else []


@pytest.mark.parametrize("name", ["README.md", "docs/methods.md", "docs/glossary.md"])
def test_a_reports_editor_would_leave_the_words_of_the_documents(name):
    prose = re.sub(r"`[^`]*`", "", (ROOT / name).read_text("utf-8"))
    assert found_in([prose]) == []


def test_a_reports_editor_would_leave_the_words_of_every_command():
    helps = list(helps_of(coee))
    assert len(helps) > 40
    assert found_in(helps) == []


def helps_of(command):
    """Yield what a command, its options and the commands below it say of themselves."""
    context = click.Context(command)
    yield command.help or ""
    yield from (one.help or "" for one in command.params if isinstance(one, click.Option))
    for name in command.list_commands(context) if isinstance(command, click.Group) else []:
        yield from helps_of(command.get_command(context, name))
