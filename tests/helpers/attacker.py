"""An attacker who has only the published files of a survey, and knows nothing of the plan.

From the tables (CSV and Parquet), the findings and the sentences of a run it collects what is told
of each question: counts, shares, denominators, over all and by every group and kind of respondent,
who took part, who gave no answer and why. One linear programme a question then bounds every count.
What it bounds to a few people is a breach.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.optimize import linprog

OVERALL = ("", "")
ANSWERED = "(answered)"
NONE = "(none)"


@dataclass(frozen=True)
class Fact:
    """What a file tells of one count: of a question's choice in a group, from low to high."""

    question: str
    choice: str
    group: tuple[str, str]
    low: float
    high: float


def read_tables(folder: Path) -> dict[str, pd.DataFrame]:
    """Read every table of a notebook by name; Parquet must tell nothing that CSV does not."""
    tables = {path.stem: pd.read_csv(path) for path in sorted(folder.glob("*.csv"))}
    for name, table in tables.items():
        other = pd.read_parquet(folder / f"{name}.parquet")
        for column in table.select_dtypes("number"):
            told = pd.to_numeric(other[column], errors="coerce").to_numpy(float, na_value=np.nan)
            np.testing.assert_allclose(told, table[column], err_msg=f"{name}.{column}")
    return tables


def facts(
    tables: Mapping[str, pd.DataFrame], key_results: Mapping[str, tuple[str, Sequence[str]]]
) -> Iterator[Fact]:
    """Yield what the tables tell; ``key_results`` gives question and choices of each finding."""
    kinds = ("single", "likert", "matrix", "multi", "ranking", "nps")
    for name in (f"{kind}_answers" for kind in kinds):
        for row in tables.get(name, pd.DataFrame()).to_dict("records"):
            part = row.get("part")
            question = row["item"] if pd.isna(part) or not part else f"{row['item']}: {part}"
            yield from _told(question, str(row["choice"]), OVERALL, row)
    for name, table in tables.items():
        if name == "findings":
            group = ""
        elif name.startswith("findings_by_") and name.endswith("_detail"):
            group = name.removeprefix("findings_by_").removesuffix("_detail")
        else:
            continue
        for row in table.to_dict("records"):
            question, choices = key_results[row["id"]]
            own = (group, str(row[group if group in row else "answer"])) if group else OVERALL
            yield from _told(question, "+".join(sorted(choices)), own, row)
    for name, dimension in (("complete_and_partial", "completion"), ("early_and_late", "wave")):
        for row in tables.get(name, pd.DataFrame()).to_dict("records"):
            question, choices = key_results[row["comparison"]]
            for column in row:
                if column.startswith("n_"):
                    kind = column.removeprefix("n_")
                    told = {"n": row[column], "share": row.get(f"share_{kind}")}
                    yield from _told(question, "+".join(sorted(choices)), (dimension, kind), told)


def accounts(tables: Mapping[str, pd.DataFrame]) -> Iterator[Fact]:
    """Yield what is told of who took part, who gave no answer, and amounts by class.

    Each is a question of its own, whose total everybody in it adds up to.
    """
    for row in tables.get("item_accounting", pd.DataFrame()).to_dict("records"):
        states = {name: n for name, n in row.items() if name not in _NO_STATES}
        yield from _parts(f"{row['item']}: states", states, row["responded"])
    told = tables.get("dispositions", pd.DataFrame(columns=["disposition", "count"]))
    told = dict(zip(told["disposition"], told["count"], strict=True))
    everyone = told.get("Recorded as respondents, in all")
    completion = {name: told.get(name) for name in _COMPLETION if name in told}
    if completion:
        yield from _parts("completion", completion, everyone)
    if "Asked" in told:
        parts = {"took part": everyone, "no response": told.get("No response")}
        yield from _parts("participation", parts, told["Asked"])
    if "of whom answered a question" in told:
        silent = _silent(tables.get("checks"))
        yield from _by_completion(tables.get("checks"), told)
        answered = {"answered": told["of whom answered a question"], "silent": silent}
        yield from _parts("any answer", answered, everyone)
    yield from _of_the_file(tables, everyone)
    days = tables.get("responses_by_day", pd.DataFrame(columns=["recorded", "count"]))
    if len(days):
        told_of_days = dict(zip(days["recorded"], days["count"], strict=True))
        yield from _parts("recorded", told_of_days, everyone)
    for row in tables.get("response_thresholds", pd.DataFrame()).to_dict("records"):
        if row["level"] == "item":
            of = row["of"]
            given = {"given": row["responded"], "not given": None}
            yield from _parts(f"{of}: given", given, row["eligible"])
            asked = {"asked": row["eligible"], "not asked": None}
            yield from _parts(f"{of}: asked", asked, everyone)
    for name, table in tables.items():
        if name.startswith("response_by_"):
            group = name.removeprefix("response_by_")
            for row in table.to_dict("records"):
                own = (group, str(row[group]))
                parts = {"took part": row["responded"], "no response": None}
                yield from _parts("participation", parts, row["asked"], own)
    for item, rows in tables.get("number_classes", pd.DataFrame(columns=["item"])).groupby("item"):
        classes = dict(zip(rows["amount"], rows["count"], strict=True))
        yield from _parts(f"{item}: classes", classes, rows["n"].iloc[0])


