"""What a person finds by Tab: domains, in each the modules to use, in these what people use."""

import subprocess
import sys

import pytest

import coee_nb
from coee_nb import collections, enforcement, recommendations, scorecard, survey
from coee_nb.lazily import modules_of

DOMAINS = (collections, enforcement, recommendations, scorecard, survey)
MODULES = [getattr(domain, name) for domain in DOMAINS for name in domain.__all__]
MOST = 25


@pytest.mark.parametrize("package", [coee_nb, *DOMAINS])
def test_every_name_offered_is_a_module_that_says_what_it_is(package):
    assert dir(package) == sorted(package.__all__)
    for name in package.__all__:
        assert getattr(package, name).__doc__


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_a_module_offers_the_few_names_that_people_use_each_with_a_summary(module):
    assert 0 < len(dir(module)) <= MOST
    for name in dir(module):
        one = getattr(module, name)
        assert callable(one)
        assert one.__module__.startswith("coee_nb.")
        first, _, rest = one.__doc__.partition("\n")
        assert first.rstrip().endswith((".", ":")) or not rest.startswith("\n"), (name, first)


def test_another_name_is_no_attribute():
    with pytest.raises(AttributeError, match="no attribute 'serie'"):
        modules_of("coee_nb.collections", ["series"])("serie")


def test_importing_the_package_imports_nothing_heavy():
    code = "import coee_nb, sys; dir(coee_nb); print('pandas' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout == "False\n"
