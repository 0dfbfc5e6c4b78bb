"""Survey exports as they come: header rows understood, columns as coded text, nothing interpreted.

Qualtrics CSV and TSV (three header rows, ImportId as the key), older Qualtrics forms, Excel files,
files saved again from a spreadsheet, plain CSV and SPSS files all become the same :class:`Export`.
"""

import ast
import csv
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from coee_nb.errors import InputError
from coee_nb.files import read_file
from coee_nb.paths import shown
from coee_nb.survey.read.encodings import utf8
from coee_nb.survey.read.sheets import OLD_EXCEL, ZIPPED, sheet_as_csv
from coee_nb.unseen import Unseen

# The moment of a response, as Google Forms calls it in English, German, French, Spanish, Italian,
# Portuguese and Dutch.
_STAMPS = {"timestamp", "zeitstempel", "horodateur", "marcatemporal", "informazionicronologiche"}
_STAMPS |= {"carimbodedatahora", "tijdstempel"}
_SUBMITTED = {"datesubmitted", "submitdate", "submitdateutc", "submissiondate", "submissiontime"}
_SUBMITTED |= {"submittedat", "submittedon", "timesubmitted", "submitted", *_STAMPS}
_COMPLETED = {"completiontime", "completiondate", "datecompleted", "timecompleted", "completedat"}
_COMPLETED |= {"completedon", "completed"}
# Names that a question may have too: they are a moment where the column holds dates.
_EITHER = {"started", "start", "completed", "ended", "end", "submitted"}
_DATE = re.compile(r"\s*(\d{4}[-/]\d\d?[-/]\d\d?|\d\d?[/.]\d\d?[/.](\d{4}|\d\d))([ T,].*)?", re.S)
# What an export says about the response itself, by the spellings of current and older forms.
METADATA = {
    "response_id": {"responseid", "recordid", "respondentid", "id"},
    "started_on": {"startdate", "starttime", "startdateutc", "datestarted", "startedat"}
    | {"datecreated", "timestarted", "startedon", "started", "start"},
    "ended_on": {"enddate", "enddateutc", "endtime", "ended", "end", *_COMPLETED},
    "recorded_on": {"recordeddate", *_SUBMITTED},
    "status": {"status", "responsetype"},
    "progress": {"progress"},
    "finished": {"finished"},
    "form_complete": set(),
    "duration": {"duration", "durationinseconds", "interviewtime", "totaltime"},
    "channel": {"distributionchannel"},
    "terminated": {"qterminateflag"},
    "submitted": {*_SUBMITTED, *_COMPLETED},
}
UNUSED_METADATA = {
    "responseset",
    "responsesetid",
    "userlanguage",
    "qrecaptchascore",
    "qdevicetype",
    "qurl",
    "collectorid",
    "lastmodifiedtime",
    "lastpage",
    "startlanguage",
    "datestamp",
    "datelastaction",
    "datemodified",
    "referrerurl",
    "seed",
    "refurl",
    "redcapeventname",
    "redcaprepeatinstrument",
    "redcaprepeatinstance",
    "qtotalduration",
    "qballotboxstuffing",
    "qduplicaterespondent",
    "qdisqualified",
    "useragent",
    "projectrevision",
    "solutionrevision",
}
# What a tool notes of each page or question beside its answer, by the end of the column's name: a
# tag's own after a "_", which a question in words has none of.
TECHNICAL = {
    "page timing": r"_(first.click|last.click|page.submit|click.count)|time\. question time:.*"
    r"|timing - (first click|last click|page submit|click count)|grouptime\d+\b.*",
    "browser and device": r"_(browser|version|operating.system|os|resolution|flash.version"
    r"|java.support|user.agent|device.type)|browser meta info - .*",
    "order of display": r"_(?-i:DO)(_\S+)?",
    "state of a form": r"_complete|^complete\?",
    "time of a form": r"_timestamp|^survey timestamp",
}
NOTED = "noted by the tool of each response"
_OF_A_FORM = ("state of a form", "time of a form")  # which only REDCap has
_TOGETHER = ("page timing", "browser and device")  # a tool notes several of them side by side
PERSONAL = {
    "network address": {"ipaddress", "ipaddr"},
    "coordinates": {"locationlatitude", "locationlongitude", "locationaccuracy"},
    "names": {"recipientfirstname", "recipientlastname", "firstname", "lastname", "fullname"}
    | {"name", "recipientname", "participantname", "username"}
    | {"whatisyourfullname", "yourfullname", "whatisyourname", "yourname"},
    "e-mail": {"recipientemail", "email", "emailaddress", "participantemail"}
    | {"whatisyouremail", "whatisyouremailaddress", "youremail", "youremailaddress"}
    | {"emailadresse", "adressemail"},
    "date of birth": {"dob", "dateofbirth", "birthdate", "birthday", "whatisyourdateofbirth"},
    "telephone": {"phone", "phonenumber", "recipientphone", "recipientphonenumber"},
    "external reference": {
        "redcapsurveyidentifier",
        "surveyidentifier",
        "token",
        "employeeid",
        "employeenumber",
        "staffid",
        "staffnumber",
        "badgenumber",
        "externalreference",
        "externaldatareference",
        "customdata",
        "customdata1",
    },
}


