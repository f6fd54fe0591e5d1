"""Scenarios that have people in common on the shared instance.

People are in one place at a time, so files with such scenarios may not run beside each other. Who
is in a file is read from its text: every person of the site it names, also in what it borrows from
other files. A scenario in an instance of its own disturbs nobody, whatever its file.
"""

import ast
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path


def families(files: Collection[Path], people: Collection[str]) -> Mapping[tuple[str, str], str]:
    """(File name, scenario on the shared instance) -> its family's name, the first file in it."""
    trees = {file.name: ast.parse(file.read_text("utf-8")) for file in files}
    known = frozenset(people)
    cast = {
        name: _named(name, trees) & known
        for name, tree in sorted(trees.items())
        if any(_on_shared_instance(tree))
    }
    first = {name: name for name in cast}
    for name in cast:
        met = {first[other] for other in cast if cast[name] & cast[other]}
        for other in cast:
            if first[other] in met:
                first[other] = min(met)
    return {
        (name, scenario.name): first[name]
        for name in cast
        for scenario in _on_shared_instance(trees[name])
    }


def _on_shared_instance(tree: ast.Module) -> Iterator[ast.AsyncFunctionDef]:
    """The scenarios that ask for the `house` that is not one of its own."""
    functions = [node for node in tree.body if isinstance(node, ast.AsyncFunctionDef)]
    if any(function.name == "house" for function in functions):
        return
    for function in functions:
        asked = {argument.arg for argument in function.args.args}
        if function.name.startswith("test_") and "house" in asked:
            yield function


def _named(name: str, trees: Mapping[str, ast.Module]) -> frozenset[str]:
    """Every text in a file and in what it may use of files of scenarios, but for scenarios that
    are elsewhere or in an instance of their own."""
    body = [*_shared(trees[name]), *_on_shared_instance(trees[name])]
    for other in _imported(trees[name]):
        body += _shared(trees[other]) if other in trees else []
    nodes = (node for part in body for node in ast.walk(part))
    return frozenset(
        node.value
        for node in nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def _shared(tree: ast.Module) -> Iterator[ast.stmt]:
    """What a file has beside its scenarios."""
    for node in tree.body:
        if not getattr(node, "name", "").startswith("test_"):
            yield node


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module:
            yield f"{node.module.rpartition('.')[2]}.py"
