"""Published pages in a real browser: no barrier found by axe-core, no request, no script."""

import itertools
import math
import os
import re
import shutil
from decimal import Decimal

import pytest
from example_pages import NOTEBOOKS, PAGES, write_pages

from coee_nb import formats as fmt
from coee_nb.outputs import FINDINGS_MIME
from coee_nb.publish.extract import extract, read_notebook

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]

TARGET = """() => {
    const target = document.querySelector(':target');
    if (!target) return '';
    const parts = target.querySelectorAll('th, td, caption, p, figcaption, img');
    return [...parts].map(part => part.alt || part.textContent).join(' | ') || target.textContent;
}"""

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    outputs = tmp_path_factory.mktemp("outputs")
    write_pages(outputs)
    return outputs


# How a page is looked at: whether its folds are open, the width (640 pixels are also 1280 at 200%,
# and 320 pixels 1280 at 400%) and the reader's wishes. COEE_STATES=all looks at every combination.
LIGHT = {"color_scheme": "light", "forced_colors": "none", "media": "screen"}
DARK, FORCED, PRINT = (
    LIGHT | wish
    for wish in ({"color_scheme": "dark"}, {"forced_colors": "active"}, {"media": "print"})
)
STATES = [(False, 1280, LIGHT), (True, 320, DARK), (True, 640, FORCED), (False, 1280, PRINT)]
EVERY = os.environ.get("COEE_STATES") == "all"
if EVERY:
    STATES = [*itertools.product((False, True), (1280, 640, 320), (LIGHT, DARK, FORCED, PRINT))]
FOLDS = "open => document.querySelectorAll('details').forEach(one => { one.open = open; })"


LIGHTEST = [
    "index.html",
    *(f"example/run/{name}.html" for name in ("changes", "summary", "ad_hoc")),
]


def looks():
    """Yield each page and state; long tests but for the lightest pages, each in one state."""
    for name in PAGES:
        now = [STATES[LIGHTEST.index(name)]] if name in LIGHTEST else []
        if now:
            yield pytest.param(name, now, id=name)
        later = [state for state in STATES if state not in now]
        yield pytest.param(name, later, id=f"{name}-others", marks=pytest.mark.long)


@pytest.mark.parametrize(("name", "states"), [*looks()])
def test_axe_finds_no_barrier_in_any_state_and_the_page_asks_for_nothing(
    browser, pages, name, states
):
    # axe is itself a script, so the page's own policy is excluded for this one reader.
    page = browser.new_context(bypass_csp=True).new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((pages / name).as_uri())
    for is_open, width, wishes in states:
        seen = f"{name}, {width} pixels, folds open: {is_open}, {wishes}"
        page.evaluate(FOLDS, is_open)
        page.emulate_media(**wishes)
        page.set_viewport_size({"width": width, "height": 800})
        if wishes is not PRINT:
            assert page.evaluate("document.documentElement.scrollWidth") <= width, seen
        assert_no_barrier(page, seen)
    foreign = [url for url in asked if not url.startswith(("file:", "data:"))]
    assert foreign == []
    page.close()


def test_what_is_folded_on_the_screen_is_printed_but_for_code(browser, pages):
    page = browser.new_page()
    page.goto((pages / "example/run/survey_responses.html").as_uri())
    row, code = page.locator("#findings tbody tr").first, page.locator("details.aside").first
    assert (row.is_visible(), code.is_visible()) == (False, True)
    page.emulate_media(media="print")
    assert (row.is_visible(), code.is_visible()) == (True, False)
    page.close()


def assert_no_barrier(page, seen):
    from axe_playwright_python.sync_playwright import Axe

    results = Axe().run(page)
    assert results.violations_count == 0, f"{seen}: {results.generate_report()}"


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_pictures_have_descriptions_and_nothing_overflows_a_narrow_screen(browser, pages, notebook):
    page = browser.new_page(viewport={"width": 400, "height": 800})
    page.goto((pages / "example" / "run" / f"{notebook.stem}.html").as_uri())
    alts = page.eval_on_selector_all("img", "all => all.map(i => i.alt)")
    assert all(len(alt.split()) >= 5 for alt in alts)
    assert page.evaluate("document.documentElement.scrollWidth") <= 400


WITH_FINDINGS = [path for path in NOTEBOOKS if FINDINGS_MIME in path.read_text("utf-8")]


@pytest.mark.parametrize("notebook", WITH_FINDINGS, ids=lambda path: path.stem)
def test_every_findings_link_leads_to_its_value(browser, pages, notebook):
    page = browser.new_page()
    page.goto((pages / "example" / "run" / f"{notebook.stem}.html").as_uri())
    findings = extract(read_notebook(notebook)).findings
    links = page.eval_on_selector_all(
        "#findings td:last-child > a", "all => all.map(a => a.getAttribute('href'))"
    )
    assert len(links) == len(findings) > 0
    astray = []
    for finding, link in zip(findings, links, strict=True):
        page.evaluate("link => { location.hash = link }", link)
        shown = page.evaluate(TARGET)
        if not shown or not any(re.search(form, shown, re.I) for form in written(finding)):
            astray.append((finding["id"], link))
    assert astray == []


def written(finding):
    """The ways in which a page may write a finding's value, as patterns of a whole number."""
    value, numerator = finding["value"], finding["numerator"]
    if isinstance(value, str):  # an exact amount is one: a page parts its thousands
        exact = [f"{Decimal(value):,}"] if re.fullmatch(r"-?\d+\.\d+", value) else []
        return [re.escape(text) for text in (value, *exact)]
    if value is None:
        return ["–|cannot|withheld"]
    scales = (value, value * 100, value / 1000) if finding["unit"] == "share" else (value,)
    if "USD" in finding["unit"] or "dollars" in finding["unit"]:
        scales = (value, value / 1e3, value / 1e6, value / 1e9)
    numbers = {
        f"{fmt.half_up(abs(scale), digits):,}"
        for scale in scales
        for digits in (0, 1, 2, 3)
        if fmt.half_up(abs(scale), digits) or not value
    }
    if "by more than" in finding["statement"] and finding["unit"] == "share":  # rounded up
        numbers = {f"{math.ceil(scales[1] * 10) / 10:.1f}"}
    whole = {f"{numerator:,}"} if isinstance(numerator, int) else set()
    return [rf"(?<![\d.,]){re.escape(number)}(?![\d]|[.,]\d)" for number in numbers | whole]
