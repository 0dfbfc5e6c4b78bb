"""Pages as PDF files, printed by the Chromium of this machine."""

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from coee_nb.errors import InputError

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_ARGUMENTS = (
    *("--headless", "--disable-gpu", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--no-pdf-header-footer"),
    "--no-sandbox",  # the page has no script and asks for nothing; a container has no sandbox
)
_TO_A_FILE = re.compile(r'(<a\b[^>]*?) href="(?!#|https?:|mailto:)[^"]*"')


def browser() -> str:
    """Return the Chromium of this machine; InputError where there is none."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        raise InputError(
            "no Chromium to print pages with",
            expected=" or ".join(BROWSERS),
            do="install it (on Debian: apt-get install chromium), or run without --pdf",
        )
    return found


def print_page(page: Path, pdf: Path) -> None:
    """Print a page to a PDF file, its folds open and its pages numbered.

    Links to files beside the page are left out: a PDF file would name this machine's folders in
    them. Raises InputError when Chromium makes none.
    """
    with tempfile.TemporaryDirectory() as aside:
        copy = Path(aside) / "page.html"
        copy.write_text(without_files(page.read_text("utf-8")), "utf-8")
        command = [browser(), *_ARGUMENTS, f"--user-data-dir={aside}/profile"]
        command += [f"--print-to-pdf={pdf.resolve()}", copy.resolve().as_uri()]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    if done.returncode or not pdf.is_file():
        raise InputError("was not printed", where=page.name, do="try again, or run without --pdf")


def without_files(page: str) -> str:
    """Return a page without links to files; those within it and to addresses stay.

    >>> without_files('<a class="a" href="tables/late.csv">late.csv</a> <a href="#table-1">1</a>')
    '<a class="a">late.csv</a> <a href="#table-1">1</a>'
    """
    return _TO_A_FILE.sub(r"\1", page)