@dataclass(frozen=True, repr=False)
class Coded(Unseen):
    """A column as its distinct texts and, for every row, the position of the row's text."""

    texts: tuple[str, ...]
    positions: np.ndarray

    def take(self, rows: np.ndarray) -> "Coded":
        """Return the column for ``rows`` (a boolean mask)."""
        return Coded(self.texts, self.positions[rows])

    def where(self, chosen: Iterable[bool]) -> np.ndarray:
        """Return a mask of the rows whose text is chosen; ``chosen`` has one entry a text."""
        return np.fromiter(chosen, bool, len(self.texts))[self.positions]

    def counts(self) -> np.ndarray:
        """Return how many rows hold each text."""
        return np.bincount(self.positions, minlength=len(self.texts))

    def cells(self) -> np.ndarray:
        """Return the text of every row."""
        return np.array(self.texts, dtype=object)[self.positions]


@dataclass(frozen=True, repr=False)
class Body(Unseen):
    """The rows under the header.

    ``columns`` the wanted ones, ``numbers`` the row numbers (as a spreadsheet shows them) of the
    readable rows, ``faulty`` the rows that do not fit the header, with the reason.
    """

    columns: Mapping[int, Coded]
    numbers: np.ndarray
    faulty: tuple[tuple[int, str], ...] = ()

    def blank(self) -> np.ndarray:
        """Return a mask of the rows without any text in the columns read."""
        blank = np.ones(len(self.numbers), bool)
        for column in self.columns.values():
            if not blank.any():
                break
            blank &= column.where(not text.strip() for text in column.texts)
        return blank