def _silent(checks: pd.DataFrame | None) -> float | None:
    """How many answered nothing, where both checks tell their part of them."""
    if checks is None:
        return None
    parts = checks.loc[checks["check"].isin(["empty partial", "finished without an answer"])]
    return parts["count"].sum() if parts["count"].notna().all() and len(parts) == 2 else None


def _by_completion(checks: pd.DataFrame | None, told: Mapping[str, object]) -> Iterator[Fact]:
    """Yield how many of those who completed the survey, or did not, answered nothing."""
    if checks is not None:
        found = dict(zip(checks["check"], checks["count"], strict=True))
        kinds = ("finished without an answer", "empty partial")
        for check, kind in zip(kinds, _COMPLETION, strict=True):
            parts = {"silent": found.get(check), "with an answer": None}
            yield from _parts(f"any answer: {kind}", parts, told.get(kind))


def _of_the_file(tables: Mapping[str, pd.DataFrame], everyone: object) -> Iterator[Fact]:
    """Yield what the account of rows and the checks tell of people."""
    checks = tables.get("checks", pd.DataFrame(columns=["check", "concerns", "count"]))
    lines = tables.get("rows_read", pd.DataFrame(columns=["step", "rows"]))
    steps = dict(zip(lines["step"], lines["rows"], strict=True))
    found = dict(zip(checks["check"], checks["count"], strict=True))
    told = {name: found.get(name) for name in EXCLUDED}
    told |= {name: steps[f"excluded: {name}"] for name in told if f"excluded: {name}" in steps}
    read, used = steps.get("rows read"), steps.get("rows analysed")
    known = _given(read) and _given(used)
    yield from _parts("rows excluded", told, read - used if known else None)
    for name, number in found.items():
        if name.startswith("no ") and name.endswith(" given"):
            yield from _parts(f"check: {name}", {name: number, "the others": None}, everyone)
        elif name in OF_PEOPLE:
            yield from _parts(f"check: {name}", {name: number}, None)
    yield from _though_not_asked(checks, tables)
    alone = checks[checks["check"] == ALONE]
    for row in alone[~alone["concerns"].astype(str).str.contains(",|respondents")].to_dict(
        "records"
    ):
        if _given(row["count"]) and row["count"]:
            choice = "None of these (ticked with others)"
            yield Fact(row["concerns"], choice, OVERALL, row["count"], row["count"])


def _though_not_asked(checks: pd.DataFrame, tables: Mapping[str, pd.DataFrame]) -> Iterator[Fact]:
    """Yield how many of those not asked one question answered it."""
    states = tables.get("item_accounting", pd.DataFrame(columns=["item", "not asked"]))
    unasked = dict(zip(states["item"], states.get("not asked", states["item"]), strict=True))
    for row in checks[checks["check"] == "answered though not asked"].to_dict("records"):
        if row["concerns"] in unasked:
            parts = {"answered": row["count"], "did not": None}
            yield from _parts(f"{row['concerns']}: though", parts, unasked[row["concerns"]])


