"""Tables of who took part, of the file as read, of comments and of what is suppressed."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePath

import pandas as pd

from coee_nb import formats as fmt
from coee_nb.errors import InputError
from coee_nb.findings import Inputs
from coee_nb.origins import GENERATED, PUBLISHED
from coee_nb.outputs import Callout, Table
from coee_nb.survey.data import Survey, files_of
from coee_nb.survey.nonresponse import respondents_against_frame
from coee_nb.survey.published import PublishedCheck, check_published
from coee_nb.survey.questions.states import answer_counts
from coee_nb.survey.release import (
    ANSWERED_IT,
    COMPLETED,
    NOT_REPORTABLE,
    PARTIAL,
    REASONS,
    RESPONDED,
    TOOK_PART,
    Release,
    item_labels,
    segment_labels,
)
from coee_nb.survey.response_rates import (
    Dispositions,
    answered_dispositions,
    recorded_dispositions,
    response_rates,
    share_dispositions,
    tally,
    waterfall,
)

SUPPRESSED = "suppressed"
RULES = {
    "recorded": "all recorded",
    "answered": "with an answer",
    "share": "by share answered",
}


def count(value: float) -> str:
    """Return a count as printed; a missing one is suppressed.

    >>> count(1052), count(None)
    ('1,052', 'suppressed')
    """
    return SUPPRESSED if fmt.is_missing(value) else fmt.count(value)


def percent(value: float) -> str:
    """Return a share as a whole percentage; a missing one is suppressed."""
    return SUPPRESSED if fmt.is_missing(value) else fmt.percent(value)


def percent_tenth(value: float) -> str:
    """Return a share as a percentage with one decimal; a missing one is suppressed."""
    return SUPPRESSED if fmt.is_missing(value) else fmt.percent(value, digits=1)


def points(value: float) -> str:
    """Return a difference of shares in percentage points, with its sign.

    >>> points(0.0312), points(-0.0005)
    ('+3.1', '-0.1')
    """
    if fmt.is_missing(value):
        return SUPPRESSED
    found = fmt.number(100 * value, 1)
    return found if found.startswith("-") or found == "0.0" else f"+{found}"


def one_decimal(value: float) -> str:
    """Return a number with one decimal."""
    return fmt.number(value, 1)


def between(low: float, high: float) -> str:
    """Return an interval of numbers with one decimal; a dash without one."""
    return fmt.MISSING if fmt.is_missing(low) else f"{fmt.number(low, 1)} to {fmt.number(high, 1)}"


def callout(released: Release) -> Callout | None:
    """Return what the codebook says of the data; nothing where it says nothing."""
    note = released.survey.files.codebook.note
    return released.callout(note) if note else None


def no_breakdown(released: Release, dimension: str) -> Callout:
    """Return the callout that stands where results are not shown by a group."""
    return released.callout(f"Nothing is shown by {released.survey.word(dimension)}.")


# Participation


def dispositions(released: Release) -> Table:
    """Return who completed the survey, who stopped and who did not respond."""
    asked, responded = released.survey.asked, released.count("participation", TOOK_PART)
    lines = [
        ("Completed the survey", released.count("dispositions", COMPLETED)),
        ("Did not complete it", released.count("dispositions", PARTIAL)),
        ("Recorded as respondents, in all", responded),
        ("of whom answered a question", with_an_answer(released)),
        ("No response", released.count("participation", "no response")),
        ("Asked", asked),
    ]
    frame = pd.DataFrame(lines, columns=["disposition", "count"]).astype({"count": "Int64"})
    frame["share_of_asked"] = _shares(frame["count"], asked)
    return released.table(
        frame,
        name="dispositions",
        caption="Who took part",
        formats={"count": count, "share_of_asked": percent},
        labels={"share_of_asked": "of all asked"},
        anchor="disposition",
    )


def with_an_answer(released: Release) -> int | None:
    """Return how many respondents answered a question in substance; None where suppressed."""
    if released.count("participation", TOOK_PART) is None:
        return None
    survey = released.survey
    number = int((answer_counts(survey.rows, survey.items)["answered"] > 0).sum())
    others = apart(released, _all_rates(released))
    near = any(0 < abs(number - other) < released.floor for other in others)
    return None if near else number


def participation_flow(released: Release) -> Table:
    """Return the steps from those asked to the answers of each item, with every reason.

    They begin at all personnel where printed figures tell it.
    """
    survey = released.survey
    printed = survey.files.published
    accounts = survey.tables[""].accounting
    frame = waterfall(
        personnel=printed.figures.counts.personnel if printed else survey.asked,
        distributed=survey.asked,
        responded=survey.responded,
        accounting=accounts,
    ).table
    labels, first = item_labels(accounts), len(frame) - len(accounts)
    frame.loc[first:, "reason"] = [
        _reason(released.nonresponse_reasons.get(label)) for label in labels
    ]
    frame.loc[first:, "step"] = [f"Answered {label}" for label in labels]
    suppressed = [
        first + k for k, label in enumerate(labels) if label not in released.nonresponse_reasons
    ]
    if released.count("participation", TOOK_PART) is None:
        suppressed = list(range(first - 1, len(frame)))
    numbers = ["count", "left_out", "share_of_previous", "share_of_frame"]
    frame = frame.astype({"count": "Int64", "left_out": "Int64"})
    frame.loc[suppressed, numbers] = pd.NA
    whole = "all personnel" if printed else "those asked"
    return released.table(
        (frame if printed else frame.iloc[1:]).reset_index(drop=True),
        name="way_to_the_answers",
        caption=f"From {whole} to the answers of each question",
        formats={
            "count": count,
            "left_out": count,
            "share_of_previous": _percent_or_blank,
            "share_of_frame": _percent_or_blank,
        },
        anchor="step",
        labels={
            "left_out": "fewer than before",
            "reason": "why",
            "share_of_previous": "of those before",
            "share_of_frame": "of all asked",
        },
        note="A question's line starts again from the respondents. Reasons of fewer than "
        f"{released.floor} people are put together with others.",
    )


def _reason(told: dict[str, int] | None) -> str:
    """Return the reasons why respondents are not among an item's answers, with their counts."""
    if told is None:
        return f"{SUPPRESSED}: a few of those asked did not answer"
    words = {NOT_REPORTABLE: "stopped before it, or gave no answer"}
    return ", ".join(f"{fmt.count(n)} {words.get(why, why)}" for why, n in told.items() if n)


