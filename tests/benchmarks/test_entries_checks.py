"""Ratios of processor times in one run: all checks against decoding, SQL, one check, pandas.

``COEE_ENTRIES=104000000`` adds the run at full size: duplicates included, its time against a fifth
of the rows and its memory against 2 GB. What the search for duplicates takes by itself, and what
decoding the numbers takes, is printed.
"""

import json
import os
import shutil
import subprocess
import sys
from datetime import date
from time import process_time

import duckdb
import numpy as np
import pandas as pd
import pyarrow.dataset as ds
import pytest

from coee_nb.entries.checks import Asked, checks
from coee_nb.entries.engine import engine
from coee_nb.entries.tally import Bits, tally

ROWS = 4_000_000
CPU = 1  # of a pair of seconds: on the wall, of the processor
UNITS = tuple(f"{n:02d}" for n in range(1, 11))
COLUMNS = ["center", "entry_date", "summary_date", "release_date", "liquidation_date",
           "duties", "taxes", "fees", "unparsed"]  # fmt: skip
MORE = tuple((f"own_{n}", "?", f"duties > {10**9 + n} and taxes > fees") for n in range(5))
ASKED = Asked(date(2013, 10, 1), date(2019, 9, 30), date(2020, 9, 30), UNITS,
              early_days=314, extreme_amount=1e9, more=MORE)  # fmt: skip
MADE = """copy (select *, coalesce(year(entry_date) + (month(entry_date) >= 10)::int, 0) fiscal_year
from (select i as line, 'e.csv' as file,
  printf('%011d', case when i % 100003 = 0 then i + 1 else i end * 7919 % 99999999977) entry_number,
  case when i % 5000 = 1 then null else printf('%02d', 1 + hash(i + 2) % 10) end center,
  case when i % 4000 = 3 then null else date '2013-10-01' + (hash(i) % 2190)::int end entry_date,
  date '2013-10-01' + (hash(i) % 2190 + 10)::int summary_date,
  date '2013-10-01' + (hash(i) % 2190 + 1)::int release_date,
  date '2013-10-01' + (hash(i) % 2190 + 314 + hash(i + 9) % 99)::int liquidation_date,
  (hash(i + 3) % 1000000 / 100.0)::decimal(18, 2) duties,
  (hash(i + 4) % 10000 / 100.0)::decimal(18, 2) taxes,
  (hash(i + 5) % 50000 / 100.0)::decimal(18, 2) fees, null::varchar unparsed
  from range({rows}) t(i))) to '{out}/rows' (format parquet, partition_by (fiscal_year))"""


def write(folder, rows):
    folder.mkdir(exist_ok=True)
    with duckdb.connect(config={"memory_limit": "1GB", "threads": 2}) as connection:
        connection.execute("set preserve_insertion_order = false")
        connection.execute(MADE.format(rows=rows, out=folder))
    return folder


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    return write(tmp_path_factory.mktemp("many"), ROWS)


def seconds(work, repeats=5):
    times = []
    for _ in range(repeats):
        start = process_time()
        work()
        times.append(process_time() - start)
    return float(np.median(times))


@pytest.fixture(scope="module")
def ours(many):
    """Seconds of all checks and monthly totals, of one check, of the same SQL, of decoding."""
    every = Bits(checks(ASKED))
    one = Bits(tuple(check for check in every.checks if check.id == "missing_center"))
    with engine("duckdb", threads=2) as using:
        rows = using.read(many)
        sql = written_by_hand(many)
        times = {
            "all": seconds(lambda: tally(rows, every)),
            "one": seconds(lambda: tally(rows, one)),
            "sql": seconds(lambda: using.connection.con.execute(sql).fetchall()),
            "decoding": seconds(lambda: decode(many)),
        }
    print({name: round(value, 2) for name, value in times.items()}, len(every.checks), "checks")
    return times


def decode(folder):
    data = ds.dataset(folder / "rows", partitioning="hive")
    return sum(batch.num_rows for batch in data.to_batches(columns=COLUMNS))


def written_by_hand(folder):
    """Return the usual way to ask it: a filtered count and sum a check, by month and unit."""
    dates = ("summary_date", "release_date", "liquidation_date", "entry_date")
    fails = [
        *(f"{name} is null" for name in (*dates[:2], "entry_date", "center")),
        f"center not in {UNITS}",
        *(f"{name} < entry_date" for name in dates[:3]),
        "entry_date < date '2013-10-01' or entry_date > date '2019-09-30'",
        " or ".join(f"{name} > date '2020-09-30'" for name in dates),
        "liquidation_date >= entry_date and liquidation_date - entry_date < 314",
        "duties < 0 or taxes < 0 or fees < 0",
        "abs(duties) > 1e9 or abs(taxes) > 1e9 or abs(fees) > 1e9",
        "unparsed is not null",
        *(f"duties > {10**9 + n} and taxes > fees" for n in range(5)),
    ]
    counts = ", ".join(
        f"count(*) filter ({f}), sum(duties + taxes + fees) filter ({f})" for f in fails
    )
    return (
        f"select date_trunc('month', entry_date), center, count(*), sum(duties), sum(taxes), "
        f"sum(fees), {counts} from read_parquet('{folder}/rows/*/*.parquet') group by 1, 2"
    )


