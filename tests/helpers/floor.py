"""The least work that running notebooks can be: imports once, then a fork a notebook, no kernel.

``python floor.py FOLDER SHEET...`` executes in this process's forks the cells of the notebooks
named as the sheets are, with the values of these, and writes what they find to FOLDER/<name>.json.
"""

import gc
import json
import os
import sys
from pathlib import Path

import yaml
from IPython.core.displayhook import CapturingDisplayHook
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from coee_nb import garbage
from coee_nb.outputs import FINDINGS_MIME
from coee_nb.publish.forked import preload


def execute(notebook: Path, sheet: Path) -> list[dict]:
    """Return the findings of a notebook, its cells executed here."""
    shell, found = InteractiveShell.instance(), []
    for cell in json.loads(notebook.read_text())["cells"]:
        if cell["cell_type"] == "code":
            results: list[dict] = []
            shell.display_trap.hook = CapturingDisplayHook(shell, results)
            with capture_output():
                shell.run_cell("".join(cell["source"]), store_history=True).raise_error()
            for result in results:
                found += result["data"].get(FINDINGS_MIME, {}).get("findings", [])
        if "parameters" in cell["metadata"].get("tags", []):
            shell.user_ns |= yaml.safe_load(sheet.read_text())
    return found


def main(folder: Path, sheets: list[Path]) -> None:
    """Run the notebooks of the project one stands in, one after the other."""
    notebooks = [Path("notebooks") / f"{sheet.stem}.ipynb" for sheet in sheets]
    garbage.look_seldom()
    preload([notebook.read_bytes() for notebook in notebooks], Path.cwd())
    gc.freeze()
    garbage.look_as_usual()
    for notebook, sheet in zip(notebooks, sheets, strict=True):
        pid = os.fork()
        if pid == 0:
            found = execute(notebook, sheet)
            (folder / f"{notebook.stem}.json").write_text(json.dumps(found))
            os._exit(0)
        os.waitpid(pid, 0)


if __name__ == "__main__":
    main(Path(sys.argv[1]), [Path(one) for one in sys.argv[2:]])
