"""The least work that running notebooks can be: imports once, then a fork a notebook, no kernel.

``python floor.py AT_ONCE FOLDER SHEET...`` executes in this process's forks, so many at once, the
cells of the notebooks named as the sheets are, with the values of these, and writes what they find
to FOLDER/<name>.json.
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


def main(at_once: int, folder: Path, sheets: list[Path]) -> None:
    """Run the notebooks of the project one stands in."""
    notebooks = [Path("notebooks") / f"{sheet.stem}.ipynb" for sheet in sheets]
    garbage.look_seldom()
    preload([notebook.read_bytes() for notebook in notebooks], Path.cwd())
    gc.freeze()
    garbage.look_as_usual()
    for begun, (notebook, sheet) in enumerate(zip(notebooks, sheets, strict=True)):
        if begun >= at_once:
            os.wait()
        if os.fork() == 0:
            found = execute(notebook, sheet)
            (folder / f"{notebook.stem}.json").write_text(json.dumps(found))
            os._exit(0)
    for _ in notebooks[-at_once:]:
        os.wait()


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), [Path(one) for one in sys.argv[3:]])
