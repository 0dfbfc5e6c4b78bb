"""The three lists of dependencies say the same, and the package imports fast."""

import re
import subprocess
import sys
import tomllib
from itertools import chain
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
PIN = re.compile(r"([A-Za-z0-9_.-]+)==([^ ;]+)")


def declared():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    listed = [*project["dependencies"], *chain(*project["optional-dependencies"].values())]
    return {re.split(r"[\[<>=]", one)[0] for one in listed}


def pins(lines):
    return {match.groups() for line in lines if (match := PIN.match(line.strip()))}


def locked():
    return pins((ROOT / "requirements.lock").read_text().splitlines())


def conda():
    listed = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    (pip,) = [part["pip"] for part in listed if isinstance(part, dict)]
    return pins(pip)


def test_every_declared_dependency_is_named_for_conda_and_no_other():
    assert {name for name, _ in conda()} == declared()


def test_conda_and_lock_pin_the_same_versions():
    assert conda() == {(name, version) for name, version in locked() if name in declared()}


def test_the_lock_pins_exactly_and_names_no_index_or_host():
    lines = (ROOT / "requirements.lock").read_text().splitlines()
    assert all(PIN.match(line) for line in lines)
    assert not [line for line in lines if "://" in line or line.startswith("-")]


def test_the_mandated_packages_are_there():
    mandated = {"jupyterlab", "papermill", "pandas", "statsmodels", "seaborn", "nbval"}
    assert mandated <= declared()


@pytest.mark.parametrize("module", ["coee_nb", "coee_nb.errors", "coee_nb.fiscal"])
def test_import_loads_nothing_heavy(module):
    code = f"import sys, {module}; print(sorted({{m.split('.')[0] for m in sys.modules}}))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout
    heavy = {"pandas", "numpy", "matplotlib", "pydantic", "papermill", "nbconvert", "scipy"}
    assert not [name for name in heavy if f"'{name}'" in loaded]


def test_the_package_is_the_command_line_too():
    asked = [sys.executable, "-m", "coee_nb", "--help"]
    told = subprocess.run(asked, capture_output=True, text=True)
    assert (told.returncode, told.stdout.partition("\n")[0]) == (
        0,
        "Usage: coee [OPTIONS] COMMAND [ARGS]...",
    )


def test_domain_packages_do_not_import_each_other():
    rooms = ("survey", "collections", "recommendations", "entries", "enforcement", "scorecard")
    for room in rooms:
        for file in (ROOT / "src" / "coee_nb" / room).rglob("*.py"):
            imported = re.findall(r"^\s*(?:from|import) coee_nb\.(\w+)", file.read_text(), re.M)
            others = set(imported) & (set(rooms) | {"publish", "cli"}) - {room}
            assert not others, f"{file.name} imports {others}"
