"""A folder that appears whole or not at all, and the lines that were rejected in it."""

from __future__ import annotations

import csv
import json
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from coee_nb.entries.layout import ACCOUNT, REJECTED, REJECTED_CSV
from coee_nb.entries.read_pieces import Reject
from coee_nb.errors import InputError
from coee_nb.outputs import spreadsheet_safe
from coee_nb.paths import as_named


@contextmanager
def appearing(folder: Path) -> Iterator[Path]:
    """Give a folder beside ``folder`` that takes its place at the end, and is removed on an error.

    What a killed load left beside it is removed first. Raises InputError when ``folder`` holds
    anything but loaded rows, or another load into it is going on.
    """
    from filelock import FileLock, Timeout

    parent, name = folder.parent, folder.name
    try:
        parent.mkdir(parents=True, exist_ok=True)
        with FileLock(parent / f".{name}.lock", timeout=0):
            _sweep(folder)
            _check_replaceable(folder)
            aside = Path(tempfile.mkdtemp(prefix=f".{name}.loading-", dir=parent))
            try:
                yield aside
                os.chmod(aside, 0o777 & ~_umask())
                _exchange(aside, folder)
            finally:
                shutil.rmtree(aside, ignore_errors=True)
    except Timeout as error:
        raise InputError(
            "another load is going on", where=as_named(folder), do="wait until it has ended"
        ) from error


def _sweep(folder: Path) -> None:
    """Remove what a load left that was killed; bring back what it was about to replace."""
    earlier = _earlier(folder)
    if earlier.exists() and not folder.exists():
        earlier.rename(folder)
    for left in (earlier, *folder.parent.glob(f".{folder.name}.loading-*")):
        shutil.rmtree(left, ignore_errors=True)


def _check_replaceable(folder: Path) -> None:
    if folder.is_file() or (
        folder.is_dir() and any(folder.iterdir()) and not (folder / ACCOUNT).is_file()
    ):
        raise InputError(
            "is there and holds something else",
            where=as_named(folder),
            expected=f"a new folder, or one of an earlier load (with {ACCOUNT})",
            do="name another folder with --into",
        )


def _exchange(aside: Path, folder: Path) -> None:
    earlier = _earlier(folder)
    if folder.exists():
        folder.rename(earlier)
    aside.rename(folder)
    shutil.rmtree(earlier, ignore_errors=True)


def _earlier(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.earlier")


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


class RejectedLines:
    """Writes rejected lines as they come, to Parquet and to a CSV that no spreadsheet computes."""

    def __init__(self, folder: Path) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        text = pa.string()
        self._schema = pa.schema(
            [("file", text), ("line", pa.int64()), ("text", text), ("reason", text)]
        )
        self._parquet = pq.ParquetWriter(folder / REJECTED, self._schema)
        self._stream = open(folder / REJECTED_CSV, "w", encoding="utf-8", newline="")  # noqa: SIM115
        self._csv = csv.writer(self._stream, lineterminator="\n")
        self._csv.writerow(self._schema.names)
        self.reasons: Counter[str] = Counter()

    def add(self, file: str, rejected: Sequence[Reject]) -> None:
        """Write the lines of a file."""
        import pyarrow as pa

        if not rejected:
            return
        self.reasons.update(one.kind for one in rejected)
        rows = [{"file": file, **one._asdict()} for one in rejected]
        self._parquet.write_table(pa.Table.from_pylist(rows, self._schema))
        for row in rows:
            self._csv.writerow([spreadsheet_safe(str(value)) for value in row.values()])

    def close(self) -> None:
        """End both files."""
        self._parquet.close()
        self._stream.close()


def write_account(folder: Path, account: dict[str, Any]) -> None:
    """Write the account of lines."""
    text = json.dumps(account, indent=1, ensure_ascii=False)
    (folder / ACCOUNT).write_text(text + "\n", encoding="utf-8")
