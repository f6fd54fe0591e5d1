"""What a flow says once for all its questions, its own limit, and both written out."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from ivr.cli import main
from ivr.cli.test import load_world
from ivr.flow import Flow, read_flows
from ivr.flow.resolved import resolved
from ivr.nodes import NODE_TYPES
from ivr.testing.steps import Press
from tests.unit.nodes.support import site, tell
from tests.walks.lines import DIRECTORIES

FLOW = """\
flow: main
start: ask
nodes_max: 7
defaults: {timeout_s: 8s, barge_in: false, no_input_retries: 0}
nodes:
  ask: {type: menu, prompt: Again?, choices: {"1": own}, no_input: bye, no_match: bye}
  own:
    type: menu
    prompt: And again?
    timeout_s: 3s
    choices: {"1": ask}
    no_input: crm
    no_match: bye
  crm: {type: http, target: crm, next: said, error: said}
  said: {type: say, prompt: Well., barge_in: true, next: bye}
  bye: {type: hangup}
"""


def read(text: str) -> tuple[dict[str, Flow], list[str]]:
    found = read_flows({"main.yaml": text}, site(), NODE_TYPES)
    return dict(found.flows), [str(problem) for problem in found.problems]


def test_questions_take_the_flows_defaults_unless_they_say_otherwise() -> None:
    flows, problems = read(FLOW)
    assert problems == []
    nodes = {name: node.model_dump() for name, node in flows["main"].nodes.items()}
    assert (nodes["ask"]["timeout_s"], nodes["own"]["timeout_s"]) == (8, 3)
    assert not nodes["ask"]["barge_in"]
    assert (nodes["ask"]["no_input_retries"], nodes["ask"]["no_match_retries"]) == (0, 2)
    plain, _ = read(FLOW.replace("defaults:", "#"))
    assert plain["main"].nodes["crm"] == flows["main"].nodes["crm"], "another time-out altogether"


async def test_a_call_ends_at_the_flows_own_limit() -> None:
    flows, _ = read(FLOW)
    told = await tell(flows, *[Press("1")] * 20)
    assert (told.ending.result, len(told.path)) == ("error", 8)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("timeout_s: 8s", "timeout_s: soon", "4:23: timeout_s: 'soon' is not a duration"),
        ("barge_in", "bargein", "4:27: unknown key 'bargein' (did you mean 'barge_in'?)"),
        ("retries: 0", "retries: 11", "4:62: no_input_retries: must be at most 10"),
        ("nodes_max: 7", "nodes_max: 0", "3:12: nodes_max: must be at least 1"),
    ],
)
def test_wrong_defaults_are_told_once_at_their_place(old: str, new: str, expected: str) -> None:
    _, problems = read(FLOW.replace(old, new, 1))
    assert len(problems) == 1
    assert problems[0].startswith(f"main.yaml:{expected}")


@pytest.mark.parametrize("directory", DIRECTORIES, ids=lambda one: one.name)
def test_a_flow_written_out_is_the_same_flow(directory: Path) -> None:
    world = load_world(directory)
    files = {f"{name}.yaml": resolved(flow) for name, flow in world.flows.items()}
    found = read_flows(files, world.site, NODE_TYPES)
    assert found.problems == ()
    assert found.flows == world.flows


def test_the_check_shows_it() -> None:
    result = CliRunner().invoke(main, ["check", "--resolved", "company"])
    assert result.exit_code == 0
    assert "nodes_max: 500" in result.stdout
    assert "digit_timeout_s: 2.0" in result.stdout
    result = CliRunner().invoke(main, ["check", "--resolved", "compny"])
    assert (result.exit_code, "did you mean 'company'?" in result.output) == (1, True)
