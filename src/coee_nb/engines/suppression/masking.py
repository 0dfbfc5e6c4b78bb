"""Masking: what a disclosure plan leaves of each table, for printing and drawing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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
        dimensions = list(rows["by"].iloc[0])
        shown = ~rows["suppressed"].to_numpy()
        count = rows["count"].where(shown)
        denominator = rows["denominator"].where(rows["denominator_shown"])
        answers = rows["kind"] == "answer"
        result = rows[[*dimensions, "answer"]].assign(
            count=count.astype("Int64"),
            denominator=denominator.astype("Int64"),
            share=(count / denominator.where(denominator > 0)).where(answers),
            disclosure=np.where(shown & rows["denominator_shown"], "", SUPPRESSED),
        )
        return result.reset_index(drop=True)

    def release(
        self,
        frame: pd.DataFrame,
        table: str,
        *,
        count: str = "count",
        denominator: str = "denominator",
        labels: Sequence[str] = (),
    ) -> pd.DataFrame:
        """Mask a table computed elsewhere (percentages, intervals, formatted text) by the plan.

        ``frame`` holds the table's dimensions, ``answer``, ``count`` and anything computed from
        them; ``labels`` names further columns that describe a row and do not depend on counts. In a
        row whose count or denominator is suppressed, every other column is emptied, except
        whichever of the two is not suppressed. Raises :class:`InputError` for an unplanned table,
        row or count.
        """
        rows = self._rows(table)
        keys = [*rows["by"].iloc[0], "answer"]
        _check_release(frame, keys, [count, *labels], table)
        planned = rows.set_index(keys)
        place = _row_places(frame, planned, keys, table)
        result = frame.iloc[np.argsort(place, kind="stable")].reset_index(drop=True)
        rows = planned.iloc[np.sort(place)]
        for name, truth in [(count, "count"), (denominator, "denominator")]:
            if name in result and not _agree(result[name], rows[truth]):
                raise InputError(
                    f"column '{name}' differs from the planned counts",
                    where=table,
                    expected="the counts the plan was made for",
                    do="plan again with these counts, or release under the right name",
                )
        shown = ~rows["suppressed"].to_numpy()
        denominator_shown = rows["denominator_shown"].to_numpy()
        for name in result.columns.difference([*keys, *labels], sort=False):
            keep = {count: shown, denominator: denominator_shown}.get(
                name, shown & denominator_shown
            )
            result[name] = result[name].where(keep)
        return result.assign(disclosure=np.where(shown & denominator_shown, "", SUPPRESSED))

    def _rows(self, table: str) -> pd.DataFrame:
        rows = self.cells[self.cells["table"] == table]
        if rows.empty:
            raise InputError(
                f"no planned table '{table}'",
                expected=f"one of {self.tables[:8]}{' ...' if len(self.tables) > 8 else ''}",
                do="add the measure and its breakdown to the publication before planning",
            )
        return rows


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
    wanted = (
        pd.MultiIndex.from_frame(frame[list(keys)].astype(object))
        if len(keys) > 1
        else pd.Index(frame[keys[0]].astype(object))
    )
    place = planned.index.get_indexer(wanted)
    if (place < 0).any():
        raise InputError(f"an unplanned row {wanted[place < 0][0]}", where=table)
    if len(np.unique(place)) < len(place):
        raise InputError("a row that appears twice", where=table, expected="one row a cell")
    return place


def _agree(column: pd.Series, planned: pd.Series) -> bool:
    given = pd.to_numeric(column, errors="coerce").to_numpy(float, na_value=np.nan)
    return bool((given == planned.to_numpy(float)).all())
