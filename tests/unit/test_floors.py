"""What import-linter cannot see about the pure core: which names it takes from a module."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import ivr

PURE = ("spoken", "model", "document", "expression", "acd", "kpi", "site", "flow")
ROOT = Path(ivr.__file__).parent
FILES = [file for package in PURE for file in sorted((ROOT / package).rglob("*.py"))]
CLOCK_CALLS = {"now", "utcnow", "today"}


def _forbidden(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module == "pathlib":
            yield from (name.name for name in node.names if not name.name.startswith("Pure"))
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names if name.name == "pathlib")
        elif isinstance(node, ast.Attribute) and node.attr in CLOCK_CALLS:
            if isinstance(node.value, ast.Name) and node.value.id in ("datetime", "date"):
                yield f"{node.value.id}.{node.attr}"
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield from {node.func.id} & {"open", "print", "input", "exec", "eval"}


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_pure_module_touches_no_file_and_no_clock(file: Path) -> None:
    assert list(_forbidden(file.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "source",
    [
        "from pathlib import Path",
        "import pathlib",
        "datetime.now(UTC)",
        "date.today()",
        "open('x')",
        "eval('1')",
    ],
)
def test_the_check_itself_sees(source: str) -> None:
    assert list(_forbidden(source))