@dataclass(frozen=True, repr=False)
class Export(Unseen):
    """The header of an export, by column position, and its rows still unread.

    ``names`` may repeat; ``texts`` (question texts) and ``import_ids`` are empty where the file
    has none; ``value_labels`` and ``missing_codes`` are an SPSS file's own, by column. ``where`` is
    the file as shown.
    """

    where: str
    names: tuple[str, ...]
    texts: tuple[str, ...]
    import_ids: tuple[str, ...]
    header_rows: int
    rows: "DelimitedRows | LabelledRows"
    value_labels: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    missing_codes: Mapping[int, frozenset[str]] = field(default_factory=dict)

    @property
    def has_codes(self) -> bool:
        """Whether the header holds codes and texts in one row, as LimeSurvey writes it."""
        return self.header_rows == 1 and self.has_import_ids

    @property
    def has_import_ids(self) -> bool:
        """Whether the file has its ImportId row."""
        return any(self.import_ids)

    def body(self, wanted: Iterable[int]) -> Body:
        """Return the rows, with the ``wanted`` columns only."""
        return self.rows.read(sorted(set(wanted)), first=self.header_rows + 1)

    @cached_property
    def metadata(self) -> dict[str, int]:
        """Column positions of what the export says about the response, by our name for it.

        Where one moment only is noted at the end, it is that of the record and of the end alike.
        """
        found: dict[str, int] = {}
        for position in range(len(self.names)):
            for name, spellings in METADATA.items():
                if self.spellings(position) & spellings and self._is_told(position):
                    found.setdefault(name, position)
        for name, other in (("recorded_on", "ended_on"), ("ended_on", "submitted")):
            if other in found:
                found.setdefault(name, found[other])
        if forms := [p for p, kind in self.technical.items() if kind == "state of a form"]:
            found["form_complete"] = forms[-1]  # whoever completed the last form finished
        return found

    @cached_property
    def technical(self) -> dict[int, str]:
        """Columns of what the tool noted beside the answers, by position: what kind they are."""
        found = {
            position: (kind, stem)
            for position, names in enumerate(zip(self.names, self.import_ids, strict=True))
            for name in names
            for kind, ends in TECHNICAL.items()
            if (stem := _before(ends, name)) is not None
        }
        alike = Counter(found.values())
        redcap = bool(self.names) and "recordid" in self.spellings(0)
        return {
            position: kind
            for position, (kind, stem) in found.items()
            if (kind not in _OF_A_FORM or redcap)
            if kind not in _TOGETHER or stem == "" or alike[kind, stem] > 1
        }

    @cached_property
    def sources(self) -> tuple[str, ...]:
        """What each column is called in a codebook: its ImportId, or its name, numbered if need be.

        Of columns with one name and no ImportId the second is ``name (2)``, the first ``name (1)``.
        """
        plain = [own or name for own, name in zip(self.import_ids, self.names, strict=True)]
        repeated = {one for one, count in Counter(plain).items() if count > 1}
        seen: Counter[str] = Counter()
        found = []
        for source in plain:
            seen[source] += 1
            found.append(f"{source} ({seen[source]})" if source in repeated and source else source)
        return tuple(found)

    @cached_property
    def personal(self) -> dict[int, str]:
        """Columns that point at a person, by position: what kind they are."""
        return {
            position: kind
            for position in range(len(self.names))
            for kind, spellings in PERSONAL.items()
            if self.spellings(position) & spellings
        }

    @cached_property
    def aside(self) -> dict[int, str]:
        """Columns that hold no answers, by position, and why; an item is made of every other."""
        noted = {
            position: NOTED
            for position in range(len(self.names))
            if self.spellings(position) & UNUSED_METADATA
        }
        nameless = {p: "no name" for p, source in enumerate(self.sources) if not source}
        personal = {p: f"points at a person ({kind})" for p, kind in self.personal.items()}
        used = dict.fromkeys(self.metadata.values(), NOTED)
        return nameless | self.technical | noted | used | personal

    def called(self, position: int) -> str:
        """Return what a message calls a column: its name, or its place where it has none."""
        name = " ".join((self.names[position] or self.import_ids[position]).split())
        return "".join(filter(str.isprintable, name)) or f"column {position + 1}"

    def _is_told(self, position: int) -> bool:
        """Tell what the tool notes from a question of the same name: a moment is a date."""
        if not self.spellings(position) & _EITHER:
            return True
        texts = [text for text in self.body([position]).columns[position].texts if text.strip()]
        return bool(texts) and all(map(_DATE.match, texts))

    def spellings(self, position: int) -> set[str]:
        """Return the normalised names of a column; its text counts for the old V1..V10 only."""
        name = self.names[position]
        names = {_plain(self.import_ids[position]), _plain(name), _plain(name.split(". ")[0])}
        if re.fullmatch(r"V\d+", self.names[position]):
            names.add(_plain(self.texts[position]))
        return names - {""}


