"""Print the lines of code of each package below src/: no blanks, comments or docstrings.

python tools/count_lines.py            # src/coee_nb and tests
python tools/count_lines.py src tools  # any folders
"""

import ast
import io
import sys
import tokenize
from collections import Counter
from pathlib import Path

_SILENT = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENCODING,
    tokenize.ENDMARKER,
}


def code_lines(source: str) -> int:
    """Return how many lines of ``source`` hold code.

    >>> code_lines("'What it is.'" + chr(10) + "x = 1  # why" + chr(10) + "# only a comment")
    1
    """
    lines = {
        line
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type not in _SILENT
        for line in range(token.start[0], token.end[0] + 1)
    }
    return len(lines - _docstring_lines(ast.parse(source)))


def _docstring_lines(tree: ast.AST) -> set[int]:
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    found: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, documented) and ast.get_docstring(node, clean=False) is not None:
            found.update(range(node.body[0].lineno, node.body[0].end_lineno + 1))
    return found


def by_package(folder: Path) -> Counter:
    """Return the lines of code below ``folder``, by its sub-folders (its own files as '.')."""
    counts: Counter = Counter()
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder).parts
        counts[parts[0] if len(parts) > 1 else "."] += code_lines(path.read_text("utf-8"))
    return counts


def main(folders: list[str]) -> None:
    """Print a line for each package of each folder, and its total."""
    for folder in map(Path, folders or ["src/coee_nb", "tests"]):
        counts = by_package(folder)
        for package, lines in counts.most_common():
            print(f"{lines:8,}  {folder / package}")
        print(f"{counts.total():8,}  {folder} in all\n")


if __name__ == "__main__":
    main(sys.argv[1:])
