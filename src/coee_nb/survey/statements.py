"""The sentences about the survey that a report may print, each with its number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coee_nb import formats as fmt
from coee_nb.findings import Finding, Findings
from coee_nb.survey.data import KeyResult
from coee_nb.survey.nonrespondents import at_most, thresholds
from coee_nb.survey.release import COMPLETED, PARTIAL, TOOK_PART, Release
from coee_nb.survey.response_rates import response_rates
from coee_nb.survey.results import finding_line, span
from coee_nb.survey.tables import RULES, apart, attack_text, checked, rules, with_an_answer

if TYPE_CHECKING:
    import pandas as pd

SUPPRESSED = "is suppressed: it would tell of fewer than {} people"


def participation(released: Release) -> Findings:
    """Return coverage, who took part, and the response rates under the rule used.

    Ids: ``survey.coverage`` (with printed figures), ``.completed``, ``.partial``, ``.answered``,
    ``.response_rate.rr2`` and ``.rr1``: where every case is eligible, the other four equal them.
    """
    survey = released.survey
    found = []
    if survey.files.published is not None:
        personnel = survey.files.published.figures.counts.personnel
        words, line = ("personnel", "were asked"), "way_to_the_answers.Survey distributed to"
        found.append(_share(released, "coverage", survey.asked, personnel, words, line))
    everyone = released.count("participation", TOOK_PART)
    for name, label, did, line in (
        ("completed", COMPLETED, "completed the survey", "Completed the survey"),
        ("partial", PARTIAL, "did not complete it", "Did not complete it"),
    ):
        number = released.count("dispositions", label)
        words, evidence = ("recorded respondents", did), f"dispositions.{line}"
        found.append(_share(released, name, number, everyone, words, evidence))
    words, line = ("people asked", "answered at least one question"), "of whom answered a question"
    number = with_an_answer(released)
    found.append(_share(released, "answered", number, survey.asked, words, f"dispositions.{line}"))
    return released.findings([*found, *_rates(released)])


def _rates(released: Release) -> list[Finding]:
    """Return RR2, the rate used, and RR1, under the partial rule used."""
    params = released.survey.params
    rule = params.partial_rule
    table = response_rates(rules(released.survey), used=(rule, "RR2")).table
    shown = apart(released, table)
    own = table[table["rule"] == rule].set_index("rate")["numerator"]
    enough = f"answered over {fmt.percent(params.complete_above)} of the questions put to them"
    part = f"answered {fmt.percent(params.partial_from)} or more of the questions put to them"
    complete = enough if rule == "share" else "completed the survey"
    either = {
        "recorded": f"are recorded as complete or partial, {_of_them(released)}",
        "answered": "completed the survey or answered at least one question",
        "share": part,
    }[rule]
    found = []
    for rate, did in {"RR2": either, "RR1": complete}.items():
        number = int(own[rate]) if own[rate] in shown else None
        words = ("people asked", f"{did} (response rate {rate}; partials: {RULES[rule]})")
        name, line = f"response_rate.{rate.lower()}", f"response_rates.{rate}"
        found.append(_share(released, name, number, released.survey.asked, words, line))
    return found


def _of_them(released: Release) -> str:
    """Return how many of those recorded answered anything, as a part of the sentence on RR2."""
    number, asked = with_an_answer(released), released.survey.asked
    if number is None:
        return "whether or not they answered a question"
    if number == released.survey.responded:
        return "each with at least one answer"
    share = fmt.percent(number, asked)
    return f"of whom {fmt.count(number)} ({share} of all asked) answered at least one question"


def items(released: Release) -> Findings | None:
    """Return the findings of the survey, in their order: ``survey.item.<id>``; None without any."""
    if not released.survey.key_results:
        return None
    return released.findings(_item(released, one) for one in released.survey.key_results)


def _item(released: Release, key_result: KeyResult) -> Finding:
    line = finding_line(released, key_result)
    name, evidence = f"item.{key_result.id}", f"findings.{key_result.id}"
    if "n" not in line:
        why = SUPPRESSED.format(released.floor)
        if not key_result.values.notna().any():
            why = "cannot be given: nobody answered the question"
        text = f"{key_result.text}: the share {why}."
        return released.finding(name, text, None, "share", evidence=evidence)
    level = fmt.percent(released.survey.params.confidence)
    text = (
        f"{key_result.text}: {fmt.percent(line['count'], line['n'])}, {fmt.count(line['count'])} "
        f"of the {fmt.count(line['n'])} who answered ({level} interval "
        f"{span(line['wilson_low'], line['wilson_high'])}; without assumption about the others "
        f"{span(line['bound_low'], line['bound_high'])})."
    )
    numbers = {"numerator": line["count"], "denominator": line["n"]}
    return released.finding(name, text, line["share"], "share", evidence=evidence, **numbers)


def nonresponse(released: Release, weighted: pd.DataFrame) -> Findings:
    """Return what the thresholds and ``nonrespondents.weighted_estimates`` say.

    Ids: ``survey.nonresponse.unit``, ``survey.nonresponse.items``, ``survey.weighting.shift``.
    """
    verdicts = thresholds(released).frame
    found = [_unit_response(released, verdicts.iloc[0]), _item_response(released, verdicts[1:])]
    if len(weighted) and weighted["moved"].notna().any():
        found.append(_largest_move(released, weighted))
    return released.findings(found)


def _unit_response(released: Release, verdict: pd.Series) -> Finding:
    called = "is" if verdict["verdict"] == "analysis called for" else "is not"
    did = (
        f"are recorded as respondents: a non-response bias analysis {called} called for (threshold "
        f"{fmt.percent(verdict['threshold'])})"
    )
    everyone, asked = released.count("participation", TOOK_PART), released.survey.asked
    evidence = f"response_thresholds.{verdict['of']}"
    return _share(released, "nonresponse.unit", everyone, asked, ("people asked", did), evidence)


def _item_response(released: Release, verdicts: pd.DataFrame) -> Finding:
    low, of = int((verdicts["verdict"] == "analysis called for").sum()), len(verdicts)
    threshold = fmt.percent(verdicts["threshold"].iloc[0])
    text = (
        f"{fmt.count(low)} of {fmt.count(of)} questions (each row of a matrix is one) have a "
        f"response under {threshold}, which calls for an analysis of item non-response."
    )
    numbers = {"numerator": low, "denominator": of, "evidence": "response_thresholds"}
    return released.finding("nonresponse.items", text, low, "questions", **numbers)


def _largest_move(released: Release, weighted: pd.DataFrame) -> Finding:
    """Return the largest move that the printed estimates leave possible, rounded up."""
    worst = weighted.loc[weighted["moved"].idxmax()]
    moved = float(worst["moved"])
    text = (
        "Weighting to the frame moves no finding that can be weighted by more than "
        f"{at_most(moved)} percentage points."
    )
    evidence = f"weighted_findings.{worst['finding']}"
    return released.finding("weighting.shift", text, moved, "share", evidence=evidence)


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
    if released.survey.files.published is None:
        return None
    found = checked(released)
    matches, of = int((found.table["verdict"] == "match").sum()), len(found.table)
    how = {
        "numerator": matches,
        "denominator": of,
        "inputs": (*released.survey.sources, released.survey.files.published.input),
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
) -> Finding:
    """Return ``number`` of ``of`` people, ``words`` saying who and what they did.

    Without a number where it is suppressed.
    """
    who, did = words
    if number is None or of is None:
        text = f"How many {who} {did} {SUPPRESSED.format(released.floor)}."
        return released.finding(name, text, None, "share", evidence=evidence)
    text = f"{fmt.count(number)} of {fmt.count(of)} {who} ({fmt.percent(number, of)}) {did}."
    numbers = {"numerator": number, "denominator": of, "evidence": evidence}
    return released.finding(name, text, number / of, "share", **numbers)