def accounting(released: Release) -> Table:
    """Return, for each item, how the respondents divide into answers and reasons for none."""
    survey, reasons = released.survey, [*REASONS.values(), NOT_REPORTABLE]
    lines = []
    for label in item_labels(survey.tables[""].accounting):
        told = released.nonresponse_reasons.get(label)
        answered = None if told is None else survey.responded - sum(told.values())
        line = {"item": label, "in_frame": survey.asked, RESPONDED: survey.responded}
        line |= {ANSWERED_IT: answered} | {why: (told or {}).get(why) for why in reasons}
        lines.append(line)
    frame = pd.DataFrame(lines)
    frame = frame.astype(dict.fromkeys(frame.columns[1:], "Int64"))
    if released.count("participation", TOOK_PART) is None:
        frame.loc[:, RESPONDED:] = pd.NA
    return released.table(
        frame,
        name="item_accounting",
        caption="Where each question's denominator comes from",
        labels={ANSWERED_IT: "answered in substance"},
        show=("item", ANSWERED_IT, *reasons),
        note="Every line adds up to all respondents. A dash: counted among the "
        "reasons put together, or a line suppressed because a few of those asked did not answer.",
    )


def rates(released: Release) -> Table:
    """Return the six AAPOR response rates under every partial rule.

    Cooperation rates are not given: a survey tool records no refusal, so that they are not known.
    """
    params, found = released.survey.params, _all_rates(released)
    found["numerator"] = found["numerator"].astype("Int64")
    found["numerator"] = found["numerator"].where(found["numerator"].isin(apart(released, found)))
    wide = found.drop_duplicates("rate")[["rate", "definition"]].reset_index(drop=True)
    for rule in RULES:
        own = found[found["rule"] == rule].reset_index(drop=True)
        wide[f"{rule}_numerator"] = own["numerator"]
        wide[f"{rule}_denominator"] = own["denominator"].astype("Int64")
        wide[rule] = _shares(own["numerator"], own["denominator"])
    used = RULES[params.partial_rule]
    wide["used"] = [used if rate == "RR2" else "" for rate in wide["rate"]]
    wide["counted"] = wide[f"{params.partial_rule}_numerator"]
    wide["of"] = wide[f"{params.partial_rule}_denominator"]
    return released.table(
        wide,
        name="response_rates",
        caption="Response rates, by who counts as a partial",
        formats=dict.fromkeys(RULES, percent_tenth) | {"counted": count},
        labels=RULES | {"counted": f"people, {used}"},
        show=("rate", *RULES, "used", "counted", "of", "definition"),
        anchor="rate",
        note=_rates_note(released),
    )


