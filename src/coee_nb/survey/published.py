"""The published-figure check: what the report prints, set beside what the rows give."""

import numbers
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from coee_nb.errors import InputError
from coee_nb.files import read_file
from coee_nb.findings import InputFile, input_file
from coee_nb.formats import count, percent
from coee_nb.origins import GENERATED, OWN, PUBLISHED
from coee_nb.paths import shown
from coee_nb.survey.codebook import Codebook, Item
from coee_nb.survey.questions.kinds import kind_of
from coee_nb.unseen import Unseen

Count = Annotated[int, Field(ge=0)]


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PublishedItem(_Closed):
    """A printed percentage: the share of those who answered ``item`` with one of ``answers``."""

    id: str
    text: str
    item: str
    answers: Annotated[list[str], Field(min_length=1)]
    numerator: Count
    denominator: Count
    percent: Count
    where: str


class PublishedCounts(_Closed):
    """Who was there, who was asked and who answered, as printed."""

    personnel: Count
    distributed: Count
    completed: Count
    partial: Count
    response_rate_percent: Count
    coverage_percent: Count
    where: str


class PublishedComment(_Closed):
    """A comment that the report itself quotes, word for word, with the group it names."""

    group: str
    text: str
    where: str


class PublishedFigures(_Closed):
    """The figures a report prints, and the comments it quotes, with their source."""

    source: str
    counts: PublishedCounts
    items: list[PublishedItem]
    comments: list[PublishedComment] = []


@dataclass(frozen=True)
class PublishedReport:
    """The printed figures and the file they stand in."""

    figures: PublishedFigures
    input: InputFile


@dataclass(frozen=True, repr=False)
class PublishedCheck(Unseen):
    """Printed and recomputed figures side by side.

    ``table``: one row a figure: ``id``, ``figure``, ``where``, ``printed_numerator``,
    ``printed_denominator``, ``printed_percent``, ``numerator``, ``denominator``, ``percent``
    (recomputed), ``verdict`` ("match", or what differs) and ``independence`` (what a match shows).
    ``text`` says how many match, and what that shows.
    """

    table: pd.DataFrame
    text: str


def read_published(path: str | Path) -> PublishedReport:
    """Return the printed figures at ``path`` (YAML: ``source``, ``counts``, ``items``).

    Raises InputError naming the line or the field.
    """
    where = shown(path)
    try:
        figures = PublishedFigures.model_validate(read_file(path).yaml())
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        name = ".".join(map(str, fault["loc"])) or "the document"
        raise InputError(f"{name}: {fault['msg']}", where=where) from None
    return PublishedReport(figures, input_file(path))


INDEPENDENCE = {  # by the origin of the rows: in short, and as a sentence
    GENERATED: (
        "none: generated rows",
        "The check is not independent: the rows are generated, so that a match shows only that "
        "generation and counting agree.",
    ),
    PUBLISHED: (
        "counting only: published rows",
        "The check is independent in counting only: the rows are published, as the figures are.",
    ),
    OWN: (
        "own records",
        "The check is independent as far as the rows are the office's own records.",
    ),
}


def check_published(
    published: PublishedReport,
    rows: pd.DataFrame,
    codebook: Codebook,
    *,
    frame_total: int | None,
    origin: str,
) -> PublishedCheck:
    """Recompute every printed figure from ``rows`` (``Responses.rows``) and say whether it matches.

    ``origin`` of the rows ("generated", "published", "own records") says what a match is worth.

    An item's denominator is everyone who answered it in substance. A figure matches when
    numerator, denominator and the percentage, rounded half up, are all as printed. Personnel is
    not in the rows: coverage is the frame's total over the printed personnel. Without a frame
    neither it nor the response rate is compared.
    """
    figures = published.figures
    lines = [*_participation(figures.counts, rows, frame_total)]
    lines += [_item(one, rows, item_of(published, one, codebook)) for one in figures.items]
    table = pd.DataFrame(lines)
    recomputed = [
        percent(n, of) for n, of in zip(table["numerator"], table["denominator"], strict=True)
    ]
    table["percent"] = [int(p.removesuffix("%")) if p[0].isdigit() else None for p in recomputed]
    table = table.astype({"percent": "Int64", "printed_percent": "Int64"})
    table["verdict"] = [_verdict(line) for line in table.to_dict("records")]
    table["independence"], worth = INDEPENDENCE[origin]
    matches = int((table["verdict"] == "match").sum())
    text = f"{count(matches)} of {count(len(table))} printed figures match the rows"
    differing = ", ".join(table.loc[table["verdict"] != "match", "id"])
    text += f"; {differing} differ" if differing else ""
    return PublishedCheck(table, f"{text}. {worth}")


