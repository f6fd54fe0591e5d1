"""What every type of node has to bring along: meanings, an example with tests, bad documents."""

import asyncio
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from ivr.cli.dialplans import sound_exists
from ivr.cli.test import load_world
from ivr.document import Problem
from ivr.flow import read_flows
from ivr.nodes import NODE_TYPES
from ivr.nodes.reference import fields, is_exit
from ivr.site import load_site
from ivr.testing.expectations import problems
from ivr.testing.loading import load_suite
from ivr.testing.run import World, play
from ivr.testing.suite import Suite

ROOT = Path(__file__).parents[3]
EXAMPLES = ROOT / "docs" / "examples" / "nodes"
BAD = Path(__file__).parent / "bad"
BAD_MIN = 3

KINDS = sorted(kind for kind, node in NODE_TYPES.items() if node.type == kind)
BAD_DOCUMENTS = sorted(BAD.glob("*/*.yaml"))


@pytest.fixture(scope="module")
def world() -> World:
    return load_world(EXAMPLES)


@pytest.mark.parametrize("kind", KINDS)
def test_it_tells_its_purpose_and_what_each_field_means(kind: str) -> None:
    node = NODE_TYPES[kind]
    file = f"ivr/nodes/{kind}.py"
    assert vars(node).get("__doc__"), f"{file}: the class needs a docstring, its purpose"
    silent = [path for path, schema, _, _ in fields(node) if not schema["description"]]
    assert not silent, f"{file}: give Field(description=...) to {', '.join(silent)}"


@pytest.mark.parametrize("kind", KINDS)
def test_its_example_shows_every_exit_and_its_tests_take_each(kind: str, world: World) -> None:
    example, tests = EXAMPLES / f"{kind}.yaml", EXAMPLES / f"{kind}.test.yaml"
    assert kind in world.flows, f"add {_short(example)}: a small flow called {kind!r}"
    assert tests.is_file(), f"add {_short(tests)}: flow tests that take every exit"
    suite = load_suite(tests.read_text(), str(tests), world.site, world.flows)
    nodes = world.flows[kind].nodes
    own = {name: node for name, node in nodes.items() if isinstance(node, NODE_TYPES[kind])}
    wired = {path.split(":")[0] for node in own.values() for path in node.exits()}
    exits = {path.split("[")[0] for path, schema, *_ in fields(NODE_TYPES[kind]) if is_exit(schema)}
    assert wired >= exits, f"{_short(example)}: wire the exits {', '.join(exits - wired)}"
    entered, left = _reached(world, suite)
    assert entered >= set(own), f"{_short(tests)}: never reaches {', '.join(set(own) - entered)}"
    untaken = {f"{name}.{one}" for name, node in own.items() for one in node.exits()} - left
    assert not untaken, f"{_short(tests)}: never takes {', '.join(sorted(untaken))}"


@pytest.mark.parametrize("suite", sorted(EXAMPLES.glob("*.test.yaml")), ids=lambda one: one.name)
def test_the_examples_tests_pass(suite: Path, world: World) -> None:
    read = load_suite(suite.read_text(), str(suite), world.site, world.flows)
    for position, test in enumerate(read.tests):
        wrong = problems(asyncio.run(play(world, read.flow, test)), read, position)
        assert not wrong, f"{test.name}: {wrong[0]}"


@pytest.mark.parametrize("kind", KINDS)
def test_there_are_bad_documents_of_it(kind: str) -> None:
    found = len(list((BAD / kind).glob("*.yaml")))
    assert found >= BAD_MIN, (
        f"tests/unit/nodes/bad/{kind}/ has {found} documents, {BAD_MIN} are needed: flows with "
        "mistakes in this node; each line reported ends with the comment `#! part of the message`"
    )


@pytest.mark.parametrize("file", BAD_DOCUMENTS, ids=lambda one: f"{one.parent.name}/{one.stem}")
def test_exactly_the_marked_lines_are_reported(file: Path) -> None:
    text = file.read_text()
    expected = _marked_lines(text)
    assert expected, f"{_short(file)}: mark the bad lines with `#! part of the message`"
    beside = {one.name: one.read_text() for one in file.parent.glob("beside/*.yaml")}
    found = [one for one in _check({file.name: text, **beside}) if one.file == file.name]
    reported = {problem.line for problem in found}
    shown = "\n".join(map(str, found)) or "nothing"
    assert reported == set(expected), f"{_short(file)}: reported was:\n{shown}"
    for line, part in expected.items():
        messages = [str(problem) for problem in found if problem.line == line]
        assert any(part in message for message in messages), f"{part!r} not in {messages}"


def _marked_lines(text: str) -> Mapping[int, str]:
    marks = ((line, re.search(r"#! (.+)$", one)) for line, one in enumerate(text.splitlines(), 1))
    return {line: mark[1] for line, mark in marks if mark}


def _check(files: Mapping[str, str]) -> tuple[Problem, ...]:
    """What `ivr check` says of these flows beside the examples' site."""
    site = load_site((EXAMPLES / "site.yaml").read_text(), "site.yaml")
    site = site.model_copy(update={"numbers": {}})
    sounds = EXAMPLES / "sounds"
    return read_flows(
        files, site, NODE_TYPES, sound_exists=lambda sound: sound_exists(sounds, sound)
    ).problems


def _reached(world: World, suite: Suite) -> tuple[set[str], set[str]]:
    """The nodes of the suite's flow that its tests enter, and the exits they take."""
    traces = [asyncio.run(play(world, suite.flow, test)).trace for test in suite.tests]
    entered = {node for trace in traces for flow, node in trace.entered() if flow == suite.flow}
    left = {f"{node}.{taken}" for trace in traces for _, node, taken in trace.left()}
    return entered, left


def _short(file: Path) -> str:
    return str(file.relative_to(ROOT))
