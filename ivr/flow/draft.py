"""A flow file read as far as it can be read, so that one mistake does not hide the others."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from ivr.document import (
    Document,
    Form,
    Problem,
    Salvaged,
    check_model,
    closest,
    read_document,
    salvage,
    suggest,
)
from ivr.document.document import Value
from ivr.expression import Type
from ivr.flow.flow import NODES_MAX, Defaults, Variable
from ivr.flow.node import BUILTIN_VARIABLES, NodeSpec
from ivr.flow.references import Found
from ivr.model.site import Name

NodeTypes = Mapping[str, type[NodeSpec]]


class Head(BaseModel):
    """A flow file without a look into its variables and nodes."""

    model_config = ConfigDict(extra="forbid")

    flow: Name
    start: str
    defaults: Defaults = Field(
        Defaults(),
        description="What nodes that ask do unless they say otherwise.",
    )
    nodes_max: Annotated[int, Field(ge=1, le=100_000)] = Field(
        NODES_MAX, description="Nodes one call that began here may enter; then it ends."
    )
    variables: dict[Name, Any] = {}
    nodes: dict[Name, Any]


@dataclass
class Draft:
    """`nodes` and `variables` hold None for one that is there but wrong."""

    name: str
    document: Document
    start: str | None = None
    nodes_max: int = NODES_MAX
    defaults: Mapping[str, Value] = field(default_factory=dict)
    """As written; none, when they are wrong."""
    variables: dict[str, Variable | None] = field(default_factory=dict)
    nodes: dict[str, NodeSpec | None] = field(default_factory=dict)
    meant: dict[str, Salvaged[NodeSpec]] = field(default_factory=dict)
    """Wrong nodes as they were probably meant, so that what they name is looked at, too."""
    edges: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Node -> nodes it leads to; guessed for a node or an exit that is wrong."""

    def types(self) -> dict[str, Type | None]:
        """The variables as expressions see them."""
        found: dict[str, Type | None] = dict.fromkeys(BUILTIN_VARIABLES, "text")
        for name, variable in self.variables.items():
            found[name] = variable.expression_type if variable else None
        return found

    def found(self) -> Iterator[tuple[str, Found, Document]]:
        """Everything that nodes refer to, also wrong nodes in what is not wrong of them; and the
        document in which it is told what is wrong with it."""
        for name, node in self.good_nodes():
            yield from ((name, one, self.document) for one in node.references)
        for name, saved in self.meant.items():
            for one in saved.model.references:
                if not saved.is_lost(("nodes", name, *one.path)):
                    yield name, one, saved.document

    def readable_nodes(self) -> dict[str, NodeSpec]:
        """The good nodes, and the others as far as they can be read."""
        return {name: saved.model for name, saved in self.meant.items()} | dict(self.good_nodes())

    def good_nodes(self) -> Iterator[tuple[str, NodeSpec]]:
        return ((name, node) for name, node in self.nodes.items() if node is not None)


def read_draft(
    text: str, filename: str, node_types: NodeTypes
) -> tuple[Draft | None, list[Problem]]:
    """What can be read of one flow file, and everything wrong with its form."""
    name = PurePath(filename).stem
    document, problems = read_document(text, filename)
    if document is None:
        return None, problems
    draft = Draft(name, document)
    head, found = check_model(document, Head)
    problems += found
    written = document.get(("flow",))
    if isinstance(written, str) and written != name:
        message = f"the flow is called {written!r}, its file {name!r}"
        problems.append(document.problem(("flow",), message, "give both the same name"))
    start = document.get(("start",))
    draft.start = start if isinstance(start, str) else None
    draft.nodes_max = NODES_MAX if head is None else head.nodes_max
    if check_model(document, Defaults, ("defaults",))[0] is not None:
        draft.defaults = _mapping(document, "defaults")
    problems += _read_variables(draft)
    problems += _read_nodes(draft, node_types)
    if head is not None and not draft.nodes:
        problems.append(document.problem(("nodes",), "a flow needs at least one node", key=True))
    return draft, problems


def _mapping(document: Document, key: str) -> dict[str, Value]:
    value = document.get((key,))
    return value if isinstance(value, dict) else {}


def _read_variables(draft: Draft) -> Iterator[Problem]:
    for name in _mapping(draft.document, "variables"):
        path = ("variables", name)
        if name in BUILTIN_VARIABLES:
            message = f"{name!r} is always there and cannot be declared"
            yield draft.document.problem(path, message, "choose another name", key=True)
        draft.variables[name], problems = check_model(draft.document, Variable, path)
        yield from problems


def _read_nodes(draft: Draft, node_types: NodeTypes) -> Iterator[Problem]:
    written = _mapping(draft.document, "nodes")
    for name, value in written.items():
        draft.nodes[name], problems = _read_node(draft, name, value, node_types)
        yield from problems
    for name, node in draft.nodes.items():
        if node is None:
            targets = [text for text in _texts(written[name]) if text in draft.nodes]
        else:
            targets = [_meant(target, draft) for target in node.exits().values()]
        draft.edges[name] = tuple(dict.fromkeys(one for one in targets if one))


def _meant(target: str, draft: Draft) -> str:
    """The node an exit was meant to lead to, so that a misspelt name cuts nothing off."""
    return target if target in draft.nodes else closest(target, draft.nodes)


def _read_node(
    draft: Draft, name: str, value: Value, node_types: NodeTypes
) -> tuple[NodeSpec | None, list[Problem]]:
    document, path = draft.document, ("nodes", name)
    if not isinstance(value, dict):
        message = f"node {name!r} must be a mapping with a type and its fields"
        known = isinstance(value, str) and value in node_types
        hint = f"write {{type: {value}}}" if known else ""
        if not value:
            hint = "indent what belongs to it further than its name"
        return None, [document.problem(path, message, hint)]
    kind = value.get("type")
    if kind is None:
        hint = "one of " + ", ".join(sorted(node_types))
        return None, [document.problem(path, f"node {name!r} has no type", hint, key=True)]
    if not isinstance(kind, str) or kind not in node_types:
        message = f"unknown node type {kind!r}" if isinstance(kind, str) else "type must be a word"
        hint = suggest(str(kind), node_types, list_up_to=30)
        return None, [document.problem((*path, "type"), message, hint)]
    asks = Defaults.are_for(node_types[kind])
    form = Form(without=("type",), unwritten=draft.defaults if asks else {})
    node, problems = check_model(document, node_types[kind], path, form)
    if node is None:
        meant = salvage(document, node_types[kind], path, form)
        draft.meant |= {} if meant is None else {name: meant}
    return node, problems


def _texts(value: Value) -> Iterator[str]:
    """Every text inside: where a wrong node might lead to. Depth is limited by the reader."""
    if isinstance(value, str):
        yield value
    else:
        for item in value if isinstance(value, list) else value.values():
            yield from _texts(item)
