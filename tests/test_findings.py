"""Findings and the files they rest on."""

import hashlib
import json

import numpy as np
import pytest

from coee_nb.errors import InputError
from coee_nb.findings import (
    CONFIDENTIAL,
    PARTS,
    Finding,
    Findings,
    InputFile,
    Inputs,
    input_file,
    rows_of,
)


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_bytes(b"a\n1\n2\n3\n")
    return input_file(path, rows=3, used=2, excluded={"test row": 1})


def test_a_file_carries_its_hash_and_names_no_machine(source, tmp_path):
    assert source.path.endswith("/rows.csv")
    assert str(tmp_path) not in source.path
    assert source.sha256 == hashlib.sha256(b"a\n1\n2\n3\n").hexdigest()


def test_an_account_that_does_not_add_up_is_refused():
    with pytest.raises(InputError, match="3 rows read, 1 used"):
        InputFile("rows.csv", "0", 3, 1, {"spam": 1})


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InputError, match=r"none\.csv: cannot be read"):
        input_file(tmp_path / "none.csv")


def test_findings_are_recorded_as_plain_rounded_data(source):
    share = Finding(
        "s.item", "68 <b>", np.float64(303 / 444), "share", np.int64(303), 444, (source,)
    )
    bundle = Findings([share])._repr_mimebundle_()
    (record,) = json.loads(json.dumps(bundle["application/vnd.coee.findings+json"]))["findings"]
    assert record["value"] == 0.68243243
    assert record["numerator"] == 303
    assert record["inputs"] == [{"path": source.path, "sha256": source.sha256}]
    assert "68 &lt;b&gt;" in bundle["text/html"]


def test_a_finding_tells_the_rows_it_counts_unless_it_is_under_a_disclosure_plan(source):
    rows = rows_of(source, [3])
    assert Finding("a", "x", 1, "n", source_rows=rows).record()["source_rows"] == (
        "line 3 of rows.csv"
    )
    under = Finding("a", "x", 1, "n", source_rows=rows, gate="plan").record()
    assert under["source_rows"] == CONFIDENTIAL


def test_of_more_rows_than_anyone_reads_the_number_is_told(source):
    told = rows_of(source, range(0, 4 * PARTS, 2))
    assert told.endswith(f", {2 * PARTS - 2} and {PARTS} more of rows.csv")


def test_a_value_that_is_not_a_number_is_recorded_as_none():
    assert Finding("a", "cannot tell", float("nan"), "days").record()["value"] is None


def test_the_same_id_twice_is_refused():
    with pytest.raises(InputError, match="used twice: a"):
        Findings([Finding("a", "x", 1, "n"), Finding("a", "y", 2, "n")])


def test_inputs_show_the_account(source):
    text = Inputs([source])._repr_mimebundle_()["text/plain"]
    assert "test row: 1" in text
    assert source.sha256[:12] in text


def test_pandas_missing_value_is_recorded_as_none():
    pandas = pytest.importorskip("pandas")
    assert Finding("a", "cannot tell", pandas.NA, "days").record()["value"] is None


def test_a_notebook_shows_words_not_objects(source):
    formatter = pytest.importorskip("IPython.core.formatters").DisplayFormatter()
    data, _ = formatter.format(Findings([Finding("a", "Six are late.", 6, "count")]))
    assert data["text/plain"] == "a: Six are late."
    data, _ = formatter.format(Inputs([source]))
    assert data["text/plain"].startswith("Input files")
