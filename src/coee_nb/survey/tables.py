"""Tables of who took part, of the file as read, of comments and of what is suppressed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import PurePath

import numpy as np
import pandas as pd

from coee_nb import formats as fmt
from coee_nb.findings import Inputs
from coee_nb.lazily import showing
from coee_nb.origins import GENERATED, PUBLISHED
from coee_nb.outputs import Callout, Chart, Several, Table
from coee_nb.survey.data import NOT_STATED, Survey, files_of
from coee_nb.survey.gate import SUPPRESSED, WORDS
from coee_nb.survey.nonresponse import respondents_against_frame
from coee_nb.survey.participation import (
    PARTIAL_RULES,
    partial_levels,
    rates_by_rule,
    shown_numerators,
    with_an_answer,
)
from coee_nb.survey.published import PublishedCheck, PublishedReport, check_published
from coee_nb.survey.questions.multi import WITH_OTHERS
from coee_nb.survey.read.checks import EXCLUSIVE, UNGROUPED
from coee_nb.survey.reasons import (
    NOT_REPORTABLE,
    REASONS,
    segment_labels,
)
from coee_nb.survey.release import (
    ANSWERED_IT,
    COMPLETED,
    FIELDWORK,
    PARTIAL,
    RESPONDED,
    TOOK_PART,
    Release,
    item_labels,
)
from coee_nb.survey.response_rates import waterfall

ANSWERED = "Answered "  # how the step of a question begins


def count(value: float | None) -> str:
    """Return a count as printed; a missing one is suppressed.

    >>> count(1052), count(None)
    ('1,052', 'suppressed')
    """
    return SUPPRESSED if value is None or fmt.is_missing(value) else fmt.count(value)


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
    """Return what the codebook says of the data, and whether it is a draft; None if nothing."""
    codebook = released.survey.files.codebook
    draft = WORDS.sentence("draft_codebook") if codebook.draft else ""
    said = f"{draft} {codebook.note}".strip()
    return released.callout(said) if said else None


def no_breakdown(released: Release, dimension: str) -> Callout:
    """Return the callout that stands where results are not shown by a group."""
    return released.callout(WORDS.sentence("no_breakdown", group=released.survey.word(dimension)))


# Participation


def dispositions(released: Release) -> Table:
    """Return who completed the survey, who stopped and, where known, who did not respond."""
    asked, responded = released.survey.asked, released.took_part
    lines = [*_by_completion(released), ("Recorded as respondents, in all", responded)]
    if asked is not None:
        lines += [
            ("of whom answered a question", with_an_answer(released)),
            ("No response", released.count("participation", "no response")),
            ("Asked", asked),
        ]
    frame = pd.DataFrame(lines, columns=["disposition", "count"]).astype({"count": "Int64"})
    frame["share_of_asked"] = _shares(frame["count"], asked)
    return released.table(
        frame,
        **WORDS.table("dispositions", asked=WORDS.sentence(_how_asked(released.survey))),
        formats={"count": count, "share_of_asked": percent},
        own_sign=("share_of_asked",) if asked is None else (),
        anchor="disposition",
    )


def responses_by_day(released: Release) -> Table | Callout:
    """Return how many responses were recorded from day to day, days of few put together."""
    if FIELDWORK not in released.plan.tables:
        dated = released.survey.rows["recorded_on"].notna().any()
        return released.callout(WORDS.sentence("one_period" if dated else "no_days"))
    found = released.plan.apply(FIELDWORK)
    frame = found[found["answer"] != "answered"].reset_index(drop=True)
    return released.table(
        frame[["answer", "count"]].rename(columns={"answer": "recorded"}),
        **WORDS.table("responses_by_day", floor=released.floor),
        formats={"count": count},
        rows=31,
    )


def _how_asked(survey: Survey) -> str:
    """Return which sentence says how many were asked."""
    if survey.files.frame is None:
        return "asked_unknown"
    if survey.files.frame.unplaced:
        return "screened_unplaced"
    return "screened_left_out" if len(survey.files.responses.screened) else "asked_known"


def _by_completion(released: Release) -> list[tuple[str, int | None]]:
    """Return who completed the survey and who did not; nothing where that is not known."""
    if not released.survey.completion_known:
        return []
    return [
        ("Completed the survey", released.count("dispositions", COMPLETED)),
        ("Did not complete it", released.count("dispositions", PARTIAL)),
    ]


def participation_flow(released: Release) -> Table:
    """Return the steps from those asked to the answers of each item, with every reason.

    They begin at all personnel where printed figures tell it.
    """
    survey = released.survey
    printed = survey.files.published
    accounts = survey.tables[""].accounting
    everyone = survey.responded if survey.asked is None else survey.asked
    frame = waterfall(
        personnel=printed.figures.counts.personnel if printed else everyone,
        distributed=everyone,
        responded=survey.responded,
        accounting=accounts,
    )
    labels, first = item_labels(accounts), len(frame) - len(accounts)
    frame.loc[first:, "reason"] = [
        _reason(released.nonresponse_reasons.get(label)) for label in labels
    ]
    frame.loc[first:, "step"] = [f"{ANSWERED}{label}" for label in labels]
    suppressed = [
        first + k for k, label in enumerate(labels) if label not in released.nonresponse_reasons
    ]
    if released.took_part is None:
        suppressed = list(range(first - 1, len(frame)))
    numbers = ["count", "left_out", "share_of_previous", "share_of_frame"]
    frame = frame.astype({"count": "Int64", "left_out": "Int64"})
    frame.loc[suppressed, numbers] = pd.NA
    begins = "all personnel" if printed else "those asked"
    skipped = 0 if printed else 1
    if survey.asked is None:
        begins, skipped = "those who responded", 2
        frame["share_of_frame"] = np.nan
    return released.table(
        frame.iloc[skipped:].reset_index(drop=True),
        **WORDS.table("way_to_the_answers", first=begins, floor=released.floor),
        formats={
            "step": lambda step: step_words(survey, step),
            "count": count,
            "left_out": count,
            "share_of_previous": _percent_or_blank,
            "share_of_frame": _percent_or_blank,
        },
        anchor="step",
    )


def step_words(survey: Survey, step: str) -> str:
    """Return a step of the flow with the question in words where it is one."""
    name = step.removeprefix(ANSWERED)
    return step if name == step else f"{ANSWERED}“{survey.question(name)}”"


def _reason(told: dict[str, int] | None) -> str:
    """Return the reasons why respondents are not among an item's answers, with their counts."""
    if told is None:
        return WORDS.sentence("reasons_suppressed", suppressed=SUPPRESSED)
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
        line[NOT_REPORTABLE] = None if told is None else told.get(NOT_REPORTABLE, 0)
        lines.append(line)
    frame = pd.DataFrame(lines)
    frame = frame.astype(dict.fromkeys(frame.columns[1:], "Int64"))
    if released.took_part is None:
        frame.loc[:, RESPONDED:] = pd.NA
    return released.table(
        frame,
        **WORDS.table("item_accounting", floor=released.floor),
        formats={"item": survey.question} | dict.fromkeys((ANSWERED_IT, *reasons), count),
        show=("item", ANSWERED_IT, *reasons),
    )