ALONE = "“none of these” ticked with others"
OF_PEOPLE = (
    "repeated id with other answers",
    "finished without an answer",
    "empty partial",
    "answered though not asked",
    "answer outside the choices",
    ALONE,
)
ABOUT_PEOPLE = (
    "finished but screened out",
    "screened out, and left",
    "partial without any answer",
)
OF_THE_FILE = ("spam", "survey preview", "survey test", "duplicate response id", "blank line")
EXCLUDED = (*ABOUT_PEOPLE, *OF_THE_FILE, "row has")
_NO_STATES = ("item", "in_frame", "responded", "origin")
_COMPLETION = ("Completed the survey", "Did not complete it")


def _parts(
    question: str, parts: Mapping[str, object], total: object, group: tuple[str, str] = OVERALL
) -> Iterator[Fact]:
    for name, number in {**parts, ANSWERED: total}.items():
        known = _given(number)
        low, high = (float(number), float(number)) if known else (0.0, np.inf)
        yield Fact(question, str(name), group, low, high)


def told_in_words(texts: Iterable[str], floor: int) -> list[str]:
    """Return the sentences that give a few people, or all but a few, of people."""
    return [
        text
        for text in texts
        for number, of, what in _OF.findall(text.replace(",", ""))
        if not what.startswith(_THINGS)
        and (0 < int(number) < floor or 0 < int(of) - int(number) < floor)
    ]


_OF = re.compile(r"\b(\d+) of (?:the |all )?(\d+) (\w+)")
_THINGS = (
    "question",
    "count",
    "suppressed",
    "cell",
    "finding",
    "percentage",
    "printed",
    "figure",
    "item",
)


def _told(question: str, choice: str, group: tuple[str, str], row: Mapping) -> Iterator[Fact]:
    n, count, share = (row.get(name) for name in ("n", "count", "share"))
    if _given(n):
        yield Fact(question, ANSWERED, group, float(n), float(n))
    if _given(count):
        yield Fact(question, choice, group, float(count), float(count))
    elif _given(n) and _given(share):
        width = 0.5 * 10.0 ** -_decimals(float(share))
        low, high = ((float(share) + side * width) * float(n) for side in (-1, 1))
        yield Fact(question, choice, group, np.ceil(low - 1e-9), np.floor(high + 1e-9))


def _given(value: object) -> bool:
    return value is not None and not pd.isna(value) and not isinstance(value, str)


def _decimals(share: float) -> int:
    text = f"{share:.10f}".rstrip("0")
    return max(len(text.partition(".")[2]), 2)


def bounds(
    told: Sequence[Fact], *, choices: Sequence[str], multiple: bool, floor: float = np.inf
) -> dict:
    """Bound every count of one question: (choice, group) -> (low, high), as whole numbers.

    What may be ``floor`` or more is not bounded from below.
    """
    groups = list(dict.fromkeys([OVERALL, *(fact.group for fact in told)]))
    rows = [*choices, ANSWERED]
    place = {(row, group): k for k, (row, group) in enumerate((r, g) for g in groups for r in rows)}
    least, most = np.zeros(len(place)), np.full(len(place), np.inf)
    upper: list[tuple[dict[int, float], float]] = []
    equal: list[tuple[dict[int, float], float]] = []
    for fact in told:
        if np.isinf(fact.high):  # nothing is told but that there is such a count
            continue
        parts = [fact.choice] if fact.choice in rows else fact.choice.split("+")
        weights = {place[part, fact.group]: 1.0 for part in parts}
        upper += [(weights, fact.high), ({k: -w for k, w in weights.items()}, -fact.low)]
    for group in groups:
        total = place[ANSWERED, group]
        if multiple:
            upper += [({place[c, group]: 1.0, total: -1.0}, 0.0) for c in choices]
        else:
            equal.append(({**{place[c, group]: 1.0 for c in choices}, total: -1.0}, 0.0))
        if group != OVERALL:
            upper += [({place[r, group]: 1.0, place[r, OVERALL]: -1.0}, 0.0) for r in rows]
    a, b = _matrix(upper, len(place))
    c, d = _matrix(equal, len(place))
    printed = {(f.choice, f.group): (f.low, f.high) for f in told if f.low == f.high}
    found = {key: printed[key] for key in place if key in printed}
    for key, k in place.items():
        if key in found:
            continue
        ends = {}
        for sign in (-1.0, 1.0):
            cost = np.zeros(len(place))
            cost[k] = sign
            answer = linprog(cost, a, b, c, d, bounds=list(zip(least, most, strict=True)))
            ends[sign] = sign * answer.fun if answer.status == 0 else sign * -np.inf
            if ends[-1.0] >= floor:
                break
        low = np.ceil(ends.get(1.0, 0.0) - 1e-6)
        found[key] = (low, np.floor(ends[-1.0] + 1e-6))
    return found


