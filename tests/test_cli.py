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
