"""A number with its sentence and its evidence: what a reader may quote."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import groupby
from pathlib import Path

from coee_nb import handover
from coee_nb.errors import InputError
from coee_nb.files import parsed_sha256
from coee_nb.formats import is_missing
from coee_nb.origins import OWN, combined, marked, origin_of
from coee_nb.outputs import FINDINGS_MIME, INPUTS_MIME, significant
from coee_nb.paths import shown


@dataclass(frozen=True)
class InputFile:
    """A file that a result rests on, with the account of its rows.

    ``path`` as shown to readers (relative to the project), ``sha256`` of its bytes, ``rows`` read,
    ``used`` and, by reason, ``excluded``; rows read = rows used + rows excluded; ``origin`` as
    of ``coee_nb.origins``.
    """

    path: str
    sha256: str
    rows: int | None = None
    used: int | None = None
    excluded: Mapping[str, int] = field(default_factory=dict)
    origin: str = OWN

    def used_of(self, excluded: Mapping[str, int]) -> "InputFile":
        """Return the file with so many of its rows excluded, by reason, and the others used."""
        left = {reason: n for reason, n in excluded.items() if n}
        rows = self.rows or 0
        return replace(self, used=rows - sum(left.values()), excluded=left)

    def __post_init__(self) -> None:
        """Refuse an account that does not add up."""
        if self.rows is None or self.used is None:
            return
        if self.rows != self.used + sum(self.excluded.values()):
            raise InputError(
                f"{self.rows} rows read, {self.used} used and {dict(self.excluded)} excluded",
                where=self.path,
                expected="rows read = rows used + rows excluded",
                do="count every row that is left out under its reason",
            )


def input_file(
    path: str | Path,
    *,
    rows: int | None = None,
    used: int | None = None,
    excluded: Mapping[str, int] | None = None,
) -> InputFile:
    """Return the file at ``path`` with the hash of its bytes and the account of its rows.

    The hash is of the bytes that ``read_file`` last read there, else of those there now; ``used``
    is all rows unless said otherwise. Raises InputError when the file cannot be read.
    """
    accounted = rows if used is None else used
    sha256 = parsed_sha256(path)
    return InputFile(shown(path), sha256, rows, accounted, excluded or {}, origin_of(path))


CONFIDENTIAL = "not given: confidential"
PARTS = 200  # runs of rows that are named one by one


def rows_of(file: InputFile, rows: Iterable[int | str]) -> str:
    """Return the rows of a file that a finding counts: line numbers, or ids in the file.

    >>> log = InputFile("data/log.csv", "", 9, 9)
    >>> rows_of(log, [3, 12, 8, 9, 10]), rows_of(log, ["A-1", "A-7"])
    ('lines 3, 8-10, 12 of log.csv', 'A-1, A-7 of log.csv')
    >>> rows_of(log, []), rows_of(log, range(2, 11))
    ('no row of log.csv', 'every row used (9) of log.csv')
    """
    told, name = list(dict.fromkeys(rows)), file.path.rpartition("/")[2]
    if len(told) == file.used and len(told) > 1:
        return f"every row used ({len(told):,}) of {name}"
    numbers = sorted(int(row) for row in told if not isinstance(row, str))
    parts = _runs(numbers) if numbers else told
    left = f" and {len(parts) - PARTS:,} more" if len(parts) > PARTS else ""
    kind = ("line " if len(numbers) == 1 else "lines ") if numbers else ""
    return f"{kind}{', '.join(map(str, parts[:PARTS])) or 'no row'}{left} of {name}"


def _runs(numbers: Sequence[int]) -> list[str]:
    """Return sorted numbers with those that follow each other as one: ``8-10``."""
    groups = groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0])
    runs = [[number for _, number in group] for _, group in groups]
    return [f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs]


@dataclass(frozen=True)
class Finding:
    """A quotable number.

    ``id`` is stable across runs (``survey.item.no_review_policy``); ``statement`` is the sentence a
    report may print; ``value`` with its ``unit``; ``numerator`` and ``denominator`` where the value
    is a share; ``inputs`` the files it rests on; ``evidence`` the name of the table or chart in
    the same notebook that shows it, or of a table's line: ``late.OIG-22-34.1``; ``source_rows`` the
    rows it counts (of a share, those of its numerator), as `rows_of` tells them; ``gate`` names the
    disclosure plan it passed, if any: what is under one tells of no row.
    """

    id: str
    statement: str
    value: float | int | str | None
    unit: str
    numerator: float | int | None = None
    denominator: float | int | None = None
    inputs: tuple[InputFile, ...] = ()
    evidence: str = ""
    source_rows: str = ""
    gate: str = ""

    def __post_init__(self) -> None:
        """Let a sentence on generated rows say so, and one under a disclosure plan tell no row."""
        object.__setattr__(self, "statement", marked(self.statement, self.origin))
        if self.gate:
            object.__setattr__(self, "source_rows", CONFIDENTIAL)

    @property
    def origin(self) -> str:
        """The origin of what it rests on: generated if any input is, published if all are."""
        return combined(file.origin for file in self.inputs)

    def record(self) -> dict:
        """Return the finding as plain data, inputs as path and hash."""
        plain = {name: significant(_plain(getattr(self, name))) for name in _FIELDS}
        plain["inputs"] = [{"path": i.path, "sha256": i.sha256} for i in self.inputs]
        return plain


_FIELDS = (
    *("id", "statement", "value", "unit", "numerator", "denominator"),
    *("evidence", "source_rows", "origin"),
)


def _start(sha256: str) -> str:
    """Return enough of a hash to tell files apart; the page's last table has all of it."""
    return f"{sha256[:12]}…"


