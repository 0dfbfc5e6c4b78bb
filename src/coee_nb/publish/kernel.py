"""The kernel of a notebook: this very interpreter, telling what it runs under.

``python -m coee_nb.publish.kernel -f FILE`` starts one, as ``ipykernel_launcher`` does.
"""

import ctypes
import hashlib
import json
import os
import platform
import signal
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from importlib.metadata import distributions
from pathlib import Path
from typing import Any
from uuid import uuid4

RECORD = "COEE_KERNEL_RECORD"  # the variable that names the file a kernel describes itself in


def same_interpreter(process: Callable[..., Any] | None = None) -> type:
    """Return a kernel manager whose kernels run under this process's interpreter.

    A machine's kernel of the name "python3" may be another one. ``process`` makes the provisioner
    of a kernel that is not to be started (``forked.provisioner``).
    """
    from ipykernel.kernelspec import get_kernel_dict
    from jupyter_client.kernelspec import KernelSpec
    from jupyter_client.manager import AsyncKernelManager

    class SameInterpreter(AsyncKernelManager):
        """Starts this interpreter, whatever kernels are installed.

        What it writes past its cells (below Python, or at its end) would reach a terminal or a
        scheduler's log unread by the gate, and goes nowhere.
        """

        @property
        def kernel_spec(self) -> KernelSpec:
            command = [sys.executable, "-m", __name__, "-f", "{connection_file}"]
            return KernelSpec(**(get_kernel_dict() | {"argv": command}))

        async def start_kernel(self, **how: Any) -> None:  # type: ignore[override]  # a task there
            silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            if process is not None:
                self.kernel_id = str(uuid4())
                self.provisioner = process(
                    kernel_id=self.kernel_id, kernel_spec=self.kernel_spec, parent=self
                )
            await super().start_kernel(**(how | silent))

    return SameInterpreter


@cache
def surroundings() -> dict[str, Any]:
    """Return the Python, platform, package versions and code that this process runs under.

    They are read once: what changes on the disk then is not what this process, or a fork, imported.
    """
    told = [dist.metadata for dist in distributions()]
    packages = {one["Name"].lower(): one["Version"] for one in told if one["Name"]}
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "packages": dict(sorted(packages.items())),
        "package_sha256": _code_sha256(),
    }


def _code_sha256() -> str:
    """Return one hash over the modules and settings of this package, names and bytes."""
    folder, digest = Path(__file__).parents[1], hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def end_with_parent() -> None:
    """Let Linux end this kernel with the process that started it, whatever it is doing then.

    Elsewhere ipykernel looks for its parent once a second.
    """
    if sys.platform == "linux":
        set_signal_at_parents_death = 1
        ctypes.CDLL(None).prctl(set_signal_at_parents_death, signal.SIGKILL)


def main() -> None:
    """Describe this process where it is asked to, then become a kernel."""
    end_with_parent()
    if sys.path[0] in ("", os.getcwd()):
        del sys.path[0]  # IPython adds it again after the kernel's own imports
    record = os.environ.pop(RECORD, "")
    if record:
        Path(record).write_text(json.dumps(surroundings()), "utf-8")
    from ipykernel.kernelapp import launch_new_instance

    launch_new_instance()


if __name__ == "__main__":
    main()
