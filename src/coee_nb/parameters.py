"""The closed set of parameters every notebook fills in, checked before any work starts."""

import difflib
import os
import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from types import NoneType, UnionType
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    ClassVar,
    Literal,
    Self,
    Union,
    get_args,
    get_origin,
)

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationError,
    ValidationInfo,
    model_validator,
)
from pydantic_core import ErrorDetails

from coee_nb.arguments import as_day, known
from coee_nb.errors import InputError, ParameterError
from coee_nb.files import Content, read_file
from coee_nb.notebook_cells import parameter_cells
from coee_nb.paths import resolve, shown
from coee_nb.remarks import Remark, read_remarks

if TYPE_CHECKING:
    from coee_nb.findings import InputFile

_NO_FILE = "a file or folder that exists; there is none at"
RUN_PREFIX = "run:"  # names an output of another notebook of the same run


def _day(value: Any) -> Any:
    if not isinstance(value, str | date):
        return value
    try:
        return as_day(value)
    except ParameterError as error:
        raise ValueError(f"{error.expected}, not {value!r}") from error


def _existing(value: Any, info: ValidationInfo) -> Any:
    if not isinstance(value, str | Path):
        return value
    if str(value).startswith(RUN_PREFIX) and (info.context or {}).get("before_run"):
        return Path(value)
    path = resolve(value)
    if not os.path.isfile(path) and not os.path.isdir(path):  # nor a pipe, which nobody may fill
        raise ValueError(f"{_NO_FILE} {path}")
    return path


DATA = BeforeValidator(_existing)  # marks a field that names data
Day = Annotated[date, BeforeValidator(_day)]
InputPath = Annotated[Path, DATA]


