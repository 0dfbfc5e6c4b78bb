"""Tables, charts and callouts as a notebook shows them and the publisher takes them up.

Each displays itself when it ends a cell, and carries its data under a media type of our own, from
which the publisher writes CSV and Parquet files and alternative texts. All text is escaped here,
and kept from being typeset as TeX: a reader must see the dollars that were written.
"""

import base64
import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from coee_nb import formats as fmt
from coee_nb import handover
from coee_nb.errors import InputError
from coee_nb.origins import GENERATED, marked
from coee_nb.plain import HIDDEN, plain_text

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

TABLE_MIME = "application/vnd.coee.table+json"
CHART_MIME = "application/vnd.coee.chart+json"
FINDINGS_MIME = "application/vnd.coee.findings+json"
INPUTS_MIME = "application/vnd.coee.inputs+json"
CALLOUT_MIME = "application/vnd.coee.callout+json"

WIDEST = 24  # letters of a cell of text that others are aligned to
DPI, COLOURS = 104, 64  # of pictures: sharp on a page, and a notebook of ten is under 600 kB
KEPT = 1000  # lines of a table that a notebook keeps; of a longer one, those shown
DIGITS = 8  # stored numbers agree between machines to this many significant digits
NAME = re.compile(r"[a-z][a-z0-9_]*")


def significant(value: Any, digits: int = DIGITS) -> Any:
    """Round a float to ``digits`` significant digits; leave anything else as it is.

    >>> significant(123.456789012), significant("x"), significant(7)
    (123.45679, 'x', 7)
    """
    return float(f"{value:.{digits}g}") if isinstance(value, float) else value


def _named(name: str, what: str) -> str:
    if not NAME.fullmatch(name):
        raise InputError(
            f"{name!r} cannot name a {what}", expected="lower-case letters, digits and underscores"
        )
    return name


