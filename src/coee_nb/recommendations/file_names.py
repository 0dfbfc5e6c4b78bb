"""What the files of single recommendations and offices are called in a run."""

import hashlib
import re

SHEETS = "sheets"


def file_name(name: str) -> str:
    """Return a name as a file may have it: its letters and digits, told apart by a hash.

    >>> file_name("OIG-22-34.1"), file_name("../a b")
    ('OIG-22-34.1', 'a-b-2c2c79')
    """
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.")[:80]
    if plain and plain == name:
        return plain
    return f"{plain or 'unnamed'}-{hashlib.sha256(name.encode()).hexdigest()[:6]}"


def sheet_path(report: str, recommendation_id: str) -> str:
    """Return where a recommendation's sheet is among the files of a run.

    The sheets of a report are one file, each at its own mark; one without a report has its file.

    >>> sheet_path("OIG-22-34", "OIG-22-34.1")
    'sheets/OIG-22-34.html#OIG-22-34.1'
    """
    mark = file_name(recommendation_id)
    return f"{SHEETS}/{file_name(report) if report else mark}.html#{mark}"