def rates(released: Release) -> Table | Callout:
    """Return the six AAPOR response rates under every partial rule.

    Cooperation rates are not given: a survey tool records no refusal, so that they are not known.
    Nor are any rates where the number of people asked is not.
    """
    asked = released.survey.asked
    if asked is None:
        return released.callout(WORDS.sentence("asked_unknown"))
    params, found = released.survey.params, rates_by_rule(released, asked)
    shown = found["numerator"].isin(shown_numerators(released, found))
    found["numerator"] = found["numerator"].astype("Int64").where(shown)
    wide = found.drop_duplicates("rate")[["rate", "definition"]].reset_index(drop=True)
    for rule in PARTIAL_RULES:
        own = found[found["rule"] == rule].reset_index(drop=True)
        wide[f"{rule}_numerator"] = own["numerator"]
        wide[f"{rule}_denominator"] = own["denominator"].astype("Int64")
        wide[rule] = _shares(own["numerator"], own["denominator"])
    used = rule_words(params.partial_rule)
    wide["used"] = [used if rate == "RR2" else "" for rate in wide["rate"]]
    wide["counted"] = wide[f"{params.partial_rule}_numerator"]
    wide["of"] = wide[f"{params.partial_rule}_denominator"]
    levels = partial_levels(params)
    return released.table(
        wide,
        **WORDS.table("response_rates", used=used, floor=released.floor, **levels),
        formats=dict.fromkeys(PARTIAL_RULES, percent_tenth) | {"counted": count},
        anchor="rate",
    )


