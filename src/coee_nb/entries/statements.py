"""What a report may quote of transactions: each number with its sentence, ids that stay."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from coee_nb import formats as fmt
from coee_nb.entries.extract import CSV
from coee_nb.entries.layout import MONEY
from coee_nb.findings import Finding, InputFile
from coee_nb.wording import read_wording

if TYPE_CHECKING:
    from coee_nb.entries.analysis import EntryAnalysis

WORDS = read_wording("coee_nb.entries")


def findings(analysis: EntryAnalysis) -> Sequence[Finding]:
    """Return the verdict, the rows, their exact totals (as text), and what fails which check."""
    files, names, counted = analysis.inputs, analysis.names, analysis.counted
    every = f"every row loaded ({fmt.count(counted.rows)})"
    found = [
        Finding("entries.verdict", analysis.verdict.text, analysis.verdict.answer, "answer",
                inputs=files, evidence="verdict_rules", source_rows=every),
        Finding("entries.rows", WORDS.sentence("rows", n=fmt.count(counted.rows), **names),
                counted.rows, names["rows"], inputs=files, evidence="account", source_rows=every),
    ]  # fmt: skip
    for name in (name for name in MONEY if name not in analysis.asked.absent):
        total = counted.totals[name]
        told = WORDS.sentence("total", amount=names[name], total=f"{total:,.2f}", **names)
        found.append(
            Finding(f"entries.total.{name}", told, str(total), names["money"], inputs=files,
                    evidence=f"totals.{name}", source_rows=every)
        )  # fmt: skip
    return [*found, *_together(analysis, files), *_checks(analysis, files)]


def _together(analysis: EntryAnalysis, files: tuple[InputFile, ...]) -> Iterator[Finding]:
    """Yield how many rows fail any check of each severity: the checks of one row count once."""
    counted, names = analysis.counted, analysis.names
    parts = {"error": (counted.errors, counted.errors_touched),
             "unusual": (counted.unusual, counted.unusual_touched)}  # fmt: skip
    for severity, (failing, touched) in parts.items():
        told = WORDS.sentence(
            f"failing_{severity}", failing=fmt.count(failing), of=fmt.count(counted.rows),
            share=fmt.percent(failing, counted.rows, 2),
            touched=fmt.percent(touched, counted.touched, 2), **names,
        )  # fmt: skip
        yield Finding(
            f"entries.failing.{severity}", told, failing, names["rows"], numerator=failing,
            denominator=counted.rows, inputs=files, evidence="verdict_rules",
            source_rows=_rows(f"one of severity {severity}", failing),
        )  # fmt: skip


def _checks(analysis: EntryAnalysis, files: tuple[InputFile, ...]) -> list[Finding]:
    found = []
    for row in analysis.counted.by_check.itertuples():
        asked = "all_rows" if row.of == analysis.counted.rows else "rows_asked"
        told = WORDS.sentence(
            "failed", failing=fmt.count(row.failing), of=fmt.count(row.of),
            share=fmt.percent(row.failing, row.of, 2), rows=WORDS.sentence(asked, **analysis.names),
            question=row.question,
        )  # fmt: skip
        found.append(
            Finding(f"entries.check.{row.id}", told, row.failing, analysis.names["rows"],
                    numerator=row.failing, denominator=row.of, inputs=files,
                    evidence=f"checks.{row.id}", source_rows=_rows(row.id, row.failing))
        )  # fmt: skip
    return found


def _rows(check: str, failing: int) -> str:
    """Return where the rows that fail a check stand, each with its file and line."""
    if not failing:
        return "no row"
    return f"{fmt.count(failing)} of {CSV}, whose column checks names {check}"