@dataclass(frozen=True, repr=False)
class DelimitedRows(Unseen):
    """Rows of a delimited file: the UTF-8 bytes below the header."""

    data: memoryview
    delimiter: str
    width: int
    where: str

    def read(self, wanted: list[int], *, first: int) -> Body:
        """Return the wanted columns; rows with too many or too few fields are faulty."""
        if not len(self.data):
            return Body({p: _coded([]) for p in wanted}, np.array([], dtype=int))
        table, faulty = self._parse(wanted)
        faults = [(number + first - 1, reason) for number, reason in faulty]
        every = np.arange(first, first + table.num_rows + len(faults))
        numbers = np.setdiff1d(every, [number for number, _ in faults])
        columns = {p: _from_arrow(table.column(str(p))) for p in wanted}
        return Body(columns, numbers, tuple(faults))

    def _parse(self, wanted: list[int]) -> tuple[Any, list[tuple[int, str]]]:
        """Return an Arrow table of the wanted columns, and the rows that do not fit."""
        import pyarrow as pa
        from pyarrow import csv as arrow

        faulty: list[tuple[int, str]] = []

        def excluded(row: Any) -> str:
            fields = f"{row.actual_columns} fields, the header {row.expected_columns}"
            faulty.append((row.number, f"row has {fields}"))
            return "skip"

        names = [str(position) for position in range(self.width)]
        coded = pa.dictionary(pa.int32(), pa.string())
        try:
            table = arrow.read_csv(
                pa.BufferReader(self.data),
                # One thread, because only then does the parser number the faulty rows.
                read_options=arrow.ReadOptions(
                    column_names=names, use_threads=False, block_size=1 << 23
                ),
                parse_options=arrow.ParseOptions(
                    delimiter=self.delimiter,
                    newlines_in_values=True,
                    ignore_empty_lines=False,
                    invalid_row_handler=excluded,
                ),
                convert_options=arrow.ConvertOptions(
                    include_columns=[str(position) for position in wanted],
                    column_types=dict.fromkeys(names, coded),
                    check_utf8=False,  # checked when the file was opened
                ),
            )
        except pa.ArrowInvalid as error:
            raise InputError(
                "rows that cannot be read as delimited text",
                where=self.where,
                do="look for an unclosed quote, or export the file again",
            ) from error
        return table, faulty


@dataclass(frozen=True, repr=False)
class LabelledRows(Unseen):
    """Rows of an SPSS file, already text, column by column."""

    columns: tuple[list[str], ...]

    def read(self, wanted: list[int], *, first: int) -> Body:
        """Return the wanted columns."""
        count = len(self.columns[0]) if self.columns else 0
        columns = {position: _coded(self.columns[position]) for position in wanted}
        return Body(columns, np.arange(first, first + count))


def open_export(path: str | Path, *, encoding: str | None = None) -> Export:
    """Return the export at ``path``: ``.sav``/``.zsav`` as SPSS, a workbook or delimited text.

    Text is UTF-8, or UTF-16 with its mark, unless ``encoding`` says otherwise; the delimiter is
    the commonest of comma, tab and semicolon in the first line that all of the first rows agree
    with. Raises InputError when the file is absent, empty, a workbook of several filled sheets, or
    not text in that encoding.
    """
    path = Path(path)
    if path.suffix.lower() in (".sav", ".zsav"):
        return _open_spss(path)
    data = read_file(path).data
    if data.startswith(OLD_EXCEL):
        raise InputError(
            "is an older or a locked Excel file",
            where=shown(path),
            do="save it as .xlsx without a password, or as CSV",
        )
    if data.startswith(ZIPPED):
        text, delimiters = _filled(sheet_as_csv(path), shown(path)), ","
    else:
        text = _filled(utf8(data, encoding, shown(path)), shown(path))
        delimiters = _delimiters(text)
    return _delimited(text, delimiters, shown(path))


def _delimited(data: bytes, delimiters: str, where: str) -> Export:
    """Return the export in ``data``, by the first of ``delimiters`` that its rows agree with."""
    delimiter = next((one for one in delimiters if _agrees(data, one)), delimiters[0])
    records, ends = _first_records(data, delimiter, where)
    header_rows, texts, import_ids = _header(records)
    names, width = _names(records, header_rows)
    shown_texts, ids = (_fit(row, len(names)) for row in (texts, import_ids))
    below = memoryview(data)[ends[header_rows - 1] :]
    rows = DelimitedRows(below, delimiter, width, where)
    return Export(where, names, shown_texts, ids, header_rows, rows)


# Text files


def _filled(data: bytes, where: str) -> bytes:
    if not data.strip(b'\r\n\t ,;"'):
        raise InputError("is empty", where=where, expected="a header row and responses")
    return data


def _delimiters(data: bytes) -> str:
    """Return the delimiters there may be, the commonest of the first line first."""
    first = data[: data.find(b"\n") % (len(data) + 1)].decode()
    return "".join(sorted(",\t;", key=first.count, reverse=True))