def rule_words(rule: str) -> str:
    """Return what a rule on who counts as a partial is called."""
    return WORDS.tables["response_rates"]["labels"][rule]


def break_offs(released: Release) -> Table | Callout:
    """Return where people left the survey."""
    left = released.break_off_segments
    if not released.survey.completion_known:
        return released.callout(WORDS.sentence("completion_unknown"))
    if left["left"].sum() == 0:
        return released.callout(WORDS.sentence("all_finished"))
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
        **WORDS.table("break_offs", floor=released.floor),
        formats={
            "questions": lambda label: segment_words(released.survey, label),
            "reached": count,
            "left": count,
            "share_left": percent,
        },
    )


def segment_words(survey: Survey, label: str) -> str:
    """Return the questions at which people left, the first and the last, in words."""
    return " to ".join(map(survey.question, label.split(" to ")))


def response_by(released: Release, dimension: str) -> Table | Callout:
    """Return who took part in each group, beside the frame."""
    survey = released.survey
    if not survey.broken_down_by(dimension):
        return no_breakdown(released, dimension)
    word = survey.word(dimension)
    if not survey.framed(dimension):
        return released.callout(WORDS.sentence("asked_unknown_by", group=word))
    taken = released.plan.apply(f"participation by {dimension}")
    taken = taken[taken["answer"] == TOOK_PART].reset_index(drop=True)
    frame = taken[[dimension]].assign(asked=taken["denominator"], responded=taken["count"])
    frame["response_rate"] = _shares(frame["responded"], frame["asked"])
    frame["share_of_asked"] = _shares(frame["asked"], survey.asked)
    frame["share_of_respondents"] = _shares(frame["responded"], survey.responded)
    frame["difference"] = frame["share_of_respondents"] - frame["share_of_asked"]
    shares = ["response_rate", "share_of_asked", "share_of_respondents"]
    words = WORDS.table("response_by_group", group=word)
    words |= {"name": f"response_by_{dimension}", "labels": words["labels"] | {dimension: word}}
    return released.table(
        frame,
        **words,
        formats={"asked": count, "responded": count, "difference": points}
        | dict.fromkeys(shares, percent_tenth),
        note=_against_frame(released, dimension, complete=bool(frame["responded"].notna().all())),
    )


def _against_frame(released: Release, dimension: str, *, complete: bool) -> str:
    """Return the test that all groups respond alike, where all its counts are shown."""
    if not complete:
        return ""
    survey = released.survey
    if survey.census:
        return WORDS.sentence("census")
    if len(survey.margins(dimension)) < 2:
        return ""
    groups = survey.rows[dimension].rename(survey.word(dimension))
    return respondents_against_frame(groups, survey.margins(dimension)).text


def by_each_group(
    make: Callable[[Release, str], Table | Chart | Callout], released: Release
) -> Several | Callout:
    """Return what ``make`` gives of each group that results are shown by, one after the other."""
    groups = released.survey.breakdowns
    if not groups:
        return released.callout(WORDS.sentence("no_group"))
    return Several(tuple(make(released, group) for group in groups))


# The file as read


def account(released: Release) -> Table:
    """Return rows read = rows excluded, by reason, + rows analysed.

    Reasons that tell of a few people are put together; where all of them do, the rows read are
    not given either.
    """
    file = released.survey.sources[0]
    lines: list[tuple[str, int | None]] = [("rows read", file.rows)]
    lines += [(f"excluded: {reason}", number) for reason, number in file.excluded.items()]
    if file.rows is None:
        lines.append((f"excluded: fewer than {released.floor} rows", None))
    frame = pd.DataFrame([*lines, ("rows analysed", file.used)], columns=["step", "rows"])
    return released.table(
        frame.astype({"rows": "Int64"}),
        **WORDS.table("rows_read"),
        formats={"rows": count},
        of_files=("rows",),
    )


def questionnaire(released: Release) -> Table:
    """Return the questions in the order they were asked, and the names that files use for them."""
    lines = [
        {
            "question": item.wording,
            "kind": item.kind,
            "asked_if": ""
            if item.asked_if is None
            else item.asked_if.words(lambda name: f"“{released.survey.question(name)}”"),
            "name": item.name,
        }
        for item in released.survey.items
    ]
    return released.table(pd.DataFrame(lines), **WORDS.table("questionnaire"))


