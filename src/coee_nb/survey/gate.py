"""The gate: what leaves a release is checked once more, marked, and says what it rests on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from numbers import Integral
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import pandas as pd

from coee_nb import formats as fmt
from coee_nb.errors import InputError
from coee_nb.findings import Finding, Findings, InputFile, Inputs
from coee_nb.origins import GENERATED
from coee_nb.outputs import Callout, Chart, Table
from coee_nb.remarks import Remark
from coee_nb.survey.questions.kinds import kind_of
from coee_nb.unseen import Unseen
from coee_nb.wording import read_wording

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from coee_nb.engines.suppression.masking import DisclosurePlan
    from coee_nb.survey.comments import QuotableComments
    from coee_nb.survey.data import Survey

LONG_ID, LONG_WORDS = 6, 25  # letters from which these are not met in a sentence by chance
SUPPRESSED = "suppressed"
WORDS = read_wording("coee_nb.survey")


@dataclass(frozen=True)
class MaskedTable(Table):
    """A table that tells a number held back from one that there is none of, in every column.

    Where anything of a line is suppressed, what is missing of it rests on that: ``suppressed``
    stands for both, and a dash for what there is not, such as a share of nobody. ``own_sign`` are
    columns whose missing cells rest on nothing else of the line.
    """

    own_sign: tuple[str, ...] = ()

    def cells(self) -> tuple[list[str], list[list[str]]]:
        """Return the headings and the lines as text, each missing cell with its sign."""
        headings, lines = super().cells()
        columns = list(self.show or self.frame.columns)
        nobody = self.frame["n"].eq(0).fillna(False) if "n" in self.frame else [False] * len(lines)
        for line, empty in zip(lines, nobody, strict=False):
            sign = SUPPRESSED if any(cell.startswith(SUPPRESSED) for cell in line) else fmt.MISSING
            for place, column in enumerate(columns):
                if line[place] in (fmt.MISSING, SUPPRESSED) and column not in self.own_sign:
                    line[place] = fmt.MISSING if empty else sign
        return headings, lines

    def signs(self) -> set[str]:
        """Return the signs that stand in the table."""
        found = {cell for line in self.cells()[1] for cell in line}
        begun = {SUPPRESSED for cell in found if cell.startswith(SUPPRESSED)}
        return begun | (found & {fmt.MISSING})


class Gate(Unseen):
    """Base of a release: the only place where an output of the survey gets its mark.

    A page under disclosure control publishes marked outputs and nothing else. Every caption,
    picture and sentence carries the file and the floor, so that one made at another floor cannot
    pass for this one's.
    """

    survey: Survey
    comments: QuotableComments
    plan: DisclosurePlan

    @property
    def floor(self) -> int:
        """The smallest number of people that may be shown."""
        return self.plan.floor

    @property
    def basis(self) -> str:
        """The file of the responses, the floor and that rows are generated, as captions say it."""
        name = PurePath(self.survey.files.responses.input.path).name
        said = ", generated data" if self.survey.origin == GENERATED else ""
        floor = f"floor {self.floor}" if self.floor else "not confidential"
        return f"{name}, {floor}{said}"

    @property
    def mark(self) -> str:
        """What stands on every output that passed."""
        return f"disclosure plan, floor {self.floor}"

    def table(
        self,
        frame: pd.DataFrame,
        *,
        name: str,
        caption: str,
        of_files: Iterable[str] = (),
        origin: str | None = None,
        basis: str | None = None,
        **how: Any,
    ) -> Table:
        """Return a table that may be shown, ``how`` as of ``outputs.Table``.

        ``origin`` and ``basis`` are those of the responses unless it rests on another file;
        ``of_files`` are columns that count rows of a file or cells of a table, not people. Raises
        InputError for a count of fewer people than the floor, a response id, or words that a
        respondent wrote and that may not be quoted.
        """
        self._refuse(frame, name, set(of_files))
        self._refuse_words(f"table {name}", caption, how.get("note", ""))
        made = MaskedTable(
            frame,
            name=name,
            caption=f"{caption} ({basis or self.basis})",
            origin=origin or self.survey.origin,
            gate=self.mark,
            **how,
        )
        return replace(made, note=" ".join(filter(None, [made.note, *self._legend(made)])))

    def _legend(self, table: MaskedTable) -> list[str]:
        """Return what the signs in a table mean, the same words under every table."""
        names = ((SUPPRESSED, "sign_suppressed"), (fmt.MISSING, "sign_nothing"))
        signs = table.signs()
        return [WORDS.sentence(name) for sign, name in names if sign in signs]

    def chart(self, figure: Figure, name: str, title: str, description: str, table: Table) -> Chart:
        """Return a picture of a table that passed, with its basis below it."""
        self._refuse_words(f"chart {name}", title, description)
        figure.supxlabel(self.basis, fontsize=8, x=0.01, horizontalalignment="left")
        told = f"{description} ({self.basis}.)"
        return Chart(figure, name, title, told, table, gate=table.gate)

    def callout(self, text: str) -> Callout:
        """Return a sentence that may be shown; InputError where it quotes a respondent."""
        self._refuse_words("callout", text)
        return Callout(text, gate=self.mark)

    def remark(self, section: str) -> Remark | None:
        """Return what the engagement remarks in a section; InputError if it quotes a respondent."""
        said = self.survey.params.remark(section)
        if said is None:
            return None
        self._refuse_words(f"remark in {section!r}", said.text)
        return replace(said, gate=self.mark)

    def finding(self, name: str, statement: str, value: Any, unit: str, **how: Any) -> Finding:
        """Return the finding ``survey.<name>``; its sentence ends with what it rests on."""
        self._refuse_words(f"finding survey.{name}", statement, str(value))
        how = {"inputs": self.survey.sources} | how
        text = f"{statement} [{self.basis}]"
        return Finding(f"survey.{name}", text, value, unit, gate=self.mark, **how)

    def findings(self, found: Iterable[Finding]) -> Findings:
        """Return findings as a cell shows them."""
        return Findings(found)

    def inputs(self, files: Iterable[InputFile]) -> Inputs:
        """Return the files that all of it rests on."""
        return Inputs(files, gate=self.mark)

    def _refuse(self, frame: pd.DataFrame, name: str, of_files: set[str]) -> None:
        closed = (item for item in self.survey.items if not kind_of(item).words)
        asked = {column for item in closed for column in item.columns}
        for column in frame.columns:
            values = frame[column]
            if pd.api.types.is_bool_dtype(values.dtype):
                continue
            if column not in of_files and values.map(self._is_of_a_few).any():
                raise self._held(name, column, f"a count of fewer than {self.floor} people")
            if values.astype(object).isin(self._private).any():
                raise self._held(name, column, "an id or words of a respondent")
            if column in asked and values.dropna().isin(self.survey.rows[column]).any():
                raise self._held(name, column, "answers to a question, one row a respondent")
            if pd.api.types.is_datetime64_any_dtype(values.dtype):
                raise self._held(name, column, "times of responses")
            texts = values[values.map(lambda value: isinstance(value, str))]
            self._refuse_words(f"table {name}, column {column}", *texts)

    def _is_of_a_few(self, value: object) -> bool:
        if not isinstance(value, Integral) or isinstance(value, bool):
            return False
        return 1 <= int(value) < self.floor

    def _refuse_words(self, where: str, *texts: str) -> None:
        """Refuse texts that quote a response id, or words that a respondent wrote."""
        if any(self._quotes(text) for text in dict.fromkeys(texts)):
            raise InputError(
                "quotes an id or words of a respondent", where=where, do="take the words out"
            )

    def _quotes(self, text: str) -> bool:
        """Whether a text holds any of the telling words: found by how they begin."""
        for length, words in self._telling.items():
            for start in range(len(text) - length + 1):
                begun = words.get(text[start : start + length], ())
                if any(text.startswith(one, start) for one in begun):
                    return True
        return False

    def _held(self, name: str, column: object, what: str) -> InputError:
        return InputError(
            f"the column {column!r} holds {what}",
            where=f"table {name}",
            do="mask it by the disclosure plan before it is shown",
        )

    @cached_property
    def _private(self) -> set[str]:
        """Ids, and what respondents wrote, but for quoted comments and words of the codebook.

        An id that the tables themselves use (a tool counts its records 1, 2, 3, a question has the
        choices 1 to 5, an office is called 7) tells nothing where it stands.
        """
        rows = self.survey.rows
        written = [
            column for item in self.survey.items if kind_of(item).words for column in item.columns
        ]
        found = {str(text) for name in written for text in rows[name].dropna()}
        found -= {words for item in self.survey.items for words in (item.name, *item.choices)}
        found -= {*self.survey.files.group_words, *self.comments.quotable["comment"]}
        return found | (self._ids - self._labels)

    @cached_property
    def _ids(self) -> set[str]:
        """The ids of the respondents."""
        return set(map(str, self.survey.rows["response_id"]))

    @cached_property
    def _labels(self) -> set[str]:
        """What the tables call answers, groups and questions, and where a report printed them."""
        cells, items = self.plan.cells, self.survey.files.codebook.every_item
        found = {str(one) for name in self.plan.publication.dimensions for one in cells[name]}
        found |= set(map(str, cells["answer"])) | set(self.survey.files.group_words)
        found |= {one for item in items for one in (item.name, item.short, *item.labels)}
        found |= {one for item in items for one in item.choices}
        return found | {one.where for one in self.survey.key_results}

    @cached_property
    def _telling(self) -> dict[int, dict[str, list[str]]]:
        """Those of them that a sentence holds by no chance, nor as part of a quoted comment.

        By the length of their beginning, and by their beginning.
        """
        ids = self._ids
        quoted = "\n".join(self.comments.quotable["comment"])
        found: dict[int, dict[str, list[str]]] = {LONG_ID: {}, LONG_WORDS: {}}
        for words in self._private:
            length = LONG_ID if words in ids else LONG_WORDS
            if len(words) >= length and (words in ids or words not in quoted):
                found[length].setdefault(words[:length], []).append(words)
        return found
