"""The rows of a notebook as its parameters ask: read once, then every result of them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

import pandas as pd

from coee_nb.entries import controls
from coee_nb.entries.checks import Asked, checks, not_asked
from coee_nb.entries.engine import engine
from coee_nb.entries.extract import FailingRows, failing_rows
from coee_nb.entries.layout import ACCOUNT, date_formats, read_account, row_files
from coee_nb.entries.monthly import MonthlySeries, monthly
from coee_nb.entries.reliability import Counted, counted, fiscal_years, labelled, without_rows
from coee_nb.entries.sample import Drawn, Traced, draw, read_traced, stratum
from coee_nb.entries.tally import Bits, tally_with_duplicates
from coee_nb.entries.verdict import DataVerdict, OtherEvidence, judge
from coee_nb.findings import Finding, Findings, InputFile, input_file
from coee_nb.origins import combined
from coee_nb.outputs import Callout, Table
from coee_nb.paths import resolve, shown
from coee_nb.wording import read_wording

if TYPE_CHECKING:
    import ibis

    from coee_nb.entries.params import EntryReliability

WORDS = read_wording("coee_nb.entries")


@dataclass(frozen=True)
class EntryAnalysis:
    """What the rows hold, for every table, picture and sentence of the notebook.

    ``groups`` is the tally with units as shown; ``failing`` and ``drawn`` what was written out of
    the rows; ``account`` that of the load; ``inputs`` every file that was read.
    """

    params: EntryReliability
    asked: Asked
    bits: Bits
    groups: pd.DataFrame
    failing: FailingRows
    drawn: Drawn
    account: dict[str, Any]
    inputs: tuple[InputFile, ...]
    folder: tempfile.TemporaryDirectory

    @property
    def origin(self) -> str:
        """Return the origin of the rows: published, own records or generated."""
        return combined(one.origin for one in self.inputs)

    @property
    def basis(self) -> str:
        """Return what every caption and sentence rests on: the rows, their scope, the day."""
        first, last = self.params.scope()
        scope = f"{first or '…'} to {last or '…'}" if first or last else WORDS.sentence("no_scope")
        as_of = f", as of {self.params.as_of}" if self.params.as_of else ""
        return f"{PurePath(shown(self.params.entries)).name}, {scope}{as_of}"

    @property
    def names(self) -> dict[str, str]:
        """Return the engagement's words for rows, the unit and the fields."""
        return self.asked.said()

    @cached_property
    def counted(self) -> Counted:
        """Return the failing rows by check, year and unit."""
        return counted(self.groups, self.bits, starts=self.params.fiscal_year_starts)

    @cached_property
    def series(self) -> MonthlySeries:
        """Return the amounts by month and unit."""
        return monthly(
            self.groups, self.bits, set_aside=self.params.set_aside,
            starts=self.params.fiscal_year_starts,
        )  # fmt: skip

    @cached_property
    def control(self) -> controls.Reconciliation:
        """Return rows and totals against the control totals."""
        return controls.reconcile(self.params.control_totals, self.counted)

    @cached_property
    def planted(self) -> pd.DataFrame | None:
        """Return what was planted beside what was found; None where nothing was."""
        path = self.params.planted
        return controls.planted(path, self.counted) if path is not None else None

    @cached_property
    def traced(self) -> Traced | None:
        """Return what tracing found; None where nothing was traced."""
        path = self.params.traced
        if path is None:
            return None
        return read_traced(path, self.drawn, date_formats(self.account))

    @cached_property
    def verdict(self) -> DataVerdict:
        """Return the verdict on the data for the purpose."""
        params = self.params
        years, months = without_rows(self.groups, params.scope(), params.fiscal_year_starts)
        evidence = OtherEvidence(
            loaded=int(self.account.get("loaded", self.counted.rows)),
            rejected=int(self.account.get("rejected", 0)),
            difference=self.control.worst,
            measures=tuple(self.control.table["measure"]),
            traced=self.traced.interval if self.traced else None,
            unasked=not_asked(self.asked),
            years=years,
            months=months,
            units=tuple(one for one in self.asked.centers if one not in {*self.groups["center"]}),
        )
        return judge(
            self.counted, evidence, params.limits(), purpose=params.purpose, names=self.names
        )

    def show(self, shown_: Any) -> Any:
        """Return a table, chart or callout that says what it rests on, and bears its origin.

        Nothing (None) stays nothing.
        """
        if shown_ is None:
            return None
        if isinstance(shown_, Callout):
            return Callout(f"{shown_.text} [{self.basis}]")
        if isinstance(shown_, Table):
            return self._on_basis(shown_)
        shown_.figure.supxlabel(self.basis, fontsize=8, x=0.01, horizontalalignment="left")
        words = f"{shown_.description} ({self.basis}.)"
        return replace(shown_, description=words, table=self._on_basis(shown_.table))

    def _on_basis(self, table: Table) -> Table:
        origin = table.origin or self.origin
        return replace(table, caption=f"{table.caption} ({self.basis})", origin=origin)

    def findings(self, found: Iterable[Finding]) -> Findings:
        """Return findings, each of which says what it rests on."""
        return Findings(replace(f, statement=f"{f.statement} [{self.basis}]") for f in found)