def checks(released: Release) -> Table:
    """Return every way the export could mislead, found or not.

    Of people, few are given as fewer than the floor; a reason for excluding rows that the account
    puts together with others is not counted, nor what another table suppresses.
    """
    responses, floor = released.survey.files.responses, released.floor
    found = responses.checks.copy()
    together = set(responses.input.excluded) - set(released.survey.sources[0].excluded)
    untold = found["least"].between(1, floor - 1)
    untold |= found["check"].isin(together | _suppressed_elsewhere(released))
    found["count"] = found["count"].astype("Int64").where(~untold)
    called = {
        UNGROUPED.wrong.format(group=name): UNGROUPED.wrong.format(group=released.survey.word(name))
        for name in released.survey.dimensions
    }
    return released.table(
        found.drop(columns="least"),
        **WORDS.table("checks"),
        of_files=("count",),
        formats={
            "check": lambda check: called.get(check, check),
            "concerns": released.survey.question,
            "count": count,
        },
    )


def _suppressed_elsewhere(released: Release) -> set[str]:
    """Return the checks that count the people of a suppressed cell."""
    cells = released.plan.cells[released.plan.cells["suppressed"]]
    found = {
        UNGROUPED.wrong.format(group=name)
        for name in released.survey.dimensions
        if name in cells and (cells[name] == NOT_STATED).any()
    }
    both = cells["answer"].astype(str).str.endswith(f"({WITH_OTHERS})").any()
    return found | ({EXCLUSIVE.wrong} if both else set())


# Comments


def themes(released: Release) -> Table | Callout:
    """Return how many respondents raised each theme in their comments."""
    if "themes" not in released.plan.tables:
        return released.callout(WORDS.sentence("no_themes"))
    found = released.plan.apply("themes")
    question = released.survey.files.coded_question
    name = "" if question is None else question.name
    known = name in released.nonresponse_reasons
    total = released.count("themes", "answered") if known else None
    frame = found[~found["answer"].isin(["no comment", "answered"])]
    frame = frame[["answer", "count"]].rename(columns={"answer": "theme"})
    frame["share"] = _shares(frame["count"], total)
    shown = frame["count"].astype(float).fillna(-1)
    frame = frame.iloc[shown.argsort(kind="stable")[::-1]].reset_index(drop=True)
    coding = released.survey.themes
    account = [coding.text] if coding is not None and _all_themes_shown(released) else []
    return released.table(
        frame,
        **WORDS.table("themes", question=released.survey.question(name), comments=count(total)),
        formats={"count": count, "share": percent},
        note=" ".join([WORDS.sentence("several_themes"), *account]),
    )


def _all_themes_shown(released: Release) -> bool:
    """Whether no theme is suppressed, so that the lines of the coding may be counted."""
    question = released.survey.files.coded_question
    if "themes" not in released.plan.tables or question is None:
        return False
    if question.name not in released.nonresponse_reasons:
        return False
    return bool(released.plan.apply("themes")["count"].notna().all())


def inputs(released: Release) -> Inputs:
    """Return every file the page rests on, with the account of its rows."""
    shown = _all_themes_shown(released)
    return released.inputs(files_of(released.survey, account_of_themes=shown))


def printed_comments(released: Release) -> Table | Callout:
    """Return the comments that the report itself prints, as it prints them."""
    printed = released.survey.files.published
    if printed is None or not printed.figures.comments:
        return released.callout(WORDS.sentence("no_printed_comments"))
    frame = pd.DataFrame([comment.model_dump() for comment in printed.figures.comments])
    return released.table(
        frame,
        **WORDS.table("printed_comments", source=printed.figures.source),
        origin=PUBLISHED,
        basis=PurePath(printed.input.path).name,
    )


def quotations(released: Release, *, rows: int = 20) -> Table | Callout:
    """Return the comments that may be quoted, with question and group; generated ones never."""
    frame, survey = released.comments.quotable, released.survey
    if survey.params.review is None:
        return released.callout(WORDS.sentence("not_reviewed"))
    if frame.empty:
        return released.callout(WORDS.sentence("nothing_quotable"))
    screening = " ".join(_screened(released))
    if survey.origin == GENERATED:
        return released.callout(WORDS.sentence("generated_comments", screening=screening))
    review = survey.params.review.name
    return released.table(
        frame,
        **WORDS.table("quotable_comments", screening=screening, review=review),
        labels={name: survey.word(name) for name in survey.dimensions},
        formats={"question": survey.question},
        rows=rows,
    )