@dataclass(frozen=True)
class Table:
    """A table with its caption, shown in full and published as CSV and Parquet.

    ``frame`` one row a line, ordinary columns (an index that matters is reset first); ``name``
    names its files; ``formats`` maps columns to functions of a value; ``labels`` maps columns to
    the headings a reader sees; ``show`` limits the columns shown (all are published); ``rows``
    limits the lines shown, the rest being said and published (of more than `KEPT` lines the
    notebook keeps those shown, and a run has all); ``note`` stands under the table;
    ``anchor`` is a column whose values name the lines, so that a finding's evidence can be the
    line ``name.value``; ``fold`` is the line under which a long table stands folded away;
    ``digits`` is how many significant digits are published, fewer where a search stops earlier;
    ``links`` maps columns to the file of the run that a value leads to (`handover.give`);
    ``origin`` of its rows (see ``coee_nb.origins``) stands in a column of the published file, and
    generated rows say so in the caption; ``gate`` names the disclosure plan it passed, if any.
    """

    frame: "pd.DataFrame"
    name: str
    caption: str
    formats: Mapping[str, Callable[[Any], str]] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    show: tuple[str, ...] | None = None
    rows: int | None = None
    note: str = ""
    anchor: str | None = None
    fold: str = ""
    digits: int = DIGITS
    origin: str = ""
    gate: str = ""
    links: Mapping[str, Callable[[Any], str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse names that cannot be file names and columns that are not there."""
        _named(self.name, "table")
        object.__setattr__(self, "caption", marked(self.caption, self.origin))
        asked = [*self.formats, *self.labels, *(self.show or ()), *filter(None, [self.anchor])]
        unknown = [column for column in asked if column not in self.frame.columns]
        if unknown:
            raise InputError(
                f"no column {unknown[0]!r}",
                where=f"table {self.name}",
                expected=", ".join(map(str, self.frame.columns)),
            )

    def to_frame(self) -> "pd.DataFrame":
        """Return the lines as a DataFrame of their own."""
        return self.frame.copy()

    def cells(self) -> tuple[list[str], list[list[str]]]:
        """Return the headings and the lines as text, formatted but not escaped."""
        columns = list(self.show or self.frame.columns)
        frame = self.frame.loc[:, columns].head(self.rows if self.rows else len(self.frame))
        shown = [
            [self._format(column)(value) for value in frame[column].tolist()] for column in columns
        ]
        headings = [str(self.labels.get(c, _heading(str(c)))) for c in columns]
        return headings, [list(line) for line in zip(*shown, strict=True)]

    def _format(self, column: str) -> Callable[[Any], str]:
        import pandas as pd

        how = self.formats.get(column) or fmt.of_column(str(column))
        if how and (column in self.formats or _kind(self.frame[column].dtype) == "number"):
            return how
        kind = self.frame[column].dtype
        if pd.api.types.is_datetime64_any_dtype(kind):
            return fmt.day
        if pd.api.types.is_bool_dtype(kind):
            return lambda value: "yes" if value else "no"
        if pd.api.types.is_integer_dtype(kind):
            return fmt.count
        return fmt.number if pd.api.types.is_float_dtype(kind) else fmt.text

    def _anchors(self) -> list[Markup]:
        if self.anchor is None:
            return [Markup("")] * len(self.frame)
        names = (anchor_of(f"{self.name}.{value}") for value in self.frame[self.anchor])
        return [Markup(' id="{}"').format(name) for name in names]

    def _left_out(self) -> str:
        if self.rows and len(self.frame) > self.rows:
            where = "the table's file" if self._is_kept else f"{self.name}.csv of the run"
            return f"{self.rows:,} of {len(self.frame):,} lines shown; all are in {where}. "
        return ""

    @property
    def _is_kept(self) -> bool:
        """Whether the notebook keeps every line."""
        return len(self.frame) <= KEPT or not self.rows or bool(self.gate)

    def html(self) -> Markup:
        """Return the table as escaped HTML with caption, column and row headers."""
        headings, lines = self.cells()
        columns = list(self.show or self.frame.columns)
        kinds = [_set(self.frame[column]) for column in columns]
        head = Markup("").join(
            _cell("th", kind, heading, scope="col")
            for kind, heading in zip(kinds, headings, strict=True)
        )
        for place, column in enumerate(columns):
            if column in self.links and handover.folder() is not None:
                values = self.frame[column].head(len(lines))
                for line, value in zip(lines, values, strict=True):
                    line[place] = _link(line[place], self.links[column](value))
        body = Markup("").join(
            Markup("<tr{}>{}</tr>").format(anchor, _line(line, kinds))
            for anchor, line in zip(self._anchors(), lines, strict=False)
        )
        note = self._left_out() + self.note
        foot = Markup('<p class="note">{}</p>').format(note) if note else ""
        shown = Markup(
            '<div class="table mathjax_ignore" id="table-{}" tabindex="0" role="region"'
            ' aria-label="{}"><table><caption>{}</caption>'
            "<thead><tr>{}</tr></thead><tbody>{}</tbody></table>{}</div>"
        ).format(self.name, self.caption, self.caption, head, body, foot)
        if not self.fold:
            return shown
        return Markup('<details class="mathjax_ignore"><summary>{}</summary>{}</details>').format(
            self.fold, shown
        )

    def plain(self) -> str:
        """Return the table as text, aligned but for cells that are long."""
        headings, lines = self.cells()
        columns = zip(headings, *lines, strict=True)
        widths = [max(min(len(cell), WIDEST) for cell in column) for column in columns]
        rows = [
            "  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip()
            for row in (headings, *lines)
        ]
        return "\n".join([self.caption, *rows, (self._left_out() + self.note).strip()]).rstrip()

    def _as_shown(self) -> "pd.DataFrame":
        """Return the frame with fractions no finer than a reader sees them."""
        import pandas as pd

        shown = {
            column: [fmt.as_read(self._format(column)(value)) for value in self.frame[column]]
            for column in self.frame
            if pd.api.types.is_float_dtype(self.frame[column].dtype)
        }
        return self.frame.assign(
            **{name: pd.Series(read, self.frame.index, float) for name, read in shown.items()}
        )

    def data(self) -> dict:
        """Return name, caption, column types and values as plain data, floats to its digits.

        Under a disclosure plan fractions are no finer than they are shown.
        """
        frame = self._as_shown() if self.gate else self.frame
        plain = _plain(frame, self.digits)
        said = {"name": self.name, "caption": self.caption, "note": self.note}
        return said | {"origin": self.origin, "gate": self.gate} | plain

    def record(self) -> dict:
        """Return the data as a notebook keeps them: each row as one JSON text.

        A row is then one line of the notebook's file, and its numbers stay as they were written
        when JupyterLab saves the notebook.
        """
        data = self.data()
        if not self._is_kept:
            handover.keep(self.name, data)
            data |= {"lines": len(data["rows"]), "rows": data["rows"][: self.rows]}
        return data | {"rows": [json.dumps(row, ensure_ascii=False) for row in data["rows"]]}

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        return {TABLE_MIME: self.record(), "text/html": self.html(), "text/plain": self.plain()}


def _heading(column: str) -> str:
    """Return a column's name as a reader's words.

    >>> _heading("slope_ci_low"), _heading("days_past_due"), _heading("monte_carlo_se")
    ('slope interval from', 'days past due', 'Monte Carlo standard error')
    """
    name = column.replace("_", " ")
    for short, words in _IN_WORDS.items():
        name = re.sub(rf"\b{short}\b", words, name)
    return name


_IN_WORDS = {
    "ci low": "interval from",
    "ci high": "interval to",
    "se": "standard error",
    "df": "degrees of freedom",
    "monte carlo": "Monte Carlo",
}


def anchor_of(evidence: str) -> str:
    """Return the page's anchor of a table, a chart, or a table's line.

    >>> anchor_of("late"), anchor_of("late.OIG-22-34.1")
    ('table-late', 'line-late.OIG-22-34.1')
    """
    return f"{'line' if '.' in evidence else 'table'}-{'-'.join(evidence.split())}"


def _set(column: "pd.Series") -> str:
    """Return how a column is set: exact numbers, which have no type of their own, as numbers."""
    values = [value for value in column.tolist() if not fmt.is_missing(value)]
    exact = bool(values) and all(type(value) in (Decimal, int) for value in values)
    return "number" if exact else _kind(column.dtype)


def _kind(dtype: Any) -> str:
    """Return how a column is set: numbers to the right, dates unbroken, text as it runs."""
    import pandas as pd

    if pd.api.types.is_bool_dtype(dtype):
        return "text"
    if pd.api.types.is_numeric_dtype(dtype):
        return "number"
    return "date" if pd.api.types.is_datetime64_any_dtype(dtype) else "text"


def _cell(tag: str, kind: str, content: str, *, scope: str = "") -> Markup:
    """Return one cell; JupyterLab sets all to the right, so that text says where it belongs."""
    scoped = Markup(' scope="{}"').format(scope) if scope else ""
    side = Markup("") if kind == "number" else Markup(' style="text-align:left"')
    named = Markup("") if kind == "text" else Markup(' class="{}"').format(kind)
    return Markup("<{}{}{}{}>{}</{}>").format(tag, scoped, named, side, content, tag)


def _link(text: str, path: str) -> str:
    """Return a text that leads to a file of the run."""
    return Markup('<a href="{}">{}</a>').format(handover.address(path), text)


def _line(line: list[str], kinds: list[str]) -> Markup:
    """Return the cells of one line, the first as the line's header."""
    first = _cell("th", kinds[0], line[0], scope="row")
    rest = (_cell("td", kind, cell) for kind, cell in zip(kinds[1:], line[1:], strict=True))
    return first + Markup("").join(rest)


def _plain(frame: "pd.DataFrame", digits: int) -> dict:
    """Return a frame as JSON-ready lists, in order: columns with their types, rows of values."""
    import pandas as pd

    types, columns = [], []
    for column in frame.columns:
        values = frame[column]
        if pd.api.types.is_bool_dtype(values.dtype):
            kind = "boolean"
        elif pd.api.types.is_integer_dtype(values.dtype):
            kind = "Int64"
        elif pd.api.types.is_float_dtype(values.dtype):
            kind = "float64"
        elif pd.api.types.is_datetime64_any_dtype(values.dtype):
            kind = "datetime64[s]"
        else:
            kind = "string"
        types.append({"name": str(column), "type": kind})
        columns.append([_value(value, kind, digits) for value in values.tolist()])
    rows = [list(row) for row in zip(*columns, strict=True)] if columns else []
    return {"columns": types, "rows": rows}


def _value(value: Any, kind: str, digits: int) -> Any:
    if fmt.is_missing(value):
        return None
    if kind == "datetime64[s]":
        return f"{value:%Y-%m-%d}"
    return fmt.plainly(value) if kind == "string" else significant(value, digits)


@dataclass(frozen=True)
class Chart:
    """A picture with its description and the table behind it.

    ``description`` says in words what the picture shows: it becomes the alternative text. Origin
    is that of the table; a picture of generated rows says so in itself. ``gate`` names the
    disclosure plan that the picture passed, if any: that of its table says nothing of the picture.
    """

    figure: "Figure"
    name: str
    title: str
    description: str
    table: Table
    gate: str = ""

    def __post_init__(self) -> None:
        """Refuse a picture without words."""
        _named(self.name, "chart")
        if len(self.description.split()) < 5:
            raise InputError(
                "the description is too short to stand for the picture", where=self.name
            )
        object.__setattr__(self, "title", marked(self.title, self.table.origin))
        object.__setattr__(self, "description", marked(self.description, self.table.origin))
        if self.table.origin == GENERATED:
            _stamp(self.figure)
        self.figure._repr_png_ = self.png  # type: ignore[attr-defined]  # so that it ends a cell

    def to_frame(self) -> "pd.DataFrame":
        """Return the lines of the table behind the picture as a DataFrame of their own."""
        return self.table.to_frame()

    def png(self) -> bytes:
        """Return the picture as a PNG of few colours, its text as it is written."""
        import matplotlib as mpl
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.text import Text
        from PIL import Image

        for text in self.figure.findobj(Text):
            text.set_parse_math(False)
        self.figure.set_dpi(DPI)
        canvas = FigureCanvasAgg(self.figure)
        with mpl.rc_context({"text.parse_math": False}):  # ticks are lettered while drawing
            canvas.draw()  # once: to save the figure would draw it for its layout too
        few = (
            Image.frombuffer("RGBA", canvas.get_width_height(), canvas.buffer_rgba())
            .convert("RGB")
            .quantize(COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        )
        small = io.BytesIO()
        few.save(small, "PNG", optimize=True)
        return small.getvalue()

    def _ipython_display_(self) -> None:
        from IPython.display import display

        bundle = {
            "image/png": base64.b64encode(self.png()).decode(),
            CHART_MIME: {
                "name": self.name,
                "title": self.title,
                "description": self.description,
                "origin": self.table.origin,
                "gate": self.gate,
            },
            "text/plain": f"{self.title}. {self.description}",
        }
        display(bundle, raw=True, metadata={"image/png": {"alt": self.description}})
        words = Markup('<p class="description mathjax_ignore">{}</p>').format(self.description)
        table = Markup(
            '<details class="mathjax_ignore"><summary>The table behind the picture</summary>{}'
            "</details>"
        )
        folded = {
            TABLE_MIME: self.table.record(),
            "text/html": words + table.format(self.table.html()),
            "text/plain": self.table.caption,
        }
        display(folded, raw=True)


@dataclass(frozen=True)
class Callout:
    """A sentence set apart: generated data, what cannot be told, what to be careful of.

    ``gate`` names the disclosure plan it passed, if any.
    """

    text: str
    gate: str = ""

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        html = Markup('<p class="callout mathjax_ignore" role="note">{}</p>').format(self.text)
        return {CALLOUT_MIME: {"gate": self.gate}, "text/html": html, "text/plain": self.text}


@dataclass(frozen=True)
class Several:
    """Outputs that are shown one after the other: a table a group, say."""

    members: tuple[Table | Chart | Callout, ...]

    def __iter__(self) -> Iterator[Table | Chart | Callout]:
        """Yield the outputs in their order."""
        return iter(self.members)

    def _ipython_display_(self) -> None:
        from IPython.display import display

        for member in self.members:
            display(member)


@dataclass(frozen=True)
class Handouts:
    """Files to give away, which a run keeps in its folder ``files/<notebook>``.

    ``make`` returns the content of each by its path, bytes or the file that holds it, and is asked
    where there is a run, or by `save`; ``listed`` maps the paths that a page shows, a folder's
    included, to what they are.
    """

    make: Callable[[], Mapping[str, bytes] | Mapping[str, bytes | Path]]
    listed: Mapping[str, str]

    def save(self, folder: str | Path) -> list[Path]:
        """Write the files below a folder, without a run; return them."""
        written = []
        for path, content in self.make().items():
            file = Path(folder) / path
            handover.write(file, content)
            written.append(file)
        return written

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        there = handover.folder() is not None
        for path, content in self.make().items() if there else ():
            handover.give(path, content)
        lines = [
            Markup("<li>{}: {}</li>").format(_link(path, path) if there else path, what)
            for path, what in self.listed.items()
        ]
        note = "" if there else "A run writes these files beside its page."
        html = Markup('<p class="note">{}</p><ul class="mathjax_ignore">{}</ul>')
        plain = [note, *(f"{path}: {what}" for path, what in self.listed.items())]
        return {
            "text/html": html.format(note, Markup("").join(lines)),
            "text/plain": "\n".join(filter(None, plain)),
        }


def _stamp(figure: "Figure") -> None:
    """Write on a picture that its rows were generated, below what it shows, unless it says so."""
    if "generated data" in figure.get_supxlabel().lower():
        return
    if figure.get_supxlabel():
        figure.text(0.99, 0.01, "Generated data", fontsize=8, ha="right", va="bottom")
    else:
        figure.supxlabel("Generated data", fontsize=8, x=0.99, ha="right")


def spreadsheet_safe(text: str) -> str:
    """Return text that a spreadsheet will not take for a formula: a quote goes before it.

    What acts on a terminal or hides (``plain.plain_text``) is left out.

    >>> spreadsheet_safe("=1+1"), spreadsheet_safe("plain"), spreadsheet_safe("-5")
    ("'=1+1", 'plain', '-5')
    """
    text = plain_text(text)
    starts = text.lstrip()[:1]
    dangerous = text[:1] in ("\t", "\n") or (starts != "" and starts in _FORMULA)
    return f"'{text}" if dangerous and not _NUMBER.fullmatch(text) else text


def safe_csv(headings: Iterable[str], rows: Iterable[Iterable[Any]]) -> str:
    r"""Return a CSV file whose texts and headings no spreadsheet takes for a formula.

    >>> safe_csv(["sum"], [["=1+1"], [2.0]])
    "sum\n'=1+1\n2.0\n"
    """
    stream = io.StringIO()
    out = csv.writer(stream, lineterminator="\n")
    for row in (headings, *rows):
        out.writerow(spreadsheet_safe(one) if isinstance(one, str) else one for one in row)
    return stream.getvalue()


def safe_frame(frame: "pd.DataFrame") -> "pd.DataFrame":
    """Return a frame whose texts and headings no spreadsheet takes for a formula."""
    safe = {}
    for column in frame.select_dtypes(("string", "object")):
        values = frame[column]
        begins = values.astype("string").str.contains(_MAY_ACT, na=False)
        if begins.any():
            safe[column] = values.mask(begins, values[begins].map(spreadsheet_safe))
    return frame.assign(**safe).rename(columns=spreadsheet_safe)


_FORMULA = "=+-@＝＋－＠"  # what may begin one, also in full width
_MAY_ACT = rf"^[\s=+\-@＝＋－＠]|[{HIDDEN}]"  # most texts do not, and are left alone
_NUMBER = re.compile(r"[+-]?\d[\d,]*(\.\d+)?")
__all__ = [
    "CALLOUT_MIME",
    "CHART_MIME",
    "FINDINGS_MIME",
    "INPUTS_MIME",
    "NAME",
    "TABLE_MIME",
    "Callout",
    "Chart",
    "Table",
    "anchor_of",
    "escape",
    "safe_csv",
    "safe_frame",
    "significant",
    "spreadsheet_safe",
]  # fmt: skip
