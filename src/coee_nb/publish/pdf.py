"""Pages as PDF files, printed by the Chromium of this machine."""

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

    Raises InputError when Chromium makes none.
    """
    with tempfile.TemporaryDirectory() as profile:
        command = [browser(), *_ARGUMENTS, f"--user-data-dir={profile}"]
        command += [f"--print-to-pdf={pdf}", page.resolve().as_uri()]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    if done.returncode or not pdf.is_file():
        raise InputError("was not printed", where=page.name, do="try again, or run without --pdf")