def _rates_note(released: Release) -> str:
    params = released.survey.params
    return (
        "Partials are all recorded who did not finish (the lenient rule), those of them with an "
        "answer, or told by the share of applicable questions answered: from "
        f"{fmt.percent(params.partial_from)} a partial, above {fmt.percent(params.complete_above)} "
        "complete (the strict rule). The rest are break-offs. A rate whose count differs from "
        f"another's by fewer than {released.floor} people is suppressed. Everyone in the frame is "
        "taken as eligible; RR3 and RR5 then equal RR1. Cooperation rates are not known: refusals "
        "are not recorded. Source: AAPOR, Standard Definitions (2023)."
    )


def _all_rates(released: Release) -> pd.DataFrame:
    """Return the response rates under every rule, not yet released."""
    used = (released.survey.params.partial_rule, "RR2")
    found = response_rates(rules(released.survey), used=used).table
    return found[found["rate"].str.startswith("RR")].reset_index(drop=True)


def rules(survey: Survey) -> dict[str, Dispositions]:
    """Return the dispositions under each partial rule."""
    counts = answer_counts(survey.rows, survey.items)
    finished, params = survey.rows["finished"], survey.params
    shares = {"partial_from": params.partial_from, "complete_above": params.complete_above}
    found = {
        "recorded": recorded_dispositions(finished),
        "answered": answered_dispositions(finished, counts["answered"]),
        "share": share_dispositions(counts["answered"], counts["applicable"], **shares),
    }
    return {rule: tally(given, frame=survey.asked) for rule, given in found.items()}


def apart(released: Release, found: pd.DataFrame) -> set[int]:
    """Return the numerators that may be shown: no two of them differ by a few people.

    Those of the recorded rule, which other tables print too, go first.
    """
    if released.count("participation", TOOK_PART) is None:
        return set()
    known = {0, released.survey.responded, released.survey.asked}
    for rule in RULES:
        for rate in ("RR2", "RR1"):
            one = (found["rate"] == rate) & (found["rule"] == rule)
            number = int(found.loc[one, "numerator"].iloc[0])
            if not any(0 < abs(number - other) < released.floor for other in known):
                known.add(number)
    return known


def break_offs(released: Release) -> Table | Callout:
    """Return where people left the survey."""
    left = released.break_off_segments
    if left["left"].sum() == 0:
        return released.callout("Everyone who responded finished the survey.")
    labels = segment_labels(left)
    frame = left.assign(questions=labels)[["questions", "reached", "left"]]
    counts = [released.count("break-offs", label) for label in labels]
    frame["left"] = pd.array(counts, dtype="Int64")
    frame["reached"] = frame["reached"].astype("Int64")
    if frame["left"].isna().any():
        frame.loc[1:, "reached"] = pd.NA
    frame["share_left"] = _shares(frame["left"], frame["reached"])
    return released.table(
        frame,
        name="break_offs",
        caption="At which questions people left",
        formats={"reached": count, "left": count, "share_left": percent},
        labels={"share_left": "of those who reached them"},
        note="Neighbouring questions are put together until none tells of fewer than "
        f"{released.floor} people.",
    )


