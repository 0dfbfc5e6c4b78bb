"""A parameter file: YAML, read more strictly than YAML itself would."""

from datetime import date
from typing import Any

import yaml

from coee_nb.errors import ParameterError
from coee_nb.files import Content


def read_values(file: Content) -> dict[str, Any]:
    """Return the values of a parameter file that was read, dates as ISO text.

    Raises ParameterError for what is not UTF-8, not YAML, no ``name: value`` lines, a name given
    twice or an alias.
    """
    try:
        values = yaml.load(file.data.decode("utf-8-sig"), Loader=_StrictLoader)
    except (yaml.YAMLError, ValueError) as error:
        raise ParameterError(
            f"is not readable YAML ({_told(error)})",
            where=str(file.path),
            do="mend that line; save the file as UTF-8 text",
        ) from error
    values = {} if values is None else values
    if not isinstance(values, dict) or not all(isinstance(name, str) for name in values):
        raise ParameterError(
            "is not a list of name: value lines", where=str(file.path), do="see params/oig_22_34"
        )
    return _plain(values)


class _StrictLoader(yaml.SafeLoader):
    """YAML as a parameter file may hold it: no name twice, no aliases."""

    def compose_node(self, parent: Any, index: Any) -> yaml.Node:
        """Refuse aliases: a value stands where it is used."""
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()
            raise yaml.MarkedYAMLError(
                problem=f"found the alias *{event.anchor}", problem_mark=event.start_mark
            )
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict:
        """Refuse a name given twice, of which YAML would silently keep the last."""
        seen = set()
        for name, _ in node.value:
            if name.value in seen:
                raise yaml.MarkedYAMLError(
                    problem=f"{name.value!r} is given twice", problem_mark=name.start_mark
                )
            seen.add(name.value)
        return super().construct_mapping(node, deep)


def _told(error: Exception) -> str:
    """Return what a reader of YAML complains of, and where, in one line."""
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        return " ".join(str(error).split())
    return f"line {mark.line + 1}, column {mark.column + 1}: {error.problem}"


def _plain(value: Any) -> Any:
    """Return YAML's dates as ISO text, so that parameters travel through any format."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, list) else value
