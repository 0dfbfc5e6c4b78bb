"""A notebook is put in order by the process that ran it, or after it where that died."""

import os
import signal

import pytest

from coee_nb.publish import run, settle, workers
from coee_nb.publish.execute import Outcome
from coee_nb.publish.page import PageMaker
from coee_nb.publish.plan import plan
from coee_nb.publish.verify import is_broken, verify


@pytest.fixture
def published(project, write_params, monkeypatch):
    """Publish two notebooks that are taken as they are, not executed."""

    def as_it_is(work):
        work.target.write_bytes(work.source)
        return Outcome(work.name, "done", "2024-01-01T00:00:00Z", "2024-01-01T00:00:01Z")

    monkeypatch.setattr(workers, "execute", as_it_is)
    monkeypatch.setattr(workers, "prepare", lambda *_: None)
    for name in ("toy", "other"):
        write_params(name)
    planned = plan(["params/toy"], root=project)
    return lambda: run.run(planned, outputs=project / "outputs")


def test_tables_and_pages_are_made_by_the_processes_of_their_notebooks(
    project, published, monkeypatch
):
    made_by = project / "made_by"
    rendered, written = PageMaker.render, settle.write_tables

    def noting(make):
        def made(*given, **options):
            with made_by.open("a") as stream:
                stream.write(f"{os.getpid()}\n")
            return make(*given, **options)

        return made

    monkeypatch.setattr(PageMaker, "render", noting(rendered))
    monkeypatch.setattr(settle, "write_tables", noting(written))
    assert published().complete
    processes = made_by.read_text().split()
    assert sorted(map(processes.count, set(processes))) == [2, 2]
    assert str(os.getpid()) not in processes


@pytest.mark.fault("a process that dies")
@pytest.mark.parametrize("step", ["write_tables", "write_origins", "extracted"])
def test_what_a_process_left_that_died_while_it_put_things_in_order_is_put_in_order(
    project, published, monkeypatch, step
):
    parent, does = os.getpid(), getattr(settle, step)

    def dying(*given):
        found = does(*given)
        if os.getpid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)
        return found

    monkeypatch.setattr(settle, step, dying)
    result = published()
    assert [one.status for one in result.outcomes] == ["failed", "failed"]
    assert all("ended by SIGKILL" in (one.error or "") for one in result.outcomes)
    assert "ended by SIGKILL" in (result.folder / "toy.html").read_text("utf-8")
    assert not (result.folder / "tables" / "toy").exists()
    assert not any(is_broken(one) for one in verify(result.folder, root=project))


def test_a_fault_of_the_page_ends_the_run_and_tells_where_it_arose(published, monkeypatch):
    def broken(*_, **__):
        raise RuntimeError("no page")

    monkeypatch.setattr(PageMaker, "render", broken)
    with pytest.raises(RuntimeError, match="no page") as raised:
        published()
    assert "in broken" in raised.value.__notes__[0]
