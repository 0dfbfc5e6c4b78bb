"""The scripts beside the worked example's data, for tests that need other rows of their kind."""

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

EXAMPLE = Path(__file__).resolve().parents[1] / "data" / "oig_22_34"


@pytest.fixture(scope="session")
def maker() -> Callable[[str], ModuleType]:
    """Load ``make.py`` of a folder of the worked example as a module."""

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
