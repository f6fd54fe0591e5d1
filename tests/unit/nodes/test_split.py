"""Shares of the callers go different ways, each caller the same way every time."""

from collections import Counter

from ivr.flow import Flow
from ivr.nodes.base import Visit
from ivr.nodes.split import percentile
from ivr.nodes.walk import walk
from ivr.testing.call import FakeCall
from ivr.testing.clock import VirtualClock
from ivr.testing.lookups import FakeLookups
from ivr.testing.queues import FakeQueues
from ivr.testing.trace import EventList
from tests.unit.nodes.support import NoCalendars, flow_of_node, site

CALLERS = [f"+1555{number:04}" for number in range(2000)]
SPLIT = """
type: split
ways:
  some: {percent: 30, next: yes}
  most: {percent: 70, next: no}
"""
TRIED_OUT = f"{SPLIT}experiment: tried_out\n"

SITE = site()


async def way(plans: dict[str, Flow], caller: str, call: str = "call-1") -> str:
    """The exit this caller takes."""
    clock, trace = VirtualClock(1000.0), EventList()
    fake, lookups = FakeCall(clock, caller=caller, id=call), FakeLookups(clock)
    visit = Visit(fake, FakeQueues(), NoCalendars(), clock, trace, SITE, lookups)
    await walk(plans, "main", visit)
    return trace.left()[0][2]


async def test_the_shares_are_as_written() -> None:
    plan = flow_of_node(SPLIT)
    taken = Counter([await way(plan, caller) for caller in CALLERS])
    assert set(taken) == {"ways:some:next", "ways:most:next"}
    assert abs(taken["ways:some:next"] / len(CALLERS) - 0.30) < 0.03


async def test_a_caller_takes_the_same_way_at_every_call() -> None:
    plan = flow_of_node(SPLIT)
    for caller in CALLERS[:20]:
        assert len({await way(plan, caller, f"call-{n}") for n in range(5)}) == 1


async def test_who_sends_no_number_is_told_apart_by_the_call() -> None:
    plan = flow_of_node(SPLIT)
    taken = {await way(plan, "", f"call-{n}") for n in range(50)}
    assert taken == {"ways:some:next", "ways:most:next"}
    assert len({await way(plan, "", "call-7") for _ in range(5)}) == 1


async def test_nodes_of_one_experiment_agree_and_others_do_not_depend_on_it() -> None:
    plan, elsewhere = flow_of_node(SPLIT), flow_of_node(TRIED_OUT)
    for caller in CALLERS[:50]:
        expected = "some" if percentile("tried_out", caller) < 30 else "most"
        assert await way(elsewhere, caller) == f"ways:{expected}:next"
    assert [await way(plan, one) for one in CALLERS[:50]] != [
        await way(elsewhere, one) for one in CALLERS[:50]
    ]


def test_where_a_caller_stands_never_changes() -> None:
    assert percentile("greeting", "+15550100") == 32, "running experiments would be mixed up"