def _matrix(rows: Sequence[tuple[dict[int, float], float]], width: int):
    if not rows:
        return None, None
    matrix = np.zeros((len(rows), width))
    for line, (weights, _) in enumerate(rows):
        for k, weight in weights.items():
            matrix[line, k] = weight
    return matrix, np.array([bound for _, bound in rows])


def breaches(
    tables: Mapping[str, pd.DataFrame],
    questions: Mapping[str, tuple[Sequence[str], bool]],
    key_results: Mapping[str, tuple[str, Sequence[str]]],
    *,
    floor: int,
) -> list[tuple[str, str, tuple[str, str], float, float]]:
    """Return every count that the files bound to between one and fewer than ``floor`` people.

    ``questions`` gives the choices of each and whether several may be chosen.
    """
    told: dict[str, list[Fact]] = {}
    for fact in facts(tables, key_results):
        told.setdefault(fact.question, []).append(fact)
    questions = dict(questions)
    for fact in accounts(tables):
        told.setdefault(fact.question, []).append(fact)
        choices = questions.setdefault(fact.question, ([], False))[0]
        if fact.choice not in (*choices, ANSWERED):
            choices.append(fact.choice)
    return [
        (question, choice, group, low, high)
        for question, own in told.items()
        for (choice, group), (low, high) in bounds(
            own, choices=questions[question][0], multiple=questions[question][1], floor=floor
        ).items()
        if low >= 1 and high < floor and (question != "rows excluded" or choice in ABOUT_PEOPLE)
    ]


def crossed_breaches(
    tables: Mapping[str, pd.DataFrame],
    key_results: Mapping[str, tuple[str, Sequence[str]]],
    pairs: Sequence[Sequence[str]],
    *,
    floor: int,
) -> list[tuple[str, tuple[str, str], float, float]]:
    """Return every count of two questions crossed that the files bound to a few people.

    Also how many gave an answer to one of them and none to the other.
    """
    told: dict[str, list[Fact]] = {}
    for fact in facts(tables, key_results):
        if fact.group == OVERALL:
            told.setdefault(fact.question, []).append(fact)
    found = []
    for first, second in pairs:
        table = tables[f"crosstab_{first}_by_{second}"].drop(columns="origin", errors="ignore")
        table = table.set_index("row")
        rows, columns = ([*names[:-1], NONE] for names in (table.index, table.columns))
        place = {(r, c): k for k, (r, c) in enumerate((r, c) for r in rows for c in columns)}
        rules = []
        for row in table.index:
            for column in table.columns:
                if _given(table.loc[row, column]):
                    inside = [
                        place[r, c]
                        for r in (rows[:-1] if row == table.index[-1] else [row])
                        for c in (columns[:-1] if column == table.columns[-1] else [column])
                    ]
                    rules.append((inside, float(table.loc[row, column]), np.nan))
        for side, (question, names) in enumerate([(first, rows), (second, columns)]):
            for fact in told.get(question, []):
                chosen = names[:-1] if fact.choice == ANSWERED else [fact.choice]
                if set(chosen) <= set(names):
                    inside = [k for pair, k in place.items() if pair[side] in chosen]
                    rules.append((inside, fact.low, fact.high))
        found += _bounded_few(f"{first} by {second}", place, rules, floor)
    return found


def _bounded_few(name: str, place: Mapping, rules: Sequence, floor: int) -> list:
    upper, most = [], []
    for inside, low, high in rules:
        line = np.zeros(len(place))
        line[inside] = 1
        upper += [line, -line]
        most += [low if np.isnan(high) else high, -low]
    if not upper:
        return []
    found = []
    for pair, k in place.items():
        cost = np.zeros(len(place))
        cost[k] = 1
        low, high = (linprog(sign * cost, np.array(upper), most) for sign in (1, -1))
        if pair == (NONE, NONE) or high.status != 0:
            continue
        least, largest = np.ceil(low.fun - 1e-6), np.floor(-high.fun + 1e-6)
        if least >= 1 and largest < floor:
            found.append((name, pair, least, largest))
    return found
