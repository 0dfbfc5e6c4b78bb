"""The package is shaped as CONTRIBUTING says: arrows one way, short functions, one name a thing."""

import ast
import re
from collections import Counter
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from coee_nb.wording import read_wording

SOURCE = Path(__file__).resolve().parents[1] / "src"
FILES = {
    ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__"): path
    for path in (SOURCE / "coee_nb").rglob("*.py")
}
DOMAINS = ("survey", "collections", "recommendations", "enforcement", "entries", "scorecard")
LONGEST = 50
# Words that a reader of the field would have to ask about.
OURS = re.compile(r"\b(room|door|house|exhibit|hazard|headline)s?\b", re.IGNORECASE)


@cache
def tree_of(name):
    """Return what a module's text says, read when a test asks: every worker collects this file."""
    return ast.parse(FILES[name].read_text(encoding="utf-8"))


@cache
def nodes_of(name):
    """Return every node of a module's tree: several tests look at all of them."""
    return [*ast.walk(tree_of(name))]


def part(module):
    """Return the package a module is in: a domain, engines, publish, or the kernel."""
    names = [*module.split("."), ""]
    return names[1] if names[1] in (*DOMAINS, "engines", "publish") else "kernel"


def imported(name):
    """Yield the modules of this package that a module imports, but for those its types need."""
    types = {
        id(inner)
        for node in nodes_of(name)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for inner in ast.walk(node)
    }
    for node in nodes_of(name):
        if isinstance(node, ast.ImportFrom) and id(node) not in types:
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                if (other := whole if whole in FILES else node.module) in FILES:
                    yield other


@pytest.fixture(scope="module")
def arrows():
    """The modules that each module imports."""
    return {name: set(imported(name)) - {name} for name in FILES}


def test_no_module_needs_itself(arrows):
    try:
        list(TopologicalSorter(arrows).static_order())
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


OVER_ALL = {"coee_nb.cli", "coee_nb.ad_hoc"}  # the command, the notebook that asks several domains


def test_arrows_point_one_way(arrows):
    allowed = {
        "kernel": {"kernel"},
        "engines": {"kernel", "engines"},
        "publish": {"kernel", "publish"},
    } | {domain: {"kernel", "engines", domain} for domain in DOMAINS}
    wrong = [
        (name, other)
        for name, others in arrows.items()
        for other in others
        if part(other) not in allowed[part(name)] and name not in OVER_ALL
    ]
    assert wrong == []


def test_engines_know_nothing_of_audits():
    words = re.compile(r"\b(audit|auditor|recommendation|customs|Centers)\b", re.IGNORECASE)
    told = {
        name: sorted(set(words.findall(FILES[name].read_text(encoding="utf-8"))))
        for name in FILES
        if part(name) == "engines"
    }
    assert {name: found for name, found in told.items() if found} == {}


def test_one_name_is_one_class():
    classes = Counter(
        node.name for name in FILES for node in tree_of(name).body if isinstance(node, ast.ClassDef)
    )
    assert [name for name, count in classes.items() if count > 1 and name[0] != "_"] == []


@pytest.mark.parametrize("name", FILES)
def test_every_function_can_be_read_without_scrolling(name):
    functions = (node for node in nodes_of(name) if isinstance(node, ast.FunctionDef))
    long = {f.name: f.end_lineno - f.lineno + 1 for f in functions}
    assert {each: lines for each, lines in long.items() if lines > LONGEST} == {}


@pytest.mark.parametrize("name", FILES)
def test_docstrings_are_in_the_words_of_the_field(name):
    said = [
        doc
        for node in nodes_of(name)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        if (doc := ast.get_docstring(node))
    ]
    assert [found.group() for doc in said for found in OURS.finditer(doc)] == []


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_word_of_a_page_is_used_and_every_word_used_is_there(domain):
    words = read_wording(f"coee_nb.{domain}")
    code = "\n".join(
        path.read_text(encoding="utf-8") for name, path in FILES.items() if part(name) == domain
    )
    kept = {"table": set(words.tables), "sentence": set(words.sentences)}
    for kind, names in kept.items():
        called = set(re.findall(rf"\.{kind}\(\s*[\"']([\w.]+)[\"']", code))
        assert {name for name in called if name not in names} == set()
        begun = tuple(re.findall(r"f[\"']([a-z_]+_)\{", code))  # f"effect_{kind}"
        unused = {name for name in names if not re.search(rf"[\"']{name}[\"']", code)}
        assert {name for name in unused if not (begun and name.startswith(begun))} == set()
