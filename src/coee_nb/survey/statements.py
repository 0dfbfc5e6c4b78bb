"""The sentences about the survey that a report may print, each with its number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from coee_nb import formats as fmt
from coee_nb.findings import Finding, Findings
from coee_nb.lazily import showing
from coee_nb.survey.key_results import KeyResult
from coee_nb.survey.nonrespondents import at_most, thresholds
from coee_nb.survey.participation import (
    partial_levels,
    rates_by_rule,
    shown_numerators,
    with_an_answer,
)
from coee_nb.survey.release import COMPLETED, PARTIAL, Release
from coee_nb.survey.results import finding_lines, span
from coee_nb.survey.tables import WORDS, attack_text, checked, rule_words


def participation(released: Release) -> Findings:
    """Return coverage, who took part, and the response rates under the rule used.

    Ids: ``survey.coverage`` (with printed figures), ``.completed``, ``.partial``, ``.answered``,
    ``.response_rate.rr2`` and ``.rr1``: where every case is eligible, the other four equal them.
    Rates are not known where the number of people asked is not.
    """
    survey = released.survey
    found = []
    if survey.files.published is not None and survey.asked is not None:
        personnel = survey.files.published.figures.counts.personnel
        words, line = ("personnel", "were asked"), "way_to_the_answers.Survey distributed to"
        found.append(_share(released, "coverage", survey.asked, personnel, words, line))
    found += _completion(released)
    if survey.asked is None:
        return released.findings([*found, *_rates_unknown(released)])
    words, line = ("people asked", "answered at least one question"), "of whom answered a question"
    number = with_an_answer(released)
    found.append(_share(released, "answered", number, survey.asked, words, f"dispositions.{line}"))
    return released.findings([*found, *_rates(released, survey.asked)])


def _completion(released: Release) -> list[Finding]:
    """Return who completed the survey and who did not, of those recorded."""
    everyone, found = released.took_part, []
    for name, label, did, line in (
        ("completed", COMPLETED, "completed the survey", "Completed the survey"),
        ("partial", PARTIAL, "did not complete it", "Did not complete it"),
    ):
        if not released.survey.completion_known:
            text = WORDS.sentence("completion_unknown")
            found.append(released.finding(name, text, None, "share", evidence="dispositions"))
            continue
        number = released.count("dispositions", label)
        words, evidence = ("recorded respondents", did), f"dispositions.{line}"
        found.append(_share(released, name, number, everyone, words, evidence))
    return found


def _rates_unknown(released: Release) -> list[Finding]:
    """Return RR2 and RR1 where nobody says how many were asked; the first says who responded."""
    unknown, line = WORDS.sentence("asked_unknown"), "dispositions.Recorded as respondents, in all"
    told = WORDS.sentence("asked_unknown_of", number=fmt.count(released.survey.responded))
    return [
        released.finding("response_rate.rr2", told, None, "share", evidence=line),
        released.finding("response_rate.rr1", unknown, None, "share", evidence="dispositions"),
    ]


def _rates(released: Release, asked: int) -> list[Finding]:
    """Return RR2, the rate used, and RR1, under the partial rule used."""
    params = released.survey.params
    rule = params.partial_rule
    table = rates_by_rule(released, asked)
    shown = shown_numerators(released, table)
    own = table[table["rule"] == rule].set_index("rate")["numerator"]
    levels = partial_levels(params)
    took_part = WORDS.sentence(f"responded_{rule}", of_them=_of_them(released, asked), **levels)
    complete = WORDS.sentence("complete_by_share" if rule == "share" else "complete", **levels)
    found = []
    for rate, did, meant in (("RR2", "responded", took_part), ("RR1", complete, "")):
        number = int(own[rate]) if not pd.isna(own[rate]) and own[rate] in shown else None
        more = WORDS.sentence("rate", meant=meant, rate=rate, rule=rule_words(rule)).strip()
        who, line = ("people asked", did), f"response_rates.{rate}"
        name = f"response_rate.{rate.lower()}"
        found.append(_share(released, name, number, asked, who, line, more=more))
    return found


def _of_them(released: Release, asked: int) -> str:
    """Return how many of those recorded answered anything, as a part of the sentence on RR2."""
    number, survey = with_an_answer(released), released.survey
    if number is None:
        return WORDS.sentence("of_them_unknown")
    if number == survey.responded:
        return WORDS.sentence("of_them_all")
    share = fmt.percent(number, asked)
    return WORDS.sentence("of_them_some", number=fmt.count(number), percent=share)


def items(released: Release) -> Findings | None:
    """Return the findings of the survey, in their order: ``survey.item.<id>``; None without any."""
    if not released.survey.key_results:
        return None
    lines = finding_lines(released).to_dict("records")
    chosen = zip(released.survey.key_results, lines, strict=True)
    return released.findings(_item(released, one, line) for one, line in chosen)


def _item(released: Release, key_result: KeyResult, line: Mapping[str, Any]) -> Finding:
    name, evidence = f"item.{key_result.id}", f"findings.{key_result.id}"
    if fmt.is_missing(line["share"]):
        why = WORDS.sentence("suppressed", floor=released.floor)
        if not key_result.values.notna().any():
            why = WORDS.sentence("unanswered")
        text = WORDS.sentence("item_suppressed", finding=fmt.begun(key_result.text), why=why)
        return released.finding(name, text, None, "share", evidence=evidence)
    text = WORDS.sentence(
        "item",
        finding=fmt.begun(key_result.text),
        percent=fmt.percent(line["count"], line["n"]),
        count=fmt.count(line["count"]),
        n=fmt.count(line["n"]),
        level=fmt.percent(released.survey.params.confidence),
        interval=span(line["wilson_low"], line["wilson_high"]),
        bounds="" if fmt.is_missing(line["bound_low"]) else _bounds(line),
    )
    numbers = {"numerator": int(line["count"]), "denominator": int(line["n"])}
    return released.finding(name, text, line["share"], "share", evidence=evidence, **numbers)


def _bounds(line: Mapping[str, Any]) -> str:
    return WORDS.sentence("item_bounds", bounds=span(line["bound_low"], line["bound_high"]))


def nonresponse(released: Release, weighted: pd.DataFrame) -> Findings:
    """Return what the thresholds and ``nonrespondents.weighted_estimates`` say.

    Ids: ``survey.nonresponse.unit``, ``survey.nonresponse.items``, ``survey.weighting.shift``.
    """
    verdicts = thresholds(released).frame
    of_items = verdicts["level"] == "item"
    found = [_unit_response(released, verdicts[~of_items])]
    found.append(_item_response(released, verdicts[of_items]))
    if len(weighted) and weighted["moved"].notna().any():
        found.append(_largest_move(released, weighted))
    return released.findings(found)


def _unit_response(released: Release, verdicts: pd.DataFrame) -> Finding:
    if released.survey.asked is None:
        text = WORDS.sentence("asked_unknown")
        return released.finding("nonresponse.unit", text, None, "share", evidence="dispositions")
    verdict = verdicts.iloc[0]
    called = "is" if verdict["verdict"] == "analysis called for" else "is not"
    threshold = fmt.percent(verdict["threshold"])
    did = WORDS.sentence("unit_response", called=called, threshold=threshold)
    everyone, asked = released.took_part, released.survey.asked
    evidence = f"response_thresholds.{verdict['of']}"
    return _share(released, "nonresponse.unit", everyone, asked, ("people asked", did), evidence)


def _item_response(released: Release, verdicts: pd.DataFrame) -> Finding:
    low, of = int((verdicts["verdict"] == "analysis called for").sum()), len(verdicts)
    threshold = fmt.percent(verdicts["threshold"].iloc[0])
    said = {"low": fmt.count(low), "of": fmt.count(of), "threshold": threshold}
    text = WORDS.sentence("item_response", **said)
    numbers = {"numerator": low, "denominator": of, "evidence": "response_thresholds"}
    return released.finding("nonresponse.items", text, low, "questions", **numbers)


def _largest_move(released: Release, weighted: pd.DataFrame) -> Finding:
    """Return the largest move that the printed estimates leave possible, rounded up."""
    worst = weighted.loc[weighted["moved"].idxmax()]
    moved = at_most(float(worst["moved"]))
    text = WORDS.sentence("largest_move", moved=moved)
    evidence = f"weighted_findings.{worst['finding']}"
    unit = "percentage points"
    return released.finding("weighting.shift", text, float(moved), unit, evidence=evidence)


def disclosure(released: Release) -> Findings:
    """Return how much is suppressed and what the attack on it gave: ``survey.disclosure.*``."""
    summary = released.plan.summary
    suppressed, cells = int(summary["suppressed"].sum()), int(summary["cells"].sum())
    evidence = "disclosure" if suppressed else ""
    numbers = {"numerator": suppressed, "denominator": cells, "evidence": evidence}
    found = [
        released.finding("disclosure.hidden", released.plan.text, suppressed, "cells", **numbers)
    ]
    if suppressed:
        pinned = int(released.attacked["pinned"].sum())
        numbers |= {"numerator": pinned, "denominator": suppressed}
        text = attack_text(released)
        found.append(released.finding("disclosure.pinned", text, pinned, "cells", **numbers))
    return released.findings(found)


def published(released: Release) -> Findings | None:
    """Return how many printed figures the rows reproduce: ``survey.published.matches``.

    None where no printed figures were given.
    """
    printed = released.survey.files.published
    if printed is None:
        return None
    found = checked(released, printed)
    matches, of = int((found.table["verdict"] == "match").sum()), len(found.table)
    how = {
        "numerator": matches,
        "denominator": of,
        "inputs": (*released.survey.sources, printed.input),
        "evidence": "published_figures",
    }
    one = released.finding("published.matches", found.text, matches, "figures", **how)
    return released.findings([one])


def _share(
    released: Release,
    name: str,
    number: int | None,
    of: int | None,
    words: tuple[str, str],
    evidence: str,
    *,
    more: str = "",
) -> Finding:
    """Return ``number`` of ``of`` people, ``words`` saying who and what they did, and ``more``.

    Without a number where it is suppressed.
    """
    who, did = words
    if number is None or of is None:
        why = WORDS.sentence("suppressed", floor=released.floor)
        text = WORDS.sentence("share_suppressed", who=who, did=did, why=why)
        return released.finding(name, f"{text} {more}".strip(), None, "share", evidence=evidence)
    said = {"number": fmt.count(number), "of": fmt.count(of), "percent": fmt.percent(number, of)}
    text = f"{WORDS.sentence('share', who=who, did=did, **said)} {more}".strip()
    numbers = {"numerator": number, "denominator": of, "evidence": evidence}
    return released.finding(name, text, number / of, "share", **numbers)


__dir__ = showing(globals())
