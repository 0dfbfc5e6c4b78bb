"""What the collections notebook works on: its files, its model, and how it shows what it found."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import PurePath
from typing import Any

import numpy as np
import pandas as pd

from coee_nb import formats as fmt
from coee_nb.collections import effects, groups, its, statements, tables, verdict
from coee_nb.collections import tie_out as ties
from coee_nb.collections.attribution import Attribution, attribute
from coee_nb.collections.checklist import checklist
from coee_nb.collections.comparison import PERIOD, SeriesComparison, compare
from coee_nb.collections.counts import CountFit, fit_counts
from coee_nb.collections.declared import declared, stamp
from coee_nb.collections.effects import Effect
from coee_nb.collections.events import Calendar, read_calendar
from coee_nb.collections.its import Fit
from coee_nb.collections.params import CollectionsIts
from coee_nb.collections.parsing import yearly_frequency
from coee_nb.collections.robustness import (
    dates,
    diagnostics,
    power,
    rates,
    safeguards,
    sensitivity,
    specifications,
)
from coee_nb.collections.robustness.specifications import LOG_RATE
from coee_nb.collections.series import Amounts
from coee_nb.collections.staggered import StaggeredStarts, staggered, starts_told
from coee_nb.collections.tie_out import PublishedYears, TieOut
from coee_nb.collections.timing import Timing
from coee_nb.collections.units import Unit
from coee_nb.errors import CoeeError
from coee_nb.findings import Finding, Findings, InputFile, rows_of
from coee_nb.outputs import Callout, Chart, Table

FAMILY_SERIES, COVERAGE_SERIES = 100, 4000  # simulated, a family of errors and a row of coverage
NAIVE: dict[str, Any] = {"estimator": "newey-west", "lags": 1}


@dataclass(frozen=True)
class Analysis:
    """The files of a collections notebook as read, and the models its parameters ask for.

    ``series``: amounts by period, in ``unit``; ``calendar``, ``published`` and ``companion`` are
    None where the parameters name none; ``inputs``: every file read, with its account of rows.
    """

    params: CollectionsIts
    amounts: Amounts
    series: pd.Series
    calendar: Calendar | None
    published: PublishedYears | None
    companion: Amounts | None
    inputs: tuple[InputFile, ...]

    @property
    def origin(self) -> str:
        """Return the origin of the amounts: published, own records or generated."""
        return self.amounts.source.origin

    @property
    def basis(self) -> str:
        """Return what every caption and sentence rests on: file, interruption, periods used."""
        name = PurePath(self.amounts.source.path).name
        whose = f" of {self.params.group}" if self.params.group else ""
        return f"{name}{whose}, cut {self.params.began}, {self.period}"

    @property
    def period(self) -> str:
        """Return the first and last period used, in words."""
        return f"{self.series.index[0]} to {self.series.index[-1]}"

    @cached_property
    def unit(self) -> Unit:
        """Return what the amounts are counted in."""
        return Unit(self.params.unit)

    @cached_property
    def timing(self) -> Timing:
        """Return the dates of the parameters as periods of the series."""
        return Timing.of(self.params, self.series.index)

    @cached_property
    def season(self) -> str | int | None:
        """Return how the season is modelled."""
        return self.params.season_of(self.series)

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
        """Return findings, each of which says what it rests on, and on which lines.

        The lines of the series come before those of another file that a finding counts.
        """
        group = self.params.group
        lines = [self.amounts.lines.get(group, ())] if group else self.amounts.lines.values()
        rows = rows_of(self.amounts.source, (line for own in lines for line in own))
        return Findings(
            replace(
                one,
                statement=f"{one.statement} [{self.basis}]",
                source_rows="; ".join(filter(None, (rows, one.source_rows))),
            )
            for one in found
        )

    @property
    def first_post_year(self) -> int:
        """Return the fiscal year that holds the interruption."""
        cut = pd.Period(self.timing.cut, self.series.index.freq).asfreq("M", "start")
        return cut.asfreq(yearly_frequency(self.params.fiscal_year_starts)).year

    @cached_property
    def tied(self) -> TieOut | None:
        """Return the sums of the periods against the published figures, if there are any."""
        if self.published is None or self.params.definition is None:
            return None
        return ties.tie_out(
            self.amounts.series(), self.published, definition=self.params.definition,
            starts=self.params.fiscal_year_starts, unit=self.unit,
        )  # fmt: skip

    def of_years(self) -> str:
        """Return what the model answers on the complete fiscal years alone, or why it does not."""
        years = ties.complete_years(self.series, self.params.fiscal_year_starts)
        return effects.answer(its.fit, years, [str(self.first_post_year)])

    @cached_property
    def naive(self) -> Fit:
        """Return the model with one interruption and no other event, by least squares."""
        return its.fit(self.series, [self.timing.cut], season=self.season, **NAIVE)

    def naive_effect(self, *, calendar: Calendar | None = None) -> str:
        """Return what the naive model says of the change, or what the calendar objects."""
        return effects.answer(
            effects.effect, self.naive, self.timing.cut, calendar=calendar, unit=self.unit
        )

    def unknown_break(self) -> str:
        """Return where a single break is found if its date is not known."""
        return effects.answer(sensitivity.supremum_f, self.series)

    def naive_by_end(self) -> pd.DataFrame | str:
        """Return the naive model by the last period let in, or why it cannot be."""
        return _or_reason(
            sensitivity.by_end, self.series, self.timing.cut, season=self.season, **NAIVE
        )

    def naive_scan(self) -> sensitivity.Scan:
        """Return the naive model with its interruption at every date."""
        dates = sensitivity.dates_to_try(self.series, self.timing.cut)
        return sensitivity.scan(
            self.series,
            dates,
            real=self.timing.cut,
            season=self.season,
            **NAIVE,
        )

    @cached_property
    def model(self) -> Fit:
        """Return the primary model: REML, with a term for the concurrent event."""
        return its.fit(self.series, self.timing.interruptions, season=self.season)

    @cached_property
    def effect(self) -> Effect:
        """Return the effect of the interruption, up to the month before the concurrent event."""
        found = effects.effect(self.model, self.timing.cut, calendar=self.calendar, unit=self.unit)
        if self.starts is None:
            return found
        told = tables.WORDS.sentence("starts_apart", starts=starts_told(self.starts))
        return replace(found, cautions=(told, *found.cautions))

    @property
    def path(self) -> pd.DataFrame:
        """Return the effect as it adds up."""
        return effects.cumulative_path(self.model, self.timing.cut, through=self.effect.through)

    def strict(self) -> str:
        """Return the effect stated only up to the first listed event, or why it cannot be."""
        if self.calendar is None:
            return tables.WORDS.sentence("no_calendar")
        clear = self.calendar.clear_through(self.effect.interruption, self.effect.through)
        return effects.answer(
            effects.effect,
            self.model,
            self.timing.cut,
            through=clear,
            calendar=self.calendar,
            unit=self.unit,
        )

    def attribution(self) -> Attribution | None:
        """Return the change shared out, single months apart; None without a concurrent event."""
        competing = self.timing.competing
        if competing is None:
            return None
        fit = its.fit(
            self.series, self.timing.interruptions, season=self.season, pulses=self.timing.pulses
        )
        names = {
            "change": self.params.change,
            "concurrent": fmt.begun(self.timing.competing_name),
        }
        return attribute(fit, self.timing.cut, competing, names=names, unit=self.unit)

    def interruption_dates(self) -> pd.DataFrame | str:
        """Return the effect from each day that could count as the first, or why it cannot be."""
        days = {f"Audit's period: {self.params.began}": self.params.began}
        days |= {f"{name}: {day}": day for name, day in self.params.other_cuts.items()}
        found = _or_reason(
            dates.from_each_day, self.series, days, self.timing.months,
            washout=self.timing.washout, season=self.season,
        )  # fmt: skip
        return found if isinstance(found, str) else dates.compare_dates(found)

    @cached_property
    def curve(self) -> specifications.SpecificationCurve:
        """Return the effect under every declared combination of choices."""
        return specifications.specification_curve(
            self.series,
            self.params.choices(self.series, self.timing),
            through=self.timing.through,
            companion=None if self.companion is None else self.companion.series(),
            negligible_percent=self.params.negligible_percent,
        )

    def estimators(self) -> pd.DataFrame:
        """Return the primary model by every estimator."""
        return sensitivity.estimators(
            self.series, self.timing.interruptions,
            interruption=self.timing.cut, season=self.season,
        )  # fmt: skip

    @cached_property
    def placebo(self) -> sensitivity.Scan:
        """Return the primary model with its interruption at every earlier date."""
        return sensitivity.placebo(
            self.series, self.timing.cut,
            concurrent=self.timing.months, season=self.season,
        )  # fmt: skip

    @property
    def weights(self) -> dict[str, float]:
        """Return the terms of the cumulative effect, each with how often it counts."""
        return effects.cumulative_weights(self.model, self.effect)

    @property
    def base(self) -> float:
        """Return what was expected without the change over the window."""
        return float(self.effect.row("cumulative")["base"])

    def simulate(self, seed: int) -> power.Simulation:
        """Return series like this one without effect, put through the primary model."""
        return power.simulate(
            self.model, self.weights, seed=seed, replications=self.params.simulations
        )

    @cached_property
    def detectable(self) -> power.Detectable:
        """Return the sizes that the model would show, by formula and by simulation."""
        return power.detectable_effect(
            self.model.contrast(self.weights),
            self.simulate(self.params.seed),
            base=self.base,
            unit=self.unit,
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
        found = verdict.verdict(
            self.effect, safeguards=self.safeguards,
            negligible_percent=self.params.negligible_percent,
            answers=self.curve.admissible_answers, detectable=self.detectable,
        )  # fmt: skip
        if self.starts is None or found.answer != verdict.CANNOT_TELL:
            return found  # a change that is shown is said with the effect's cautions
        return replace(found, text=f"{found.text} {self.effect.caution}")

    def family_rates(self) -> pd.DataFrame:
        """Return how often the verdict shows a change in series as long as this, by their truth."""
        return rates.rates(
            self.series.index, self.timing.cut,
            concurrent=self.timing.months, season=self.season,
            seed=self.params.seed, series=FAMILY_SERIES,
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
                stamp=stamp(self.params), declared_on=self.params.declared_on,
                staggered=self.staggered if isinstance(self.staggered, StaggeredStarts) else None,
            )
        )  # fmt: skip

    def coverage(self) -> pd.DataFrame:
        """Return how often 95% intervals hold the truth, at this length."""
        measures = {"level": {f"level[{self.timing.cut}]": 1.0}, "cumulative": self.weights}
        return power.coverage(
            self.model, measures, seed=self.params.seed, replications=COVERAGE_SERIES
        )

    def by_group(self) -> pd.DataFrame | None:
        """Return the answer of every group and of all together; None where there are no groups."""
        if self.params.group_column is None or self.params.group is not None:
            return None
        return groups.by_group(
            self.amounts.values, self.timing.cut, competing=self.timing.months,
            season=self.season, negligible_percent=self.params.negligible_percent,
            starts=self.starts,
        )  # fmt: skip

    @cached_property
    def starts(self) -> Mapping[str, pd.Period | None] | None:
        """Return the start of every group; None where all begin with the cut."""
        return self.params.starts_of(self.amounts)

    @cached_property
    def staggered(self) -> StaggeredStarts | str | None:
        """Return all groups together, each from its own start; None where all begin together."""
        if self.starts is None:
            return None
        return _or_reason(
            staggered, self.amounts.values, self.starts, competing=self.timing.months,
            season=self.season, negligible_percent=self.params.negligible_percent,
        )  # fmt: skip

    @cached_property
    def compared(self) -> pd.DataFrame | None:
        """Return the series beside its comparison series, in logarithms where all allow it."""
        if not self.params.control_columns:
            return None
        frame = pd.DataFrame({self.params.value_column: self.series} | self.params.read_controls())
        return np.log(frame) if self.logs else frame

    @cached_property
    def logs(self) -> bool:
        """Say whether the series are compared in logarithms."""
        series = [self.series, *self.params.read_controls().values()]
        return all(bool((one > 0).all()) for one in series)

    def comparison(self) -> SeriesComparison | str | None:
        """Return how much more the series changed than those that the change did not touch.

        What moved all of them in a period has an effect of its own. None without such series; why
        not, where the model refuses.
        """
        return None if self.compared is None else self._compare()

    def comparison_washed(self) -> SeriesComparison | str | None:
        """Return the comparison without the periods of the wash-out; None where there are none."""
        washout = self.timing.washout
        return self._compare(washout) if self.compared is not None and washout else None

    def _compare(self, washout: Sequence[str] = ()) -> SeriesComparison | str:
        return _or_reason(
            compare, self.compared, self.timing.interruptions,
            treated=[self.params.value_column], season=PERIOD, washout=washout,
        )  # fmt: skip

    def counts(self) -> CountFit | str:
        """Return the model of counts, or why there is none."""
        if not self.unit.counts(self.series):
            return tables.WORDS.sentence("no_counts")
        rates = LOG_RATE in self.params.scales_of(self.series)
        exposure = self.companion.series() if rates and self.companion is not None else None
        return _or_reason(
            fit_counts, self.series, self.timing.interruptions, season=self.season,
            exposure=exposure,
        )  # fmt: skip

    @property
    def declared(self) -> pd.DataFrame:
        """Return every choice that was declared, and their stamp."""
        return declared(self.params)

    def checklist(self) -> pd.DataFrame:
        """Return the items of the usual checklists, filled in from this run."""
        return checklist(self)


def _or_reason(method: Callable[..., Any], *args: Any, **options: Any) -> Any:
    """Return what ``method`` finds, or the sentence why it refuses."""
    try:
        return method(*args, **options)
    except CoeeError as refusal:
        return tables.WORDS.sentence("no_answer", refusal=refusal)


def read_analysis(params: CollectionsIts) -> Analysis:
    """Read every file that the parameters name, as the check before a run does."""
    amounts = params.read_series()
    series = amounts.series(params.group)
    calendar = None if params.events is None else read_calendar(params.events).over(series.index)
    published = None
    if params.published is not None:
        figures = ties.read_published(params.published)
        published = figures.over(amounts.series(), params.fiscal_year_starts)
    companion = params.read_companion()
    sources = [amounts.source]
    sources += [part.source for part in (companion, calendar, published) if part is not None]
    inputs = tuple({file.path: file for file in reversed(sources)}.values())[::-1]
    return Analysis(params, amounts, series, calendar, published, companion, inputs)
