"""What can be asked of the recommendation notebook."""

from typing import Self

from pydantic import Field, model_validator

from coee_nb.parameters import Day, InputPath, Parameters

DUE_BUCKETS = (30, 90, 180, 365)  # upper ends, in days past due
AGE_BUCKETS = (6, 12, 24, 48)  # upper ends, in months since issue


class RecommendationAging(Parameters):
    """The parameter sheet of ``recommendation_aging``.

    ``as_of`` the day the register is rebuilt for; ``earlier_as_of`` the day it is compared with
    (none: no comparison);
    ``log`` the folder of the event log; ``generated_log`` a second, generated log whose closures
    show the curves (leave it out in a real engagement); ``agencies`` those reported on (none
    named: all); ``buckets`` upper ends in days past due; ``age_buckets`` upper ends in months.
    """

    as_of: Day
    earlier_as_of: Day | None = None
    log: InputPath
    generated_log: InputPath | None = None
    agencies: list[str] = Field(default_factory=list)
    buckets: list[int] = Field(default_factory=lambda: list(DUE_BUCKETS))
    age_buckets: list[int] = Field(default_factory=lambda: list(AGE_BUCKETS))

    def check_inputs(self) -> None:
        """Refuse a log that contradicts itself and agencies it does not know."""
        from coee_nb.recommendations import log
        from coee_nb.recommendations.register import of_agencies

        of_agencies(log.read(self.log), self.agencies)
        if self.generated_log is not None:
            log.read(self.generated_log)

    @model_validator(mode="after")
    def _earlier_comes_first(self) -> Self:
        if self.earlier_as_of is not None and self.earlier_as_of >= self.as_of:
            raise ValueError(f"earlier_as_of {self.earlier_as_of} is not before as_of {self.as_of}")
        return self

    @model_validator(mode="after")
    def _ends_increase(self) -> Self:
        for name in ("buckets", "age_buckets"):
            ends = getattr(self, name)
            if not ends or ends[0] <= 0 or sorted(set(ends)) != ends:
                raise ValueError(
                    f"{name} must be whole numbers above 0, each larger than the last, not {ends}"
                )
        return self
