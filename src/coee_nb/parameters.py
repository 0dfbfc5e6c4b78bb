"""The closed parameter sheet every notebook fills in, checked before any work starts."""

import ast
import difflib
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, ValidationInfo

from coee_nb.errors import ParameterError
from coee_nb.places import resolve, shown

_NO_FILE = "a file or folder that exists; there is none at"
RUN_PREFIX = "run:"  # names an output of another notebook of the same run


def _day(value: Any) -> Any:
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError as error:
            raise ValueError(f"a day such as 2024-04-30, not {value!r}") from error
    return value


def _existing(value: Any, info: ValidationInfo) -> Any:
    if not isinstance(value, str | Path):
        return value
    if str(value).startswith(RUN_PREFIX) and (info.context or {}).get("before_run"):
        return Path(value)
    path = resolve(value)
    if not path.exists():
        raise ValueError(f"{_NO_FILE} {shown_or_given(value)}")
    return path


def shown_or_given(path: str | Path) -> str:
    """Return an absolute path by its place in the project, a relative one as it was given."""
    return shown(path) if Path(path).is_absolute() else str(path)


Day = Annotated[date, BeforeValidator(_day)]
InputPath = Annotated[Path, BeforeValidator(_existing)]


class Parameters(BaseModel):
    """Base of a notebook's parameter sheet: closed, strict about types, frozen.

    An unknown name, a missing one or a value of another type is a ParameterError that says which,
    what was found and what was expected. ``InputPath`` fields are paths below the project folder
    that must exist; ``Day`` fields take a date or an ISO text.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    @classmethod
    def check(cls, values: dict[str, Any], *, where: str = "", before_run: bool = False) -> Self:
        """Return the checked sheet of ``values``.

        ``where`` names their source in the error; ``before_run`` admits ``run:`` references.
        Raises ParameterError naming every fault.
        """
        try:
            return cls.model_validate(values, context={"before_run": before_run})
        except ValidationError as error:
            faults = error.errors()
        told = "; ".join(cls._fault(fault) for fault in faults)
        raise ParameterError(told, where=where, do=cls._advice(faults))

    @classmethod
    def from_notebook(cls, namespace: dict[str, Any]) -> Self:
        """Return the checked sheet of a notebook's variables: ``from_notebook(globals())``.

        Reads the variables named as parameters; a name that only a runner's injected cell
        assigns, and no parameter bears, is an error, because the run would silently ignore it.
        """
        names = {name for name in cls.model_fields if name in namespace}
        names |= _injected(namespace.get("In", [])) & set(namespace)
        return cls.check({name: namespace[name] for name in sorted(names)}, where="parameters")

    def check_inputs(self) -> None:
        """Read what can be refused at the door; a run calls it before any kernel starts.

        A sheet whose inputs can be checked cheaply overrides this; it raises InputError.
        """

    @classmethod
    def _advice(cls, faults: list[dict[str, Any]]) -> str:
        """Say what to do: which names there are, else to correct the values."""
        if any(fault["type"] in ("extra_forbidden", "missing") for fault in faults):
            return f"the parameters are: {', '.join(cls.model_fields)}"
        if any(_NO_FILE in fault["msg"] for fault in faults):
            return "put the input there, or correct its path"
        return "correct the value"

    @classmethod
    def _fault(cls, fault: dict[str, Any]) -> str:
        name = ".".join(map(str, fault["loc"]))
        if fault["type"] == "extra_forbidden":
            near = difflib.get_close_matches(name, cls.model_fields, n=1, cutoff=0.5)
            return f"unknown parameter {name!r}" + (f" (did you mean {near[0]!r}?)" if near else "")
        if fault["type"] == "missing":
            return f"parameter {name!r} is missing"
        reason = fault["msg"].removeprefix("Value error, ")
        if not fault["loc"]:  # of several parameters together: the reason names them
            return reason
        hint = _hint(fault["input"], fault["type"])
        return f"parameter {name!r} is {fault['input']!r}: {reason}{hint}"


def _hint(value: Any, expected: str) -> str:
    """Explain the ways in which YAML surprises people."""
    if isinstance(value, bool):
        return " (YAML reads a bare no, off, yes or on as true or false: put it in quotes)"
    if isinstance(value, str) and expected == "list_type":
        return f" (one is written [{value}])"
    if isinstance(value, str) and value[:1].isdigit() and "e" in value.lower():
        return " (YAML reads 1e3 as text: write 1000 or 1000.0)"
    return ""


def _injected(history: list[str]) -> set[str]:
    """Return the names assigned by the cell that papermill injects, first line ``# Parameters``."""
    for source in reversed(history):
        if source.splitlines()[:1] == ["# Parameters"]:
            body = ast.parse(source).body
            targets = [t for s in body if isinstance(s, ast.Assign) for t in s.targets]
            return {target.id for target in targets if isinstance(target, ast.Name)}
    return set()