def _first_records(data: bytes, delimiter: str, where: str) -> tuple[list[list[str]], list[int]]:
    """Return up to four records and, for each, the byte at which it ends."""
    place = 0

    def lines() -> Iterable[str]:
        nonlocal place
        while place < len(data):
            start, place = place, (data.find(b"\n", place) + 1) or len(data)
            yield data[start:place].decode()

    records, ends = [], []
    try:
        for record in csv.reader(lines(), delimiter=delimiter):
            records.append(record)
            ends.append(place)
            if len(records) == 4:
                break
    except csv.Error as error:
        raise InputError(
            "header rows that cannot be read as delimited text",
            where=where,
            do="look for an unclosed quote, or export the file again",
        ) from error
    return records, ends


def _agrees(data: bytes, delimiter: str) -> bool:
    """Tell whether the first rows have as many fields each, two or more, with this delimiter."""
    try:
        records, _ = _first_records(data, delimiter, "")
    except InputError:
        return False
    return len({len(row) for row in records} - {0, 1}) == 1


def _header(records: list[list[str]]) -> tuple[int, list[str], list[str]]:
    """Return the number of header rows, the question texts and the ImportIds."""
    for number in (1, 2):
        import_ids = [_import_id(cell) for cell in records[number]] if number < len(records) else []
        if any(import_ids):
            return number + 1, records[1] if number == 2 else [], import_ids
    if told := _codes_and_texts(records[0]):
        return 1, *told
    if len(records) > 1 and _is_text_row(records[0], records[1]):
        return 2, records[1], []
    if len(records) > 1 and _is_choice_row(records[0], records[1]):
        return 2, *_by_question(records[0], records[1])
    return 1, [], []


def _import_id(cell: str) -> str:
    """Return the ImportId of a cell of the third row: JSON now, a Python repr in older files."""
    if "ImportId" not in cell:
        return ""
    for parse in (json.loads, ast.literal_eval):
        try:
            value = parse(cell)
        except (ValueError, SyntaxError):
            continue
        if isinstance(value, dict) and isinstance(value.get("ImportId"), str):
            return value["ImportId"]
    return ""


def _codes_and_texts(names: list[str]) -> tuple[list[str], list[str]] | None:
    """Return texts and codes of a header of both, as LimeSurvey writes it: "G01Q02[A]. Tools [A]".

    None where a column has another form, or none of them is the id of a response.
    """
    found = [re.fullmatch(r"([A-Za-z]\w*(?:\[[^\]]*\])*)\. +(.*)", name, re.S) for name in names]
    parts = [one.groups() for one in found if one]
    if len(parts) < len(names) or not any(_plain(c) in METADATA["response_id"] for c, _ in parts):
        return None
    return [text for _, text in parts], [code for code, _ in parts]


def _before(pattern: str, name: str) -> str | None:
    """Return the tag that stands before an ending such as ``pattern``, None without the ending.

    >>> _before("_(first.click)|timing - .*", "Q3_First Click"), _before("_(os)", "Which os")
    ('Q3', None)
    """
    found = re.search(f"({pattern})$", name.strip(), re.IGNORECASE)
    if found is None:
        return None
    return name.strip()[: found.start()] if found[0].startswith("_") else ""


def _is_text_row(names: list[str], row: list[str]) -> bool:
    """Tell a row of texts from data: it repeats what a metadata column is called."""
    known = set().union(*METADATA.values(), UNUSED_METADATA, *PERSONAL.values())
    told = [
        _plain(cell) in known
        for name, cell in zip(names, row, strict=False)
        if cell.strip() and (_plain(name) in known or re.fullmatch(r"V\d+", name))
    ]
    # A response may say "IP Address" of its type and "email" of its channel, and of no more.
    return 2 * sum(told) > len(told)


def _is_choice_row(names: list[str], row: list[str]) -> bool:
    """Tell a second header row of choices, as SurveyMonkey writes it, from a response.

    No response is without an id; the row has none, and texts under questions or beside them.
    """
    known = METADATA["response_id"]
    ids = [cell for name, cell in zip(names, row, strict=False) if _plain(name) in known]
    under = [cell for name, cell in zip(names, row, strict=False) if not name.strip()]
    told = any(map(str.strip, under)) or any(_plain(cell) in _ANSWER_HEADS for cell in row)
    return bool(ids) and not any(map(str.strip, ids)) and told


_ANSWER_HEADS = {"response", "openendedresponse"}


