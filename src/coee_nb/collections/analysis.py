"""What the collections notebook works on: its files, its model, and how it shows what it found."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import PurePath
from typing import Any

import pandas as pd

from coee_nb.collections import effects, its, statements, tables, verdict
from coee_nb.collections import tie_out as ties
from coee_nb.collections.attribution import Attribution, attribute
from coee_nb.collections.effects import Effect
from coee_nb.collections.events import Calendar, read_calendar
from coee_nb.collections.its import Fit
from coee_nb.collections.params import CollectionsIts
from coee_nb.collections.robustness import (
    dates,
    diagnostics,
    power,
    rates,
    safeguards,
    sensitivity,
    specifications,
)
from coee_nb.collections.series import Receipts
from coee_nb.collections.tie_out import PublishedYears, TieOut
from coee_nb.findings import Finding, Findings, InputFile
from coee_nb.outputs import Callout, Chart, Table

NAIVE: dict[str, Any] = {"estimator": "newey-west", "lags": 1}


@dataclass(frozen=True)
class Analysis:
    """The files of a collections notebook as read, and the models its parameters ask for.

    ``series``: receipts by month, in millions; ``calendar``, ``published`` and ``companion`` are
    None where the parameters name none; ``inputs``: every file read, with its account of rows.
    """

    params: CollectionsIts
    receipts: Receipts
    series: pd.Series
    calendar: Calendar | None
    published: PublishedYears | None
    companion: Receipts | None
    inputs: tuple[InputFile, ...]

    @property
    def origin(self) -> str:
        """Return the origin of the receipts: published, own records or generated."""
        return self.receipts.source.origin

    @property
    def basis(self) -> str:
        """Return what every caption and sentence rests on: file, interruption, months used."""
        name = PurePath(self.receipts.source.path).name
        whose = f" of {self.params.center}" if self.params.center else ""
        return f"{name}{whose}, cut {self.params.cut}, {self.params.start} to {self.params.end}"

    def show(self, shown: Table | Chart | Callout) -> Table | Chart | Callout:
        """Return a table, chart or callout that says what it rests on, and bears its origin."""
        if isinstance(shown, Callout):
            return self.say(shown.text)
        if isinstance(shown, Table):
            return self._on_basis(shown)
        shown.figure.supxlabel(self.basis, fontsize=8, x=0.01, horizontalalignment="left")
        return replace(
            shown,
            description=f"{shown.description} ({self.basis}.)",
            table=self._on_basis(shown.table),
        )

    def say(self, text: str) -> Callout:
        """Return a sentence that says what it rests on."""
        return Callout(f"{text} [{self.basis}]")

    def _on_basis(self, table: Table) -> Table:
        origin = table.origin or self.origin
        return replace(table, caption=f"{table.caption} ({self.basis})", origin=origin)

    def findings(self, found: Iterable[Finding]) -> Findings:
        """Return findings, each of which says what it rests on."""
        return Findings(replace(f, statement=f"{f.statement} [{self.basis}]") for f in found)

    @property
    def first_post_year(self) -> int:
        """Return the fiscal year that holds the interruption."""
        return (
            pd.Period(self.params.interruption_month, "M")
            .asfreq(ties.yearly_frequency(self.params.fiscal_year_starts))
            .year
        )

    @cached_property
    def tied(self) -> TieOut | None:
        """Return the sums of the months against the published figures, if there are any."""
        if self.published is None or self.params.definition is None:
            return None
        return ties.tie_out(
            self.receipts.series(), self.published, definition=self.params.definition,
            starts=self.params.fiscal_year_starts,
        )  # fmt: skip

    def of_years(self) -> str:
        """Return what the model answers on the complete fiscal years alone, or why it does not."""
        years = ties.complete_years(self.series, self.params.fiscal_year_starts)
        return effects.answer(its.fit, years, [str(self.first_post_year)])

    @cached_property
    def naive(self) -> Fit:
        """Return the model with one interruption and no other event, by least squares."""
        return its.fit(
            self.series, [self.params.interruption_month], season=self.params.season, **NAIVE
        )

    def naive_effect(self, *, calendar: Calendar | None = None) -> str:
        """Return what the naive model says of the change, or what the calendar objects."""
        return effects.answer(
            effects.effect, self.naive, self.params.interruption_month, calendar=calendar
        )

    def unknown_break(self) -> str:
        """Return where a single break is found if its date is not known."""
        return effects.answer(sensitivity.supremum_f, self.series)

    def naive_by_end(self) -> pd.DataFrame:
        """Return the naive model by the last month let in."""
        return sensitivity.by_end(
            self.series, self.params.interruption_month, season=self.params.season, **NAIVE
        )

    def naive_scan(self) -> sensitivity.Scan:
        """Return the naive model with its interruption at every date."""
        dates = sensitivity.dates_to_try(self.series, self.params.interruption_month)
        return sensitivity.scan(
            self.series,
            dates,
            real=self.params.interruption_month,
            season=self.params.season,
            **NAIVE,
        )

    @cached_property
    def model(self) -> Fit:
        """Return the primary model: REML, with a term for the concurrent event."""
        return its.fit(self.series, self.params.interruptions, season=self.params.season)

    @cached_property
    def effect(self) -> Effect:
        """Return the effect of the interruption, up to the month before the concurrent event."""
        return effects.effect(self.model, self.params.interruption_month, calendar=self.calendar)

    @property
    def path(self) -> pd.DataFrame:
        """Return the effect as it adds up."""
        return effects.cumulative_path(
            self.model, self.params.interruption_month, through=self.effect.through
        )

    def strict(self) -> str:
        """Return the effect stated only up to the first listed event, or why it cannot be."""
        if self.calendar is None:
            return tables.WORDS.sentence("no_calendar")
        clear = self.calendar.clear_through(self.effect.interruption, self.effect.through)
        return effects.answer(
            effects.effect,
            self.model,
            self.params.interruption_month,
            through=clear,
            calendar=self.calendar,
        )

    def attribution(self) -> Attribution | None:
        """Return the change shared out, single months apart; None without a concurrent event."""
        if self.params.competing is None:
            return None
        pulses = [self.params.refund] if self.params.refund else []
        fit = its.fit(
            self.series, self.params.interruptions, season=self.params.season, pulses=pulses
        )
        names = {
            "change": self.params.change,
            "concurrent": _sentence_case(self.params.competing_name),
        }
        return attribute(fit, self.params.interruption_month, self.params.competing, names=names)

    def interruption_dates(self) -> pd.DataFrame:
        """Return the effect from each day that could count as the first."""
        days = {f"Audit's period: {self.params.cut}": self.params.cut}
        days |= {f"{name}: {day}": day for name, day in self.params.other_cuts.items()}
        found = dates.from_each_day(
            self.series, days, self.params.concurrent,
            washout=self.params.washout, season=self.params.season,
        )  # fmt: skip
        return dates.compare_dates(found)

    @cached_property
    def curve(self) -> specifications.SpecificationCurve:
        """Return the effect under every declared combination of choices."""
        return specifications.specification_curve(
            self.series,
            self.params.choices,
            through=self.params.through,
            companion=None if self.companion is None else self.companion.series(),
            negligible_percent=self.params.negligible_percent,
        )

    def estimators(self) -> pd.DataFrame:
        """Return the primary model by every estimator."""
        return sensitivity.estimators(
            self.series, self.params.interruptions,
            interruption=self.params.interruption_month, season=self.params.season,
        )  # fmt: skip

    @cached_property
    def placebo(self) -> sensitivity.Scan:
        """Return the primary model with its interruption at every earlier date."""
        return sensitivity.placebo(
            self.series, self.params.interruption_month,
            concurrent=self.params.interruptions[1:], season=self.params.season,
        )  # fmt: skip

    @property
    def weights(self) -> dict[str, float]:
        """Return the terms of the cumulative effect, each with how often it counts."""
        return effects.cumulative_weights(self.model, self.effect)

    @property
    def base(self) -> float:
        """Return what was expected without the change over the window, in millions."""
        return float(self.effect.row("cumulative")["base_musd"])

    def simulate(self, seed: int) -> power.Simulation:
        """Return series like this one without effect, put through the primary model."""
        return power.simulate(
            self.model, self.weights, seed=seed, replications=self.params.simulations
        )

    @cached_property
    def detectable(self) -> power.Detectable:
        """Return the sizes that the model would show, by formula and by simulation."""
        return power.detectable_effect(
            self.model.contrast(self.weights), self.simulate(self.params.seed), base=self.base
        )

    @cached_property
    def safeguards(self) -> safeguards.Safeguards:
        """Return the checks that a change must pass to be called shown."""
        lags = diagnostics.usual_lags(len(self.series))
        return safeguards.safeguards(
            self.model, self.effect, placebo=self.placebo,
            residuals=diagnostics.residuals(self.model, lags=lags),
            richer=safeguards.richer_models(self.model, self.effect),
        )  # fmt: skip

    @cached_property
    def verdict(self) -> verdict.Conclusion:
        """Return the verdict on the cumulative effect."""
        return verdict.verdict(
            self.effect, safeguards=self.safeguards,
            negligible_percent=self.params.negligible_percent,
            answers=self.curve.admissible_answers, detectable=self.detectable,
        )  # fmt: skip

    def family_rates(self) -> pd.DataFrame:
        """Return how often the verdict shows a change in series as long as this, by their truth."""
        return rates.rates(
            self.series.index, self.params.interruption_month,
            concurrent=self.params.interruptions[1:], season=self.params.season,
            seed=self.params.seed,
        )  # fmt: skip

    def error_rates(self) -> pd.DataFrame:
        """Return how often the interval alone is wrong, on series drawn anew."""
        negligible = self.params.negligible_percent / 100 * abs(self.base)
        fresh = self.simulate(self.params.seed + 1)
        sizes = {
            "none": 0.0, "declared negligible": negligible, "detectable": self.detectable.largest,
        }  # fmt: skip
        return verdict.error_rates(
            fresh.estimates, fresh.half_width, negligible=negligible, true_effects=sizes
        )

    def residuals(self) -> diagnostics.Residuals:
        """Return what the primary model leaves over."""
        return diagnostics.residuals(self.model)

    def influence(self) -> diagnostics.Influence:
        """Return how far each single month moves the cumulative effect."""
        return diagnostics.influence(self.model, self.weights)

    def found(self, shared: Attribution | None) -> Findings:
        """Return what a report may quote, each finding with what it rests on."""
        return self.findings(
            statements.findings(
                tied=self.tied, effect=self.effect, attribution=shared, curve=self.curve,
                placebo=self.placebo, verdict=self.verdict, inputs=self.inputs,
            )
        )  # fmt: skip

    def coverage(self) -> pd.DataFrame:
        """Return how often 95 % intervals hold the truth, at this length."""
        return power.coverage(self.model, self.weights, seed=self.params.seed, replications=4000)


def _sentence_case(text: str) -> str:
    return text[:1].upper() + text[1:]


def read_analysis(params: CollectionsIts) -> Analysis:
    """Read every file that the parameters name, as the check before a run does."""
    receipts = params.read_receipts()
    calendar = None if params.events is None else read_calendar(params.events)
    published = None if params.published is None else ties.read_published(params.published)
    companion = params.read_companion()
    sources = [receipts.source]
    sources += [part.source for part in (companion, calendar, published) if part is not None]
    inputs = tuple({file.path: file for file in reversed(sources)}.values())[::-1]
    series = receipts.series(params.center)
    return Analysis(params, receipts, series, calendar, published, companion, inputs)
