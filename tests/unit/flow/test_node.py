"""A node's exits and references, found by the types of its fields."""

from ivr.flow.references import Found, find_references
from tests.unit.flow.nodes import Branch, Menu, Queue, Say, Set


def test_exits_are_the_wired_targets() -> None:
    assert Say(prompt="hi", next="b").exits() == {"next": "b"}
    assert Say(prompt="hi").exits() == {}


def test_a_mapping_gives_one_exit_per_key() -> None:
    menu = Menu(choices={"1": "a", "2": "b"}, no_input="c")
    assert menu.exits() == {"choices:1": "a", "choices:2": "b", "no_input": "c"}


def test_a_target_inside_a_nested_model_is_named_by_its_path() -> None:
    branch = Branch.model_validate({"cases": [{"when": "true", "go": "a"}], "else": "b"})
    assert branch.exits() == {"cases:0:go": "a", "else": "b"}


def test_references_are_found_in_items_keys_and_options() -> None:
    say = Say.model_validate({"prompt": ["hi", {"file": "ding"}]})
    assert list(find_references(say)) == [
        Found("speech", ("prompt", 0), "hi"),
        Found("audio", ("prompt", 1, "file"), "ding"),
    ]
    assert list(find_references(Set(values={"v": "1"}, next="a"))) == [
        Found("variable", ("values", "v"), "v", is_key=True),
        Found("assignment", ("values", "v"), "1"),
        Found("node", ("next",), "a"),
    ]


def test_a_reference_left_out_is_none() -> None:
    kinds = [found.kind for found in find_references(Queue(queue="q", next="a"))]
    assert kinds == ["queue", "skills", "node"]