def item_of(published: PublishedReport, printed: PublishedItem, codebook: Codebook) -> Item:
    """Return the codebook's item that a printed figure counts.

    Raises InputError, naming the file of the printed figures, when the codebook has no such item,
    when the item is not one of a single answer, or when its answers are others.
    """
    where = f"{published.input.path}, item {printed.id}"
    try:
        item = codebook[printed.item]
    except InputError as error:
        raise InputError(
            error.found,
            where=where,
            expected=f"an item of {codebook.where}",
            do="correct the name, or leave out the printed figures of another survey",
        ) from None
    if not kind_of(item).one_answer:
        raise InputError(
            f"{item.name} is a {item.kind} question",
            where=where,
            expected="a question of a single answer",
        )
    unknown = sorted(set(printed.answers) - set(item.substantive))
    if unknown:
        raise InputError(
            f"counts the answer {unknown[0]!r}",
            where=where,
            expected=f"answers of {item.name} in {codebook.where}: {', '.join(item.substantive)}",
        )
    return item


def _participation(
    printed: PublishedCounts, rows: pd.DataFrame, frame_total: int | None
) -> list[dict]:
    finished = int(rows["finished"].sum())
    responded = printed.completed + printed.partial
    rate, coverage = printed.response_rate_percent, printed.coverage_percent
    people, asked = printed.personnel, printed.distributed
    completion = [
        _line("completed", "Completed the survey, of those who responded", printed.where)
        | _figures((printed.completed, responded, None), (finished, len(rows))),
        _line("partial", "Responded in part, of those who responded", printed.where)
        | _figures((printed.partial, responded, None), (len(rows) - finished, len(rows))),
    ]
    if frame_total is None:
        return completion
    return [
        _line("coverage", "Asked, of all personnel", printed.where)
        | _figures((asked, people, coverage), (frame_total, people)),
        *completion,
        _line("response_rate", "Responded, of those asked", printed.where)
        | _figures((responded, asked, rate), (len(rows), frame_total)),
    ]


def _item(printed: PublishedItem, rows: pd.DataFrame, item: Item) -> dict:
    answers = rows[item.columns[0]]
    found = (int(answers.isin(printed.answers).sum()), int(answers.isin(item.substantive).sum()))
    was = (printed.numerator, printed.denominator, printed.percent)
    return _line(printed.id, printed.text, printed.where) | _figures(was, found)


def _line(figure_id: str, figure: str, where: str) -> dict:
    return {"id": figure_id, "figure": figure, "where": where}


def _figures(printed: tuple[int, int, int | None], found: tuple[int, int]) -> dict:
    numerator, denominator, share = printed
    return {
        "printed_numerator": numerator,
        "printed_denominator": denominator,
        "printed_percent": pd.NA if share is None else share,
        "numerator": found[0],
        "denominator": found[1],
    }


def _verdict(line: dict) -> str:
    """Return "match" or the parts that differ; what is not printed is not compared."""
    parts = ("numerator", "denominator", "percent")
    differing = [
        part
        for part in parts
        if isinstance(line[f"printed_{part}"], numbers.Number)
        and line[f"printed_{part}"] != line[part]
    ]
    return f"differs in {' and '.join(differing)}" if differing else "match"
