"""The codebook: what each column of a survey export asks, and what its codes mean."""

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from coee_nb.arguments import known
from coee_nb.errors import InputError, ParameterError
from coee_nb.files import read_file
from coee_nb.paths import shown

Kind = Literal["single", "multi", "matrix", "likert", "numeric", "text"]
GROUPS = ("center", "title")
RESPONSE_COLUMNS = (
    "response_id",
    "finished",
    "progress",
    "started_on",
    "ended_on",
    "recorded_on",
    "center",
    "title",
)


@dataclass(frozen=True)
class Item:
    """A question of the survey.

    ``columns`` are its columns in ``Responses.rows``: one, or one a choice (``multi``) or a row
    (``matrix``), labelled by ``labels``. ``choices`` are all labels in the order of the
    questionnaire; those of them in ``missing`` (seen and left blank), ``not_applicable`` or
    ``dont_know`` are no answers in substance, ``substantive`` are the others. ``asked_if`` names
    the earlier item and the answers that lead to this one. ``sources`` are the columns or
    ImportIds of the export, ``codes`` its (code, label) pairs, and ``screened_out`` the answers
    that ended the survey for a respondent.
    """

    name: str
    wording: str
    kind: Kind
    columns: tuple[str, ...]
    labels: tuple[str, ...]
    sources: tuple[str, ...]
    choices: tuple[str, ...] = ()
    missing: frozenset[str] = frozenset()
    not_applicable: frozenset[str] = frozenset()
    dont_know: frozenset[str] = frozenset()
    asked_if: tuple[str, frozenset[str]] | None = None
    codes: tuple[tuple[str, str], ...] = ()
    screened_out: frozenset[str] = frozenset()

    @property
    def substantive(self) -> tuple[str, ...]:
        """The choices that answer the question in substance, in order."""
        aside = self.missing | self.not_applicable | self.dont_know
        return tuple(choice for choice in self.choices if choice not in aside)

    @property
    def joined(self) -> bool:
        """Whether all choices of a multi-select share one comma-joined column of the export."""
        return self.kind == "multi" and len(self.sources) < len(self.columns)


