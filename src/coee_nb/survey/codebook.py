"""The codebook: what each column of a survey export asks, and what its codes mean."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from coee_nb.arguments import known
from coee_nb.errors import InputError, ParameterError
from coee_nb.files import LINE, Content, read_file
from coee_nb.paths import shown
from coee_nb.survey.questions.embedded import EMBEDDED
from coee_nb.survey.questions.item import Entry, Item
from coee_nb.survey.questions.kinds import KINDS, kind_of
from coee_nb.survey.questions.plain import plain_code, plain_label, slug

RESPONSE_COLUMNS = (
    "response_id",
    "finished",
    "progress",
    "started_on",
    "ended_on",
    "recorded_on",
)
DRAFTED = "# A draft, made from"  # how a draft begins, whose choices nobody has confirmed


@dataclass(frozen=True)
class Codebook:
    """The items in the order they were asked; ``groups`` place a respondent.

    ``embedded`` are data that nobody was asked for. ``codebook["name"]`` is the item of that name;
    ``note`` says where the codebook comes from; ``known_words`` are the office's capitalised words
    that name nobody; ``draft`` that nobody has confirmed its choices yet.
    """

    items: tuple[Item, ...]
    groups: tuple[Item, ...] = ()
    embedded: tuple[Item, ...] = ()
    note: str = ""
    where: str = "codebook"
    draft: bool = False
    known_words: tuple[str, ...] = ()
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
        """All items, with those that place a respondent first and embedded data last."""
        return self.groups + self.items + self.embedded

    def __getitem__(self, name: str) -> Item:
        """Return the item called ``name``; InputError, with the nearest name, if there is none."""
        try:
            return self._by_name[known(name, self._by_name, "item")]
        except ParameterError as error:
            raise InputError(error.found, where=self.where, expected=error.expected) from None


def read_codebook(path: str | Path, *, groups: Iterable[str] = ()) -> Codebook:
    """Return the codebook at ``path``, a ``.yaml`` or ``.csv`` file.

    YAML: ``draft: true`` while nobody has confirmed the choices; ``known_words``, capitalised words
    of the office that are no names (a system, a form), for the search in comments for what may
    identify somebody; ``items``, a list of entries with
    ``name``, ``source`` (ImportId or column) or, for
    questions of several columns, ``sources`` (source: label), ``wording``, ``type``,
    ``choices`` (code: label, or labels, or a list of ``{code, label}``), ``missing``,
    ``not_applicable``, ``dont_know``, ``screened_out`` and ``exclusive`` (codes or labels) and
    ``asked_if`` (``{item, labels}``, or with ``at_least``, ``above``, ``at_most``, ``below``; or
    ``{all: [...]}``, ``{any: [...]}``, ``{not: ...}``). ``scored`` (``rising`` or ``falling``: the
    first choice is the lowest step, or the highest) asks for a scale's mean and top two. An item
    of type ``ranking`` has a source for each that is ranked, or one that joins the ``choices`` from
    the first to the last. An item of type ``embedded`` is no question: an arm of an experiment,
    say, that ``asked_if`` names.
    Every scalar is text: an unquoted ``no`` stays ``no``.

    CSV: the same names as columns, one line a source; ``choices`` as ``1=Yes|2=No``, lists
    with ``|``, ``asked_if`` as ``item=Label|Label``, and ``label`` for the choice or row that a
    source of a multi-select or matrix question stands for.

    A relative path is one below the project folder. An item of one choice with ``group: true``, or
    named in ``groups``, places the respondent. Raises InputError naming the file and the entry.
    """
    path = Path(path)
    where = shown(path)
    content = read_file(path)
    if path.suffix.lower() == ".csv":
        return build_codebook(_csv_entries(content, where), groups=groups, where=where)
    document = _document(content, where)
    draft = str(document.get("draft", "")).lower() == "true" or content.text().startswith(DRAFTED)
    return build_codebook(
        document["items"],
        groups=groups,
        note=document.get("note", ""),
        draft=draft,
        known_words=_words(document, where),
        where=where,
    )


def build_codebook(
    entries: Iterable[Mapping[str, Any]],
    *,
    groups: Iterable[str] = (),
    note: str = "",
    draft: bool = False,
    known_words: Iterable[str] = (),
    where: str = "codebook",
) -> Codebook:
    """Return the codebook of ``entries``, each a mapping as in the YAML form.

    >>> entry = {"name": "helped", "source": "Q1", "wording": "Did it help?", "type": "single"}
    >>> build_codebook([entry | {"choices": ["Yes", "No"]}])["helped"].substantive
    ('Yes', 'No')
    """
    placing = set(groups)
    items = [
        _item(_entry(raw, number, placing, where), where) for number, raw in enumerate(entries, 1)
    ]
    _unique([item.name for item in items], "item", where)
    kinds: dict[str, list[Item]] = {"group": [], "embedded": [], "question": []}
    for item in items:
        embedded = "embedded" if kind_of(item) is EMBEDDED else "question"
        kinds["group" if item.group else embedded].append(item)
    if not kinds["question"]:
        raise InputError("no items", where=where, expected="at least one question")
    return Codebook(
        tuple(kinds["question"]),
        tuple(kinds["group"]),
        tuple(kinds["embedded"]),
        note=note,
        where=where,
        draft=draft,
        known_words=tuple(known_words),
    )


# The entry, as written


def _entry(raw: Mapping[str, Any], number: int, placing: set[str], where: str) -> Entry:
    name = raw.get("name", "") if isinstance(raw, Mapping) else ""
    place = f"{where}, item {number}" + (f" ({name})" if name else "")
    try:
        entry = Entry.model_validate(raw)
        entry = entry.model_copy(update={"group": entry.group or entry.name in placing})
    except ValidationError as error:
        fault = error.errors(include_url=False, include_context=False)[0]
        what = ".".join(map(str, fault["loc"])) or "the entry"
        raise InputError(
            f"{what}: {fault['msg']}", where=place, expected=f"of {', '.join(Entry.model_fields)}"
        ) from None
    wrong = _fault(entry)
    if wrong:
        raise InputError(wrong, where=place, do="correct the codebook")
    return entry


def _fault(entry: Entry) -> str:
    """Return what is wrong with an entry's parts taken together, or nothing."""
    if entry.type not in KINDS:
        return f"the type {entry.type!r} is none of {', '.join(KINDS)}"
    if (entry.source is None) == (entry.sources is None):
        return "give either source (one column) or sources (one column a choice or row)"
    if entry.name in RESPONSE_COLUMNS:
        return f"the name {entry.name!r} is taken by the response itself"
    if entry.group and not (KINDS[entry.type].headed and entry.source):
        return "a group is of type single and has one source"
    if twice := _twice(list(map(plain_label, (entry.sources or {}).values()))):
        return f"two sources are called {twice!r}"
    if entry.scored and entry.type not in ("single", "likert", "matrix"):
        return "scored is for a scale: of type single, likert or matrix"
    return KINDS[entry.type].fault(entry)


