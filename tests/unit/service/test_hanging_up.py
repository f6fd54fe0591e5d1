"""A caller's call is ended because somebody says so: wherever it is, and on record."""

import pytest

from ivr.acd.errors import UnknownCallError
from ivr.model.errors import TelephonyError
from ivr.model.events import OrderGiven
from ivr.service.conversations import Conversation, Conversations
from ivr.service.hanging_up import HangingUp
from ivr.testing.clock import VirtualClock
from tests.unit.service.fakes import Events


class Phones:
    def __init__(self) -> None:
        self.ended: list[str] = []
        self.down = False

    async def hang_up(self, channel: str) -> None:
        if self.down:
            raise TelephonyError("refused")
        self.ended.append(channel)


class World:
    """`c1` is in a flow, `c2` talks to Ann."""

    def __init__(self) -> None:
        self.events, self.phones = Events(), Phones()
        talks = Conversations()
        talks.add(Conversation("c2", "sales", "ann", "leg-1", "ch-2", 0.0))
        serving = {"c1": "ch-1"}
        self.hanging_up = HangingUp(talks, serving.get, self.phones, self.events, VirtualClock(5.0))

    def on_record(self) -> list[tuple[str, str, str, str]]:
        return [(one.by, one.order, one.call, one.refusal) for one in self.events.of(OrderGiven)]


async def test_in_a_flow_or_in_line_and_in_a_conversation() -> None:
    world = World()
    await world.hanging_up.hang_up("c1", "sue")
    await world.hanging_up.hang_up("c2", "sue")
    assert world.phones.ended == ["ch-1", "ch-2"]
    assert world.on_record() == [("sue", "hang-up", "c1", ""), ("sue", "hang-up", "c2", "")]
    assert world.hanging_up.agent_of("c2") == "ann"
    assert world.hanging_up.agent_of("c1") == ""


async def test_a_call_with_nobody_on_the_line_is_refused_on_record() -> None:
    world = World()
    with pytest.raises(UnknownCallError, match="'c9' has nobody on the line"):
        await world.hanging_up.hang_up("c9", "sue")
    assert world.on_record() == [("sue", "hang-up", "", "call 'c9' has nobody on the line")]


async def test_what_telephony_refuses_is_on_record_too() -> None:
    world = World()
    world.phones.down = True
    with pytest.raises(TelephonyError):
        await world.hanging_up.hang_up("c1", "sue")
    assert world.on_record() == [("sue", "hang-up", "c1", "refused")]
