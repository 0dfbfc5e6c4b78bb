"""Errors and warnings: what was found, where, what was expected, what to do."""


class CoeeError(ValueError):
    """Base of the workbench's errors; its fields carry the parts of the message.

    Parameters: ``found`` (what is wrong), ``where`` (file, row or column), ``expected`` and
    ``do`` (what the reader can do about it). The message joins the parts that are given.

    >>> print(InputError("no column 'status'", where="list.csv", expected="a status column",
    ...                  do="map it with --map status=COLUMN"))
    list.csv: no column 'status'. Expected: a status column. To do: map it with --map status=COLUMN.
    """

    def __init__(self, found: str, *, where: str = "", expected: str = "", do: str = "") -> None:
        self.found, self.where, self.expected, self.do = found, where, expected, do
        parts = [f"{where}: {found}" if where else found]
        parts += [f"Expected: {expected}"] if expected else []
        parts += [f"To do: {do}"] if do else []
        super().__init__(" ".join(part.rstrip(".") + "." for part in parts))

    def _render_traceback_(self) -> list[str]:
        """Show in a notebook the kind and the sentence: frames are of no use to its reader."""
        return [f"{type(self).__name__}: {self}"]

    def __reduce__(self):
        """Survive the trip between processes with every field."""
        return _rebuild, (type(self), self.found, self.where, self.expected, self.do)


def _rebuild(kind: type[CoeeError], found: str, where: str, expected: str, do: str) -> CoeeError:
    return kind(found, where=where, expected=expected, do=do)


class InputError(CoeeError):
    """A file or table that cannot be used as it is."""


class ParameterError(CoeeError):
    """A parameter that is missing, unknown or not of the expected form."""


class EstimationError(CoeeError):
    """A question the data cannot answer: the reason is in the message."""


class StatisticalWarning(UserWarning):
    """An estimate that is shown but must be read with the stated caution."""