def response_by(released: Release, dimension: str) -> Table | Callout:
    """Return who took part in each Center or title, beside the frame."""
    survey = released.survey
    if not survey.broken_down_by(dimension):
        return no_breakdown(released, dimension)
    word = survey.word(dimension)
    taken = released.plan.apply(f"participation by {dimension}")
    taken = taken[taken["answer"] == TOOK_PART].reset_index(drop=True)
    frame = taken[[dimension]].assign(asked=taken["denominator"], responded=taken["count"])
    frame["response_rate"] = _shares(frame["responded"], frame["asked"])
    frame["share_of_asked"] = _shares(frame["asked"], survey.asked)
    frame["share_of_respondents"] = _shares(frame["responded"], survey.responded)
    frame["difference"] = frame["share_of_respondents"] - frame["share_of_asked"]
    shares = ["response_rate", "share_of_asked", "share_of_respondents"]
    return released.table(
        frame,
        name=f"response_by_{dimension}",
        caption=f"Respondents beside the frame, by {word}",
        formats={"asked": count, "responded": count, "difference": points}
        | dict.fromkeys(shares, percent_tenth),
        labels={dimension: word, "difference": "difference, points"},
        note=_against_frame(released, dimension, complete=bool(frame["responded"].notna().all())),
    )


def _against_frame(released: Release, dimension: str, *, complete: bool) -> str:
    """Return the test that all groups respond alike, where all its counts are shown."""
    if not complete:
        return f"Counts of fewer than {released.floor} people, or telling of them, are suppressed."
    survey = released.survey
    if len(survey.margins(dimension)) < 2:
        return ""
    groups = survey.rows[dimension].rename(survey.word(dimension))
    return respondents_against_frame(groups, survey.margins(dimension)).text


# The file as read


def account(released: Release) -> Table:
    """Return rows read = rows excluded, by reason, + rows analysed."""
    return released.table(
        released.survey.files.responses.account,
        name="rows_read",
        caption="Every row of the export",
        of_files=("rows",),
    )


def questionnaire(released: Release) -> Table:
    """Return the questions in the order they were asked, by the names used in this survey data."""
    lines = [
        {
            "name": item.name,
            "question": item.wording,
            "kind": item.kind,
            "asked_if": "" if item.asked_if is None else _condition(*item.asked_if),
        }
        for item in released.survey.items
    ]
    return released.table(
        pd.DataFrame(lines),
        name="questionnaire",
        caption="The questions, by the names that tables use",
        labels={"asked_if": "asked only if"},
    )


def _condition(item: str, answers: Iterable[str]) -> str:
    return f"{item} is {' or '.join(sorted(answers))}"


def checks(released: Release) -> Table:
    """Return every way the export could mislead, found or not.

    Rows that are analysed are people: of them, few are given as fewer than the floor.
    """
    found = released.survey.files.responses.checks.copy()
    about_files = found["done"].str.startswith("excluded") | ~found["concerns"].str.contains("row")
    few = found["count"].between(1, released.floor - 1) & ~about_files
    found["count"] = found["count"].astype("Int64").where(~few)
    return released.table(
        found,
        name="checks",
        caption="Checks of the export before analysis",
        of_files=("count",),
        formats={
            "count": lambda n: f"under {released.floor}" if fmt.is_missing(n) else fmt.count(n)
        },
        labels={"done": "what was done"},
    )


# Comments


