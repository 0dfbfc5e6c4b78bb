"""What the files of a published run hold, packed parts included."""

import re
import sys
import zipfile
import zlib
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).resolve().parents[2]
MOST = 1_000_000  # bytes of a page


def contents(folder):
    """Yield name and bytes of every file below a folder, and of every part of packed ones."""
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        name, data = path.relative_to(folder).as_posix(), path.read_bytes()
        yield name, data
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as parts:
                yield from ((f"{name}: {part}", parts.read(part)) for part in parts.namelist())
        elif data.startswith(b"%PDF"):
            yield f"{name}: unpacked", unpacked(data)
        elif path.suffix == ".parquet":
            yield f"{name}: unpacked", pd.read_parquet(path).to_csv().encode()


def unpacked(pdf):
    """Return the streams of a PDF file that are packed, and what stands between them."""
    found = re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL)
    return pdf + b"".join(zlib.decompress(one) for one in found if one[:1] == b"x")


def naming_a_folder(folder):
    """Return the files below a published folder that name a folder of this machine."""
    prefixes = (folder, ROOT, Path(sys.prefix), Path.home())
    names = [str(one.resolve()).encode() for one in prefixes]
    names = [name for name in names if len(name) > len("/root")]
    return sorted({where for where, data in contents(folder) if any(one in data for one in names)})


def too_large(folder):
    """Return the pages below a folder that are larger than a page may be."""
    return [path.name for path in folder.rglob("*.html") if path.stat().st_size > MOST]
