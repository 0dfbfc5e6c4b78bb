"""One pass over the rows counts what a loop over them counts."""

import shutil
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pandas as pd
import pyarrow as pa
import pytest
from planted_rows import ASKED
from row_by_row import all_failed

from coee_nb.entries.checks import Asked, checks
from coee_nb.entries.engine import engine
from coee_nb.entries.extract import failing_rows
from coee_nb.entries.layout import DATES, MONEY
from coee_nb.entries.reliability import counted, fiscal_years, labelled
from coee_nb.entries.sample import draw, stratum
from coee_nb.entries.tally import Bits, duplicates, tally, tally_with_duplicates, total

LABELS = {"unknown": "unknown", "missing": "missing"}
ENGINES = {
    "duckdb": {"name": "duckdb", "threads": 2},
}


@pytest.fixture(scope="module", params=["duckdb"])
def read(request, loaded, tmp_path_factory):
    """Everything that an engine reads out of the rows, by name."""
    bits = Bits(checks(ASKED))
    with engine(**ENGINES[request.param]) as using:
        rows = using.read(loaded)
        groups, twice = tally_with_duplicates(rows, bits, using)
        failing = failing_rows(rows, twice, bits, tmp_path_factory.mktemp("out"), using)
        shown = labelled(groups, ASKED.centers, **LABELS)
        counts = shown.assign(fiscal_year=fiscal_years(shown["month"], 10))
        counts = counts.groupby(["fiscal_year", "center"], as_index=False)["rows"].sum()
        drawn = draw(rows, counts, size=40, seed=7, offsets={"a.csv": 0, "b.csv": 5000},
                     strata_of=stratum(ASKED.centers, 10, **LABELS))  # fmt: skip
    return {"bits": bits, "groups": groups, "shown": shown, "failing": failing, "drawn": drawn,
            "csv": failing.csv.read_text()}  # fmt: skip


def test_every_check_counts_the_rows_that_a_loop_counts(read, planted):
    expected = Counter(name for ids in all_failed(planted, ASKED) for name in ids)
    found = counted(read["shown"], read["bits"]).by_check.set_index("id")["failing"]
    assert found.to_dict() == {one.id: expected[one.id] for one in checks(ASKED)}
    assert min(found) > 0  # every check has something to find


def test_sums_are_exact_decimals(read, planted):
    for name in ("duties", "taxes", "fees"):
        assert total(read["groups"], [name]) == sum(row[name] or 0 for row in planted)
    assert all(isinstance(value, Decimal) for value in read["groups"]["duties"])


def test_a_check_is_a_share_of_the_rows_that_have_its_fields(read, planted):
    by_check = counted(read["shown"], read["bits"]).by_check.set_index("id")
    both = sum(None not in (row["entry_date"], row["liquidation_date"]) for row in planted)
    assert by_check.at["early_liquidation", "of"] == both
    numbered = sum(row["entry_number"] is not None for row in planted)
    assert by_check.at["duplicate_entry_number", "of"] == numbered
    assert by_check.at["negative_amount", "of"] == len(planted)


def test_dollars_touched_are_without_signs(read, planted):
    touched = counted(read["shown"], read["bits"]).by_check.set_index("id")["touched"]
    for row_check in ("negative_amount", "duplicate_entry_number"):
        rows = [row for row, ids in zip(planted, all_failed(planted, ASKED), strict=True)
                if row_check in ids]  # fmt: skip
        amounts = [abs(row[name] or 0) for row in rows for name in ("duties", "taxes", "fees")]
        assert touched[row_check] == sum(amounts)


def test_cells_add_up_to_the_checks_and_numbers_of_checks_to_the_rows(read, planted):
    found = counted(read["shown"], read["bits"])
    by_id = found.by_cell.groupby("id")["failing"].sum()
    assert by_id.to_dict() == found.by_check.set_index("id")["failing"].to_dict()
    sizes = Counter(len(ids) for ids in all_failed(planted, ASKED))
    assert found.by_number.set_index("failed")["rows"].to_dict() == dict(sizes)


def test_every_failing_row_is_written_with_the_checks_it_fails(read, planted):
    both = zip(planted, all_failed(planted, ASKED), strict=True)
    expected = {(row["file"], row["line"]): ids for row, ids in both if ids}
    rows = pd.read_parquet(read["failing"].parquet)
    found = {(r.file, r.line): set(r.checks.split()) for r in rows.itertuples()}
    assert found == expected
    assert len(rows) == read["failing"].rows
    assert list(zip(rows["file"], rows["line"], strict=True)) == sorted(expected)