def themes(released: Release) -> Table | Callout:
    """Return how many respondents raised each theme in their comments."""
    if "themes" not in released.plan.tables:
        return released.callout("No coding of the comments by theme was given.")
    found = released.plan.apply("themes")
    total = released.count("themes", "answered")
    frame = found[~found["answer"].isin(["no comment", "answered"])]
    frame = frame[["answer", "count"]].rename(columns={"answer": "theme"})
    frame["share"] = _shares(frame["count"], total)
    shown = frame["count"].astype(float).fillna(-1)
    frame = frame.iloc[shown.argsort(kind="stable")[::-1]].reset_index(drop=True)
    return released.table(
        frame,
        name="themes",
        caption=f"What the {count(total or 0)} comments are about",
        formats={"count": count, "share": percent},
        labels={"count": "respondents", "share": "of those who commented"},
        note="A comment may raise several themes." + _account_of_coding(released),
    )


def _account_of_coding(released: Release) -> str:
    """Return how many lines of the coding were used, where no theme is suppressed."""
    themes = released.survey.themes
    return f" {themes.text}" if themes and _all_themes_shown(released) else ""


def _all_themes_shown(released: Release) -> bool:
    """Whether no theme is suppressed, so that the lines of the coding may be counted."""
    if "themes" not in released.plan.tables:
        return False
    return bool(released.plan.apply("themes")["count"].notna().all())


def inputs(released: Release) -> Inputs:
    """Return every file the survey data rests on, with the account of its rows."""
    shown = _all_themes_shown(released)
    return released.inputs(files_of(released.survey, account_of_themes=shown))


def printed_comments(released: Release) -> Table | Callout:
    """Return the comments that the report itself prints, as it prints them."""
    printed = released.survey.files.published
    if printed is None or not printed.figures.comments:
        return released.callout("No comments printed in a report were given.")
    frame = pd.DataFrame([comment.model_dump() for comment in printed.figures.comments])
    return released.table(
        frame,
        name="printed_comments",
        caption="Comments as the report prints them",
        origin=PUBLISHED,
        basis=PurePath(printed.input.path).name,
        labels={"text": "comment"},
        note=f"Not of the rows of this page. Source: {printed.figures.source}",
    )


def quotations(released: Release, *, rows: int = 20) -> Table | Callout:
    """Return the comments that may be quoted, with their group; generated ones never."""
    frame, survey = released.comments.quotable, released.survey
    if frame.empty:
        return released.callout("No comment of the responses may be quoted.")
    if survey.origin == GENERATED:
        return released.callout(
            "The comments of the responses are generated, nobody's words: none is quoted. The "
            f"screening would decide: {released.comments.text}"
        )
    return released.table(
        frame,
        name="quotable_comments",
        caption="Comments that may be quoted",
        labels={name: survey.word(name) for name in survey.dimensions},
        rows=rows,
        note=f"{released.comments.text} They stand as they were written, without control "
        "characters.",
    )


def suppressed_comments(released: Release) -> Table | Callout:
    """Return how many comments are suppressed, by reason."""
    if released.comments.suppressed.empty:
        return released.callout("No comment of the responses is suppressed.")
    return released.table(
        released.comments.suppressed[["reason", "comments"]],
        name="suppressed_comments",
        caption="Comments that may not be quoted",
        formats={"comments": count},
        note=f"A comment may be quoted when its group has at least {released.floor} people, asked "
        "and responding, and no identifier to who wrote it or of whom was found in it. "
        f"Reasons of fewer than {released.floor} comments are put together.",
    )


# What is suppressed, and the published figures