def _by_question(names: list[str], row: list[str]) -> tuple[list[str], list[str]]:
    """Return a text and an id for each column: Q3_1 is the first choice of the third question."""
    reserved = set().union(*METADATA.values(), UNUSED_METADATA, *PERSONAL.values())
    texts, ids, question, number, place = [], [], "", 0, 0
    for name, choice in zip(names, [*row, *[""] * len(names)], strict=False):
        if name.strip() and _plain(name) in reserved:
            texts.append(name)
            ids.append("")
            continue
        if name.strip():
            question, number, place = name.strip(), number + 1, 0
        place += 1
        alone = _plain(choice) in {"", *_ANSWER_HEADS}
        texts.append(question if alone else f"{question} - {choice.strip()}")
        part = "_TEXT" if _plain(choice) == "openendedresponse" else f"_{place}"
        ids.append(f"Q{number}" if part == "_1" and alone else f"Q{number}{part}")
    return texts, ids


def _names(records: list[list[str]], header_rows: int) -> tuple[tuple[str, ...], int]:
    """Return the column names and the fields a row has; older files end rows with a comma."""
    names = [name.strip() for name in records[0]]
    width = len(names)
    if header_rows < len(records):
        fields = len(records[header_rows])
        if fields < width and not any(names[fields:]):
            names, width = names[:fields], fields
        elif fields == width + 1 and records[header_rows][-1] == "":
            names, width = [*names, ""], fields
    return tuple(names), width


def _fit(row: list[str], width: int) -> tuple[str, ...]:
    return tuple((list(row) + [""] * width)[:width])


def is_personal(name: str) -> bool:
    """Tell whether a column of this name points at a person."""
    return any(_plain(name) in spellings for spellings in PERSONAL.values())


def _plain(name: str) -> str:
    """Return a metadata name without its older prefixes, case and punctuation."""
    name = re.sub(r"^(panel|location)-", "", name.strip(), flags=re.IGNORECASE)
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _from_arrow(column: Any) -> Coded:
    array = column.unify_dictionaries().combine_chunks()
    return Coded(tuple(array.dictionary.to_pylist()), array.indices.to_numpy())


def _coded(cells: list[str]) -> Coded:
    texts = {text: position for position, text in enumerate(dict.fromkeys(cells))}
    positions = np.fromiter((texts[cell] for cell in cells), np.int32, len(cells))
    return Coded(tuple(texts), positions)


# SPSS files


def _open_spss(path: Path) -> Export:
    import pyreadstat

    where = shown(path)
    try:
        # Codes a file declares as missing are kept: the codebook says what they mean.
        frame, meta = pyreadstat.read_sav(read_file(path).stream(), user_missing=True)
    except (pyreadstat.PyreadstatError, pyreadstat.ReadstatError, OSError) as error:
        raise InputError(
            "cannot be read as an SPSS file", where=where, do="export it again"
        ) from error
    names = tuple(meta.column_names)
    texts = tuple(label or "" for label in meta.column_labels)
    columns = tuple([_spss_text(value) for value in frame[name]] for name in names)
    labels = {
        position: {_spss_text(code): str(label) for code, label in found.items()}
        for position, name in enumerate(names)
        if (found := meta.variable_value_labels.get(name))
    }
    missing = {
        position: frozenset(
            text
            for text in {*columns[position], *labels.get(position, {})}
            if _is_declared(text, meta.missing_ranges[name])
        )
        for position, name in enumerate(names)
        if name in meta.missing_ranges
    }
    rows = LabelledRows(columns)
    return Export(where, names, texts, ("",) * len(names), 0, rows, labels, missing)


def _is_declared(text: str, ranges: Iterable[Any]) -> bool:
    """Tell a code that the file declares as missing, by itself or in a range."""
    for between in ranges:
        low, high = between["lo"], between["hi"]
        if isinstance(low, str):
            if text and text == low.strip():
                return True
        elif re.fullmatch(r"[+-]?\d+(\.\d+)?", text) and low <= float(text) <= high:
            return True
    return False


def _spss_text(value: Any) -> str:
    """Return a cell as a CSV would write it: no decimals on whole numbers, ISO dates."""
    if value is None or value != value:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if hasattr(value, "strftime"):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    return str(value)
