"""A survey's own definition (Qualtrics ``.qsf``): its questions, their choices, order and logic.

The file is untrusted: what has not the form Qualtrics gives it is passed over, markup is stripped.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from coee_nb.errors import InputError
from coee_nb.files import read_file
from coee_nb.paths import shown
from coee_nb.survey.questions.plain import plain_label

Logic = Mapping[str, Any]  # a BooleanExpression as Qualtrics writes it
NOT_ALL = "shown to a random part of the respondents"


@dataclass(frozen=True)
class Shown:
    """A condition of a question: ``logic`` must hold, or must not hold where ``negated``."""

    logic: Logic
    negated: bool = False


@dataclass(frozen=True)
class DefinedQuestion:
    """A question of the definition.

    ``choices`` and ``answers`` (the columns of a matrix) are labels by number, in order; ``codes``
    their codes, by number; ``exclusive`` the numbers of choices that go with no other; ``shown``
    the conditions, all of which must hold; ``note`` what no condition can say.
    """

    qid: str
    tag: str
    text: str
    kind: str
    selector: str
    sub: str
    choices: Mapping[str, str]
    answers: Mapping[str, str]
    codes: Mapping[str, str]
    exclusive: tuple[str, ...] = ()
    shown: tuple[Shown, ...] = ()
    note: str = ""

    @property
    def several(self) -> bool:
        """Whether a respondent may choose several."""
        return self.kind == "MC" and self.selector.startswith(("MA", "MS"))


@dataclass(frozen=True)
class Definition:
    """The questions in the order of the survey, and the names of its embedded data."""

    questions: tuple[DefinedQuestion, ...]
    embedded: frozenset[str] = frozenset()
    by_id: Mapping[str, DefinedQuestion] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Index the questions by their id."""
        object.__setattr__(self, "by_id", {one.qid: one for one in self.questions})