@dataclass(frozen=True)
class Codebook:
    """The items in the order they were asked; ``center`` and ``title`` place a respondent.

    ``codebook["name"]`` is the item of that name; ``note`` says where the codebook comes from.
    """

    items: tuple[Item, ...]
    center: Item | None = None
    title: Item | None = None
    note: str = ""
    where: str = "codebook"
    _by_name: Mapping[str, Item] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Refuse names used twice and conditions on what does not exist."""
        object.__setattr__(self, "_by_name", {item.name: item for item in self.items})
        _unique([item.name for item in self.every_item], "item", self.where)
        _unique([c for item in self.every_item for c in item.columns], "column", self.where)
        _unique([s for item in self.every_item for s in item.sources], "source", self.where)
        for item in self.items:
            _check_condition(item, self)

    @property
    def every_item(self) -> tuple[Item, ...]:
        """All items, with those that place a respondent first."""
        return tuple(item for item in (self.center, self.title) if item) + self.items

    def __getitem__(self, name: str) -> Item:
        """Return the item called ``name``; InputError, with the nearest name, if there is none."""
        try:
            return self._by_name[known(name, self._by_name, "item")]
        except ParameterError as error:
            raise InputError(error.found, where=self.where, expected=error.expected) from None


def read_codebook(path: str | Path) -> Codebook:
    """Return the codebook at ``path``, a ``.yaml`` or ``.csv`` file.

    YAML: ``items``, a list of entries with ``name``, ``source`` (ImportId or column) or, for
    multi-select and matrix questions, ``sources`` (source: label), ``wording``, ``type``,
    ``choices`` (code: label, or labels, or a list of ``{code, label}``), ``missing``,
    ``not_applicable``, ``dont_know`` and ``screened_out`` (codes or labels) and ``asked_if``
    (``{item, labels}``). Every scalar is text: an unquoted ``no`` stays ``no``.

    CSV: the same names as columns, one line a source; ``choices`` as ``1=Yes|2=No``, lists
    with ``|``, ``asked_if`` as ``item=Label|Label``, and ``label`` for the choice or row that a
    source of a multi-select or matrix question stands for.

    A relative path is one below the project folder. Items called ``center`` and ``title`` place
    the respondent. Raises InputError naming the file and the entry.
    """
    path = Path(path)
    where = shown(path)
    text = read_file(path).text()
    if path.suffix.lower() == ".csv":
        return build_codebook(_csv_entries(text, where), where=where)
    document = _yaml(text, where)
    return build_codebook(document["items"], note=document.get("note", ""), where=where)


def build_codebook(
    entries: Iterable[Mapping[str, Any]], *, note: str = "", where: str = "codebook"
) -> Codebook:
    """Return the codebook of ``entries``, each a mapping as in the YAML form."""
    items = [_item(_entry(raw, number, where), where) for number, raw in enumerate(entries, 1)]
    groups = {item.name: item for item in items if item.name in GROUPS}
    questions = tuple(item for item in items if item.name not in GROUPS)
    _unique([item.name for item in items], "item", where)
    if not questions:
        raise InputError("no items", where=where, expected="at least one question")
    return Codebook(questions, groups.get("center"), groups.get("title"), note, where)


def plain_code(text: str) -> str:
    """Return a code as the codebook writes it: trimmed, ``1.0`` as ``1``.

    >>> plain_code(" -99.00 "), plain_code("1.5")
    ('-99', '1.5')
    """
    return re.sub(r"^([+-]?\d+)\.0+$", r"\1", text.strip())


def plain_label(text: str) -> str:
    """Return a label with its white space (line breaks of the editor included) made single."""
    return " ".join(text.split())


def slug(label: str) -> str:
    """Return a label as the end of a column name.

    >>> slug("Visits (ports & importers)")
    'visits_ports_importers'
    """
    return re.sub(r"[^a-z0-9]+", "_", label.lower()).strip("_")[:40].strip("_") or "other"


# The entry, as written


def _pairs(value: Any) -> Any:
    """Return choices as (code, label) pairs; a bare label is its own code."""
    if isinstance(value, Mapping):
        return list(value.items())
    if not isinstance(value, list | tuple):
        return value
    return [
        (entry["code"], entry["label"])
        if isinstance(entry, Mapping) and set(entry) == {"code", "label"}
        else (entry, entry)
        if isinstance(entry, str)
        else entry
        for entry in value
    ]


class _Condition(BaseModel):
    model_config = ConfigDict(extra="forbid")
    item: str
    labels: list[str] = Field(min_length=1)


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$")]
    wording: str
    type: Kind
    source: str | None = None
    sources: dict[str, str] | None = None
    choices: Annotated[list[tuple[str, str]], BeforeValidator(_pairs)] = []
    missing: list[str] = []
    not_applicable: list[str] = []
    dont_know: list[str] = []
    screened_out: list[str] = []
    asked_if: _Condition | None = None


def _entry(raw: Mapping[str, Any], number: int, where: str) -> _Entry:
    name = raw.get("name", "") if isinstance(raw, Mapping) else ""
    place = f"{where}, item {number}" + (f" ({name})" if name else "")
    try:
        entry = _Entry.model_validate(raw)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_context=False)[0]
        what = ".".join(map(str, fault["loc"])) or "the entry"
        raise InputError(
            f"{what}: {fault['msg']}", where=place, expected=f"of {', '.join(_Entry.model_fields)}"
        ) from None
    wrong = _fault(entry)
    if wrong:
        raise InputError(wrong, where=place, do="correct the codebook")
    return entry


def _fault(entry: _Entry) -> str:
    """Return what is wrong with an entry's parts taken together, or nothing."""
    if (entry.source is None) == (entry.sources is None):
        return "give either source (one column) or sources (one column a choice or row)"
    if entry.name in RESPONSE_COLUMNS and entry.name not in GROUPS:
        return f"the name {entry.name!r} is taken by the response itself"
    if entry.name in GROUPS and entry.type != "single":
        return "center and title are of type single"
    if entry.sources is not None and entry.type not in ("multi", "matrix"):
        return f"an item of type {entry.type} has one source"
    if entry.source is not None and entry.type == "matrix":
        return "a matrix has sources, one a row"
    if entry.type in ("numeric", "text") and entry.choices:
        return f"an item of type {entry.type} has no choices; give special codes as missing etc."
    closed = entry.type in ("single", "likert", "matrix") and entry.name not in GROUPS
    if (closed or (entry.type == "multi" and entry.source)) and not entry.choices:
        return "choices are missing"
    return ""


# The item, as used


def _item(entry: _Entry, where: str) -> Item:
    codes = [(plain_code(code), plain_label(label)) for code, label in entry.choices]
    if entry.type == "multi" and entry.sources:
        codes += [("1", plain_label(label)) for label in entry.sources.values()]
    labels_of = _label_finder(codes)
    specials = {
        name: frozenset(labels_of(value) for value in getattr(entry, name))
        for name in ("missing", "not_applicable", "dont_know", "screened_out")
    }
    _disjoint(specials, f"{where}, item {entry.name}")
    labels = tuple(dict.fromkeys(label for _, label in codes))
    columns, column_labels = _columns(entry, labels, specials["missing"])
    asked_if = None
    if entry.asked_if:
        leading = frozenset(map(plain_label, entry.asked_if.labels))
        asked_if = (entry.asked_if.item, leading)
    return Item(
        name=entry.name,
        wording=plain_label(entry.wording),
        kind=entry.type,
        columns=columns,
        labels=column_labels,
        sources=tuple(entry.sources or [str(entry.source)]),
        choices=labels,
        asked_if=asked_if,
        codes=tuple(codes),
        **specials,
    )


def _label_finder(codes: list[tuple[str, str]]):
    """Return a function from code or label to label, which adds codes that no choice lists."""

    def label_of(value: str) -> str:
        code, label = plain_code(value), plain_label(value)
        for known_code, known_label in codes:
            if known_code == code or known_label == label:
                return known_label
        codes.append((code, label))
        return label

    return label_of


