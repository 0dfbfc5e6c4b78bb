"""The documents tell of what is there: functions, tests, files, commands and parameters."""

import importlib
import json
import re
from pathlib import Path

import click
import pytest

from coee_nb.cli import coee

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = (
    "README.md", "CONTRIBUTING.md", "docs/methods.md", "docs/glossary.md", "docs/schedulers.md",
    "CHANGELOG.md",
)  # fmt: skip
HISTORY = "CHANGELOG.md"  # tells what was, and explains nothing
TEXTS = {name: (ROOT / name).read_text(encoding="utf-8") for name in DOCUMENTS}
TOLD = "\n".join(text for name, text in TEXTS.items() if name != HISTORY)
DOTTED = re.compile(r"[a-z_]\w*(?:\.\w+)+")
FILE = re.compile(r"[\w.-]+(?:/[\w.-]+)*(?:/|\.(?:py|md|ipynb|yaml|css|j2|toml|lock))")
MADE_LATER = (
    "sources.yaml",
    "outputs/",
)
# Options that their choices and the README explain, until the command does.


def code(name):
    """Return what a document has between backticks, in text and not in blocks."""
    prose = re.sub(r"^```.*?^```", "", TEXTS[name], flags=re.M | re.S)
    return re.findall(r"`([^`\n]+)`", prose)


def is_file(words):
    """Tell the name of a file or folder of the project; NAME and what runs make stand for many."""
    named = FILE.fullmatch(words.split("::")[0])
    return bool(named) and words not in MADE_LATER and "NAME" not in words


def resolved(name):
    """Import the longest module that a dotted name starts with and follow its attributes."""
    parts = name.removeprefix("coee_nb.").split(".")
    for count in range(len(parts), -1, -1):
        module = ".".join(["coee_nb", *parts[:count]])
        try:
            found = importlib.import_module(module)
        except ModuleNotFoundError as error:
            if error.name != module and not module.startswith(f"{error.name}."):
                raise
            continue
        for attribute in parts[count:]:
            found = getattr(found, attribute)
        return found
    raise AttributeError(name)


def rules():
    """Return the rows of the tables of methods.md, each as rule, source, function and test."""
    lines = TEXTS["docs/methods.md"].splitlines()
    rows = [line.strip("|").split("|") for line in lines if line.startswith("| ")]
    return [[cell.strip() for cell in row] for row in rows if row[0].strip() != "Rule"]


@pytest.mark.parametrize("name", ["docs/methods.md", "CONTRIBUTING.md"])
def test_every_function_named_is_there(name):
    dotted = {word for word in code(name) if DOTTED.fullmatch(word) and not is_file(word)}
    assert dotted
    for word in sorted(dotted):
        try:
            resolved(word)
        except AttributeError:
            pytest.fail(f"{name} names {word}, which is not in the package")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_file_and_test_named_is_there(name):
    for word in filter(is_file, code(name)):
        path, _, test = word.partition("::")
        places = [ROOT / path, ROOT / "src" / "coee_nb" / path]
        if "/" not in path:  # a name that several folders may have
            places += [file for folder in ("src", "data") for file in (ROOT / folder).rglob(path)]
        file = next((place for place in places if place.exists()), None)
        assert file is not None, f"{name} names {path}, which is not there"
        if test:
            assert f"def {test}(" in file.read_text(encoding="utf-8"), f"{name}: {word}"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_link_within_the_project_leads_somewhere(name):
    for target in re.findall(r"\]\(([^)#]+)\)", TEXTS[name]):
        if "://" not in target:
            assert ((ROOT / name).parent / target).exists(), f"{name} links to {target}"


def test_every_rule_has_source_function_and_test():
    assert len(rules()) > 60
    for rule, source, function, test in rules():
        assert rule.endswith("."), rule
        assert source, rule
        assert callable(resolved(function.strip("`"))), rule
        assert "::test_" in test, rule
        told = (ROOT / test.strip("`").partition("::")[0]).read_text(encoding="utf-8")
        names = function.strip("`").split(".")[-2:]
        assert any(re.search(rf"\b{name}\b", told) for name in names), f"{test}: no {function}"


def commands(group, path=()):
    """Yield every command below a click group with the words that call it."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


COMMANDS = {" ".join(("coee", *path)): command for path, command in commands(coee)}


@pytest.mark.parametrize("call", COMMANDS)
def test_every_command_and_option_has_help_and_every_command_is_told(call):
    command = COMMANDS[call]
    assert command.help, f"{call} has no help"
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            option = parameter.opts[0]
            assert parameter.help, f"{call} {option} has no help"
        else:
            shown = parameter.make_metavar(click.Context(command)).strip("[].")
            assert shown in command.help, f"{call}: its help does not say what {shown} is"
    assert re.search(rf"\b{call}\b", TOLD), f"{call} is not told of"


def test_the_whole_tree_of_commands_is_walked():
    assert {"coee run", "coee recommendations import", "coee survey codebook"} <= set(COMMANDS)


def sheets():
    """Return the parameter class that each notebook names."""
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        named = json.loads(path.read_text(encoding="utf-8"))["metadata"]["coee"]["parameters"]
        yield resolved(named.replace(":", "."))


@pytest.mark.parametrize("sheet", list(sheets()), ids=lambda sheet: sheet.__name__)
def test_every_parameter_is_told_of(sheet):
    told = set(re.findall(r"`+(\w+)`+", f"{TOLD}\n{sheet.__doc__}"))
    told |= {name for name, field in sheet.model_fields.items() if field.description}
    assert set(sheet.model_fields) <= told, f"not told: {set(sheet.model_fields) - told}"


def test_the_readme_leads_to_every_other_document():
    for name in DOCUMENTS[1:]:
        assert f"]({name})" in TEXTS["README.md"], f"README.md does not link {name}"
