"""Speed is shown: a ratio of two things timed in one run, beside the aim it is held to."""

import pytest

SHOWN = pytest.StashKey[list]()
GROSS = 2  # other work on a machine moves a ratio by less: such a one is a fault of ours


@pytest.fixture
def speed(pytestconfig):
    """Show a ratio beside its aim, at the end of the run; a ratio of twice its aim fails."""

    def show(what, ratio, *, aim):
        pytestconfig.stash.setdefault(SHOWN, []).append((what, ratio, aim))
        assert ratio <= GROSS * aim, f"{what}: {ratio:.3g}, aim {aim:.3g}"

    return show


def pytest_terminal_summary(terminalreporter, config):
    shown = config.stash.get(SHOWN, [])
    if shown:
        terminalreporter.section("speed: ratios in this run, and their aims")
    for what, ratio, aim in shown:
        held = "" if ratio <= aim else "  above its aim"
        terminalreporter.write_line(f"{ratio:8.3g}  (aim {aim:.3g})  {what}{held}")
