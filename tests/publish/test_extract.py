"""What is taken from a notebook's outputs, and what is refused."""

import pytest

from coee_nb.errors import InputError
from coee_nb.origins import origin_of
from coee_nb.outputs import FINDINGS_MIME, TABLE_MIME
from coee_nb.publish.extract import extract, write_origins, write_tables


def notebook(mime, record):
    return {"cells": [{"cell_type": "code", "outputs": [{"data": {mime: record}}]}]}


@pytest.mark.parametrize("name", ["../../evil", "a/b", "", "A", "a.csv"])
def test_a_table_cannot_be_written_elsewhere(name):
    with pytest.raises(InputError, match="cannot name a table"):
        extract(notebook(TABLE_MIME, {"name": name, "columns": [], "rows": []}))


@pytest.mark.parametrize("record", [{}, [], "x", {"findings": [1]}, {"findings": [{}]}])
def test_a_record_of_another_form_is_told(record):
    with pytest.raises(InputError, match="record that cannot be read"):
        extract(notebook(FINDINGS_MIME, record))


def test_what_a_run_makes_of_generated_rows_is_generated_for_who_reads_it(tmp_path):
    table = {"name": "monthly", "caption": "", "columns": [{"name": "n", "type": "Int64"}]}
    other = table | {"name": "other", "rows": []}
    tables = [table | {"origin": "generated", "rows": ["[3]"]}, other]
    write_tables(tables, tmp_path)
    write_origins(tables, tmp_path)
    assert origin_of(tmp_path / "monthly.csv") == "generated"
    assert origin_of(tmp_path / "other.csv") == "own records"