def read_definition(path: str | Path) -> Definition:
    """Return the definition at ``path``. Raises InputError for a file that is none."""
    where = shown(path)
    try:
        document = json.loads(read_file(path).text())
        elements = [one for one in _list(_dict(document).get("SurveyElements")) if _dict(one)]
        payloads = {
            str(one.get("PrimaryAttribute")): _question(_dict(one.get("Payload")))
            for one in elements
            if one.get("Element") == "SQ"
        }
        ordered = list(_Walk(elements).questions(payloads))
    except (ValueError, RecursionError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(
            "is not JSON as Qualtrics exports a survey", where=where, do="export the survey again"
        ) from None
    if not payloads:
        raise InputError(
            "no question", where=where, expected="a .qsf file: Tools, Import/Export, Export Survey"
        )
    return Definition(tuple(ordered), frozenset(_embedded(elements)))


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _numbered(value: Any) -> dict[str, Any]:
    """Return what Qualtrics writes as an object, or as a list where its numbers run from 0."""
    if isinstance(value, list):
        return {str(number): one for number, one in enumerate(value)}
    return {str(key): one for key, one in _dict(value).items()}


def _question(payload: dict[str, Any]) -> DefinedQuestion:
    conditions = [_dict(payload.get(key)) for key in ("DisplayLogic", "InPageDisplayLogic")]
    choices = _numbered(payload.get("Choices"))
    return DefinedQuestion(
        qid=str(payload.get("QuestionID", "")),
        tag=str(payload.get("DataExportTag", "")),
        text=plain_text(payload.get("QuestionText")),
        kind=str(payload.get("QuestionType", "")),
        selector=str(payload.get("Selector", "")),
        sub=str(payload.get("SubSelector", "")),
        choices=_labels(choices, payload.get("ChoiceOrder")),
        answers=_labels(_numbered(payload.get("Answers")), payload.get("AnswerOrder")),
        codes={key: str(code) for key, code in _numbered(payload.get("RecodeValues")).items()},
        exclusive=tuple(key for key, one in choices.items() if _dict(one).get("ExclusiveAnswer")),
        shown=tuple(Shown(one) for one in conditions if one),
    )


def _labels(found: Mapping[str, Any], order: Any) -> dict[str, str]:
    """Return the labels by number, in the order given; what the order leaves out comes after."""
    numbers = dict.fromkeys([*map(str, _list(order)), *found])
    told = {number: plain_text(_dict(found.get(number)).get("Display")) for number in numbers}
    return {number: label for number, label in told.items() if label}


def _embedded(elements: list[Any]) -> Iterator[str]:
    for element in elements:
        for node in _nodes(element.get("Payload")) if element.get("Element") == "FL" else ():
            for one in _list(node.get("EmbeddedData")):
                yield str(_dict(one).get("Field", ""))


def _nodes(payload: Any) -> Iterator[dict[str, Any]]:
    node = _dict(payload)
    yield node
    for part in _list(node.get("Flow")):
        yield from _nodes(part)


class _Walk:
    """The way through the survey: blocks in the order of its flow, under what branches say."""

    def __init__(self, elements: list[dict[str, Any]]) -> None:
        payloads = {str(one.get("Element")): one.get("Payload") for one in elements}
        blocks = [_dict(one) for one in _numbered(payloads.get("BL")).values()]
        self.blocks = {str(one.get("ID")): one for one in blocks if one.get("Type") != "Trash"}
        self.flow = _dict(payloads.get("FL"))
        self.ended: list[Shown] = []  # what ended the survey for some, before this place

    def questions(self, payloads: Mapping[str, DefinedQuestion]) -> Iterator[DefinedQuestion]:
        """Yield the questions with every condition on them, those of no block last."""
        seen: set[str] = set()
        for qid, conditions, note in self._elements():
            if qid in payloads and qid not in seen:
                seen.add(qid)
                own = payloads[qid]
                yield replace(own, qid=qid, shown=(*conditions, *own.shown), note=note)
        if not self.blocks:
            yield from (replace(one, qid=qid) for qid, one in payloads.items())

    def _elements(self) -> Iterator[tuple[str, list[Shown], str]]:
        if self.flow:
            yield from self._node(self.flow, [], "")
            return
        for block in self.blocks.values():
            yield from self._block(block, [], "")

    def _node(
        self, node: dict[str, Any], under: list[Shown], note: str
    ) -> Iterator[tuple[str, list[Shown], str]]:
        if node.get("Type") == "EndSurvey" and under:
            self.ended.append(replace(under[-1], negated=True))
        if node.get("Type") == "Branch":
            under = [*under, Shown(_dict(node.get("BranchLogic")))]
        if node.get("Type") in ("BlockRandomizer", "Randomizer"):
            parts = len(_list(node.get("Flow")))
            note = NOT_ALL if str(node.get("SubSet", parts)) != str(parts) else note
        if block := self.blocks.get(str(node.get("ID"))):
            yield from self._block(block, under, note)
        for part in _list(node.get("Flow")):
            yield from self._node(_dict(part), under, note)

    def _block(
        self, block: dict[str, Any], under: list[Shown], note: str
    ) -> Iterator[tuple[str, list[Shown], str]]:
        skips: list[tuple[str, Shown]] = []  # where a skip leads to, and what makes one skip
        for part in _list(block.get("BlockElements")):
            element = _dict(part)
            qid = str(element.get("QuestionID", ""))
            if not qid:
                continue
            skips = [(to, why) for to, why in skips if to != qid]
            yield qid, [*under, *self.ended, *(why for _, why in skips)], note
            for skip in map(_dict, _list(element.get("SkipLogic"))):
                why, to = _skipped(skip), str(skip.get("SkipToDestination", ""))
                if to.upper().replace("_", "") == "ENDOFSURVEY":
                    self.ended.append(why)
                else:
                    skips.append((to, why))


def _skipped(skip: Mapping[str, Any]) -> Shown:
    """Return skip logic as a condition that must not hold."""
    one = {
        "LogicType": "Question",
        "LeftOperand": skip.get("ChoiceLocator") or skip.get("Locator"),
        "Operator": skip.get("Condition"),
        "RightOperand": skip.get("Value"),
    }
    return Shown({"0": {"0": one, "Type": "If"}, "Type": "BooleanExpression"}, negated=True)


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.hidden += tag in ("script", "style")
        self.parts.append(" " if tag in ("br", "p", "div", "li", "tr", "td", "h1", "h2") else "")

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in ("script", "style") and self.hidden > 0
        self.parts.append(" " if tag in ("p", "div", "li", "tr", "td", "h1", "h2") else "")

    def handle_data(self, data: str) -> None:
        self.parts.append("" if self.hidden else data)


def plain_text(markup: Any) -> str:
    r"""Return a text without markup and control characters, piped text as [...].

    >>> plain_text("<p>Is&nbsp;it <b>clear</b>?<br>Dear ${m://FirstName}</p><script>x()</script>")
    'Is it clear? Dear [...]'
    """
    reader = _Words()
    reader.feed(str(markup if markup is not None else ""))
    reader.close()
    text = re.sub(r"\$\{[^}]*\}", "[...]", "".join(reader.parts))
    kept = (one if one.isprintable() or one.isspace() else " " for one in text)
    return plain_label("".join(kept))
