"""Masking: what a disclosure plan leaves of each table, for printing and drawing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from coee_nb.engines.suppression.attack import PublishedCells
from coee_nb.engines.suppression.cells import Publication
from coee_nb.errors import InputError
from coee_nb.unseen import Unseen

SUPPRESSED = "suppressed"


@dataclass(frozen=True, repr=False)
class DisclosurePlan(Unseen):
    """What may be printed.

    ``cells`` (for the analyst only): one row per printed cell with ``measure, table``, the
    dimensions, ``answer, kind, count, group_size, denominator, of, suppressed, denominator_shown``
    and ``why`` (primary,
    complementary, participation, dropped, or empty). ``summary`` (for the analyst): one row per
    table with ``cells, suppressed, primary, complementary, loss`` (respondents in suppressed cells
    plus one a cell) and ``note``. ``text`` is the sentence for the attacker, ``published`` what the
    attacker holds, for :func:`coee_nb.engines.suppression.attack.attack`.
    """

    floor: int
    publication: Publication
    cells: pd.DataFrame
    summary: pd.DataFrame
    text: str
    published: PublishedCells

    @property
    def tables(self) -> list[str]:
        """The names of the planned tables."""
        return self.summary["table"].tolist()

    def apply(self, table: str) -> pd.DataFrame:
        """The table as it may be printed or drawn.

        Columns: the table's dimensions, ``answer``, ``count``, ``denominator``, ``share`` (0 to 1,
        of the denominator) and ``disclosure`` (empty or ``suppressed``); what is suppressed is
        missing. Rows are in the order of the publication, which does not depend on suppressed
        counts.
        """
        rows = self._rows(table)
        columns = [*rows["by"].iloc[0], "answer", "count", "denominator", "share", "disclosure"]
        return self._masked.loc[rows.index, columns].reset_index(drop=True)

    @cached_property
    def _masked(self) -> pd.DataFrame:
        """All cells as they may be printed."""
        cells = self.cells
        shown = ~cells["suppressed"]
        count = cells["count"].where(shown)
        denominator = cells["denominator"].where(cells["denominator_shown"])
        share = (count / denominator.where(denominator > 0)).where(cells["kind"] == "answer")
        return cells.assign(
            count=count.astype("Int64"),
            denominator=denominator.astype("Int64"),
            share=share,
            disclosure=np.where(shown & cells["denominator_shown"], "", SUPPRESSED),
        )

    def release(
        self,
        frame: pd.DataFrame,
        table: str | pd.Series,
        *,
        count: str = "count",
        denominator: str = "denominator",
        labels: Sequence[str] = (),
    ) -> pd.DataFrame:
        """Mask a table computed elsewhere (percentages, intervals, formatted text) by the plan.

        ``table`` names it, or the table of each row, where all have the same dimensions; ``frame``
        holds these, ``answer``, ``count`` and anything computed from them; ``labels`` names further
        columns that describe a row and do not depend on counts. In a row whose count or denominator
        is suppressed, every other column is emptied, except whichever of the two is not
        suppressed. Raises :class:`InputError` for an unplanned table, row or count.
        """
        of = pd.Series(table, index=frame.index, dtype=object)
        names = [*dict.fromkeys(of)] if isinstance(table, pd.Series) else [table]
        rows = pd.concat([self._rows(name) for name in names])
        keys = [*rows["by"].iloc[0], "answer"]
        where = ", ".join(names[:3])
        _check_release(frame, keys, [count, *labels], where)
        planned = rows.set_index(["table", *keys])
        place = _row_places(frame[keys].assign(table=of), planned, ["table", *keys], where)
        result = frame.iloc[np.argsort(place, kind="stable")].reset_index(drop=True)
        rows = planned.iloc[np.sort(place)]
        for name, truth in [(count, "count"), (denominator, "denominator")]:
            if name in result and not _agree(result[name], rows[truth]):
                raise InputError(
                    f"column '{name}' differs from the planned counts",
                    where=where,
                    expected="the counts the plan was made for",
                    do="plan again with these counts, or release under the right name",
                )
        shown = ~rows["suppressed"].to_numpy()
        denominator_shown = rows["denominator_shown"].to_numpy()
        both = shown & denominator_shown
        columns = result.columns.difference([*keys, *labels], sort=False)
        keep = dict.fromkeys(columns, both) | {count: shown}
        if denominator in result:
            keep[denominator] = denominator_shown
        for name, rule in keep.items():
            if not rule.all():
                result[name] = result[name].where(rule)
        return result.assign(disclosure=np.where(both, "", SUPPRESSED))

    def shows(self, table: str, answers: Iterable[str], **group: str) -> bool:
        """Return whether a table shows these answers of a group, each with its denominator."""
        if table not in self._places:
            return False
        rows, columns = self._places[table], self._columns
        chosen = ~columns["suppressed"][rows] & columns["denominator_shown"][rows]
        for name, value in group.items():
            chosen &= columns[name][rows] == value
        return set(answers) <= set(columns["answer"][rows[chosen]])

    def _rows(self, table: str) -> pd.DataFrame:
        if table not in self._places:
            raise InputError(
                f"no planned table '{table}'",
                expected=f"one of {self.tables[:8]}{' ...' if len(self.tables) > 8 else ''}",
                do="add the measure and its breakdown to the publication before planning",
            )
        return self.cells.iloc[self._places[table]]

    @cached_property
    def _places(self) -> dict[str, np.ndarray]:
        """The rows of each table among the cells."""
        return self.cells.groupby("table").indices

    @cached_property
    def _columns(self) -> dict[str, np.ndarray]:
        """The columns of the cells, in which rows are looked up often."""
        return {str(name): column.to_numpy() for name, column in self.cells.items()}


def _check_release(
    frame: pd.DataFrame, keys: Sequence[str], needed: Sequence[str], table: str
) -> None:
    missing = [name for name in [*keys, *needed] if name not in frame.columns]
    if missing:
        raise InputError(f"no columns {missing}", where=table, expected=f"{[*keys, *needed]}")


def _row_places(
    frame: pd.DataFrame, planned: pd.DataFrame, keys: Sequence[str], table: str
) -> np.ndarray:
    """The planned row of each row of a frame; each planned row at most once."""
    wanted = pd.MultiIndex.from_frame(frame[list(keys)].astype(object))
    place = planned.index.get_indexer(wanted)
    if (place < 0).any():
        raise InputError(f"an unplanned row {wanted[place < 0][0]}", where=table)
    if len(np.unique(place)) < len(place):
        raise InputError("a row that appears twice", where=table, expected="one row a cell")
    return place


def _agree(column: pd.Series, planned: pd.Series) -> bool:
    given = pd.to_numeric(column, errors="coerce").to_numpy(float, na_value=np.nan)
    return bool((given == planned.to_numpy(float)).all())
