"""The command line as a process of its own, forked from one that has imported what a run imports.

A new interpreter takes seconds to import it; a fork begins at once, as a run lets its kernels. What
is asked of the interpreter itself is asked of a new one (``sys.executable -m coee_nb.cli``).
"""

import multiprocessing
import os
import sys
import tempfile
from pathlib import Path
from subprocess import CompletedProcess, TimeoutExpired

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(
    [
        "command_line", "coee_nb.cli", "coee_nb.publish.scheduled", "coee_nb.publish.run",
        "coee_nb.publish.rerun", "coee_nb.publish.store", "coee_nb.respondents", "docx",
        "ipykernel.kernelapp", "matplotlib_inline.backend_inline", "nbconvert", "papermill",
        "pyarrow.parquet", "xlsxwriter",
    ]
)  # fmt: skip
HELPERS = str(Path(__file__).parent)


class Begun:
    """``coee WORDS`` running in a folder."""

    def __init__(self, folder, *words, env=None):
        self.words = ["coee", *map(str, words)]
        self._said = [tempfile.NamedTemporaryFile() for _ in range(2)]  # noqa: SIM115 (till ended)
        files = [one.name for one in self._said]
        env = dict(os.environ if env is None else env)
        self._process = FORKS.Process(target=_main, args=(self.words, str(folder), env, files))
        self._process.start()
        self.pid = self._process.pid

    def ended(self, timeout=120):
        """Wait for its end; return its exit code and what it said."""
        self._process.join(timeout)
        if self._process.exitcode is None:
            self._process.kill()
            raise TimeoutExpired(self.words, timeout)
        told = [Path(one.name).read_text("utf-8") for one in self._said]
        return CompletedProcess(self.words, self._process.exitcode, *told)


def coee(folder, *words, timeout=120, **more):
    """Run ``coee WORDS`` in a folder; return its exit code and what it said."""
    return Begun(folder, *words, **more).ended(timeout)


def _main(words, folder, env, files):
    """Be the process that ``python -m coee_nb.cli`` is in that folder and environment."""
    for stream, file in enumerate(files, start=1):
        opened = os.open(file, os.O_WRONLY | os.O_APPEND)
        os.dup2(opened, stream)
        os.close(opened)
    os.environ.clear()
    os.environ.update(env)
    os.chdir(folder)
    given = [one for one in env.get("PYTHONPATH", "").split(os.pathsep) if one]
    inherited = [one for one in sys.path if one not in ("", HELPERS, *given)]
    sys.path[:] = [folder, *given, *inherited]
    from coee_nb import cli

    sys.argv = [cli.__file__, *words[1:]]
    cli.main()
