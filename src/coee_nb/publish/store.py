"""Notebooks run in place with their own values, outputs stored without clock or machine."""

import os
from pathlib import Path

from coee_nb.publish.execute import kernel_config


def store(notebook: Path) -> None:
    """Execute ``notebook`` from its own folder and keep the outputs in it, written aside first.

    Cells are numbered from 1, times and machine-bound metadata left out, so that running it
    again changes nothing. Raises nbclient's CellExecutionError when a cell fails.
    """
    import nbformat
    from nbclient import NotebookClient

    book = nbformat.read(notebook, as_version=4)
    NotebookClient(
        book,
        kernel_name="python3",
        timeout=600,
        record_timing=False,
        config=kernel_config(),
        resources={"metadata": {"path": str(notebook.parent)}},
    ).execute()
    tidy(book)
    aside = notebook.with_name(f".{notebook.name}.{os.getpid()}")
    nbformat.write(book, aside)
    aside.replace(notebook)


def tidy(book) -> None:
    """Keep of a notebook's metadata only what the workbench uses; name cells by their place."""
    book.metadata = {
        "coee": book.metadata.get("coee", {}),
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    for number, cell in enumerate(book.cells, start=1):
        cell.id = f"cell-{number}"
        cell.metadata = {k: v for k, v in cell.metadata.items() if k in ("tags", "jupyter")}
