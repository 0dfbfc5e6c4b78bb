"""Loaded rows that the tests of transactions share."""

import pytest
from loaded import write_loaded
from planted_rows import planted_rows


@pytest.fixture(scope="session")
def planted():
    return planted_rows()


@pytest.fixture(scope="session")
def loaded(planted, tmp_path_factory):
    return write_loaded(tmp_path_factory.mktemp("loaded"), planted, rejected=2)
