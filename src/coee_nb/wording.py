"""The words of a domain's pages, in one file that a report writer can review: ``wording.yaml``.

It holds ``tables`` (each name with its caption, note, labels of columns and the columns shown) and
``sentences``. A place in braces is filled in where the words are used:
``Late, {stamp}``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from coee_nb.files import Content


@dataclass(frozen=True)
class Wording:
    """What a domain says: ``tables`` and ``sentences`` by name."""

    tables: Mapping[str, Mapping[str, Any]]
    sentences: Mapping[str, str]

    def table(self, name: str, **values: Any) -> dict[str, Any]:
        """Return the name, caption, note, labels and shown columns of a table, places filled in.

        They are keyword arguments of ``outputs.Table``.
        """
        return {"name": name} | {
            part: _filled(said, values) for part, said in self.tables[name].items()
        }

    def sentence(self, name: str, **values: Any) -> str:
        """Return a sentence, places filled in."""
        return self.sentences[name].format(**values)


@cache
def read_wording(package: str) -> Wording:
    """Read ``wording.yaml`` of a package, once a process; InputError where it cannot be read."""
    file = resources.files(package) / "wording.yaml"
    said = Content(Path(str(file)), file.read_bytes()).yaml(typed=False)
    return Wording(*(said.get(part) or {} for part in ("tables", "sentences")))


def _filled(said: Any, values: Mapping[str, Any]) -> Any:
    if isinstance(said, Mapping):
        return {name: _filled(part, values) for name, part in said.items()}
    return said.format(**values) if isinstance(said, str) else tuple(said)
