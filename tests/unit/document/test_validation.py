"""A document against a model: plain words, the right place, the likeliest meaning."""

from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field

from ivr.document import (
    Document,
    DocumentError,
    Form,
    check_model,
    load_document,
    salvage,
    validate,
)
from ivr.model.site import Name, Site
from ivr.model.units import Seconds
from ivr.nodes import NODE_TYPES
from ivr.nodes.queue import ExitKey
from ivr.site.load import check_document
from ivr.spoken.wording import WithN


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class FileItem(Strict):
    file: str


class DigitsItem(Strict):
    digits: str


class Menu(Strict):
    prompt: str | list[str | FileItem | DigitsItem] = ""
    choices: dict[Annotated[str, Field(pattern=r"^[1-9]$")], Name] = {}
    next: Name = "a"
    timeout_s: Seconds = 3
    kind: Literal["short", "long"] = "short"
    tries: Annotated[int, Field(ge=1, le=9)] = 1
    share: Annotated[float, Field(gt=0)] = 1
    phrase: WithN = "{n}"
    leave: ExitKey = "1"
    quick: bool = False
    events: Annotated[tuple[Name, ...], Field(min_length=1)] = ("a",)
    otherwise: str = Field(default="", alias="else")


def complaints(text: str, model: type[BaseModel] = Menu) -> list[str]:
    found, problems = check_model(load_document(text, "f"), model)
    assert found is None
    return [str(problem) for problem in problems]


def test_a_good_document_becomes_the_model() -> None:
    text = "prompt: [hi, {file: x}]\ntimeout_s: 1m30s\ntries: 2\nquick: yes\nelse: z\n"
    menu = validate(load_document(text, "f"), Menu)
    assert (menu.timeout_s, menu.tries, menu.quick, menu.otherwise) == (90.0, 2, True, "z")
    assert menu.prompt == ["hi", FileItem(file="x")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "events: [X]",
            "f:1:10: 'X' is not a name: lower-case letters, digits, underscores; first",
        ),
        ("choice: {}", "f:1:1: unknown key 'choice' (did you mean 'choices'?)"),
        ("choices: {12: a}", "f:1:11: key '12' is not one key from 1 to 9"),
        ("timeout_s: soon", "f:1:12: timeout_s: 'soon' is not a duration; write for example"),
        ("timeout_s: " + "9" * 400, "f:1:12: timeout_s: '9999"),
        ("timeout_s: " + "9" * 400 + "h", "f:1:12: timeout_s: '9999"),
        ("kind: shot", "f:1:7: kind: 'shot' is not one of short, long (did you mean 'short'?)"),
        ("tries: 12", "f:1:8: tries: must be at most 9"),
        ("share: -1", "f:1:8: share: must be more than 0"),
        ("phrase: next", "f:1:9: phrase: 'next' is not a phrase with {n} in it"),
        ("leave: '22'", "f:1:8: leave: '22' is not one key: 0 to 9, * or #"),
        ("tries: 1.5", "f:1:8: tries: '1.5' is not a whole number"),
        ("quick: maybe", "f:1:8: quick: 'maybe' is neither yes nor no"),
        ("choices:", "f:1:9: choices: expects a mapping, not nothing"),
        ("next: [x]", "f:1:7: next: expects text, not a list"),
        ("[a]", "f:1:1: expects a mapping, not a list"),
    ],
)
def test_each_mistake_is_said_in_plain_words(text: str, expected: str) -> None:
    (complaint,) = complaints(text)
    assert complaint.startswith(expected)


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ("{fil: x}", ["f:1:11: unknown key 'fil' (did you mean 'file'?)"]),
        ("{digit: x}", ["f:1:11: unknown key 'digit' (did you mean 'digits'?)"]),
        ("[x]", ["f:1:10: expects text or a mapping, not a list"]),
        ("{file: [x]}", ["f:1:17: file: expects text, not a list"]),
    ],
)
def test_of_a_union_only_the_likeliest_meaning_is_spoken_of(item: str, expected: list[str]) -> None:
    assert complaints(f"prompt: [{item}]") == expected


def test_a_missing_key_is_shown_at_the_key_that_should_hold_it() -> None:
    class Whole(Strict):
        item: FileItem

    assert complaints("item: {}", Whole) == ["f:1:1: 'file' is missing in 'item'"]


def test_every_mistake_is_told() -> None:
    assert len(complaints("tries: x\nquick: x\nkind: x\nchoices: {0: X}\n")) == 5


def test_what_was_validated_elsewhere_can_be_left_out() -> None:
    document = load_document("type: menu\ntries: 2\n", "f")
    menu, problems = check_model(document, Menu, (), Form(without=("type",)))
    assert menu == Menu(tries=2)
    assert problems == []


def test_the_error_holds_all_problems_in_reading_order() -> None:
    document = load_document("quick: x\ntries: x\n", "f")
    with pytest.raises(DocumentError) as caught:
        validate(document, Menu)
    assert [problem.line for problem in caught.value.problems] == [1, 2]
    assert str(caught.value).count("\n") == 1


WORDS = st.sampled_from(
    (
        "prompt choices file digits 1 tries agents queues skills x name open str FileItem [key] 0"
        f" numbers emergency {'9' * 400} {'1h' * 50}"
    ).split()
)
TREES: Any = st.recursive(
    WORDS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(WORDS, inner, max_size=4)),
    max_leaves=12,
)


@given(TREES, st.sampled_from([Menu, Site, *NODE_TYPES.values()]))
def test_of_any_tree_what_is_not_wrong_is_read(tree: Any, model: type[BaseModel]) -> None:
    saved = salvage(Document("f", "", tree, {}, {}), model)
    assert (saved is None) == (not isinstance(tree, dict))
    if saved is not None and model is Site:
        assert all(one.file == "f" for one in check_document(saved.document).problems)


@given(TREES, st.sampled_from([Menu, Site]))
def test_any_tree_ends_in_a_model_or_in_problems(tree: Any, model: type[BaseModel]) -> None:
    document = Document("f", "", tree, {}, {})
    found, problems = check_model(document, model)
    assert (found is None) == bool(problems)
