"""One notebook asked the same of many values of a parameter: a page each, and one over them all."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from coee_nb.errors import CoeeError, ParameterError
from coee_nb.parameters import Parameters
from coee_nb.paths import shown
from coee_nb.publish.extract import Extract

ALL = "all"
LONGEST = 40  # characters of a value that stand in the names of its files
_FORM = "NAME=A,B,C or NAME=all, such as group=all"


@dataclass(frozen=True)
class Case:
    """The value of a parameter that one of a notebook's pages is for."""

    parameter: str
    value: Any

    def __str__(self) -> str:
        """The value with its parameter, for people."""
        return f"{self.parameter}: {self.label}"

    @property
    def published(self) -> Any:
        """The value without this machine's folders."""
        absolute = isinstance(self.value, str) and Path(self.value).expanduser().is_absolute()
        return shown(self.value) if absolute else self.value

    @property
    def label(self) -> str:
        """The value as a reader sees it."""
        if isinstance(self.value, list):
            return ", ".join(map(str, self.value))
        return "null" if self.value is None else str(self.published)


@dataclass(frozen=True)
class FanOut:
    """For which values of a parameter a notebook is run; None for all that there are."""

    parameter: str
    values: tuple[Any, ...] | None

    @classmethod
    def of(cls, told: str) -> "FanOut":
        """Read ``group=A,B``, ``group=all``; a value with a comma stands in double quotes.

        Raises ParameterError for another form and for a value named twice.

        >>> FanOut.of('group="Ports, north",South')
        FanOut(parameter='group', values=('Ports, north', 'South'))
        """
        name, _, text = (part.strip() for part in told.partition("="))
        if text.lower() == ALL:
            return cls(name, None)
        values = next(csv.reader([text], skipinitialspace=True), [])
        values = [value.strip() for value in values]
        if not re.fullmatch(r"\w+", name) or not all(values) or not values:
            raise ParameterError(f"--for {told!r} cannot be read", expected=_FORM)
        twice = sorted({value for value in values if values.count(value) > 1})
        if twice:
            raise ParameterError(f"--for {name} names {twice[0]!r} twice", do="name it once")
        return cls(name, tuple(values))

    def checked(
        self, schema: type[Parameters], values: Mapping[str, Any], *, where: str
    ) -> Iterator[tuple[Case, Parameters]]:
        """Yield each value with the checked parameters it makes; ``values`` are the sheet's.

        Raises ParameterError, telling every value that is refused.
        """
        faults = []
        for value in self._all(schema, values, where) if self.values is None else self.values:
            case = Case(self.parameter, value)
            try:
                case, parameters = _fitting(case, schema, values, where)
                parameters.check_inputs()
                yield case, parameters
            except CoeeError as error:
                faults.append(f"{case}: {error}")
        if faults:
            raise ParameterError("\n".join(faults))

    def _all(
        self, schema: type[Parameters], values: Mapping[str, Any], where: str
    ) -> Sequence[Any]:
        """Return every value that the parameter may take with the data of the sheet."""
        others = {name: value for name, value in values.items() if name != self.parameter}
        required = schema.model_fields[self.parameter].is_required()
        plain = schema.check(dict(values) if required else others, where=where, before_run=True)
        if found := plain.values_of(self.parameter):
            return found
        raise ParameterError(
            f"--for {self.parameter}=all: nothing says which values there are",
            where=where,
            expected="a parameter with a closed list of values, or one that the data list",
            do=f"name them: --for {self.parameter}=A,B,C",
        )


def _fitting(
    case: Case, schema: type[Parameters], values: Mapping[str, Any], where: str
) -> tuple[Case, Parameters]:
    """Return a value in the first of its readings that the parameter takes.

    Raises the ParameterError of its text where it takes none.
    """
    refused: dict[int, ParameterError] = {}
    for number, reading in enumerate(_readings(case.value)):
        try:
            given = {**values, case.parameter: reading}
            parameters = schema.check(given, where=where, before_run=True)
            return replace(case, value=reading), parameters
        except ParameterError as error:
            refused[number] = error
    raise refused[min(1, max(refused))]


def _readings(value: Any) -> Sequence[Any]:
    """Return what a text may mean: the number, yes or no that it spells, itself, a list of either.

    >>> _readings("30"), _readings("North")
    ((30, '30', [30], ['30']), ('North', 'North', ['North'], ['North']))
    """
    if not isinstance(value, str):
        return (value,)
    try:
        read = yaml.safe_load(value)
    except (yaml.YAMLError, ValueError):
        read = value
    spelled = value if isinstance(read, date | dict | list | str) else read
    return spelled, value, [spelled], [value]


def names_for(stem: str, cases: Iterable[Case]) -> Iterator[str]:
    """Yield a name for the files of each case, no two the same.

    >>> list(names_for("its", [Case("group", name) for name in ("Nørth 1", "n/rth 1", "*")]))
    ['its-n_rth_1', 'its-n_rth_1_2', 'its-value']
    """
    taken: set[str] = set()
    for case in cases:
        short = re.sub(r"[^a-z0-9]+", "_", case.label.lower())[:LONGEST].strip("_") or "value"
        name, number = short, 1
        while name in taken:
            number += 1
            name = f"{short}_{number}"
        taken.add(name)
        yield f"{stem}-{name}"


def told_apart(held: Extract, case: Case | None) -> Extract:
    """Return what a notebook holds with its value in the id of each finding."""
    if case is None:
        return held
    mark = f"[{case.parameter}={case.label}]"
    return replace(held, findings=[one | {"id": one["id"] + mark} for one in held.findings])


def refuse_confidential(asked: FanOut | Case, *, notebook: str, disclosure: bool) -> None:
    """Raise ParameterError where a notebook of people's answers is asked for many values.

    Its pages would be several publications of the same people, and what one suppresses could be
    had from the others by subtraction.
    """
    if disclosure:
        raise ParameterError(
            f"--for {asked.parameter}: {notebook} rests on people's answers and is not run for many"
            " values",
            expected="one publication of the same people: what is suppressed on one page could be "
            "had from the others by subtraction",
            do="show the groups on its one page (the parameters of its breakdowns)",
        )
