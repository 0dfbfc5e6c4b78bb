"""What Tab offers: of a package its modules, imported when asked for; of these, what people use."""

import re
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from types import ModuleType
from typing import Any


def modules_of(package: str, names: Sequence[str]) -> Callable[[str], ModuleType]:
    """Return a package's ``__getattr__``: it imports one of ``names`` where that is asked for.

    Raises AttributeError for another name, as any module does.

    >>> modules_of("coee_nb", ["formats"])("formats").percent(0.68)
    '68%'
    """

    def imported(name: str) -> ModuleType:
        if name in names:
            return import_module(f"{package}.{name}")
        raise AttributeError(f"module {package!r} has no attribute {name!r}")

    return imported


def offered(names: Sequence[str]) -> Callable[[], list[str]]:
    """Return a module's ``__dir__``: what Tab lists are ``names``, and not what it works with.

    >>> offered(["fit", "Fit"])()
    ['Fit', 'fit']
    """
    return lambda: sorted(names)


def showing(module: Mapping[str, Any]) -> Callable[[], list[str]]:
    """Return the ``__dir__`` of a module of tables or pictures: its functions whose result shows.

    ``module`` is its ``globals()``.
    """

    def listed() -> list[str]:
        own = {
            name: str(getattr(one, "__annotations__", {}).get("return", ""))
            for name, one in module.items()
            if name[0] != "_" and getattr(one, "__module__", "") == module["__name__"]
        }
        return sorted(name for name, gives in own.items() if _SHOWN.search(gives))

    return listed


_SHOWN = re.compile(r"\b(Table|Chart|Callout|Several|Findings|Inputs|Handouts)\b")
