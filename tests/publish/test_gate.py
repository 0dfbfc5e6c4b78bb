"""Under a disclosure plan, nothing is kept of an output that did not pass it."""

import json
from pathlib import Path

import pandas as pd
import pytest
from command_line import coee

from coee_nb.drawing import canvas
from coee_nb.errors import InputError
from coee_nb.findings import Finding, Findings, Inputs
from coee_nb.outputs import Callout, Chart, Table
from coee_nb.publish.execute import Outcome
from coee_nb.publish.extract import write_tables
from coee_nb.publish.gate import refuse, screen, screened, under_disclosure, untold
from coee_nb.publish.plan import plan
from coee_nb.publish.run import run
from coee_nb.publish.store import store

ANSWER = "Fiji"  # what one respondent wrote
GATE = "disclosure plan, floor 10"
FRAME = pd.DataFrame({"answer": ["yes"], "people": [40]})


def shown(bundle, kind="display_data", metadata=None):
    data = json.loads(json.dumps(bundle, default=str))
    return {"output_type": kind, "data": data, "metadata": metadata or {}}


def stream(name):
    return {"output_type": "stream", "name": name, "text": f"R_1 {ANSWER}"}


def error(kind="KeyError", text=ANSWER):
    return {"output_type": "error", "ename": kind, "evalue": text, "traceback": [f"...{text}"]}


def notebook(*outputs, disclosure=True, **cell):
    code = {
        "cell_type": "code",
        "execution_count": 7,
        "metadata": {},
        "source": "x = 1\nrows.head()",
    }
    return {
        "metadata": {"coee": {"disclosure": disclosure}},
        "cells": [code | {"outputs": list(outputs)} | cell],
        "nbformat": 4,
        "nbformat_minor": 5,
    }


PASSED = {
    "table": shown(Table(FRAME, name="t", caption="c", gate=GATE)._repr_mimebundle_()),
    "callout": shown(Callout("40 said yes", gate=GATE)._repr_mimebundle_()),
    "findings": shown(Findings([Finding("a.b", "s", 1, "x", gate=GATE)])._repr_mimebundle_()),
    "inputs": shown(Inputs([], gate=GATE)._repr_mimebundle_(), "execute_result"),
}
HELD = {
    "a frame": shown({"text/html": f"<td>{ANSWER}", "text/plain": ANSWER}, "execute_result"),
    "a plain object": shown({"text/plain": f"Survey({ANSWER})"}, "execute_result"),
    "printed": stream("stdout"),
    "a warning": stream("stderr"),
    "Markdown": shown({"text/markdown": ANSWER, "text/plain": ANSWER}),
    "a picture of another's": shown({"image/png": "iVBOR", "text/plain": ANSWER}),
    "a widget": shown({"application/vnd.jupyter.widget-view+json": {"model": ANSWER}}),
    "script": shown({"application/javascript": ANSWER}),
    "a table of one's own": shown(Table(FRAME, name="t", caption=ANSWER)._repr_mimebundle_()),
    "a notice of one's own": shown(Callout(ANSWER)._repr_mimebundle_()),
    "a finding without mark": shown(
        Findings(
            [Finding("a.b", "s", 1, "x", gate=GATE), Finding("a.c", ANSWER, 1, "x")]
        )._repr_mimebundle_()
    ),
    "more than ours in a bundle": shown(PASSED["table"]["data"] | {"text/latex": ANSWER}),
    "words in metadata": shown(PASSED["table"]["data"], metadata={"note": ANSWER}),
    "a mark that is none": shown(
        {"application/vnd.coee.callout+json": {"gate": True}, "text/plain": ANSWER}
    ),
    "a mark of one's own": shown(Callout(ANSWER, gate="x")._repr_mimebundle_()),
}


@pytest.mark.parametrize("kind", PASSED)
def test_what_passed_the_plan_stays_as_it_is(kind):
    book = notebook(PASSED[kind])
    assert screen(book) == []
    assert book["cells"][0]["outputs"] == [PASSED[kind]]


