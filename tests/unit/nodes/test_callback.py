"""callback: who confirms a number that may be called hangs up; everybody else goes on waiting."""

import pytest

from ivr.document import DocumentError
from ivr.nodes.base import Visit
from ivr.nodes.walk import walk
from ivr.testing.call import FakeCall
from ivr.testing.clock import VirtualClock
from ivr.testing.lookups import FakeLookups
from ivr.testing.queues import FakeQueues, FixedCalendars
from ivr.testing.steps import Press
from ivr.testing.trace import EventList
from tests.unit.nodes.support import NoCalendars, flows, site

PLAN = """
start: line
nodes:
  line: {type: queue, queue: sales, self_service: {"2": offer}, next: bye, otherwise: bye}
  offer: {type: callback, OTHER otherwise: line}
  bye: {type: hangup}
"""


async def visit(*keys: str, caller: str = "+15550100", other: bool = False) -> tuple[list, list]:
    """(nodes walked, numbers to be called)"""
    option = "other_number: true," if other else ""
    clock, queues, trace = VirtualClock(1000.0), FakeQueues(), EventList()
    call = FakeCall(clock, [Press(key) for key in keys], caller=caller)
    calendars = FixedCalendars(NoCalendars(), {})
    plan = flows(main=PLAN.replace("OTHER", option))
    await walk(
        plan, "main", Visit(call, queues, calendars, clock, trace, site(), FakeLookups(clock))
    )
    return [node for _, node in trace.entered()], queues.numbers


def test_the_check_names_a_call_back_out_of_a_queue_that_makes_none() -> None:
    plan = PLAN.replace("OTHER", "").replace("queue: sales", "queue: support")
    with pytest.raises(DocumentError) as refused:
        flows(main=plan)
    assert "'offer' offers a call-back, but queue 'support' none" in str(refused.value)
    assert "callback:" in str(refused.value)


async def test_who_confirms_hangs_up_and_will_be_called() -> None:
    assert await visit("2", "1") == (["line", "offer"], ["+15550100"])


async def test_who_does_not_confirm_goes_on_waiting() -> None:
    assert await visit("2", "*") == (["line", "offer", "line", "bye"], [])


@pytest.mark.parametrize("caller", ["", "anonymous", "+4912345", "+15550100@elsewhere"])
async def test_a_number_that_may_not_be_called_costs_no_place(caller: str) -> None:
    assert await visit("2", caller=caller) == (["line", "offer", "line", "bye"], [])


async def test_another_number_may_be_entered_where_the_flow_allows_it() -> None:
    assert await visit("2", "2", "112#", "1", other=True) == (["line", "offer"], ["112"])


async def test_another_number_has_to_be_allowed_too() -> None:
    path, numbers = await visit("2", "2", "0900123#", other=True)
    assert (path, numbers) == (["line", "offer", "line", "bye"], [])