def _columns(
    entry: _Entry, labels: tuple[str, ...], missing: frozenset[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the columns in the responses and what each stands for."""
    if entry.sources:
        parts = tuple(map(plain_label, entry.sources.values()))
    elif entry.type == "multi":
        parts = tuple(label for label in labels if label not in missing)
    else:
        return (entry.name,), (plain_label(entry.wording),)
    columns: list[str] = []
    for part in parts:
        column, number = f"{entry.name}__{slug(part)}", 2
        while column in columns:
            column, number = f"{entry.name}__{slug(part)}_{number}", number + 1
        columns.append(column)
    return tuple(columns), parts


def _disjoint(specials: Mapping[str, frozenset[str]], where: str) -> None:
    names = ("missing", "not_applicable", "dont_know")
    for first, second in ((0, 1), (0, 2), (1, 2)):
        both = specials[names[first]] & specials[names[second]]
        if both:
            raise InputError(
                f"{min(both)!r} is both {names[first]} and {names[second]}",
                where=where,
                do="keep one of the two",
            )


def _check_condition(item: Item, codebook: Codebook) -> None:
    if item.asked_if is None:
        return
    where = f"{codebook.where}, item {item.name}"
    names = [other.name for other in codebook.items]
    name, labels = item.asked_if
    if name not in names[: names.index(item.name)]:
        raise InputError(
            f"asked_if names {name!r}", where=where, expected="an item that comes before it"
        )
    unknown = labels - set(codebook[name].choices)
    if unknown:
        raise InputError(
            f"asked_if names the answer {min(unknown)!r}",
            where=where,
            expected=f"one of {', '.join(codebook[name].choices)}",
        )


def _unique(names: list[str], what: str, where: str) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(
            f"the {what} {twice[0]!r} is used twice", where=where, do=f"name each {what} once"
        )


# The two file forms


class _TextLoader(yaml.BaseLoader):
    """YAML in which every scalar is text and a repeated key is an error."""

    def construct_mapping(self, node, deep=False):
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        twice = [key for key in keys if keys.count(key) > 1]
        if twice:
            raise yaml.constructor.ConstructorError(
                None, None, f"the key {twice[0]!r} is given twice", node.start_mark
            )
        return super().construct_mapping(node, deep)


def _yaml(text: str, where: str) -> dict[str, Any]:
    try:
        document = yaml.load(text, _TextLoader)  # a BaseLoader: text only, no objects
    except yaml.YAMLError as error:
        reason = " ".join(str(error).split())
        raise InputError(
            f"not readable as YAML: {reason}",
            where=where,
            do="two choices of one code are written as a list of {code, label}",
        ) from error
    if not isinstance(document, dict) or not isinstance(document.get("items"), list):
        raise InputError("no list of items", where=where, expected="items: with one entry each")
    unknown = sorted(set(document) - {"items", "note"})
    if unknown:
        raise InputError(f"unknown key {unknown[0]!r}", where=where, expected="note, items")
    return document


_CSV_LISTS = ("missing", "not_applicable", "dont_know", "screened_out")


def _csv_entries(text: str, where: str) -> list[dict[str, Any]]:
    reader = csv.DictReader(io.StringIO(text, newline=""), restkey="surplus")
    known = {*_Entry.model_fields, "label"} - {"sources"}
    surplus = sorted(set(reader.fieldnames or ()) - known)
    if surplus or not {"name", "source", "wording", "type"} <= set(reader.fieldnames or ()):
        raise InputError(
            f"columns {', '.join(reader.fieldnames or ['(none)'])}",
            where=where,
            expected=f"name, source, wording, type and, as needed, {', '.join(sorted(known))}",
        )
    entries: dict[str, dict[str, Any]] = {}
    for line in reader:
        if "surplus" in line:
            raise InputError("more fields than columns", where=f"{where}, line {reader.line_num}")
        _add_csv_line(entries, {key: value for key, value in line.items() if value})
    return list(entries.values())


def _add_csv_line(entries: dict[str, dict[str, Any]], line: dict[str, str]) -> None:
    """Add a line to the entry of its name; the first line of a name gives all but the sources."""
    source, label, name = line.pop("source", ""), line.pop("label", ""), line.get("name", "")
    if name not in entries:
        entry: dict[str, Any] = dict(line)
        for key in _CSV_LISTS:
            if key in entry:
                entry[key] = entry[key].split("|")
        if "choices" in entry:
            choices = [choice.partition("=") for choice in entry["choices"].split("|")]
            entry["choices"] = [(code, text or code) for code, _, text in choices]
        if "asked_if" in entry:
            item, _, labels = entry["asked_if"].partition("=")
            entry["asked_if"] = {"item": item, "labels": labels.split("|")}
        entries[name] = entry
    if label:
        entries[name].setdefault("sources", {})[source] = label
    else:
        entries[name]["source"] = source