@pytest.mark.benchmark
def test_all_checks_and_monthly_totals_take_at_most_twice_the_decoding(ours, speed):
    speed("all checks and monthly totals / decoding", ours["all"] / ours["decoding"], aim=2)


@pytest.mark.benchmark
def test_the_expressions_take_at_most_a_fifth_longer_than_sql_by_hand(ours, speed):
    speed("all checks / the same in SQL by hand", ours["all"] / ours["sql"], aim=1.2)


@pytest.mark.benchmark
def test_twenty_checks_take_at_most_half_as_long_again_as_one(ours, speed):
    speed("twenty checks / one", ours["all"] / ours["one"], aim=1.5)


@pytest.mark.benchmark
def test_ten_times_faster_than_pandas(many, ours, speed):
    year = many / "rows" / "fiscal_year=2016"
    took = seconds(lambda: in_pandas(pd.read_parquet(year, columns=COLUMNS)), repeats=1)
    rows = ds.dataset(year).count_rows()
    part = rows / ROWS
    speed("all checks / a part of them in pandas", ours["all"] * part / took, aim=1 / 10)


def in_pandas(frame):
    """Do a part of it: checks of the date and the amounts, exact sums by month and unit."""
    entry = pd.to_datetime(frame["entry_date"])
    liquidation = pd.to_datetime(frame["liquidation_date"])
    fails = [frame["center"].isna(), liquidation < entry, (liquidation - entry).dt.days < 314,
             *(frame[name] < 0 for name in ("duties", "taxes", "fees"))]  # fmt: skip
    months = frame.assign(month=entry.dt.to_period("M"))
    groups = months.groupby(["month", "center"], dropna=False)
    return groups[["duties", "taxes", "fees"]].sum(), [one.sum() for one in fails]


AT_SIZE = """
import json, resource, sys, time
sys.path.insert(0, {here!r})
from test_entries_checks import ASKED, in_bits
from coee_nb.entries.checks import checks
from coee_nb.entries.engine import engine
from coee_nb.entries.tally import Bits, duplicates, tally_with_duplicates
def timed(work):
    start, cpu = time.perf_counter(), time.process_time()
    found = work()
    return found, [time.perf_counter() - start, time.process_time() - cpu]
with engine("duckdb", memory_limit="1500MB", threads=2) as using:
    rows = using.read({folder!r})
    (groups, twice), whole = timed(
        lambda: tally_with_duplicates(rows, Bits(checks(ASKED)), using))
    counts = [int(groups["rows"].sum()), twice.count().to_pyarrow().as_py()]
    _, sought = timed(lambda: duplicates(rows, using))
    _, decoded = timed(lambda: in_bits(rows))
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
print(json.dumps(dict(rows=counts[0], twice=counts[1], whole=whole, sought=sought,
                      decoded=decoded, gigabytes=peak)))
"""


def in_bits(rows):
    """Decode the column of numbers and do next to nothing with it."""
    return rows.agg(size=rows.entry_number.length().sum()).to_pyarrow()


def at_size(folder):
    code = AT_SIZE.format(here=os.path.dirname(__file__), folder=str(folder))
    command = [sys.executable, "-W", "ignore", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    print(done.stdout)
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.benchmark
@pytest.mark.skipif("COEE_ENTRIES" not in os.environ, reason="takes minutes: set COEE_ENTRIES")
def test_time_grows_with_the_rows_and_memory_stays_under_two_gigabytes(tmp_path, speed):
    rows = int(os.environ["COEE_ENTRIES"])
    small = at_size(write(tmp_path / "small", rows // 5))
    shutil.rmtree(tmp_path / "small")
    large = at_size(write(tmp_path / "large", rows))
    shutil.rmtree(tmp_path / "large")
    assert (large["rows"], large["twice"]) == (rows, 2 * ((rows - 1) // 100_003 + 1))
    growth = large["whole"][CPU] / small["whole"][CPU] / 5
    speed(f"time of {rows:,} rows / five times a fifth of them", growth, aim=1.2)
    assert large["gigabytes"] < 2
