"""The words of a domain's pages, in one file that a report writer can review: ``wording.yaml``.

It holds ``tables`` (each name with its caption, note, labels of columns and the columns shown) and
``sentences``. A place in braces is filled in where the words are used:
``Late, {stamp}``. Where words go by a number, both stand there: ``{n} {n|case is|cases are} late``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from coee_nb.files import Content

_NUMBERED = re.compile(r"\{(\w+)\|([^|{}]*)\|([^|{}]*)\}")  # the number, its one, its many


@dataclass(frozen=True)
class Wording:
    """What a domain says: ``tables`` and ``sentences`` by name."""

    tables: Mapping[str, Mapping[str, Any]]
    sentences: Mapping[str, str]

    def table(self, name: str, **values: Any) -> dict[str, Any]:
        """Return the name, caption, note, labels and shown columns of a table, places filled in.

        They are keyword arguments of ``outputs.Table``. What stands under ``with_floor`` is added
        to the note where ``floor`` is not 0.
        """
        said = {part: _filled(words, values) for part, words in self.tables[name].items()}
        of_the_floor = said.pop("with_floor", "") if values.get("floor") else ""
        said.pop("with_floor", None)
        if of_the_floor:
            said["note"] = f"{said.get('note', '')} {of_the_floor}".strip()
        return {"name": name} | said

    def sentence(self, name: str, **values: Any) -> str:
        """Return a sentence, places filled in, words of number chosen."""
        return _filled(self.sentences[name], values)


@cache
def read_wording(package: str) -> Wording:
    """Read ``wording.yaml`` of a package, once a process; InputError where it cannot be read."""
    file = resources.files(package) / "wording.yaml"
    said = Content(Path(str(file)), file.read_bytes()).yaml(typed=False)
    return Wording(*(said.get(part) or {} for part in ("tables", "sentences")))


def _filled(said: Any, values: Mapping[str, Any]) -> Any:
    if isinstance(said, Mapping):
        return {name: _filled(part, values) for name, part in said.items()}
    if not isinstance(said, str):
        return tuple(said)
    chosen = _NUMBERED.sub(lambda one: one[2 if str(values[one[1]]) == "1" else 3], said)
    return chosen.format(**values)