def _plain(value: object) -> object:
    """Return numpy scalars as Python numbers, missing ones as None."""
    value = value.item() if hasattr(value, "item") else value
    return None if is_missing(value) else value


def _common(gates: Iterable[str]) -> str:
    """Return the gate that all passed, or nothing."""
    passed = set(gates)
    return passed.pop() if len(passed) == 1 else ""


LISTED = 25  # findings of single cases that a page lists; of more, it says where they are


class Findings(Sequence):
    """Findings as a notebook shows and records them: ``Findings([a, b])`` ends a cell.

    With a ``name`` they are of single cases: more than `LISTED` of them are not listed by the
    notebook and its page, which say ``where`` they are shown; a run has all in findings.json.
    """

    def __init__(
        self, findings: Iterable[Finding] = (), *, name: str = "", where: str = ""
    ) -> None:
        """Refuse two findings of the same id."""
        self._findings, self.name, self.where = tuple(findings), name, where
        times = Counter(finding.id for finding in self)
        twice = sorted(i for i, n in times.items() if n > 1)
        if twice:
            raise InputError(f"the same id is used twice: {', '.join(twice)}", where="findings")

    def __getitem__(self, index):
        return self._findings[index]

    def __len__(self) -> int:
        return len(self._findings)

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        from markupsafe import Markup

        gate = _common(finding.gate for finding in self)
        if self.name and len(self) > LISTED and not gate:
            return self._handed_over()
        item = Markup('<li id="finding-{id}">{statement} <code>{id}</code></li>')
        items = Markup("").join(item.format(id=f.id, statement=f.statement) for f in self)
        return {
            FINDINGS_MIME: {
                "findings": [finding.record() for finding in self],
                "gate": gate,
            },
            "text/html": Markup('<ul class="findings mathjax_ignore">{}</ul>').format(items),
            "text/plain": "\n".join(f"{f.id}: {f.statement}" for f in self),
        }

    def _handed_over(self) -> dict:
        """Return what a notebook shows of findings too many for it: how many, and where."""
        from markupsafe import Markup

        handover.keep(self.name, {"findings": [finding.record() for finding in self]})
        told = f"{len(self):,} findings, one a case, are in findings.json of the run. {self.where}"
        record = {"name": self.name, "findings": [], "more": len(self), "gate": ""}
        html = Markup('<p class="note mathjax_ignore">{}</p>').format(told.strip())
        return {FINDINGS_MIME: record, "text/html": html, "text/plain": told.strip()}


class Inputs(Sequence):
    """The files a notebook rests on, with hash and row account: ``Inputs([a, b])`` ends a cell."""

    def __init__(
        self, files: Iterable[InputFile] = (), *, period: str = "", gate: str = ""
    ) -> None:
        """Keep the files, the ``period`` that they are used for, such as 2013-10 to 2019-09.

        ``gate`` names the disclosure plan their counts passed, if any.
        """
        self._files, self.period, self.gate = tuple(files), period, gate

    def __getitem__(self, index):
        return self._files[index]

    def __len__(self) -> int:
        return len(self._files)

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        from coee_nb.outputs import Table

        frame = self.frame()
        formats = {"sha256": _start} if "sha256" in frame else {}
        caption = "Input files and the account of rows"
        labels = dict.fromkeys(formats, "SHA-256")
        table = Table(frame, name="inputs", caption=caption, formats=formats, labels=labels)
        return {
            INPUTS_MIME: {
                "inputs": [asdict(i) | {"excluded": dict(i.excluded)} for i in self],
                "gate": self.gate,
                **({"period": self.period} if self.period else {}),
            },
            "text/html": table.html(),
            "text/plain": table.plain(),
        }

    def frame(self):
        """Return one row a file: file, origin, sha256, rows read, used, excluded, reasons."""
        import pandas as pd

        rows = [
            {
                "file": i.path,
                "origin": i.origin,
                "sha256": i.sha256,
                "rows read": i.rows,
                "rows used": i.used,
                "rows excluded": None if i.rows is None else sum(i.excluded.values()),
                "reasons": "; ".join(f"{reason}: {n}" for reason, n in i.excluded.items()),
            }
            for i in self
        ]
        frame = pd.DataFrame(rows)
        counts = ["rows read", "rows used", "rows excluded"]
        return frame.astype(dict.fromkeys(counts, "Int64")) if rows else frame
