"""Every mistake sown into a large flow is told, at its line, and nothing else is."""

import os
from random import Random, SystemRandom

import pytest

from ivr.document import Problem
from ivr.flow import read_flows
from ivr.nodes import NODE_TYPES
from ivr.site import load_site
from tests.unit.flow.mistakes import MISTAKES, SITE, BigFlow

SEED_VARIABLE = "MISTAKES_SEED"
FRESH_SEED = int(os.environ.get(SEED_VARIABLE) or SystemRandom().randrange(1_000_000))
"""Another one in every run. A failure shows it, to be given again in the environment."""


def problems_of(flow: BigFlow) -> tuple[Problem, ...]:
    site = load_site(SITE, "site.yaml")
    read = read_flows({"big.yaml": flow.text}, site, NODE_TYPES, sound_exists=lambda _: False)
    return read.problems


def assert_exactly_told(flow: BigFlow, expected: dict[int, str]) -> None:
    problems = problems_of(flow)
    shown = "\n".join(map(str, problems))
    assert {one.line for one in problems} == set(expected), shown
    for line, part in expected.items():
        assert any(part in str(one) for one in problems if one.line == line), (line, part, shown)


def test_forty_mistakes_in_two_hundred_nodes_are_all_told_at_once() -> None:
    print(f"{SEED_VARIABLE}={FRESH_SEED}")
    flow = BigFlow(Random(FRESH_SEED), 200)
    expected = flow.sow(40)
    assert len(expected) == 40
    assert_exactly_told(flow, expected)


@pytest.mark.parametrize("number", range(4))
def test_mistakes_sown_afresh_are_all_told(number: int) -> None:
    print(f"{SEED_VARIABLE}={FRESH_SEED}")
    random = Random(FRESH_SEED + 1 + number)
    flow = BigFlow(random, 100)
    assert problems_of(flow) == ()
    assert_exactly_told(flow, flow.sow(random.randint(1, len(MISTAKES))))


@pytest.mark.parametrize("kind", sorted(MISTAKES))
def test_each_kind_of_mistake_alone_is_told_once(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for other in MISTAKES.keys() - {kind}:
        monkeypatch.delitem(MISTAKES, other)
    flow = BigFlow(Random(7), 40)
    expected = flow.sow(1)
    assert_exactly_told(flow, expected)
    assert len(problems_of(flow)) == 1
