"""How the command line ends."""

import pytest

from coee_nb import cli
from coee_nb.publish import scheduled


def test_what_nobody_foresaw_is_told_with_what_to_do_before_where_it_arose(monkeypatch, capsys):
    def breaks(*_):
        raise KeyError("a\x1b[31mb")

    monkeypatch.setattr(scheduled, "scheduled", breaks)
    with pytest.raises(SystemExit) as ended:
        cli.main(["run"])
    assert ended.value.code == 1
    first, _, rest = capsys.readouterr().err.partition("\n\n")
    assert first.startswith("Error: the workbench did not foresee this (KeyError:")
    assert "To do: " in first
    assert "Traceback" not in first
    assert "in breaks" in rest
    assert "\x1b" not in first + rest


def test_a_file_that_cannot_be_written_is_named(monkeypatch, capsys, tmp_path):
    place = tmp_path / "gone" / "page.html"
    monkeypatch.setattr(scheduled, "scheduled", lambda *_: place.write_text(""))
    with pytest.raises(SystemExit) as ended:
        cli.main(["run"])
    assert ended.value.code == 2
    told = capsys.readouterr().err
    assert told.startswith(f"Error: {place}: cannot be read or written (No such file")
    assert "Traceback" not in told


def test_names_that_go_round_are_refused(monkeypatch, capsys, tmp_path):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "round").symlink_to("round")
    for words, code, told in (
        (["run", "round"], 2, "there is no such file or folder"),
        (["status", "--outputs", "round"], 1, "There is no run."),
    ):
        with pytest.raises(SystemExit) as ended:
            cli.main(words)
        assert ended.value.code == code
        assert told in "".join(capsys.readouterr())