def test_a_picture_that_passed_stays(monkeypatch):
    seen = []
    monkeypatch.setattr("IPython.display.display", lambda data, **how: seen.append((data, how)))
    with canvas(3, 2) as (figure, _):
        table = Table(FRAME, name="t", caption="c", gate=GATE)
        for gate in (GATE, ""):
            chart = Chart(figure, "bars", "Bars", "A picture of one bar alone.", table, gate=gate)
            chart._ipython_display_()
    outputs = [shown(data, metadata=how.get("metadata")) for data, how in seen]
    assert len(outputs) == 4
    assert screen(notebook(*outputs[:2])) == []
    (told,) = screen(notebook(*outputs[2:]))  # a picture of one's own over a table that passed
    assert "without the plan's mark" in told


@pytest.mark.parametrize("kind", HELD)
def test_what_did_not_pass_is_taken_out_and_its_cell_named(kind):
    book = notebook(PASSED["table"], HELD[kind])
    (told,) = screen(book)
    assert "cell [7] ('rows.head()')" in told
    assert book["cells"][0]["outputs"] == [PASSED["table"]]
    assert ANSWER not in json.dumps(book) + told


@pytest.mark.parametrize("kind", HELD)
def test_other_notebooks_show_what_they_like(kind):
    book = notebook(HELD[kind], disclosure=False)
    assert screen(book) == []
    assert book["cells"][0]["outputs"] == [HELD[kind]]


def test_an_attachment_is_taken_out():
    book = notebook()
    book["cells"].insert(
        0,
        {
            "cell_type": "markdown",
            "metadata": {},
            "source": "![](attachment:a.png)",
            "attachments": {"a.png": {"image/png": ANSWER}},
        },
    )
    assert len(screen(book)) == 1
    assert ANSWER not in json.dumps(book)


@pytest.mark.parametrize("kind", ["KeyError", "InputError", "ValueError", "ParameterError"])
@pytest.mark.parametrize("where", ["parameters: ", ""])
def test_an_error_keeps_its_kind_and_the_text_of_the_sheet_alone(kind, where, tmp_path):
    target = tmp_path / "n.ipynb"
    text = f"{where}no answer {ANSWER}"
    target.write_text(json.dumps(notebook(error(kind, text))))
    outcome = screened(target, Outcome("n", "failed", error=f"{kind}: {text}"))
    kept = target.read_text() + outcome.error
    assert kind in kept
    assert (ANSWER in kept) == (kind == "ParameterError" and where != "")
    assert outcome.status == "failed"


def test_a_kind_of_error_made_of_an_answer_is_not_kept():
    book = notebook(error(f"Of {ANSWER}", "said"))
    screen(book)
    assert ANSWER not in json.dumps(book)


def test_a_notebook_that_shows_too_much_is_failed_and_not_kept(tmp_path):
    target = tmp_path / "n.ipynb"
    target.write_text(json.dumps(notebook(HELD["a frame"])))
    outcome = screened(target, Outcome("n", "done"))
    assert outcome.status == "failed"
    assert "cell [7]" in outcome.error
    assert ANSWER not in target.read_text()


def test_a_half_written_notebook_is_not_kept(tmp_path):
    target = tmp_path / "n.ipynb"
    target.write_text('{"cells": [{"outputs": ["' + ANSWER)
    assert screened(target, Outcome("n", "failed", error="its process died")).status == "failed"
    assert not target.exists()


def test_storing_outputs_refuses_what_did_not_pass():
    with pytest.raises(InputError, match="disclosure plan"):
        refuse(notebook(HELD["printed"]), "n.ipynb")
    refuse(notebook(PASSED["table"]), "n.ipynb")


def test_parquet_files_hold_nothing_but_the_table(tmp_path):
    import pyarrow.parquet as pq

    frame = FRAME.copy()
    frame.attrs["rows"] = ANSWER
    frame.index = [ANSWER]
    table = Table(frame, name="t", caption="c", gate=GATE)._repr_mimebundle_()
    _, parquet = write_tables(
        [data for mime, data in table.items() if mime.startswith("application")], tmp_path
    )
    assert ANSWER not in str(pq.read_metadata(parquet).metadata)
    assert ANSWER.encode() not in parquet.read_bytes()


