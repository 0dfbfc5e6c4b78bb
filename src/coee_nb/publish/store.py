"""Notebooks run in place with their own values, outputs stored without clock or machine."""

import os
from pathlib import Path
from typing import Any

from coee_nb.errors import InputError
from coee_nb.paths import shown
from coee_nb.publish.execute import kernel_config
from coee_nb.publish.gate import refuse, under_disclosure, untold
from coee_nb.publish.kernel import same_interpreter

KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
LAST_EXACT = 2**53  # JavaScript has whole numbers exactly up to here


def store(notebook: Path) -> None:
    """Execute ``notebook`` from its own folder and keep the outputs in it, written aside first.

    What is written is what JupyterLab writes after Run All and Save, so that either can follow
    the other without a difference. Cells are numbered from 1, times and machine-bound metadata
    left out. Raises nbclient's CellExecutionError when a cell fails, and InputError when a
    notebook under a disclosure plan fails, or shows what did not pass the plan: the file is then
    as it was, and the error quotes no output.
    """
    import nbformat

    book = nbformat.read(notebook, as_version=4)
    _run(book, notebook)
    tidy(book)
    refuse(book, shown(notebook))
    aside = notebook.with_name(f".{notebook.name}.{os.getpid()}")
    nbformat.write(book, aside)
    aside.replace(notebook)


def _run(book, notebook: Path) -> None:
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    client = NotebookClient(
        book,
        kernel_name="python3",
        kernel_manager_class=same_interpreter(),
        timeout=600,
        record_timing=False,
        config=kernel_config(),
        resources={"metadata": {"path": str(notebook.parent)}},
    )
    try:
        client.execute()
    except CellExecutionError as error:
        if not under_disclosure(book):
            raise
        failed = str(error.ename)
    else:
        return
    raise InputError(untold(failed), where=shown(notebook))  # with no frame that holds answers


def tidy(book) -> None:
    """Keep of a notebook's metadata only what Lab and the workbench use; number the cells."""
    book.metadata = {
        "coee": book.metadata.get("coee", {}),
        "kernelspec": dict(KERNELSPEC),
        "language_info": book.metadata.get("language_info", {"name": "python"}),
    }
    for number, cell in enumerate(book.cells, start=1):
        cell.id = f"cell-{number}"
        cell.metadata = {k: v for k, v in cell.metadata.items() if k in ("tags", "jupyter")}
        if "outputs" in cell:
            cell.outputs = as_lab_has_it(cell.outputs)


def as_lab_has_it(value: Any) -> Any:
    """Return plain data with numbers as JavaScript keeps them: a whole number is an integer.

    >>> as_lab_has_it({"a": [1.0, 0.5, -0.0, True]})
    {'a': [1, 0.5, 0, True]}
    """
    if isinstance(value, dict):
        return type(value)({name: as_lab_has_it(part) for name, part in value.items()})
    if isinstance(value, list):
        return [as_lab_has_it(part) for part in value]
    if isinstance(value, float) and value.is_integer() and abs(value) <= LAST_EXACT:
        return int(value)
    return value
