"""The registry lists every verb, and every verb tells its fields and exits."""

import pkgutil

import pytest

import ivr.nodes
from ivr.nodes import NODE_TYPES
from ivr.nodes.base import Node

NO_VERBS = {"base", "key_date", "key_pattern", "prompt", "question", "walk"}


def test_every_verb_file_is_registered_under_its_name() -> None:
    files = {module.name for module in pkgutil.iter_modules(ivr.nodes.__path__)} - NO_VERBS
    assert files == set(NODE_TYPES) - {"play"}
    assert NODE_TYPES["play"] is NODE_TYPES["say"]


@pytest.mark.parametrize("node", sorted(set(NODE_TYPES.values()), key=lambda one: one.type))
def test_every_verb_documents_its_own_fields_and_exits(node: type[Node]) -> None:
    text = " ".join(one.__doc__ or "" for one in node.__mro__ if issubclass(one, Node))
    own = [
        name
        for name, field in node.model_fields.items()
        if name != "success" and not field.description
    ]
    assert [name for name in own if f"`{name}`" not in text and f"`{name}:" not in text] == []
