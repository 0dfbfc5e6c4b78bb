"""The frame: how many people of each Center and title were asked; counts only, no persons."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from coee_nb.arguments import known
from coee_nb.errors import InputError
from coee_nb.files import read_file
from coee_nb.findings import InputFile, input_file
from coee_nb.paths import shown
from coee_nb.unseen import Unseen

COLUMNS = ["center", "title", "count"]


@dataclass(frozen=True, repr=False)
class Frame(Unseen):
    """``counts``: one row a Center and title, with ``count`` people; ``total`` of them."""

    counts: pd.DataFrame
    total: int
    input: InputFile

    def by(self, *groups: str) -> pd.Series:
        """Return the people in each value of ``groups`` ("center", "title" or both).

        Raises ParameterError for another name.
        """
        for name in groups:
            known(name, COLUMNS[:2], "group")
        return self.counts.groupby(list(groups))["count"].sum()


def read_frame(path: str | Path) -> Frame:
    """Return the frame at ``path``, a CSV with the columns center, title and count.

    Raises InputError on any other column (a frame holds no persons), on a count that is no whole
    number, and on a Center and title given twice.
    """
    where = shown(path)
    counts = _read(path, where)
    faulty = ~counts["count"].str.fullmatch(r"\d{1,9}").fillna(False)
    if faulty.any():
        line = faulty.idxmax()
        raise InputError(
            f"count {counts.loc[line, 'count']!r}",
            where=f"{where}, line {line + 2}",
            expected="a whole number of people",
        )
    for name in ("center", "title"):
        if (counts[name] == "").any():
            line = (counts[name] == "").idxmax()
            raise InputError(f"no {name}", where=f"{where}, line {line + 2}")
    if counts.duplicated(["center", "title"]).any():
        line = counts.duplicated(["center", "title"]).idxmax()
        pair = " / ".join(counts.loc[line, ["center", "title"]])
        raise InputError(
            f"{pair} is given twice",
            where=f"{where}, line {line + 2}",
            do="give each Center and title one line",
        )
    counts["count"] = counts["count"].astype(int)
    total = int(counts["count"].sum())
    if total == 0:
        raise InputError("nobody in the frame", where=where, expected="one person or more")
    return Frame(counts, total, input_file(path, rows=len(counts)))


def check_frame(frame: Frame, rows: pd.DataFrame) -> None:
    """Raise InputError when ``rows`` (``Responses.rows``) cannot have come from ``frame``.

    A Center or title the frame does not know, more respondents than people in all or in one
    Center and title. Respondents without a Center or title are not held against it.
    """
    where = frame.input.path
    for name in ("center", "title"):
        unknown = sorted(set(rows[name].dropna()) - set(frame.counts[name]))
        if unknown:
            raise InputError(
                f"no {name} {unknown[0]!r}, which respondents gave",
                where=where,
                expected=f"every {name} of the responses",
                do="complete the frame or correct the codebook's choices",
            )
    if len(rows) > frame.total:
        raise InputError(
            f"{frame.total:,} people but {len(rows):,} respondents",
            where=where,
            expected="at least as many people as respondents",
            do="look for repeated responses or an incomplete frame",
        )
    respondents = rows.groupby(["center", "title"]).size()
    people = frame.counts.set_index(["center", "title"])["count"].reindex(
        respondents.index, fill_value=0
    )
    over = respondents[respondents > people]
    if len(over):
        center, title = over.index[0]
        raise InputError(
            f"{people[over.index[0]]} people but {over.iloc[0]} respondents in {center} / {title}",
            where=where,
            expected="at least as many people as respondents in every Center and title",
            do="correct the frame, or the Center and title of the respondents",
        )


def _read(path: str | Path, where: str) -> pd.DataFrame:
    content = read_file(path)
    try:
        counts = pd.read_csv(
            content.stream(), dtype="str", keep_default_na=False, encoding="utf-8-sig"
        )
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise InputError(
            "cannot be read as a CSV", where=where, expected="columns center, title, count"
        ) from error
    if sorted(counts.columns) != sorted(COLUMNS):
        raise InputError(
            f"columns {', '.join(map(str, counts.columns))}",
            where=where,
            expected="center, title, count and nothing else: a frame holds counts, no persons",
        )
    return counts[COLUMNS].apply(lambda column: column.str.strip())
