"""Kernels forked from the process that runs notebooks, which has imported what they import.

A new interpreter takes seconds to import pandas and what else a notebook needs. A fork of one that
did so begins at once, and is then made as a new one is: a cell sees the same in both.
"""

import ast
import atexit
import contextlib
import contextvars
import gc
import io
import json
import os
import signal
import stat
import sys
import threading
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from multiprocessing import Pipe, process
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NoReturn

from coee_nb import garbage
from coee_nb.paths import is_own_code
from coee_nb.publish import kernel
from coee_nb.publish.signals import STOPS

POSSIBLE = sys.platform == "linux"  # elsewhere the system's own libraries bear no fork
INLINE = "module://matplotlib_inline.backend_inline"  # pictures in a notebook, if no other is asked
MAIN = process.current_process()  # as an interpreter begins with


def preload(notebooks: Iterable[bytes], root: Path) -> bool:
    """Import into this process what kernels and the cells of ``notebooks`` import, and note it.

    Modules of the project at ``root`` are left to the kernels, as importing them may do work that
    a cell is to show. What cannot be imported fails in its cell. Tell whether this process bears
    to be forked: it has one thread.
    """
    os.environ.pop("JPY_PARENT_PID", None)  # another kernel's: ipykernel reads it once, on import
    import ipykernel.kernelapp  # noqa: F401

    kernel.surroundings()
    silent = io.StringIO()
    with contextlib.redirect_stdout(silent), contextlib.redirect_stderr(silent):
        for line in sorted({line for book in notebooks for line in _imports(book, root)}):
            with contextlib.suppress(Exception, SystemExit):
                exec(line, {})
    return threading.active_count() == 1


def _imports(notebook: bytes, root: Path) -> Iterator[str]:
    """Yield the import statements of a notebook's cells that lead out of the project."""
    for cell in json.loads(notebook)["cells"]:
        lines: list[ast.stmt] = []
        with contextlib.suppress(
            SyntaxError, ValueError
        ):  # magics: what they stand beside is imported later
            lines = ast.parse("".join(cell["source"])).body if cell["cell_type"] == "code" else []
        for line in lines:
            if isinstance(line, ast.Import | ast.ImportFrom):
                module = getattr(line, "module", None)
                names = [module] if module else [one.name for one in line.names]
                if not any(_leads_into(root, name.partition(".")[0]) for name in names):
                    yield ast.unparse(line)


def _leads_into(root: Path, name: str) -> bool:
    with contextlib.suppress(ImportError, ValueError):
        if (spec := find_spec(name)) and spec.origin:
            return is_own_code(root, Path(spec.origin))
    return False


class Waiting:
    """A fork of this process that waits to become a kernel; begin it before any second thread.

    It has of ``subprocess.Popen`` what jupyter_client asks of a kernel's process. It ends with
    this process, also where it has become nothing. ``told`` is a pipe of this process alone.
    """

    stdin = stdout = stderr = None

    def __init__(self, root: Path, told: Connection) -> None:
        heard, self._told = Pipe(duplex=False)
        self.returncode: int | None = None
        self.pid = os.fork()
        if self.pid == 0:
            told.close()
            _wait(heard, root)
        heard.close()

    def become(self, command: list[str], env: dict[str, str], cwd: str) -> None:
        """Let it be the kernel that ``command`` would start in the folder ``cwd``."""
        self._told.send((command, env | {"JPY_PARENT_PID": str(os.getpid())}, cwd))

    def poll(self) -> int | None:
        """Return the exit code, negative for a signal; None while it runs."""
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self.returncode = os.waitstatus_to_exitcode(status) if pid else None
        return self.returncode

    def wait(self) -> int:
        """Wait for its end; return the exit code."""
        if self.returncode is None:
            self.returncode = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send it a signal, if it runs."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)


def provisioner(waiting: Waiting, **how: Any) -> Any:
    """Return what gives jupyter_client ``waiting`` as the process of a kernel."""
    from jupyter_client.provisioning import LocalProvisioner

    class Forked(LocalProvisioner):
        """Tells a process that waits to be a kernel, in place of starting one."""

        async def launch_kernel(self, cmd: list[str], **given: Any) -> Any:
            self.cwd = given.get("cwd") or os.getcwd()
            waiting.become(cmd, given["env"], self.cwd)
            self.process = waiting  # type: ignore[assignment]
            self.pid = self.pgid = waiting.pid  # it leads a group of its own
            return self.connection_info

    return Forked(**how)


def _wait(heard: Connection, root: Path) -> NoReturn:
    """Wait to be told what to become, be it, and end this process."""
    code = 1
    try:
        kernel.end_with_parent()
        _leave_parent(heard)
        command, env, cwd = heard.recv()
        heard.close()
        _begin_anew(command, env, cwd, root)
        contextvars.Context().run(kernel.main)
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    finally:
        threading._shutdown()  # type: ignore[attr-defined]  # as an interpreter ends
        atexit._run_exitfuncs()
        os._exit(code)


def _leave_parent(heard: Connection) -> None:
    """Keep nothing of the parent: no open file, no group, no handler of signals."""
    os.setsid()
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)
    os.close(null)
    for number in map(int, os.listdir("/proc/self/fd")):
        with contextlib.suppress(OSError):  # that by which the folder was listed
            if number > 2 and stat.S_ISREG(os.fstat(number).st_mode):
                os.close(number)  # pipes stay: Arrow has one of its own
    for number in STOPS:
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    process._current_process, process._parent_process = MAIN, None  # type: ignore[attr-defined]
    gc.freeze()  # what was imported is no garbage, and what was garbage closes no file
    garbage.look_as_usual()


def _begin_anew(command: list[str], env: dict[str, str], cwd: str, root: Path) -> None:
    """Make of this process what ``command`` would begin with, but for what is imported."""
    if sys.path[0] in (os.getcwd(), os.path.dirname(sys.argv[0])):
        del sys.path[0]  # where the parent's program stands
    sys.argv = [kernel.__file__, *command[command.index("-f") :]]
    os.environ.clear()
    os.environ.update(env)
    os.chdir(cwd)
    for name, module in list(sys.modules.items()):
        if (file := getattr(module, "__file__", None)) and is_own_code(root, Path(file)):
            del sys.modules[name]  # a cell is to show what importing it does
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()
    if "matplotlib" in sys.modules and not env.get("MPLBACKEND"):
        sys.modules["matplotlib"].rcParams["backend"] = INLINE
