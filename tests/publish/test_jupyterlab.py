"""What JupyterLab puts on the screen is what was written: no money read as TeX, no sign lost."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from itertools import zip_longest
from pathlib import Path
from types import SimpleNamespace

import pytest

from coee_nb.outputs import FINDINGS_MIME

pytestmark = pytest.mark.browser
NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
EACH = pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
MONEY = "a -$3.4 billion (95% interval -$15.0 billion to $8.2 billion) and $x_1^2$"
SHOWN = f"""
import pandas as pd
from coee_nb.outputs import Callout, Table
from coee_nb.findings import Finding, Findings
money = {MONEY!r}
display(Callout(money), Findings([Finding("a.b", money, 1, "USD")]))
Table(pd.DataFrame({{money: [money]}}), name="t", caption=money, note=money, fold=money)
"""
ALL_CELLS = {"windowingMode": "none"}  # else cells out of sight are not rendered


@pytest.fixture(scope="module")
def chromium():
    sync_api = pytest.importorskip("playwright.sync_api")
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("no Chromium on this machine")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """A JupyterLab on copies of the stored notebooks and of one that shows money; its address."""
    folder = tmp_path_factory.mktemp("lab")
    for notebook in NOTEBOOKS:
        shutil.copy(notebook, folder)
    (folder / "money.ipynb").write_text(json.dumps(_money()))
    settings = folder / ".settings" / "@jupyterlab" / "notebook-extension"
    settings.mkdir(parents=True)
    (settings / "tracker.jupyterlab-settings").write_text(json.dumps(ALL_CELLS))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    command += [f"--port={port}", "--ServerApp.ip=127.0.0.1", f"--ServerApp.root_dir={folder}"]
    command += ["--IdentityProvider.token=", "--ServerApp.disable_check_xsrf=True"]
    environment = os.environ | {
        "JUPYTERLAB_SETTINGS_DIR": str(folder / ".settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(folder / ".workspaces"),
        "JUPYTER_DATA_DIR": str(folder / ".data"),
    }
    server = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{address}/api")
        yield SimpleNamespace(address=address, folder=folder)
    finally:
        server.terminate()
        server.wait(timeout=30)


def _money():
    code = {
        "cell_type": "code",
        "id": "money",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
        "source": SHOWN,
    }
    source = "From <span>\\$</span>1 to <span>\\$</span>2."  # a bare \\$ is typeset all the same
    text = {"cell_type": "markdown", "id": "text", "metadata": {}, "source": source}
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    return {"cells": [text, code], "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def _wait_for(url, seconds=60):
    for _ in range(seconds * 4):
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.25)
    raise AssertionError(f"{url} does not answer")


def _opened(chromium, address, name):
    page = chromium.new_page(viewport={"width": 1400, "height": 1000})
    page.goto(f"{address}/doc/tree/{name}")
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
    page.wait_for_load_state("networkidle")
    return page


def _typeset(page):
    """Return how many formulas stand in the notebook, after the typesetter had its turn."""
    page.wait_for_timeout(1500)
    return page.locator(".jp-Notebook mjx-container, .jp-Notebook .MathJax").count()


@pytest.mark.long
def test_money_that_a_cell_shows_is_read_as_money(chromium, lab):
    page = _opened(chromium, lab.address, "money.ipynb")
    page.get_by_text("| Idle").wait_for(timeout=60_000)
    page.locator(".jp-CodeCell .cm-content").first.click()
    page.keyboard.press("Shift+Enter")
    page.wait_for_selector(".jp-OutputArea ul.findings", timeout=60_000)
    page.wait_for_selector(".jp-OutputArea table", timeout=60_000, state="attached")
    assert _typeset(page) == 0
    outputs = page.locator(".jp-OutputArea-output")
    shown = " ".join(outputs.all_text_contents())
    assert shown.count(MONEY) >= 6  # callout, finding, summary, caption, heading, cell, note
    assert "From $1 to $2." in page.locator(".jp-MarkdownCell").first.inner_text()
    page.close()


def _statements(notebook):
    return [
        finding["statement"]
        for cell in json.loads(notebook.read_text("utf-8"))["cells"]
        for output in cell.get("outputs", [])
        for finding in output.get("data", {}).get(FINDINGS_MIME, {}).get("findings", [])
    ]


@pytest.mark.long
@EACH
def test_findings_are_read_on_the_screen(chromium, lab, notebook):
    page = _opened(chromium, lab.address, notebook.name)
    if _statements(notebook):
        page.wait_for_selector("ul.findings", timeout=60_000, state="attached")
    assert _typeset(page) == 0
    shown = _plain(" ".join(page.locator(".jp-OutputArea-output").all_text_contents()))
    assert [text for text in _statements(notebook) if _plain(text) not in shown] == []
    page.close()


@pytest.mark.long
@EACH
def test_run_all_and_save_changes_no_line(chromium, lab, notebook):
    page = _opened(chromium, lab.address, notebook.name)
    page.get_by_text("| Idle").wait_for(timeout=60_000)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text("Restart Kernel and Run All Cells…").click()
    page.get_by_role("button", name="Confirm Kernel Restart").click()
    page.get_by_text("| Busy").wait_for(timeout=60_000)
    code = sum(cell["cell_type"] == "code" for cell in json.loads(notebook.read_text())["cells"])
    last = page.locator(".jp-CodeCell .jp-InputPrompt").last
    for _ in range(600):
        if last.inner_text().strip() == f"[{code}]:" and page.get_by_text("| Idle").count():
            break
        page.wait_for_timeout(250)
    page.wait_for_timeout(1000)
    page.keyboard.press("Escape")
    page.keyboard.press("Control+s")
    page.wait_for_timeout(3000)
    page.close()
    saved, stored = (_lines(f / notebook.name) for f in (lab.folder, notebook.parent))
    assert [a for a, b in zip_longest(saved, stored) if a != b] == []


def _lines(notebook):
    """Return a notebook's lines without its pictures, of which a processor may draw a dot apart."""
    return [line for line in notebook.read_text().splitlines() if '"image/png":' not in line]


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_dollars_of_a_text_cell_stand_alone(notebook):
    for cell in json.loads(notebook.read_text("utf-8"))["cells"]:
        if cell["cell_type"] == "markdown":
            text = re.sub(r"`[^`]*`|<span>\\\$</span>", "", "".join(cell["source"]))
            assert "$" not in text, f"write <span>\\$</span>: {text}"


def _plain(text):
    return " ".join(text.split())
