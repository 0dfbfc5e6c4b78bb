"""How long recommendations stay open; of a generated register too, where one is named."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from coee_nb.findings import Inputs
from coee_nb.outputs import Callout, Chart, Several, Table
from coee_nb.recommendations import charts, statements, tables
from coee_nb.recommendations.aging import aging
from coee_nb.recommendations.closure import closure
from coee_nb.recommendations.log import read
from coee_nb.recommendations.register import Register, register
from coee_nb.wording import read_wording

WORDS = read_wording("coee_nb.recommendations")
_LABEL = "generated data"


@dataclass(frozen=True)
class TimesOpen(Several):
    """Curves of a register, then those, tables and slips of a generated one, with its files."""

    members: tuple[Table | Chart | Callout, ...] = ()
    inputs: Inputs = field(default_factory=Inputs)


def times_open(current: Register, *, generated: Path | None) -> TimesOpen:
    """Return how long a register's recommendations stay open.

    Where a ``generated`` log is named, its curves follow, what they look like once a log holds
    closures, and how its dates slip. Raises InputError for a log that cannot be read.
    """
    own = charts.closure_curves(closure(current))
    if generated is None:
        return TimesOpen((own,))
    whole = read(generated)
    example = register(whole, as_of=current.as_of)
    closed = closure(example)
    shown = (
        own,
        Callout(WORDS.sentence("generated_register")),
        charts.closure_curves(closed, name="generated_closure", label=_LABEL),
        charts.agency_curves(closed, name="generated_agencies", label=_LABEL),
        tables.agencies(closed, name="generated_agency_closure", label=_LABEL),
        tables.cohorts(closed, name="generated_cohorts", label=_LABEL),
        charts.slips(aging(example), name="generated_slips", label=_LABEL),
    )
    return TimesOpen(shown, statements.sources(generated, whole, whole, example))
