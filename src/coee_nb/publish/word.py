"""The answers of a run as a Word document, to be pasted into a report."""

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from coee_nb.plain import plain_text
from coee_nb.publish.about import About
from coee_nb.publish.execute import Outcome
from coee_nb.publish.extract import Extract, picture_of, subject_and_period, title_of
from coee_nb.publish.key import as_of_in, in_short, key_findings
from coee_nb.publish.page import share_of, value_of
from coee_nb.publish.plan import Job

_WIDTH = 6.0  # inches of a picture on a page of text
_COLUMNS = (4.0, 1.0, 1.0)  # inches of finding, value, n of N
_SMALL = "Evidence"  # the style of what stands below an answer in small letters
_STAMP = (1980, 1, 1, 0, 0, 0)  # of each part of the file, so that the same answers are the same


@dataclass(frozen=True)
class Answered:
    """A notebook of a run: what it was asked for, how it ended, what it holds."""

    job: Job
    outcome: Outcome
    notebook: Mapping[str, Any]
    held: Extract

    @property
    def title(self) -> str:
        """The question, with the value it was asked for."""
        title = title_of(dict(self.notebook)) or self.job.stem
        return f"{title} ({self.job.case})" if self.job.case else title

    @property
    def key(self) -> Sequence[Mapping[str, Any]]:
        """The findings that answer it, the answer first; none where it did not finish."""
        if self.outcome.status != "done":
            return []
        return key_findings(self.notebook["metadata"], self.held.findings)


def answers(
    told: Iterable[Answered], *, about: About, engagement: str, run_id: str, made: str
) -> bytes:
    """Return the document: title and day, then each question with its answer, numbers and picture.

    ``made`` is when the run began, in ISO form. The same run gives the same bytes. Nothing in it is
    a field or a link, and text of others has no control characters.
    """
    from docx import Document

    document = Document()
    day = datetime.fromisoformat(made).date()
    _say_when(document, about.title, datetime.combine(day, time()))
    _set_styles(document)
    run = plain_text(f"Run {run_id} of {engagement}, made on {day}.")
    document.sections[0].footer.paragraphs[0].text = f"{plain_text(about.title)} – {run}"
    document.add_heading(plain_text(about.title), 0)
    document.add_paragraph(run)
    for name in ("scope", "office"):
        if text := getattr(about, name):
            document.add_paragraph(plain_text(f"{name.capitalize()}: {text}"))
    for one in told:
        _question(document, one, about, run_id)
    stream = io.BytesIO()
    document.save(stream)
    return _undated(stream)


def _say_when(document: Any, title: str, made: datetime) -> None:
    """Set what the file says of itself: its title and the day of the run, and nobody's name."""
    properties = document.core_properties
    properties.title = plain_text(title)[:255]
    properties.created = properties.modified = made
    properties.author = properties.last_modified_by = properties.comments = ""
    properties.revision = 1


def _set_styles(document: Any) -> None:
    """Let captions be dark enough to read, and evidence and footer be small and no captions."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Pt, RGBColor

    styles = document.styles
    small = styles.add_style(_SMALL, WD_STYLE_TYPE.PARAGRAPH)
    small.base_style = styles["Normal"]
    small.font.size = styles["Footer"].font.size = Pt(9)
    styles["Caption"].font.color.rgb = RGBColor(0x33, 0x33, 0x33)


def _question(document: Any, one: Answered, about: About, run_id: str) -> None:
    """Add a question: its answer, key numbers, picture, limits, and where the evidence is."""
    document.add_heading(plain_text(one.title), 1)
    if subject := subject_and_period(dict(one.notebook)):
        document.add_paragraph(plain_text(subject))
    elif as_of := one.job.values.get("as_of"):
        document.add_paragraph(f"As of {plain_text(str(as_of))}")
    if one.outcome.status != "done":
        error = plain_text(one.outcome.error or "")
        document.add_paragraph(f"This notebook did not finish ({one.outcome.status}). {error}")
        return
    if not one.key:
        document.add_paragraph("No findings were recorded.")
        return
    as_of = as_of_in(one.notebook["metadata"])
    answer = document.add_paragraph()
    answer.add_run(plain_text(in_short(one.key[0]["statement"], as_of=as_of))).bold = True
    _numbers(document, one.key, as_of)
    _picture(document, one.notebook)
    if about.limits:
        document.add_paragraph(plain_text(f"Limits: {about.limits}"))
    document.add_paragraph(plain_text(_evidence(one, run_id)), style=_SMALL)


def _numbers(document: Any, key: Sequence[Mapping[str, Any]], as_of: str) -> None:
    """Add the key numbers as a table: finding, value, n of N."""
    from docx.shared import Inches

    table = document.add_table(rows=1, cols=3, style="Light Grid Accent 1")
    lines = [("Finding", "Value", "n of N")]
    lines += [
        (in_short(one["statement"], as_of=as_of), value_of(one), share_of(one)) for one in key
    ]
    table.autofit = False
    for number, line in enumerate(lines):
        row = table.rows[0] if number == 0 else table.add_row()
        _mark(row, "w:cantSplit")
        for cell, text, width in zip(row.cells, line, _COLUMNS, strict=True):
            cell.text, cell.width = plain_text(text), Inches(width)
    for column, width in zip(table.columns, _COLUMNS, strict=True):
        column.width = Inches(width)
    _mark(table.rows[0], "w:tblHeader")  # read out as the head, and again on each page


def _mark(row: Any, name: str) -> None:
    from docx.oxml import OxmlElement

    row._tr.get_or_add_trPr().append(OxmlElement(name))


def _picture(document: Any, notebook: Mapping[str, Any]) -> None:
    from docx.shared import Inches, Pt

    found = picture_of(dict(notebook))
    if found is None:
        return
    shape = document.add_picture(io.BytesIO(found.png), width=Inches(_WIDTH))
    shape._inline.docPr.set("descr", plain_text(found.description))
    beside = document.paragraphs[-1].paragraph_format
    beside.space_before, beside.keep_with_next = Pt(12), True  # with its caption
    document.add_paragraph(plain_text(found.title), style="Caption")


def _evidence(one: Answered, run_id: str) -> str:
    origins = sorted({str(found.get("origin", "")) for found in one.key} - {""})
    rests = f" Rests on data: {', '.join(origins)}." if origins else ""
    ids = ", ".join(str(found["id"]) for found in one.key)
    return f"Evidence: {one.job.name}.html and evidence.csv of run {run_id}: {ids}.{rests}"


def _undated(made: io.BytesIO) -> bytes:
    """Return a Word file whose parts bear no time, so that the same parts are the same bytes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(made) as parts, zipfile.ZipFile(stream, "w") as kept:
        for part in parts.infolist():
            entry = zipfile.ZipInfo(part.filename, _STAMP)
            entry.compress_type = zipfile.ZIP_DEFLATED
            kept.writestr(entry, parts.read(part))
    return stream.getvalue()
