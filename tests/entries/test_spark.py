"""On Spark with workers of their own the same expressions give the same rows, to the cent."""

import shutil

import pytest
from planted_rows import ASKED

from coee_nb.entries.checks import checks
from coee_nb.entries.engine import engine, why_not_spark
from coee_nb.entries.extract import failing_rows
from coee_nb.entries.reliability import fiscal_years, labelled
from coee_nb.entries.sample import draw, stratum
from coee_nb.entries.tally import Bits, tally_with_duplicates

LABELS = {"unknown": "unknown", "missing": "missing"}
QUICK = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"  # Java starts in half the time


def everything(loaded, folder, **how):
    """Return the groups, the failing rows and a sample, as one engine reads them."""
    bits = Bits(checks(ASKED))
    folder.mkdir()
    with engine(**how) as using:
        rows = using.read(loaded)
        groups, twice = tally_with_duplicates(rows, bits, using)
        failing = failing_rows(rows, twice, bits, folder, using)
        shown = labelled(groups, ASKED.centers, **LABELS)
        counts = shown.assign(fiscal_year=fiscal_years(shown["month"], 10))
        counts = counts.groupby(["fiscal_year", "center"], as_index=False)["rows"].sum()
        drawn = draw(
            rows, counts, size=40, seed=7, offsets={"a.csv": 0, "b.csv": 5000},
            strata_of=stratum(ASKED.centers, 10, **LABELS),
        )  # fmt: skip
    return groups, failing.csv.read_text(), drawn.rows


@pytest.mark.long
@pytest.mark.skipif(bool(why_not_spark()), reason=why_not_spark() or "Spark runs")
def test_spark_with_two_workers_counts_sums_and_draws_as_duckdb_does(
    loaded, tmp_path, monkeypatch, capfd
):
    monkeypatch.setenv("JAVA_TOOL_OPTIONS", QUICK)
    here = everything(loaded, tmp_path / "here", name="duckdb")
    there = everything(
        loaded, tmp_path / "there", name="spark", spark_master="local-cluster[2,1,1024]"
    )
    assert there[0].to_dict("records") == here[0].to_dict("records")
    assert there[1] == here[1]
    assert there[2].to_dict("records") == here[2].to_dict("records")
    assert capfd.readouterr() == ("", "")  # nothing of the machine, for a page to show


def test_without_java_it_is_said_why(monkeypatch):
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert why_not_spark().startswith(("no Java", "no Spark"))
