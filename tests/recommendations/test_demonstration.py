"""A generated register is shown where one is named, and leaves no trace where none is."""

from datetime import date

from coee_nb.outputs import Callout, Chart
from coee_nb.paths import project_root
from coee_nb.recommendations.demonstration import times_open
from coee_nb.recommendations.log import empty
from coee_nb.recommendations.register import register

AS_OF = date(2024, 4, 30)


def test_without_a_generated_log_only_the_registers_own_times_are_shown():
    alone = times_open(register(empty(), as_of=AS_OF), generated=None)
    assert [one.text for one in alone] == ["No log is named for this section: it is left out."]
    assert list(alone.inputs) == []


def test_everything_of_a_generated_log_says_that_it_is_generated():
    folder = project_root() / "data/oig_22_34/recommendations_generated"
    shown = times_open(register(empty(), as_of=AS_OF), generated=folder)
    assert {"recommendations_generated" in str(file.path) for file in shown.inputs} == {True}
    _, first, *rest = shown
    assert isinstance(first, Callout)
    assert len(rest) == 5
    for one in (first, *rest):
        words = one.title if isinstance(one, Chart) else getattr(one, "caption", first.text)
        assert "generated data" in words.lower()