def test_no_text_of_the_csv_is_a_formula_and_its_amounts_are_exact(read):
    assert ",'=cmd|' /C calc'!A0," in read["csv"]
    assert ",1000000000.01," in read["csv"]
    assert ",-5.00," in read["csv"]


def test_a_sample_has_the_rows_it_should_from_each_stratum(read):
    drawn = read["drawn"]
    assert len(drawn.rows) == 40 == drawn.strata["drawn"].sum()
    per_year = drawn.rows.groupby("fiscal_year").size()
    assert (
        per_year.to_dict()
        == drawn.strata.groupby("fiscal_year")["drawn"].sum().pipe(lambda n: n[n > 0]).to_dict()
    )
    assert not drawn.rows.duplicated(["file", "line"]).any()


def test_rows_below_a_folder_of_any_name_are_read(loaded, planted, tmp_path):
    folder = tmp_path / "the year's [new] rows * 100%"
    shutil.copytree(loaded, folder)
    with engine("duckdb") as using:
        assert using.read(folder).count().to_pyarrow().as_py() == len(planted)


def test_one_pass_reads_the_rows_once(loaded):
    bits = Bits(checks(ASKED))
    with engine("duckdb") as using:
        seen = []
        connection = using.connection
        original = connection.to_pyarrow
        connection.to_pyarrow = lambda expr, **how: seen.append(expr) or original(expr, **how)
        tally(using.read(loaded), bits)
        (expression,) = seen
        plan = connection.con.sql(f"EXPLAIN {connection.compile(expression)}").fetchall()
    files = len(list(loaded.rglob("rows/*/*.parquet")))
    assert plan[0][1].count("READ_PARQUET") == files > 1


def test_rows_of_one_hash_and_other_texts_are_no_duplicates(loaded, planted, monkeypatch):
    from ibis.expr.types import StringValue

    monkeypatch.setattr(StringValue, "hash", lambda text: text.length())
    with engine("duckdb") as using:
        found = duplicates(using.read(loaded), using).to_pandas()
    assert sorted(found["entry_number"]) == [planted[2000]["entry_number"]] * 3


START, END = date(2020, 1, 1), date(2020, 3, 1)
NEAR = [None, *(day + timedelta(more) for day in (START, END) for more in (-1, 0, 1, 29, 30, 31))]
AMOUNTS = [Decimal(x) for x in ("-9.01", "-9", "-0.01", "0", "0.01", "9", "9.01")]
AT_LIMITS = [
    *({"entry_date": a, name: b} for name in DATES[1:] for a in NEAR for b in NEAR),
    *({"entry_date": START, name: amount} for name in MONEY for amount in AMOUNTS),
]
HALVES = [
    Asked(START, END, END, early_days=30, extreme_amount=9),
    Asked(START, END + timedelta(1), END - timedelta(1), early_days=1, extreme_amount=0),
    Asked(None, END, END + timedelta(1)),
    Asked(START, None, END, early_days=30),
    Asked(as_of=END, extreme_amount=9),
]
TYPES = pa.schema([
    *((name, pa.date32()) for name in DATES), *((name, pa.decimal128(18, 2)) for name in MONEY),
    ("center", pa.string()), ("unparsed", pa.string()), ("entry_number", pa.string()),
])  # fmt: skip


@pytest.fixture(scope="module")
def using():
    with engine("duckdb", threads=1) as one:
        yield one


@pytest.mark.parametrize("asked", HALVES)
def test_what_checks_ask_together_hides_no_row_that_one_of_them_finds(using, asked):
    filled = [{"center": "01"} | row for row in AT_LIMITS]
    using.connection.con.register("near", pa.Table.from_pylist(filled, TYPES))
    table = using.connection.table("near")
    bits = Bits(tuple(one for one in checks(asked) if one.fails is not None))
    groups = tally(table, bits)
    for one in bits.checks:
        found = groups.loc[groups["bits"] & bits.of(one.id) > 0, "rows"].sum()
        assert found == table.filter(one.fails).count().to_pyarrow().as_py(), one.id
