"""Small files of an invented city: boards that meet, restaurants that are inspected."""

import pytest


@pytest.fixture
def write(tmp_path):
    """Write a CSV file of lines; return its path."""

    def written(name, *lines):
        path = tmp_path / f"{name}.csv"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return written
