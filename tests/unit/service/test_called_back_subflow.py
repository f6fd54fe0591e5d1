"""A call-back asked for in a called flow: the customer comes back into it, and it comes back."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ivr.model import events
from ivr.model.site import Callback, Site
from ivr.service.last_agents import LastAgents
from ivr.service.legs import LegAnswered
from ivr.service.resumption import Resumption
from ivr.service.sessions import Sessions
from ivr.testing.clock import VirtualClock
from ivr.testing.lookups import FakeLookups
from ivr.testing.mailboxes import FullMailboxes
from ivr.testing.queues import FixedCalendars
from tests.unit.nodes.support import NoCalendars, flows
from tests.unit.service import fakes
from tests.unit.service.fakes import FakeLine, House, settle
from tests.unit.service.test_callbacks import Centre

MAIN = """
start: help
variables: {mark: {type: digits, default: "0"}}
nodes:
  help: {type: subflow, flow: help, take: {mark: mark}, results: {helped: bye}}
  bye: {type: hangup, prompt: [Your mark is, {digits: mark}]}
"""
HELP = """
start: line
variables: {mark: {type: digits}}
nodes:
  line: {type: queue, queue: sales, self_service: {"1": offer}, next: rate, otherwise: helped}
  offer: {type: callback, otherwise: line}
  rate:
    type: survey
    survey: help
    kind: csat
    prompt: How was it?
    into: mark
    next: helped
    no_input: helped
    no_match: helped
  helped: {type: return, result: helped}
"""


class SpeakingLine(FakeLine):
    """A line of a whole session, which also gets a language."""

    async def speak(self, language: str) -> None:
        self.log.append(f"speak {language}")


class Calls:
    """Sessions in front of a house whose queue `sales` calls back."""

    def __init__(self, house: House) -> None:
        self.centre = Centre(house)
        self.house = house
        last_agents = LastAgents()
        record = house.events.record

        def also(event: events.Event) -> None:
            record(event)
            last_agents.record(event)

        house.events.record = also  # type: ignore[method-assign]
        house.desk.last_agents = last_agents
        self.sessions = Sessions(
            house.desk,
            flows(main=MAIN, help=HELP),
            FixedCalendars(NoCalendars(), {}),
            Resumption(house.desk),
            self.centre.callbacks,
            FakeLookups(VirtualClock(1000.0)),
            FullMailboxes([]),
        )

    def left(self) -> list[tuple[str, str, str]]:
        gone = self.house.events.of(events.NodeLeft)
        return [(one.flow, one.node, one.outcome) for one in gone]


@pytest.fixture
async def calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Calls]:
    queues = dict(fakes.SITE.queues)
    queues["sales"] = queues["sales"].model_copy(update={"callback": Callback()})
    site: Site = fakes.SITE.model_copy(update={"queues": queues})
    monkeypatch.setattr(fakes, "SITE", site)
    house = House(tmp_path)
    yield Calls(house)
    await house.close()


async def asks_to_be_called(calls: Calls) -> None:
    """The caller goes to the line of the called flow, presses 1 and confirms, and hangs up."""
    line = SpeakingLine()
    line.caller = "1001"
    serving = asyncio.create_task(calls.sessions.serve(line, None))
    await line.log.reaches(2)
    line.keys.put_nowait("1")
    line.keys.put_nowait("1")
    await serving


async def test_the_customer_goes_on_in_the_called_flow_and_comes_back_out_of_it(
    calls: Calls,
) -> None:
    await asks_to_be_called(calls)
    (asked,) = calls.house.events.of(events.CallbackRequested)
    assert (asked.flow, asked.node, asked.number) == ("help", "line", "1001")
    assert asked.frames.startswith('[["main","help",')
    assert calls.left()[-2:] == [("help", "offer", "end"), ("main", "help", "end")]
    assert calls.house.events.of(events.CallEnded) == []

    calls.house.log_in("bob")
    await settle()
    calls.house.dispatcher.on_leg_event(LegAnswered("leg-1"))
    await settle()
    channel, _ = calls.centre.customers.called[-1]
    customer = SpeakingLine("c1", channel)
    customer.keys.put_nowait("1")
    serving = asyncio.create_task(calls.sessions.serve_callback(customer, "c1"))
    await settle()
    assert customer.log[-1] == "join leg-1"
    customer.keys.put_nowait("4")
    customer.agent_left.set()
    await serving

    assert calls.left()[-4:] == [
        ("help", "rate", "next"),
        ("help", "helped", "return"),
        ("main", "help", "results:helped"),
        ("main", "bye", "end"),
    ]
    assert "play Your mark is four" in customer.log
    (answered,) = calls.house.events.of(events.SurveyAnswered)
    assert (answered.score, answered.agent, answered.queue) == (4, "bob", "sales")
    (ended,) = calls.house.events.of(events.CallEnded)
    assert (ended.result, ended.node) == ("completed", "bye")