# The item, as used


def _item(entry: Entry, where: str) -> Item:
    codes = KINDS[entry.type].codes(entry)
    labels_of = _label_finder(codes)
    specials = {
        name: frozenset(labels_of(value) for value in getattr(entry, name))
        for name in ("missing", "not_applicable", "dont_know", "screened_out", "exclusive")
    }
    _disjoint(specials, f"{where}, item {entry.name}")
    labels = tuple(dict.fromkeys(label for _, label in codes))
    specials["exclusive"] = specials["exclusive"] or KINDS[entry.type].exclusive(labels)
    columns, column_labels = _columns(entry, labels, specials["missing"])
    return Item(
        name=entry.name,
        wording=plain_label(entry.wording),
        kind=entry.type,
        columns=columns,
        labels=column_labels,
        sources=tuple(entry.sources or [str(entry.source)]),
        choices=labels,
        asked_if=entry.asked_if,
        group=entry.group,
        scored=entry.scored,
        label=plain_label(entry.label),
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
    entry: Entry, labels: tuple[str, ...], missing: frozenset[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the columns in the responses and what each stands for."""
    parts = KINDS[entry.type].columns(entry, [label for label in labels if label not in missing])
    if not parts:
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
    """Refuse a condition on what is asked later, or on an answer that nobody can give."""
    where = f"{codebook.where}, item {item.name}"
    before = codebook.items[: codebook.items.index(item)]
    earlier = {one.name: one for one in (*codebook.groups, *before, *codebook.embedded)}
    for leaf in item.asked_if.leaves() if item.asked_if else ():
        if leaf.item not in earlier:
            raise InputError(
                f"asked_if names {leaf.item!r}",
                where=where,
                expected="an item that comes before it, or embedded data",
            )
        choices = earlier[leaf.item].choices
        unknown = set(leaf.labels) - set(choices)
        if unknown and choices:
            raise InputError(
                f"asked_if names the answer {min(unknown)!r}",
                where=where,
                expected=f"one of {', '.join(choices)}",
            )


def _twice(names: list[str]) -> str:
    """Return the first name that is used twice, or nothing."""
    return min((name for name in names if names.count(name) > 1), default="")


def _unique(names: list[str], what: str, where: str) -> None:
    if twice := _twice(names):
        raise InputError(
            f"the {what} {twice!r} is used twice", where=where, do=f"name each {what} once"
        )


# The two file forms


def _document(content: Content, where: str) -> dict[str, Any]:
    document = content.yaml(typed=False)
    if not isinstance(document, dict) or not isinstance(document.get("items"), list):
        raise InputError("no list of items", where=where, expected="items: with one entry each")
    keys = ("note", "draft", "known_words", "items")
    unknown = sorted(set(document) - {*keys})
    if unknown:
        raise InputError(f"unknown key {unknown[0]!r}", where=where, expected=", ".join(keys))
    return document


def _words(document: Mapping[str, Any], where: str) -> list[str]:
    words = document.get("known_words", [])
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise InputError(f"known_words is {words!r}", where=where, expected="a list of words")
    return words


_CSV_LISTS = ("missing", "not_applicable", "dont_know", "screened_out", "exclusive")


def _csv_entries(content: Content, where: str) -> list[dict[str, Any]]:
    lines = content.table(("name", "source", "wording", "type")).drop(columns=LINE)
    allowed = {*Entry.model_fields} - {"sources"}
    surplus = sorted(set(lines.columns) - allowed)
    if surplus:
        raise InputError(
            f"the column {surplus[0]!r}",
            where=where,
            expected=f"name, source, wording, type and, as needed, {', '.join(sorted(allowed))}",
        )
    entries: dict[str, dict[str, Any]] = {}
    for line in lines.to_dict("records"):
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
