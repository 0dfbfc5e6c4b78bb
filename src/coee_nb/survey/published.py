"""The published-figure check: what the report prints, set beside what the rows give."""

import numbers
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import pandas as pd
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from coee_nb.errors import InputError
from coee_nb.files import read_file
from coee_nb.findings import InputFile, input_file
from coee_nb.formats import count, percent
from coee_nb.places import shown
from coee_nb.survey.codebook import Codebook

Count = Annotated[int, Field(ge=0)]


class _Sheet(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PublishedItem(_Sheet):
    """A printed percentage: the share of those who answered ``item`` with one of ``answers``."""

    id: str
    text: str
    item: str
    answers: Annotated[list[str], Field(min_length=1)]
    numerator: Count
    denominator: Count
    percent: Count
    where: str


class PublishedCounts(_Sheet):
    """Who was there, who was asked and who answered, as printed."""

    personnel: Count
    distributed: Count
    completed: Count
    partial: Count
    response_rate_percent: Count
    coverage_percent: Count
    where: str


class PublishedFigures(_Sheet):
    """The figures a report prints, with their source."""

    source: str
    counts: PublishedCounts
    items: list[PublishedItem]


@dataclass(frozen=True)
class Published:
    """The printed figures and the file they stand in."""

    figures: PublishedFigures
    input: InputFile


@dataclass(frozen=True)
class PublishedCheck:
    """Printed and recomputed figures side by side.

    ``table``: one row a figure: ``id``, ``figure``, ``where``, ``printed_numerator``,
    ``printed_denominator``, ``printed_percent``, ``numerator``, ``denominator``, ``percent``
    (recomputed) and ``verdict`` ("match", or what differs). ``text`` says how many match.
    """

    table: pd.DataFrame
    text: str


def read_published(path: str | Path) -> Published:
    """Return the printed figures at ``path`` (YAML: ``source``, ``counts``, ``items``).

    Raises InputError naming the field.
    """
    where = shown(path)
    try:
        sheet = yaml.safe_load(read_file(path).text())
        figures = PublishedFigures.model_validate(sheet)
    except yaml.YAMLError as error:
        raise InputError("cannot be read as YAML", where=where) from error
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        name = ".".join(map(str, fault["loc"])) or "the sheet"
        raise InputError(f"{name}: {fault['msg']}", where=where) from None
    return Published(figures, input_file(path))


def check_published(
    published: Published, rows: pd.DataFrame, codebook: Codebook, *, frame_total: int
) -> PublishedCheck:
    """Recompute every printed figure from ``rows`` (``Responses.rows``) and say whether it matches.

    An item's denominator is everyone who answered it in substance. A figure matches when
    numerator, denominator and the percentage, rounded half up, are all as printed. Personnel is
    not in the rows: coverage is the frame's total over the printed personnel.
    """
    figures = published.figures
    lines = [*_participation(figures.counts, rows, frame_total)]
    lines += [_item(printed, rows, codebook) for printed in figures.items]
    table = pd.DataFrame(lines)
    recomputed = [
        percent(n, of) for n, of in zip(table["numerator"], table["denominator"], strict=True)
    ]
    table["percent"] = [int(p.removesuffix(" %")) if p[0].isdigit() else None for p in recomputed]
    table = table.astype({"percent": "Int64", "printed_percent": "Int64"})
    table["verdict"] = [_verdict(line) for line in table.to_dict("records")]
    matches = int((table["verdict"] == "match").sum())
    text = f"{count(matches)} of {count(len(table))} printed figures match the rows"
    differing = ", ".join(table.loc[table["verdict"] != "match", "id"])
    return PublishedCheck(table, f"{text}; {differing} differ." if differing else f"{text}.")


def _participation(printed: PublishedCounts, rows: pd.DataFrame, frame_total: int) -> list[dict]:
    finished = int(rows["finished"].sum())
    responded = printed.completed + printed.partial
    rate, coverage = printed.response_rate_percent, printed.coverage_percent
    people, asked = printed.personnel, printed.distributed
    return [
        _line("coverage", "Asked, of all personnel", printed.where)
        | _figures((asked, people, coverage), (frame_total, people)),
        _line("completed", "Completed the survey, of those who responded", printed.where)
        | _figures((printed.completed, responded, None), (finished, len(rows))),
        _line("partial", "Responded in part, of those who responded", printed.where)
        | _figures((printed.partial, responded, None), (len(rows) - finished, len(rows))),
        _line("response_rate", "Responded, of those asked", printed.where)
        | _figures((responded, asked, rate), (len(rows), frame_total)),
    ]


def _item(printed: PublishedItem, rows: pd.DataFrame, codebook: Codebook) -> dict:
    item = codebook[printed.item]
    unknown = sorted(set(printed.answers) - set(item.substantive))
    if unknown or len(item.columns) > 1:
        raise InputError(
            f"{printed.id} counts {unknown[0]!r}" if unknown else f"{printed.id} is no single item",
            where=codebook.where,
            expected=f"answers of {item.name}: {', '.join(item.substantive)}",
        )
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
