"""Fixtures that tests of several packages share, and which random examples hypothesis draws."""

import hashlib
import importlib.util
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest
from hypothesis import settings
from hypothesis.internal.conjecture import providers

# Compiling its grammar takes each worker seconds (see coee_nb.publish.execute).
sys.modules.setdefault("rfc3987_syntax", None)

# The same examples every time, so that a commit passes or fails by what it is; `make search` draws
# new ones, also from the constants of the modules that happen to be loaded.
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))
if settings().derandomize:
    providers._get_local_constants = providers.Constants

EXAMPLE = Path(__file__).resolve().parents[1] / "data" / "oig_22_34"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the report of a test say which faults it tries; begin where LONG_TESTS_FROM says."""
    for item in items:
        item.user_properties += [("fault", mark.args[0]) for mark in item.iter_markers("fault")]
    if items and (words := os.environ.get("LONG_TESTS_FROM")):
        first = int(hashlib.sha256(words.encode()).hexdigest(), 16) % len(items)
        items[:] = items[first:] + items[:first]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table of faults under a scheduler: how many tests tried each, how many held."""
    tried: dict[str, list[bool]] = {}
    for outcome in ("passed", "failed", "error"):
        for report in terminalreporter.stats.get(outcome, []):
            for name, fault in getattr(report, "user_properties", []):
                if name == "fault":
                    tried.setdefault(fault, []).append(outcome == "passed")
    if tried:
        terminalreporter.section(f"{len(tried)} faults under a scheduler", sep="-")
    for fault, held in sorted(tried.items()):
        terminalreporter.write_line(f"{sum(held):3} of {len(held):3} held: {fault}")


@pytest.fixture(scope="session")
def maker() -> Callable[[str], ModuleType]:
    """Load ``make.py`` of a folder of the worked example, which makes other rows of its kind."""

    def load(folder: str) -> ModuleType:
        path = EXAMPLE / folder / "make.py"
        spec = importlib.util.spec_from_file_location(f"make_{folder}", path)
        module = importlib.util.module_from_spec(spec)
        with pytest.MonkeyPatch.context() as patch:
            patch.syspath_prepend(path.parent)
            patch.setattr(sys, "dont_write_bytecode", True)
            spec.loader.exec_module(module)
        return module

    return load


DUTIES = Path(__file__).parent / "collections" / "its_us_customs_duties"
ORACLE = Path(__file__).resolve().parents[1].parent / "shared" / "oracle"


@pytest.fixture(scope="session")
def duties():
    """Net customs duties by month, $ million, and goods imports."""
    frame = pd.read_csv(DUTIES / "data.csv")
    frame.index = pd.PeriodIndex(frame["month"], freq="M")
    return frame[["customs_duties_musd", "imports_musd"]].astype(float)


@pytest.fixture(scope="session")
def duties_reference():
    """Read one of R's answers for the customs duties."""
    return lambda name: json.loads((DUTIES / name).read_text())


@pytest.fixture(scope="session")
def duties_curve():
    """The 192 specifications of the reference curve."""
    return pd.read_csv(DUTIES / "spec_curve.csv")


@pytest.fixture(scope="session")
def duties_placebos():
    """The reference scan of interruption dates by least squares and Newey-West."""
    return pd.read_csv(DUTIES / "placebo_scan_naive.csv")


@pytest.fixture(scope="session")
def oracle():
    """Read a file of another author's example where it lies; skip where it does not."""

    def read(folder, name):
        path = ORACLE / folder / name
        if not path.exists():
            pytest.skip(f"no {path.name} of {folder} beside the repository")
        return json.loads(path.read_text()) if path.suffix == ".json" else pd.read_csv(path)

    return read


@pytest.fixture
def cigarettes(oracle):
    """Packs of cigarettes a head in California, 1970-2000 (Abadie, Diamond, Hainmueller 2010)."""
    frame = oracle("its_prop99_california", "data.csv")
    index = pd.PeriodIndex(frame["year"].astype(str), freq="Y")
    return pd.Series(frame["cigsale"].to_numpy(), index=index)


@pytest.fixture
def coronary(oracle):
    """Acute coronary events in Sicily and the population at risk (Lopez Bernal et al. 2017)."""
    frame = oracle("its_sicily", "data.csv")
    months = frame["year"].astype(str) + "-" + frame["month"].astype(str).str.zfill(2)
    return frame[["aces", "stdpop"]].set_index(pd.PeriodIndex(months, freq="M")).astype(float)


@pytest.fixture(scope="session")
def net_duties(duties):
    """Net US customs duties by month, FY2014-FY2019, in millions of dollars."""
    return duties["customs_duties_musd"].rename("receipts")