class Parameters(BaseModel):
    """Base of a notebook's set of parameters: closed, strict about types, frozen.

    An unknown name, a missing one or a value of another type is a ParameterError that says which,
    what was found and what was expected. ``InputPath`` fields are paths below the project folder
    that must exist; ``Day`` fields take a date or an ISO text. A subclass names in ``SECTIONS`` the
    headings of its notebook that an engagement may put remarks under, and with ``BUILT_ON_OTHERS``
    says that its notebook is filled in after the others, from what they say.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)
    SECTIONS: ClassVar[tuple[str, ...]] = ()
    BUILT_ON_OTHERS: ClassVar[bool] = False

    remarks: InputPath | None = Field(
        None,
        description="The engagement's own commentary (Markdown): under a heading ## SECTION, what "
        "is shown in that section of the notebook. Left out: none.",
    )
    _remarks: dict[str, Remark] = PrivateAttr(default_factory=dict)

    @model_validator(mode="after")
    def _read_remarks(self) -> Self:
        """Read the remarks; what cannot be shown is a fault of the parameters."""
        if self.remarks is not None and not str(self.remarks).startswith(RUN_PREFIX):
            self._remarks = read_remarks(self.remarks, self.SECTIONS)
        return self

    def remark(self, section: str) -> Remark | None:
        """Return what the engagement remarks in a section of the notebook; None: nothing.

        Raises ParameterError for a section that the notebook does not have.
        """
        return self._remarks.get(known(section, self.SECTIONS, "section of the notebook"))

    @property
    def remark_files(self) -> tuple["InputFile", ...]:
        """The file of the remarks, for the notebook's list of inputs; none where there is none."""
        from coee_nb.findings import input_file

        return () if self.remarks is None else (input_file(self.remarks),)

    @classmethod
    def check(cls, values: dict[str, Any], *, where: str = "", before_run: bool = False) -> Self:
        """Return the checked parameters of ``values``.

        ``where`` names their source in the error; ``before_run`` admits ``run:`` references.
        Raises ParameterError naming every fault; what looks like a secret is refused, as every
        parameter is published with the page.
        """
        _refuse_secrets({**dict.fromkeys(cls.model_fields), **values}, where)
        try:
            return cls.model_validate(values, context={"before_run": before_run})
        except ValidationError as error:
            faults = [one for one in error.errors() if one["type"] != "is_instance_of"]
            faults = faults or error.errors()
        told = "; ".join(cls._fault(fault) for fault in faults)
        raise ParameterError(told, where=where, do=cls._advice(faults))

    @classmethod
    def from_sheet(cls, sheet: str | Path, **changes: Any) -> Self:
        """Return the checked parameters of a sheet (YAML), some of them changed.

        ``CollectionsIts.from_sheet("params/audit/collections_its.yaml", cut="2017-02")``. Raises
        ParameterError naming every fault.
        """
        file = read_file(sheet)
        return cls.check(read_values(file) | changes, where=shown(file.path))

    @classmethod
    def from_notebook(cls, namespace: dict[str, Any]) -> Self:
        """Return the checked parameters of a notebook's variables: ``from_notebook(globals())``.

        Every name that the parameters cell, or a cell injected after it, assigns must be a
        parameter. Names that neither assigns take the class's default, whatever an earlier
        version of the cell left behind. Where the injected cell names data other than the
        parameters cell, only what is injected counts: the example's values never meet other data.
        """
        own, injected = parameter_cells(namespace.get("In", []), cls.model_fields)
        names = set(injected) if cls._other_data(own, injected) else {*own, *injected}
        if not own and not injected:  # run without history: the variables are all there is
            names = set(cls.model_fields)
        values = {name: namespace[name] for name in sorted(names) if name in namespace}
        return cls.check(values, where="parameters")

    @classmethod
    def _other_data(cls, own: Mapping[str, Any], injected: Mapping[str, Any]) -> bool:
        """Tell whether ``injected`` values name data that the ``own`` ones do not.

        Other remarks on the same data are no other data.
        """
        for name in cls.data_fields() & set(injected) - {"remarks"}:
            given, example = injected[name], own.get(name)
            if given is None or given == example:
                continue
            if not isinstance(given, str) or not isinstance(example, str):
                return True
            if resolve(given).resolve() != resolve(example).resolve():
                return True
        return False

    @classmethod
    def data_fields(cls) -> set[str]:
        """Return the names of the parameters that name files or folders of data."""
        return {
            name
            for name, field in cls.model_fields.items()
            if DATA in field.metadata or _names_data(field.annotation)
        }

    def effective(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return the value of every parameter as plain data: as ``given``, else the default."""
        defaults = self.model_dump(mode="json", exclude=set(given))
        return {name: given.get(name, defaults.get(name)) for name in type(self).model_fields}

    def values_of(self, name: str) -> list[Any]:
        """Return every value that a parameter may take; none where nothing says which.

        These are those of a closed list. A class whose data list further ones overrides this.
        """
        return list(_closed(type(self).model_fields[name].annotation))

    def check_inputs(self) -> None:
        """Read what can be refused before any work; a run calls it before any kernel starts.

        A class whose inputs can be checked cheaply overrides this; it raises InputError.
        """

    @classmethod
    def _advice(cls, faults: list[ErrorDetails]) -> str:
        """Say what to do: which names there are, else to correct the values."""
        if any(fault["type"] in ("extra_forbidden", "missing") for fault in faults):
            return f"the parameters are: {', '.join(cls.model_fields)}"
        if any(_NO_FILE in fault["msg"] for fault in faults):
            return "put the input there, or correct its path"
        if any(fault["input"] is None for fault in faults):
            return "fill it in, or take its line out where it may be left out"
        return "correct the value"

    @classmethod
    def _fault(cls, fault: ErrorDetails) -> str:
        parts = map(str, fault["loc"])
        name = ".".join(part for part in parts if _PART.fullmatch(part))
        if fault["type"] == "extra_forbidden":
            near = difflib.get_close_matches(name, cls.model_fields, n=1, cutoff=0.5)
            return f"unknown parameter {name!r}" + (f" (did you mean {near[0]!r}?)" if near else "")
        if fault["type"] == "missing":
            return f"parameter {name!r} is missing"
        if fault["input"] is None:
            return f"parameter {name!r} is blank"
        reason = fault["msg"].removeprefix("Value error, ")
        if not fault["loc"]:  # of several parameters together: the reason names them
            return reason
        hint = _hint(fault["input"], fault["type"])
        return f"parameter {name!r} is {fault['input']!r}: {reason}{hint}"


def _refuse_secrets(values: Any, where: str) -> None:
    """Refuse what is called like a secret, or a value that holds one, without repeating it."""
    if isinstance(values, dict):
        for name, value in values.items():
            if _SECRET.fullmatch(str(name)):
                _refuse_secret(f"parameter {str(name)!r} is called like a secret", where)
            _refuse_secrets(value, where)
    elif isinstance(values, list | tuple):
        for value in values:
            _refuse_secrets(value, where)
    elif isinstance(values, str) and _WITH_SECRET.search(values):
        _refuse_secret("a value has a password in it, or a key", where)


def _refuse_secret(found: str, where: str) -> None:
    raise ParameterError(
        found,
        where=where,
        expected="parameters that everybody may read: they stand on the page and in manifest.json",
        do="keep it in an environment variable, or fetch the data first and name the file",
    )


_PART = re.compile(r"\w+")  # of a fault's place: a parameter, a key, a number; not a type's name
_CALLED_SECRET = (
    r"(pass(word|wd|phrase|code)?|pwd|secret|token|bearer|credential|auth(orization)?"
    r"|(api|access|private|secret|ssh|signing|encryption|account|storage)[\s_.-]*key)s?\d*"
)
_SECRET = re.compile(
    rf"([\w\s.-]*[\W_])?{_CALLED_SECRET}|\w*(password|passphrase|secret|credential|token)s?\d*",
    re.IGNORECASE,
)
# an address with a password, a setting such as Password=..., the file of a private key
_WITH_SECRET = re.compile(
    rf"\w://[^/\s:@]*:[^/\s@]+@|(?i:(^|[\W_]){_CALLED_SECRET}=[^\s=])|-----BEGIN .*PRIVATE KEY-----"
)


def _closed(annotation: Any) -> Iterator[Any]:
    """Yield the values of a type that lists them, alone or as "these or none"."""
    if annotation is bool:
        yield from (False, True)
    elif get_origin(annotation) is Literal:
        yield from get_args(annotation)
    elif get_origin(annotation) in (Union, UnionType):
        parts = [list(_closed(part)) for part in get_args(annotation) if part is not NoneType]
        if all(parts):
            yield from (value for part in parts for value in part)


def _names_data(annotation: Any) -> bool:
    """Tell whether a type is a path of data, alone or among others."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        fields = annotation.model_fields.values()
        return any(DATA in field.metadata or _names_data(field.annotation) for field in fields)
    marks = getattr(annotation, "__metadata__", ())
    return DATA in marks or any(_names_data(part) for part in get_args(annotation))


def _hint(value: Any, expected: str) -> str:
    """Explain the ways in which YAML surprises people."""
    if isinstance(value, bool):
        return " (YAML reads a bare no, off, yes or on as true or false: put it in quotes)"
    if isinstance(value, int | float) and expected == "string_type":
        return f" (put it in quotes: '{value}')"
    if isinstance(value, str) and expected == "list_type":
        return f" (one is written [{value}])"
    if isinstance(value, str) and value[:1].isdigit() and "e" in value.lower():
        return " (YAML reads 1e3 as text: write 1000 or 1000.0)"
    return ""


def read_values(file: Content) -> dict[str, Any]:
    """Return the values of a parameter file that was read, dates as ISO text.

    Raises ParameterError for what is not UTF-8, not YAML, no ``name: value`` lines, a name given
    twice or an alias.
    """
    try:
        values = file.yaml()
    except InputError as error:
        raise ParameterError(error.found, where=error.where, do=error.do) from error
    values = {} if values is None else values
    if not isinstance(values, dict) or not all(isinstance(name, str) for name in values):
        raise ParameterError(
            "is not a list of name: value lines",
            where=str(file.path),
            do="write a line for each parameter: name: value",
        )
    return values
