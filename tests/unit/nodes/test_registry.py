"""The registry lists every verb."""

import pkgutil

import ivr.nodes
from ivr.nodes import NODE_TYPES

NO_VERBS = {
    "base",
    "key_date",
    "key_name",
    "key_pattern",
    "prompt",
    "question",
    "reference",
    "walk",
}


def test_every_verb_file_is_registered_under_its_name() -> None:
    modules = {module.name for module in pkgutil.iter_modules(ivr.nodes.__path__)} - NO_VERBS
    files = {name.removesuffix("_") for name in modules}  # `return` is a word of Python's own
    assert files == set(NODE_TYPES) - {"play"}
    assert NODE_TYPES["play"] is NODE_TYPES["say"]
