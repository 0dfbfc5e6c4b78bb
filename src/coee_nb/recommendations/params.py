"""What can be asked of the recommendation notebook."""

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self

from pydantic import Field, model_validator

from coee_nb.lazily import offered
from coee_nb.parameters import Day, InputPath, Parameters
from coee_nb.recommendations.buckets import AGE_BUCKETS, DUE_BUCKETS, refuse_ends

if TYPE_CHECKING:
    from coee_nb.recommendations.log import Log


class RecommendationAging(Parameters):
    """The set of parameters of ``recommendation_aging``."""

    SECTIONS = (
        "What is late",
        "What comes due",
        "By auditor, agency, office and rating",
        "How far the dates slipped",
        "Clocks set by law, circular and auditor",
        "What changed since the earlier date",
        "How long recommendations stay open",
        "Quality checks",
        "To hand out",
    )

    as_of: Day = Field(
        description="The day the register is rebuilt for, as 2024-06-30: what was known then."
    )
    log: InputPath = Field(
        description="The folder of the event log. `coee recommendations import FILE --as-of DATE "
        "--log FOLDER` begins it with the first file.",
        json_schema_extra={"file": "recommendations"},
    )
    earlier_as_of: Day | None = Field(
        None, description="An earlier day to compare with. Left out: no comparison."
    )
    agencies: list[str] = Field(
        default_factory=list, description="The agencies reported on. None named: all in the log."
    )
    issuers: list[str] = Field(
        default_factory=list, description="The auditors reported on. None named: all in the log."
    )
    buckets: list[int] = Field(
        default_factory=lambda: list(DUE_BUCKETS),
        description="Upper ends of the groups of days past due.",
    )
    age_buckets: list[int] = Field(
        default_factory=lambda: list(AGE_BUCKETS),
        description="Upper ends of the groups of months since issue.",
    )
    generated_log: InputPath | None = Field(
        None,
        description="A second log of generated events, whose closures show the curves where the "
        "first has too few. Left out: only the log's own times are shown.",
    )

    def values_of(self, name: str) -> list[Any]:
        """Return every value that a parameter may take.

        Of ``agencies`` and ``issuers`` these are each one that the log has, alone.
        """
        column = {"agencies": "agency", "issuers": "issuer"}.get(name)
        if column is None:
            return super().values_of(name)
        from coee_nb.recommendations import log
        from coee_nb.recommendations.register import part_of

        chosen = part_of(log.read(self.log), agencies=self.agencies, issuers=self.issuers)
        return [[one] for one in sorted(set(chosen.recommendations[column]))]

    def check_inputs(self) -> None:
        """Refuse a log that contradicts itself, agencies it does not know, and what a cell would.

        Builds of the logs what can be refused: how long each took to close, and how old each is.
        """
        from coee_nb.recommendations import log
        from coee_nb.recommendations.register import part_of

        whole = log.read(self.log)
        chosen = part_of(whole, agencies=self.agencies, issuers=self.issuers)
        self._build(chosen)
        if self.generated_log is not None:
            self._build(log.read(self.generated_log))

    def _build(self, chosen: "Log") -> None:
        from coee_nb.errors import EstimationError
        from coee_nb.recommendations import closure
        from coee_nb.recommendations.aging import aging
        from coee_nb.recommendations.register import register

        current = register(chosen, as_of=self.as_of)
        aging(current, buckets=self.buckets, age_buckets=self.age_buckets)
        with suppress(EstimationError):  # the page says why nothing can be estimated
            closure.durations(current)

    @model_validator(mode="after")
    def _earlier_comes_first(self) -> Self:
        if self.earlier_as_of is not None and self.earlier_as_of >= self.as_of:
            raise ValueError(f"earlier_as_of {self.earlier_as_of} is not before as_of {self.as_of}")
        return self

    @model_validator(mode="after")
    def _ends_increase(self) -> Self:
        for name in ("buckets", "age_buckets"):
            refuse_ends(name, getattr(self, name))
        return self


__all__ = ["RecommendationAging"]
__dir__ = offered(__all__)
