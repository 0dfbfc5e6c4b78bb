"""What reads the rows: DuckDB inside this process, or Spark, on the same expressions."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from coee_nb.entries.layout import ROWS, row_files, sql_text
from coee_nb.entries.repeated import repeated
from coee_nb.errors import InputError, ParameterError
from coee_nb.paths import resolve, shown

if TYPE_CHECKING:
    import ibis
    import pyarrow as pa

NO_SPARK = "no Spark: install coee-nb[spark]"
NO_JAVA = "no Java: Spark needs a Java runtime, version 17 or 21 (JAVA_HOME, or java on the path)"


@dataclass(frozen=True)
class Engine:
    """A connection that can read the rows; ``name`` is "duckdb" or "spark"."""

    name: str
    connection: Any
    folder: Path  # of its own, for what memory does not hold; gone with the connection

    def keep(self, table: ibis.Table) -> ibis.Table:
        """Return a table of expressions worked out once and kept until the connection ends."""
        name = f"kept_{uuid4().hex}"
        if self.name == "spark":
            view = self.connection.create_view(name, table)
            self.connection._session.catalog.cacheTable(name)
            return view
        return self.connection.create_table(name, table, temp=True)

    def batches(self, table: ibis.Table, size: int = 100_000) -> Iterator[pa.RecordBatch]:
        """Yield a table of expressions in parts of ``size`` rows, so that few are in memory."""
        if self.name == "spark":
            yield from table.to_pyarrow_batches(chunk_size=size)
        else:  # Ibis 12 asks DuckDB 2 for batches by a name that it no longer has
            found = self.connection.con.sql(self.connection.compile(table))
            yield from found.to_arrow_reader(size)

    def repeated(self, keys: ibis.Table, many: int) -> ibis.Table:
        """Return the whole numbers (column ``key``, about ``many``) that stand more than once."""
        from ibis import _

        if self.name == "spark":
            counted = keys.group_by("key").agg(copies=_.count())
            return self.keep(counted.filter(_.copies > 1).select("key"))
        import numpy as np
        import pyarrow as pa

        batches = (
            batch.column(0).to_numpy(zero_copy_only=False).astype(np.int64, copy=False)
            for batch in self.batches(keys.select("key"), 1_000_000)
        )
        name = f"kept_{uuid4().hex}"
        self.connection.con.register(name, pa.table({"key": repeated(batches, many, self.folder)}))
        return self.connection.table(name)

    def read(self, entries: str | Path) -> ibis.Table:
        """Return the loaded rows below a folder, as a table of expressions; nothing is read yet.

        Raises InputError where there are none.
        """
        files = row_files(entries)
        if not files:
            raise InputError(
                "holds no loaded rows",
                where=shown(entries),
                expected=f"{ROWS}/fiscal_year=2017/*.parquet and so on",
                do="load the files first: coee entries load FILES --into DIR",
            )
        if self.name == "spark":
            return self.connection.read_parquet(_as_written(resolve(entries) / ROWS))
        # Of one file DuckDB knows the least and the largest value of a column, of several read
        # together it does not: so it leaves out what it sees that no row can fail.
        name = f"read_{uuid4().hex}"
        each = (f"FROM read_parquet({sql_text(file)}, hive_partitioning = true)" for file in files)
        together = " UNION ALL BY NAME ".join(each)
        self.connection.con.execute(f"CREATE TEMP VIEW {name} AS {together}")
        return self.connection.table(name)


def _as_written(path: Path) -> str:
    r"""Return a path as Spark must be given it, which takes some of its characters for patterns.

    >>> _as_written(Path("/data/fy[17]*"))
    '/data/fy\\[17\\]\\*'
    """
    return re.sub(r"([\[\]{}*?\\])", r"\\\1", str(path))


def why_not_spark() -> str:
    """Return why Spark cannot run here; blank where it can."""
    if importlib.util.find_spec("pyspark") is None:
        return NO_SPARK
    home = os.environ.get("JAVA_HOME")
    java = Path(home) / "bin" / "java" if home else None
    return "" if (java and java.exists()) or shutil.which("java") else NO_JAVA


@contextmanager
def engine(
    name: str = "duckdb",
    *,
    memory_limit: str = "2GB",
    threads: int | None = None,
    spark_master: str = "local[*]",
) -> Iterator[Engine]:
    """Give a connection and end it: "duckdb" (in this process) or "spark" (at ``spark_master``).

    ``memory_limit`` bounds DuckDB, and is what each of Spark's driver and executors may take in
    a process of its own; what exceeds it goes to disk. Raises ParameterError where Spark is asked
    for and cannot run.
    """
    with tempfile.TemporaryDirectory(prefix="coee-entries-") as folder:
        if name == "spark":
            connection, end = _spark(spark_master, memory_limit, Path(folder))
        else:
            connection, end = _duckdb(memory_limit, threads, folder)
        try:
            yield Engine(name, connection, Path(folder))
        finally:
            end()


def _duckdb(memory_limit: str, threads: int | None, folder: str) -> tuple[Any, Any]:
    import ibis

    options = {"threads": threads} if threads else {}
    connection = ibis.duckdb.connect(
        memory_limit=memory_limit,
        temp_directory=folder,
        preserve_insertion_order=False,
        **options,
    )
    without_progress(connection.con)
    return connection, connection.disconnect


def without_progress(database: Any) -> None:
    """Show no bar of the database's own beside that of a run.

    In a kernel there is none, and DuckDB refuses to have it turned off.
    """
    if database.execute("SELECT current_setting('enable_progress_bar')").fetchall()[0][0]:
        database.execute("SET enable_progress_bar = false")


def _spark(master: str, memory_limit: str, folder: Path) -> tuple[Any, Any]:
    if missing := why_not_spark():
        raise ParameterError(
            missing, where="engine: spark", do="install it, or take engine: duckdb"
        )
    import ibis
    from pyspark.sql import SparkSession

    settings = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.adaptive.coalescePartitions.enabled": "true",
        "spark.sql.execution.arrow.pyspark.enabled": "true",
    }
    if not master.startswith("local-cluster"):  # which says itself what its workers have
        settings["spark.executor.memory"] = _megabytes(memory_limit)
    if master.startswith("local"):  # all on this machine: no name of it need be known
        settings |= {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
        settings["spark.sql.shuffle.partitions"] = "8"
    builder = SparkSession.builder.master(master).appName("coee-entries")
    for key, value in settings.items():
        builder = builder.config(key, value)
    told = folder / "spark.log"
    try:
        with _stderr_into(told):
            session = builder.getOrCreate()
    except Exception as error:
        last = told.read_text(errors="replace").strip().rpartition("\n")[2]
        raise ParameterError(
            f"Spark did not start: {last or error}", where=f"spark_master: {master}"
        ) from error
    session.sparkContext.setLogLevel("ERROR")
    return ibis.pyspark.connect(session), session.stop


@contextmanager
def _stderr_into(file: Path) -> Iterator[None]:
    """Let a process that is started meanwhile write into a file what it would write to stderr.

    Java tells the names and addresses of the machine there, and a notebook shows what it gets.
    """
    kept = os.dup(2)
    with file.open("wb") as opened:
        os.dup2(opened.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)


UNITS = {"MB": 1, "GB": 1024, "TB": 1024**2}


def _megabytes(memory_limit: str) -> str:
    """Return a limit such as 2GB as Spark writes it.

    >>> _megabytes("2GB"), _megabytes("512 MB")
    ('2048m', '512m')
    """
    text = memory_limit.replace(" ", "").upper().replace("IB", "B")
    return f"{int(float(text[:-2]) * UNITS[text[-2:]])}m"