def read_analysis(params: EntryReliability) -> EntryAnalysis:
    """Check every row that the parameters name, draw the sample, write out the failing rows.

    Raises InputError and ParameterError for inputs that cannot be used.
    """
    account = read_account(params.entries)
    asked = params.asked(account)
    bits = Bits(checks(asked))
    folder = tempfile.TemporaryDirectory(prefix="coee-failing-")
    with engine(
        params.engine, memory_limit=params.memory_limit, threads=params.threads,
        spark_master=params.spark_master,
    ) as using:  # fmt: skip
        rows = using.read(params.entries)
        groups, twice = tally_with_duplicates(rows, bits, using)
        groups = labelled(groups, asked.centers, **_labels())
        failing = failing_rows(rows, twice, bits, Path(folder.name), using)
        drawn = _drawn(rows, groups, params, asked, account)
    return EntryAnalysis(
        params, asked, bits, groups, failing, drawn, account, tuple(_inputs(params)), folder
    )


def _labels() -> dict[str, str]:
    """Return what stands for a unit that is not in the list, or not stated."""
    return {"unknown": WORDS.sentence("unknown_unit"), "missing": WORDS.sentence("missing_unit")}


def _drawn(
    rows: ibis.Table, groups: pd.DataFrame, params: EntryReliability, asked: Asked, account: dict
) -> Drawn:
    starts = params.fiscal_year_starts
    years = fiscal_years(groups["month"], starts)
    counts = groups.assign(fiscal_year=years).groupby(["fiscal_year", "center"], as_index=False)
    drawn = draw(
        rows, counts["rows"].sum(), size=params.sample_size, seed=params.seed,
        offsets=_offsets(account), strata_of=stratum(asked.centers, starts, **_labels()),
    )  # fmt: skip
    there = drawn.rows.drop(columns=list(asked.absent))
    return replace(drawn, rows=there, fields=asked.fields())


def _offsets(account: dict) -> dict[str, int]:
    """Return for each file how many lines the files before it have."""
    offsets, at = {}, 0
    for one in sorted(account.get("files", []), key=lambda one: one["file"]):
        offsets[one["file"]] = at
        at += int(one["lines"])
    return offsets


def _inputs(params: EntryReliability) -> Iterable[InputFile]:
    import pyarrow.parquet as pq

    folder = resolve(params.entries)
    yield input_file(folder / ACCOUNT)
    for file in row_files(folder):
        yield input_file(file, rows=pq.read_metadata(file).num_rows)
    given = (params.centers, params.control_totals, params.traced, params.planted)
    yield from (input_file(path) for path in given if isinstance(path, Path))
    yield from params.remark_files
