"""Results that show themselves in JupyterLab: their sentence and their tables, not their fields."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from markupsafe import Markup

if TYPE_CHECKING:
    import pandas as pd

    from coee_nb.outputs import Table

LINES = 20  # of a table that are shown; its attribute has them all


class Result:
    """Base of a method's results: it ends a cell as its sentence and its tables, all escaped.

    ``SHOWS`` names the attributes that are shown, tables all, with the columns shown of each (none
    named: all); the first is what `to_frame` gives. ``text``, where there is one, is the sentence.
    """

    SHOWS: ClassVar[Mapping[str, Sequence[str]]] = {"table": ()}

    def to_frame(self) -> "pd.DataFrame":
        """Return the main table as a DataFrame of its own, its index as columns."""
        return _plain(getattr(self, next(iter(self.SHOWS))))

    def __repr__(self) -> str:
        return "\n\n".join([*self._said(), *(table.plain() for table in self._tables())])

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        said = Markup("").join(
            Markup('<p class="mathjax_ignore">{}</p>').format(sentence) for sentence in self._said()
        )
        tables = Markup("").join(table.html() for table in self._tables())
        return {"text/html": said + tables, "text/plain": repr(self)}

    def _said(self) -> list[str]:
        return [str(text)] if (text := getattr(self, "text", "")) else []

    def _tables(self) -> "list[Table]":
        from coee_nb.outputs import Table

        kind = type(self).__name__
        shown = []
        for name, columns in self.SHOWS.items():
            whole = _plain(getattr(self, name))
            frame = whole[list(columns) or list(whole.columns)].head(LINES)
            parts = [
                f"{there} of {of:,} {what}"
                for there, of, what in zip(
                    frame.shape, whole.shape, ("lines", "columns"), strict=True
                )
                if there < of
            ]
            caption = f"{kind}.{name}" + (f" ({', '.join(parts)})" if parts else "")
            shown.append(Table(frame, name=f"{kind}_{name}".lower(), caption=caption))
        return shown


def _plain(table: "pd.DataFrame | pd.Series") -> "pd.DataFrame":
    """Return a table with what its index tells as columns."""
    import pandas as pd

    frame = table.to_frame() if isinstance(table, pd.Series) else table
    if isinstance(frame.index, pd.RangeIndex):
        return frame.copy()
    names = frame.index.names
    told = [one or ("term" if k == 0 else f"part {k}") for k, one in enumerate(names)]
    return frame.rename_axis(index=told).reset_index()
