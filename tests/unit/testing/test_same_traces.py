"""The same calls leave the same traces at the terminal and in a flow test."""

from datetime import datetime
from pathlib import Path

import pytest

from ivr.cli.test import load_world
from ivr.testing.run import play
from tests.walks.callers import Trace, at_the_terminal
from tests.walks.lines import ANSWERS, DIRECTORIES

WALKS_PER_DIRECTORY = 40
MOMENTS = (datetime(2026, 1, 5, 10, 0), datetime(2026, 1, 4, 3, 0), datetime(2026, 12, 25, 12, 0))


@pytest.mark.parametrize("directory", DIRECTORIES, ids=lambda one: one.name)
@pytest.mark.parametrize("alone", [True, False], ids=["nobody there", "somebody there"])
async def test_a_call_is_the_same_at_the_terminal_and_in_a_test(
    directory: Path, alone: bool
) -> None:
    world = load_world(directory)
    flows = sorted(world.flows)
    different = []
    for seed in range(WALKS_PER_DIRECTORY):
        flow, at = flows[seed % len(flows)], MOMENTS[seed % len(MOMENTS)]
        made = await at_the_terminal(world, flow, ANSWERS, at, seed=seed, alone=alone)
        tested = await play(world, flow, made.test)
        if made.trace != Trace.of(tested.trace):
            different.append((seed, made, Trace.of(tested.trace)))
    assert not different, f"{len(different)} differ, the first with seed {different[0]}"
