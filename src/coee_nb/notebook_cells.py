"""Which cells of a running notebook set its parameters, and to what."""

import ast
import difflib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

INJECTED = "# Parameters"  # the whole first line of a cell that papermill puts in
UNREAD = object()  # stands for a value that is no literal


def parameter_cells(
    history: Sequence[str], fields: Iterable[str]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what the parameters cell assigns, and what cells after it assign on top.

    ``history`` are the sources of the cells run, the last being the one that asks. Of a cell run
    several times the last version counts. Cells that papermill injected, and later ones that set
    a parameter, stand in the second result.
    """
    fields = list(fields)
    cells = [(source, assigned(source)) for source in history[:-1]]
    cells = [(source, names) for source, names in cells if _sets(source, names, fields)]
    own = [n for n, (source, _) in enumerate(cells) if not _is_injected(source)]
    sizes = {n: len(set(cells[n][1]) & set(fields)) for n in own}
    whole = [n for n in own if 2 * sizes[n] > max(sizes.values())]
    values: dict[str, Any] = {}
    for n in reversed(whole):
        if not set(cells[n][1]) & set(values):  # one values in two cells; else an earlier version
            values |= cells[n][1]
    later = cells[whole[-1] + 1 :] if whole else cells
    last = max((n for n, (source, _) in enumerate(later) if _is_injected(source)), default=-1)
    injected: dict[str, Any] = {}
    for n, (source, names) in enumerate(later):
        if n == last or not _is_injected(source):
            injected |= names
    return values, injected


def _is_injected(source: str) -> bool:
    return source.lstrip().splitlines()[:1] == [INJECTED]


def _sets(source: str, names: dict[str, Any], fields: list[str]) -> bool:
    """Tell whether a cell sets parameters: one of their names, or only literals of a near name."""
    if not names:
        return False
    if _is_injected(source) or set(names) & set(fields):
        return True
    plain = UNREAD not in names.values()
    return plain and any(difflib.get_close_matches(n, fields, n=1, cutoff=0.8) for n in names)


def assigned(source: str) -> dict[str, Any]:
    r"""Return the names that a cell assigns outside functions, each with its literal value.

    A name that begins with an underscore is a helper of the cell's own and left out; a value that
    is no literal is ``UNREAD``.

    >>> assigned("floor = 10\nagencies: list = []")
    {'floor': 10, 'agencies': []}
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return {}
    return {name: value for node in _outside_functions(tree) for name, value in _names(node)}


def _outside_functions(node: ast.AST) -> Iterator[ast.AST]:
    """Yield every node that runs with the cell itself, conditions and loops included."""
    for child in ast.iter_child_nodes(node):
        inner = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda
        if not isinstance(child, inner | ast.ListComp | ast.SetComp | ast.DictComp):
            yield child
            yield from _outside_functions(child)


def _names(node: ast.AST) -> Iterator[tuple[str, Any]]:
    targets: list[ast.expr] = []
    value = UNREAD
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, ast.AnnAssign | ast.AugAssign | ast.NamedExpr | ast.For):
        targets = [node.target]
    if isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr):
        value = _literal(node.value)
    for target in targets:
        whole = isinstance(target, ast.Name)
        for part in ast.walk(target):
            if not (isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)):
                continue
            if not part.id.startswith("_"):
                yield part.id, value if whole else UNREAD


def _literal(node: ast.expr | None) -> Any:
    try:
        return ast.literal_eval(node) if node is not None else UNREAD
    except (ValueError, TypeError, SyntaxError):
        return UNREAD
