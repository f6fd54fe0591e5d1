"""A node with a mistake in its form: what it names is looked at all the same."""

import re
from pathlib import Path

import pytest

from ivr.flow import read_flows
from ivr.flow.draft import read_draft
from ivr.nodes import NODE_TYPES
from ivr.site import load_site

EXAMPLES = Path(__file__).parents[3] / "docs" / "examples" / "nodes"
SITE = load_site((EXAMPLES / "site.yaml").read_text("utf-8"), "site.yaml").model_copy(
    update={"numbers": {}}
)
FILES = sorted(
    file
    for file in EXAMPLES.glob("*.yaml")
    if file.name != "site.yaml" and not file.name.endswith(".test.yaml")
)
MENU = """\
flow: main
start: ask
nodes:
  ask:
    type: menu
    prompt: Choose.
    choices: {"1": bye, A: bye, "3": noone}
    timeout_s: soon
    no_inptu: nope
    no_match: nope
  bye: {type: hangup}
"""


def told(text: str, name: str = "main.yaml") -> list[str]:
    return [str(one) for one in read_flows({name: text}, SITE, NODE_TYPES).problems]


def test_exits_of_a_menu_with_other_mistakes_are_looked_at() -> None:
    assert told(MENU) == [
        "main.yaml:7:25: key 'A' is not 1 to 8 keys: 0 to 9, * or #",
        "main.yaml:7:38: there is no node 'noone' (known: ask, bye)",
        "main.yaml:8:16: timeout_s: 'soon' is not a duration; write for example 20s, 1m30s or 2h",
        "main.yaml:9:5: unknown key 'no_inptu' (did you mean 'no_input'?)",
        "main.yaml:9:15: there is no node 'nope' (known: ask, bye)",
        "main.yaml:10:15: there is no node 'nope' (known: ask, bye)",
    ]


def with_a_mistake_in_each_node(text: str) -> str:
    in_blocks = re.sub(r"^( +)(type: \w+)$", r"\1nonsense: 1\n\1\2", text, flags=re.MULTILINE)
    return re.sub(r"\{(type: \w+)", r"{nonsense: 1, \1", in_blocks)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_exit_is_looked_at_in_a_node_that_is_wrong_otherwise(file: Path) -> None:
    text = with_a_mistake_in_each_node(file.read_text("utf-8"))
    draft, _ = read_draft(text, file.name, NODE_TYPES)
    assert draft is not None
    assert not list(draft.good_nodes())
    exits = [
        (draft.document.mark(draft.document.written(("nodes", name, *found.path))), found.value)
        for name, found, _ in draft.found()
        if found.kind == "node"
    ]
    for mark, target in exits:
        problems = told(text[: mark.index] + "nope_" + text[mark.index :], file.name)
        assert any(f"there is no node 'nope_{target}'" in one for one in problems), problems
    assert exits or file.stem == "hangup"


def test_a_wrong_translation_is_told_once() -> None:
    text = MENU.replace("prompt: Choose.", "prompt: {en: {wrong: [kind]}}")
    [problem] = [one for one in told(text) if ":6:" in one]
    assert "unknown key 'wrong'" in problem


def test_a_call_to_a_flow_that_is_misspelt_does_not_make_a_return_wrong() -> None:
    main = "flow: main\nstart: a\nnodes:\n  a: {type: subflow, flow: hepl, results: {x: b}}\n"
    main += "  b: {type: hangup}\n"
    helps = "flow: help\nstart: a\nnodes:\n  a: {type: return, result: x}\n"
    read = read_flows({"main.yaml": main, "help.yaml": helps}, SITE, NODE_TYPES)
    [problem] = read.problems
    assert problem.message == "there is no flow 'hepl'"