def disclosure(released: Release) -> Table:
    """Return how many cells are suppressed in each kind of table, and what an attacker learns."""
    summary = released.plan.summary[["table", "cells", "suppressed", "note"]].copy()
    attacked = released.attacked.assign(room=released.attacked["high"] - released.attacked["low"])
    by = attacked.groupby("table")
    summary["pinned"] = summary["table"].map(by["pinned"].sum()).fillna(0).astype(int)
    summary["room"] = summary["table"].map(by["room"].min()).astype("Int64")
    suppressed = summary[summary["suppressed"] > 0].reset_index(drop=True)
    return released.table(
        suppressed[["table", "cells", "suppressed", "pinned", "room", "note"]],
        name="disclosure",
        caption="Tables with suppressed cells",
        of_files=("cells", "suppressed", "pinned", "room"),
        anchor="table",
        labels={
            "suppressed": "suppressed",
            "pinned": "worked out in the trial",
            "room": "narrowest range left, people",
        },
        show=("table", "cells", "suppressed", "pinned", "room"),
        note=disclosure_text(released),
    )


def disclosure_text(released: Release) -> str:
    """Return what is suppressed, why, and what an attack on it gave."""
    floor = f"The floor is {released.floor} people: a common choice, not a rule of law."
    return " ".join(filter(None, [released.plan.text, attack_text(released), floor]))


def attack_text(released: Release) -> str:
    """Return what the attack on the suppressed cells did and gave, where any is suppressed."""
    found = released.attacked
    if found.empty:
        return ""
    fixed, of = int(found["pinned"].sum()), len(found)
    return (
        f"{fmt.count(fixed)} of the {fmt.count(of)} suppressed cells could be worked out. The "
        "trial took the printed counts of each question with the number asked and the number who "
        "responded in every group, and solved for the smallest and largest value of each "
        "suppressed cell. Not tried: combining questions, test results, and what respondents "
        "know of each other."
    )


def published_check(released: Release) -> Table | Callout:
    """Return each printed figure beside the one recomputed from the rows."""
    survey = released.survey
    if survey.files.published is None:
        return released.callout("No printed figures were given to check.")
    found = checked(released)
    return released.table(
        found.table,
        name="published_figures",
        caption="Printed figures and the same from the rows",
        of_files=("printed_percent", "percent", *_PRINTED),
        formats={
            "printed_percent": _whole_percent,
            "percent": _whole_percent,
            "numerator": count,
            "denominator": count,
        },
        labels={"printed_numerator": "printed", "printed_denominator": "of", "printed_percent": "%"}
        | {"numerator": "from the rows", "denominator": "of ", "percent": "% "},
        show=("figure", "where", *_PRINTED, *_FOUND, "verdict", "independence"),
        anchor="id",
        note=f"{found.text} Source: {survey.files.published.figures.source}",
    )


_PRINTED = ("printed_numerator", "printed_denominator", "printed_percent")
_FOUND = ("numerator", "denominator", "percent")


def checked(released: Release) -> PublishedCheck:
    """Return the check, without the recomputed figures that differ and may not be shown."""
    survey = released.survey
    if survey.files.published is None:
        raise InputError("no printed figures were given", do="name them in published")
    found = check_published(
        survey.files.published,
        survey.rows,
        survey.files.codebook,
        frame_total=survey.asked,
        origin=survey.origin,
    )
    suppressed = {one.id for one in survey.key_results if not released.may_print(one)}
    if released.count("dispositions", COMPLETED) is None:
        suppressed |= {"completed", "partial"}
    mask = found.table["id"].isin(suppressed) & (found.table["verdict"] != "match")
    table = found.table.astype(dict.fromkeys(_FOUND, "Int64"))
    table.loc[mask, list(_FOUND)] = pd.NA
    table.loc[mask, "verdict"] = "differs"
    return PublishedCheck(table, found.text)


def _shares(numerator: pd.Series, denominator: pd.Series | int) -> pd.Series:
    below = pd.Series(denominator, index=numerator.index).astype("Float64").replace(0, pd.NA)
    return (numerator.astype("Float64") / below).astype(float)


def _percent_or_blank(value: float) -> str:
    return fmt.MISSING if fmt.is_missing(value) else fmt.percent(value)


def _whole_percent(value: float) -> str:
    return fmt.MISSING if fmt.is_missing(value) else f"{fmt.count(value)} %"
