"""What a run says, freed of this machine's folders before it is published."""

import json
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from coee_nb.paths import resolve, shown
from coee_nb.publish.plan import Job, references, split_reference


@dataclass(frozen=True)
class Scrubber:
    """Replaces folders of this machine by the names that readers see; called on a text."""

    names: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, job: Job, building: Path, root: Path) -> "Scrubber":
        """Return the scrubber of one notebook's text.

        Inputs outside the project get their shown names, files that the run itself makes the
        ``run:`` reference that asked for them.
        """
        names = {f"{root}{os.sep}": "", str(root): "."}
        for reference in references(job.values):
            file = made_file(reference, building)
            made = {str(file), os.path.relpath(file, root), shown(file)}
            names |= dict.fromkeys(made, reference)
        for name in sorted(job.data):
            value = job.values.get(name)
            if isinstance(value, str) and Path(value).expanduser().is_absolute():
                names |= dict.fromkeys({value, str(resolve(value).resolve())}, shown(value))
        package = Path(__file__).parents[2]
        names |= {f"{package}{os.sep}": "", f"{sys.prefix}{os.sep}": "", str(Path.home()): "~"}
        longest_first = sorted(names.items(), key=lambda pair: -len(pair[0]))
        return cls(tuple(pair for pair in longest_first if len(pair[0]) > _CHANCE))

    def __call__(self, text: str) -> str:
        """Return ``text`` without this machine's folders, also where it is JSON."""
        for folder, name in self.names:
            for old, new in {(folder, name), (_in_json(folder), _in_json(name))}:
                end = "" if old.endswith(os.sep) else _END
                text = re.sub(re.escape(old) + end, new.replace("\\", r"\\"), text)
        return text


_END = r"(?![\w-])"  # a folder's name is not part of a longer one
_CHANCE = 6  # so short a name might be found in the letters of a picture


def _in_json(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]


def made_file(reference: str, building: Path) -> Path:
    """Return the file of a run being built that a ``run:`` reference names."""
    notebook, file = split_reference(reference)
    return building / "tables" / notebook / file
