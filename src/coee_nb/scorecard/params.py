"""What can be asked of the scorecard notebook."""

from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, ValidationInfo

from coee_nb.lazily import offered
from coee_nb.parameters import DATA, RUN_PREFIX, InputPath, Parameters


def _findings(value: Any, info: ValidationInfo) -> Any:
    """Take a file that exists, or a reference to one of a run that has not made it here."""
    if isinstance(value, str | Path) and str(value).startswith(RUN_PREFIX):
        return Path(value)
    return DATA.func(value, info)  # type: ignore[call-arg, arg-type]


FindingsPath = Annotated[Path, BeforeValidator(_findings)]


class CenterScorecard(Parameters):
    """The set of parameters of ``center_scorecard``."""

    SECTIONS = (
        "The scorecard",
        "What has no standard",
        "What each measure is",
        "Quality checks",
    )
    BUILT_ON_OTHERS = True

    frame: InputPath = Field(
        description="The measures that are asked for: a CSV file with id, measure, kind "
        "(efficiency, outcome, output or other), asked_by, definition, notebook, finding, unit, "
        "direction (at least or at most), target, standard (who set the target), period.",
        json_schema_extra={"file": "scorecard.csv"},
    )
    findings: list[FindingsPath] = Field(
        default_factory=list,
        description="Where values come from, a list: run:NOTEBOOK/findings.json for another "
        "notebook of the same run (each that the frame names), or the findings.json of an earlier "
        "one.",
    )

    def check_inputs(self) -> None:
        """Refuse a frame and findings that cannot be read, or are not of each other."""
        from coee_nb.scorecard.frame import read_frame
        from coee_nb.scorecard.sources import read_sources, refuse_without_source

        refuse_without_source(read_frame(self.frame), read_sources(self.findings))


__all__ = ["CenterScorecard"]
__dir__ = offered(__all__)
