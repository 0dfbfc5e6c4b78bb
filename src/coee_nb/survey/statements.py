"""The sentences about the survey that a report may print, each with its number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from coee_nb import formats as fmt
from coee_nb.findings import Finding, Findings
from coee_nb.survey.chapter import Headline
from coee_nb.survey.estimation.response_rates import response_rates
from coee_nb.survey.nonrespondents import thresholds
from coee_nb.survey.release import COMPLETED, PARTIAL, TOOK_PART, Release
from coee_nb.survey.results import finding_line, of_section, section, span
from coee_nb.survey.tables import RULES, apart, checked, rules

if TYPE_CHECKING:
    import pandas as pd

WITHHELD = "is withheld: it would tell of fewer than {} people"


def participation(released: Release) -> Findings:
    """Return coverage, who took part, and the response rates under the rule used.

    Ids: ``survey.coverage`` (with printed figures), ``.completed``, ``.partial``,
    ``.response_rate.rr2`` and ``.rr1``: where every case is eligible, the other four equal them.
    """
    survey = released.survey
    found = []
    if survey.files.published is not None:
        personnel = survey.files.published.figures.counts.personnel
        words = ("personnel", "received the survey")
        found.append(
            _share(released, "coverage", survey.asked, personnel, words, "way_to_the_answers")
        )
    everyone = released.count("participation", TOOK_PART)
    for name, label, did, line in (
        ("completed", COMPLETED, "completed the survey", "Completed the survey"),
        ("partial", PARTIAL, "stopped before the end", "Responded in part"),
    ):
        number = released.count("dispositions", label)
        words, evidence = ("respondents", did), f"dispositions.{line}"
        found.append(_share(released, name, number, everyone, words, evidence))
    return Findings([*found, *_rates(released)])


def _rates(released: Release) -> list[Finding]:
    """Return RR2, the rate used, and RR1, under the partial rule used."""
    rule = released.survey.params.partial_rule
    table = response_rates(rules(released.survey), used=(rule, "RR2")).table
    shown = apart(released, table)
    own = table[table["rule"] == rule].set_index("rate")["numerator"]
    found = []
    for rate, did in {
        "RR2": "completed the survey or a part of it",
        "RR1": "completed the survey",
    }.items():
        number = int(own[rate]) if own[rate] in shown else None
        words = ("people asked", f"{did} (response rate {rate}; partials: {RULES[rule]})")
        name, line = f"response_rate.{rate.lower()}", f"response_rates.{rate}"
        found.append(_share(released, name, number, released.survey.asked, words, line))
    return found


def items(released: Release, where: str | None = None, *, but: Sequence[str] = ()) -> Findings:
    """Return the findings printed at ``where`` (or at none of ``but``): ``survey.item.<id>``."""
    chosen = of_section(released.survey, where, but)
    return Findings([_item(released, one, section(where)) for one in chosen])


def _item(released: Release, headline: Headline, table: str) -> Finding:
    line = finding_line(released, headline)
    found = {
        "id": f"survey.item.{headline.id}",
        "unit": "share",
        "inputs": released.survey.sources,
        "evidence": f"{table}.{headline.id}",
    }
    if "n" not in line:
        text = f"{headline.text}: the share {WITHHELD.format(released.floor)}."
        return Finding(statement=text, value=None, **found)
    level = fmt.percent(released.survey.params.confidence)
    text = (
        f"{headline.text}: {fmt.percent(line['count'], line['n'])}, {fmt.count(line['count'])} of "
        f"the {fmt.count(line['n'])} who answered ({level} interval "
        f"{span(line['wilson_low'], line['wilson_high'])}; without assumption about the others "
        f"{span(line['bound_low'], line['bound_high'])})."
    )
    return Finding(
        statement=text,
        value=line["share"],
        numerator=line["count"],
        denominator=line["n"],
        **found,
    )


def nonresponse(released: Release, weighted: pd.DataFrame) -> Findings:
    """Return what the thresholds and ``nonrespondents.weighted_estimates`` say.

    Ids: ``survey.nonresponse.unit``, ``survey.nonresponse.items``, ``survey.weighting.shift``.
    """
    verdicts = thresholds(released).frame
    found = [_unit_response(released, verdicts.iloc[0]), _item_response(released, verdicts[1:])]
    if len(weighted) and weighted["moved"].notna().any():
        found.append(_largest_move(released, float(weighted["moved"].max())))
    return Findings(found)


def _unit_response(released: Release, verdict: pd.Series) -> Finding:
    called = "is" if verdict["verdict"] == "analysis called for" else "is not"
    did = (
        f"responded: a non-response bias analysis {called} called for (threshold "
        f"{fmt.percent(verdict['threshold'])})"
    )
    everyone, asked = released.count("participation", TOOK_PART), released.survey.asked
    words = ("people asked", did)
    return _share(released, "nonresponse.unit", everyone, asked, words, "response_thresholds")


def _item_response(released: Release, verdicts: pd.DataFrame) -> Finding:
    low, of = int((verdicts["verdict"] == "analysis called for").sum()), len(verdicts)
    text = (
        f"{fmt.count(low)} of {fmt.count(of)} questions (each row of a matrix is one) call for an "
        "analysis of item non-response."
    )
    found = {"inputs": released.survey.sources, "evidence": "response_thresholds"}
    return Finding("survey.nonresponse.items", text, low, "questions", low, of, **found)


def _largest_move(released: Release, moved: float) -> Finding:
    points = fmt.number(100 * moved, 1)
    text = f"Weighting to the frame moves no finding by more than {points} percentage points."
    found = {"inputs": released.survey.sources, "evidence": "weighted_findings"}
    return Finding("survey.weighting.shift", text, moved, "share", **found)


def disclosure(released: Release) -> Findings:
    """Return how much is withheld and what an attacker pins: ``survey.disclosure.*``."""
    summary = released.plan.summary
    hidden, cells = int(summary["hidden"].sum()), int(summary["cells"].sum())
    pinned = int(released.attacked["pinned"].sum()) if len(released.attacked) else 0
    inputs = released.survey.sources
    attacked = (
        f"Of the {fmt.count(hidden)} withheld cells an attacker who knows all that is printed, "
        f"and the size of every group, pins {fmt.count(pinned)}."
    )
    evidence = "disclosure" if hidden else ""
    return Findings(
        [
            Finding(
                "survey.disclosure.hidden",
                released.plan.text,
                hidden,
                "cells",
                hidden,
                cells,
                inputs,
                evidence,
            ),
            Finding(
                "survey.disclosure.pinned",
                attacked,
                pinned,
                "cells",
                pinned,
                hidden,
                inputs,
                evidence,
            ),
        ]
    )


def published(released: Release) -> Findings:
    """Return how many printed figures the rows reproduce: ``survey.published.matches``."""
    if released.survey.files.published is None:
        return Findings()
    found = checked(released)
    matches, of = int((found.table["verdict"] == "match").sum()), len(found.table)
    inputs = (*released.survey.sources, released.survey.files.published.input)
    return Findings(
        [
            Finding(
                "survey.published.matches",
                found.text,
                matches,
                "figures",
                matches,
                of,
                inputs,
                "published_figures",
            )
        ]
    )


def _share(
    released: Release,
    name: str,
    number: int | None,
    of: int | None,
    words: tuple[str, str],
    evidence: str,
) -> Finding:
    """Return ``number`` of ``of`` people, ``words`` saying who and what they did.

    Without a number where it is withheld.
    """
    (who, did), kept = words, {"unit": "share", "inputs": released.survey.sources}
    if number is None or of is None:
        text = f"How many {who} {did} {WITHHELD.format(released.floor)}."
        return Finding(f"survey.{name}", text, None, evidence=evidence, **kept)
    text = f"{fmt.count(number)} of {fmt.count(of)} {who} ({fmt.percent(number, of)}) {did}."
    return Finding(
        f"survey.{name}",
        text,
        number / of,
        numerator=number,
        denominator=of,
        evidence=evidence,
        **kept,
    )
