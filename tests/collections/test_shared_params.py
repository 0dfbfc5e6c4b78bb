"""Sheets of other offices, written for earlier names: each has a page, or a refusal that helps."""

import re
from pathlib import Path

import pytest
import yaml
from tests.collections.test_analysis import run_notebook, words

from coee_nb.collections.params import CollectionsIts
from coee_nb.errors import CoeeError

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "cases" / "collections"
NAMES = {"receipts": "series", "center": "group", "center_column": "group_column"}
FOLDERS = {"data/state_tax/": f"{SHARED}/", "data/omit/": f"{SHARED}/omit/",
           "data/oig_22_34/": f"{ROOT}/data/oig_22_34/"}  # fmt: skip
SAID = {"measure": "Sales tax", "change": "The new unit", "unit": "million dollars"}
REFUSED = {"m_comp_late": r"state_null\.csv.*choose another date \(cut, competing\)"}
ANSWERS = {
    "x_state_step20": "increase shown", "y_falling": "increase shown",
    "x_state_randomwalk": "cannot tell", "ex_start2012": "cannot tell",
}  # fmt: skip
IN_EVERY_TEST = ("m_comp_late", "x_state_step20", "y_short30")
pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared cases are not here")


def today(path):
    """Return a sheet under the names of today, its files where they lie."""
    old = yaml.safe_load(path.read_text("utf-8"))
    name, refund = old.pop("competing_name", None), old.pop("refund", None)
    events = old.pop("competing", None) or []
    events = events if isinstance(events, list) else [events]
    old |= {"competing": [{"name": name, "from": one} for one in events]}
    old |= {"pulses": [refund] if refund else []}
    values = SAID | {NAMES.get(key, key): value for key, value in old.items() if key != "unit"}
    for key, value in values.items():
        for folder, place in FOLDERS.items():
            if isinstance(value, str) and value.startswith(folder):
                values[key] = value.replace(folder, place)
    return values | {"simulations": 200}


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[] if name in IN_EVERY_TEST else pytest.mark.long)
        for name in sorted(path.stem for path in SHARED.glob("params/*.yaml"))
    ],
)
def test_every_shared_sheet_has_a_page_or_a_refusal_before_that_names_file_and_remedy(name):
    values = today(SHARED / "params" / f"{name}.yaml")
    if name in REFUSED:
        with pytest.raises(CoeeError, match=REFUSED[name]):
            CollectionsIts.check(values).check_inputs()
        return
    CollectionsIts.check(values).check_inputs()
    shown, analysis = run_notebook({k: v for k, v in values.items() if v is not None})
    assert analysis.verdict.answer == ANSWERS.get(name, analysis.verdict.answer)
    page = "\n".join(map(words, shown))
    assert not re.search(r"\b(nan|inf)\b", page)
    assert "rose" not in page