def _screened(released: Release) -> Iterable[str]:
    """Yield how many comments of each question may be quoted; of how many, where that is told."""
    for question in released.comments.analyst["question"].unique():
        shown, total = released.comments.counts(question)
        told = question in released.nonresponse_reasons
        counts = f"{count(shown)} of {count(total)}" if told else count(shown)
        asked = released.survey.question(question)
        yield WORDS.sentence("screened", question=asked, counts=counts)


def suppressed_comments(released: Release) -> Table | Callout:
    """Return how many comments are suppressed, by question and reason.

    They are counted where the number who answered the question is told.
    """
    frame = released.comments.suppressed[["question", "reason", "comments"]]
    if frame.empty:
        return released.callout(WORDS.sentence("nothing_suppressed"))
    told = frame["question"].isin(released.nonresponse_reasons)
    return released.table(
        frame.assign(comments=frame["comments"].where(told)),
        **WORDS.table("suppressed_comments", floor=released.floor),
        formats={"question": released.survey.question, "comments": count},
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
    of = "floor" if released.floor else "no_floor"
    floor = WORDS.sentence(of, floor=released.floor)
    return released.table(
        suppressed[["table", "cells", "suppressed", "pinned", "room", "note"]],
        **WORDS.table("disclosure"),
        formats={"table": lambda name: _plan_words(released.survey, name)},
        of_files=("cells", "suppressed", "pinned", "room"),
        anchor="table",
        note=" ".join(filter(None, [released.plan.text, attack_text(released), floor])),
    )


def _plan_words(survey: Survey, table: str) -> str:
    """Return what a table of the plan is of, as a line of the summary says it."""
    return fmt.begun(survey.in_words(table))


def attack_text(released: Release) -> str:
    """Return what the attack on the suppressed cells did and gave, where any is suppressed."""
    found = released.attacked
    if found.empty:
        return ""
    worked_out = fmt.count(int(found["pinned"].sum()))
    return WORDS.sentence("attack", worked_out=worked_out, suppressed=fmt.count(len(found)))


def published_check(released: Release) -> Table | Callout:
    """Return each printed figure beside the one recomputed from the rows."""
    printed = released.survey.files.published
    if printed is None:
        return released.callout(WORDS.sentence("no_printed_figures"))
    found = checked(released, printed)
    source = printed.figures.source
    return released.table(
        found.table,
        **WORDS.table("published_figures", found=found.text, source=source),
        of_files=_PRINTED,
        own_sign=("printed_numerator", "printed_denominator", "printed_percent"),
        formats={
            "printed_percent": _whole_percent,
            "percent": _whole_percent,
            "numerator": count,
            "denominator": count,
        },
        anchor="id",
    )


_PRINTED = ("printed_numerator", "printed_denominator", "printed_percent", "percent")
_FOUND = ("numerator", "denominator", "percent")


def checked(released: Release, printed: PublishedReport) -> PublishedCheck:
    """Return the check, without the recomputed figures that differ and may not be shown."""
    survey = released.survey
    found = check_published(
        printed,
        survey.rows,
        survey.files.codebook,
        frame_total=survey.asked,
        origin=survey.origin,
    )
    suppressed = {one.id for one in survey.key_results if not released.may_print(one)}
    if not survey.completion_known or released.count("dispositions", COMPLETED) is None:
        suppressed |= {"completed", "partial"}
    mask = found.table["id"].isin(suppressed) & (found.table["verdict"] != "match")
    table = found.table.astype(dict.fromkeys(_FOUND, "Int64"))
    table.loc[mask, list(_FOUND)] = pd.NA
    table.loc[mask, "verdict"] = "differs"
    return PublishedCheck(table, found.text)


def _shares(numerator: pd.Series, denominator: pd.Series | int | None) -> pd.Series:
    if denominator is None:
        return pd.Series(np.nan, index=numerator.index)
    below = pd.Series(denominator, index=numerator.index).astype("Float64").replace(0, pd.NA)
    return (numerator.astype("Float64") / below).astype(float)


def _percent_or_blank(value: float) -> str:
    return fmt.MISSING if fmt.is_missing(value) else fmt.percent(value)


def _whole_percent(value: float) -> str:
    return fmt.MISSING if fmt.is_missing(value) else f"{fmt.count(value)}%"


__dir__ = showing(globals())
