"""Processor time of a load against DuckDB's bare ``read_csv`` of the same file in the same run.

Meant is the same work: bare ``read_csv`` to Parquet by fiscal year. A load does more on the way: it
looks at the form of every line, accounts for each, and reads the rows back. The scan alone, with
nothing written, is printed beside it and is no measure of a load: what it leaves out, compressing
and writing, is most of the work.
"""

from time import process_time

import duckdb
import numpy as np
import pytest

from coee_nb.entries.load import Loading, load

ROWS = 1_000_000
DAY = "date '2013-10-01' + (hash(i) % 2190 + {})::int"
MADE = f"""copy (select printf('%011d', i * 7919 % 99999999977) entry_number,
  printf('Unit %02d', 1 + hash(i + 2) % 10) center, {DAY.format(0)} entry_date,
  {DAY.format(10)} summary_date, {DAY.format(1)} release_date,
  {DAY.format("314 + hash(i + 9) % 99")} liquidation_date,
  (hash(i + 3) % 1000000 / 100.0)::decimal(18, 2) duties,
  (hash(i + 4) % 10000 / 100.0)::decimal(18, 2) taxes,
  (hash(i + 5) % 50000 / 100.0)::decimal(18, 2) fees
  from range({ROWS}) t(i)) to '{{file}}' (header)"""
YEAR = "year(entry_date) + (month(entry_date) >= 10)::int"


def seconds(work, repeats=3):
    times = []
    for run in range(repeats):
        start = process_time()
        work(run)
        times.append(process_time() - start)
    return float(np.median(times))


@pytest.mark.benchmark
def test_a_load_takes_at_most_twice_as_long_as_bare_read_csv(tmp_path, speed):
    file = tmp_path / "e.csv"
    duckdb.execute(MADE.format(file=file))

    def bare(query):
        with duckdb.connect(config={"threads": 2}) as connection:
            connection.execute(query).fetchall()

    by_year = "(format parquet, partition_by y)"
    written = f"copy (select *, {YEAR} as y from read_csv('{file}')) to '{{}}' {by_year}"
    scanned = f"select max(entry_number), count(fees) from read_csv('{file}')"
    times = {
        "load": seconds(lambda run: load([file], tmp_path / f"l{run}", Loading(threads=2))),
        "bare": seconds(lambda run: bare(written.format(tmp_path / f"b{run}"))),
        "scan": seconds(lambda _: bare(scanned)),
    }
    speed(f"loading {ROWS:,} rows / bare read_csv to Parquet", times["load"] / times["bare"], aim=2)
    print({name: round(value, 2) for name, value in times.items()})
