"""Files of scenarios that have people in common on the shared instance.

People are in one place at a time, so such files may not run beside each other. Who is in a file is
read from its text: every person of the site it names, also in what it borrows from other files.
"""

import ast
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path


def families(files: Collection[Path], people: Collection[str]) -> Mapping[str, str]:
    """File name -> name of its family, the first file in it; a file alone is its own."""
    trees = {file.name: ast.parse(file.read_text("utf-8")) for file in files}
    shared = sorted(name for name, tree in trees.items() if _uses_shared_instance(tree))
    known = frozenset(people)
    cast = {name: _named(name, trees) & known for name in shared}
    first = {name: name for name in trees}
    for name in shared:
        met = {first[other] for other in shared if cast[name] & cast[other]}
        for other in shared:
            if first[other] in met:
                first[other] = min(met)
    return first


def _uses_shared_instance(tree: ast.Module) -> bool:
    """Whether a scenario asks for the `house` that is not one of its own."""
    functions = [node for node in tree.body if isinstance(node, ast.AsyncFunctionDef)]
    if any(function.name == "house" for function in functions):
        return False
    scenarios = (one for one in functions if one.name.startswith("test_"))
    return any(argument.arg == "house" for one in scenarios for argument in one.args.args)


def _named(name: str, trees: Mapping[str, ast.Module]) -> frozenset[str]:
    """Every text in a file, and in what it may use of files of scenarios: all but those."""
    body = list(trees[name].body)
    for other in _imported(trees[name]):
        helpers = trees[other].body if other in trees else []
        body += [one for one in helpers if not getattr(one, "name", "").startswith("test_")]
    nodes = (node for part in body for node in ast.walk(part))
    return frozenset(
        node.value
        for node in nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module:
            yield f"{node.module.rpartition('.')[2]}.py"