STRAY = {
    "a frame": "frame",
    "printed": "print(frame)",
    "a warning": "import warnings\nwarnings.warn(said, stacklevel=1)",
    "an error": "{'a': 1}[said]",
    "an error of ours": "from coee_nb.errors import InputError\nraise InputError(said)",
    "an error named after it": "raise type(said, (Exception,), {})",
    "said below Python": "import os\nos.write(2, said.encode())\nfrail = 1 / 0",
    "said in another process": "import os\nos.system('echo ' + said)\nfrail = 1 / 0",
    "said at the end": "import atexit, os\natexit.register(os.write, 2, said.encode())\n1 / 0",
    "a file beside the pages": (
        "from pathlib import Path\n"
        "for place in Path('outputs/toy').glob('.building-*'):\n"
        "    (place / 'rows.csv').write_text(said)\n"
        "frail = 1 / 0"
    ),
    "a dead kernel": "print(said, flush=True)\nimport os\nos._exit(1)",
}


def write_stray(project, name, kind):
    """Write a notebook under disclosure control whose last line is a stray one."""
    book = json.loads((project / "notebooks" / "toy.ipynb").read_text())
    book["metadata"]["coee"]["disclosure"] = True
    book["cells"] = book["cells"][:4]
    sources = (
        "import pandas as pd\nsaid = 'Fi' + 'ji'\nframe = pd.DataFrame({'x': [said]})",
        STRAY[kind],
    )
    for cell, source in zip(book["cells"][2:], sources, strict=True):
        cell["source"] = source
    (project / "notebooks" / f"{name}.ipynb").write_text(json.dumps(book))


def quoting(outputs):
    """Return the names of the files of a run that hold the answer."""
    written = [f for f in outputs.rglob("*") if f.is_file()]
    assert {f.name for f in written} >= {"index.html", "manifest.json", "findings.json"}
    return [f.name for f in written if ANSWER.encode() in f.read_bytes()]


# One here, the others among the long tests; below, a forked kernel, as most are, says all of them.
IN_EVERY_TEST = "said below Python"


@pytest.mark.parametrize(
    "kind",
    [pytest.param(one, marks=[] if one == IN_EVERY_TEST else pytest.mark.long) for one in STRAY],
)
def test_a_stray_last_line_reaches_no_file_of_the_run(project, write_params, capfd, kind):
    write_stray(project, "toy", kind)
    outputs = project / "outputs"
    result = run(plan([write_params("toy")], root=project), outputs=outputs)
    assert [outcome.status for outcome in result.outcomes] == ["failed"]
    assert quoting(outputs) == []
    assert ANSWER not in "".join(capfd.readouterr())


@pytest.mark.long
def test_no_stray_line_of_a_forked_kernel_reaches_a_file_or_a_terminal(project, write_params):
    for number, kind in enumerate(STRAY):
        write_stray(project, f"stray_{number}", kind)
        write_params(f"stray_{number}")
    done = coee(project, "run", "params/toy")
    assert done.returncode == 1
    assert done.stderr.count(": failed.") == len(STRAY)
    assert quoting(project / "outputs") == []
    assert ANSWER not in done.stdout + done.stderr


def test_the_state_of_widgets_is_taken_out():
    book = notebook(PASSED["table"])
    book["metadata"]["widgets"] = {"application/vnd.jupyter.widget-state+json": {"value": ANSWER}}
    assert len(screen(book)) == 1
    assert ANSWER not in json.dumps(book)


def test_a_kind_of_error_that_is_no_name_is_not_quoted():
    assert ANSWER not in untold(f"Of {ANSWER}")


@pytest.mark.parametrize("last", ["frame", "{'a': 1}[said]"], ids=["shown", "raised"])
def test_storing_a_stray_line_leaves_the_file_and_tells_nothing(project, capfd, last):
    file = project / "notebooks" / "toy.ipynb"
    book = json.loads(file.read_text())
    book["metadata"]["coee"]["disclosure"] = True
    said = "import pandas as pd\nsaid = 'Fi' + 'ji'\nframe = pd.DataFrame({'x': [said]})\n"
    book["cells"] = [book["cells"][1] | {"source": said + last}]
    file.write_text(json.dumps(book))
    before = file.read_bytes()
    with pytest.raises(InputError) as caught:
        store(file)
    assert file.read_bytes() == before
    assert caught.value.__context__ is None
    assert ANSWER not in str(caught.value) + "".join(capfd.readouterr())


def test_every_notebook_under_a_plan_is_stored_as_it_may_be_published():
    root = Path(__file__).parents[2]
    books = [json.loads(f.read_text("utf-8")) for f in (root / "notebooks").glob("*.ipynb")]
    held = [book for book in books if under_disclosure(book)]
    assert held
    assert [screen(book) for book in held] == [[]] * len(held)
