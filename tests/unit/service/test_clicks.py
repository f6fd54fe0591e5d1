"""Calling by a click: the agent's own phone first, then the number, if it may be dialled."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ivr.model import events
from ivr.model.errors import TelephonyError
from ivr.model.ids import AgentId
from ivr.ports import DialResult
from ivr.service import clicks, rung_phones
from ivr.service.clicks import ClickRefusedError, Clicks
from ivr.service.legs import ChannelStarted, PhoneChanged
from tests.unit.service.fakes import FakeLine, House

BOB = AgentId("bob")


class Legs:
    """Rings as told; `down` refuses."""

    def __init__(self) -> None:
        self.rung: list[tuple[str, str, str]] = []
        """(channel, extension, number)"""
        self.down = False

    async def call_agent(
        self, channel: str, extension: str, *, number: str, timeout_s: float
    ) -> None:
        if self.down:
            raise TelephonyError("refused")
        self.rung.append((channel, extension, number))


class Room:
    """Bob is at his phone."""

    def __init__(self, directory: Path) -> None:
        self.house = House(directory)
        self.house.dispatcher.on_leg_event(PhoneChanged("1002", True))
        self.legs, self.channels = Legs(), 0
        self.clicks = Clicks(self.house.desk, self.legs, self._channel)
        self.line = FakeLine("f1", "click-1")

    def _channel(self) -> str:
        self.channels += 1
        return f"click-{self.channels}"

    async def refused(self, number: str = "2009", agent: str = "bob") -> str:
        with pytest.raises(ClickRefusedError) as caught:
            await self.clicks.begin(AgentId(agent), number, "Bob")
        refusals = self.house.events.of(events.OutboundRefused)
        assert refusals[-1].reason == caught.value.reason
        return caught.value.reason

    @property
    def ends(self) -> list[tuple[str, str, str, float]]:
        return [
            (one.agent, one.number, one.outcome, one.seconds)
            for one in self.house.events.of(events.OutboundEnded)
        ]


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    room = Room(tmp_path)
    yield room
    await room.house.close()


async def test_the_agents_phone_rings_and_then_the_number(room: Room) -> None:
    await room.clicks.begin(BOB, "2009", "Bob")
    assert room.legs.rung == [("click-1", "1002", "2009")]
    await room.clicks.serve(room.line)
    assert room.line.log == ["dial 2009", "hangup"]
    (started,) = room.house.events.of(events.OutboundStarted)
    assert (started.agent, started.number, started.by) == ("bob", "2009", "Bob")
    assert room.ends == [("bob", "2009", "answered", 5.0)]


async def test_an_outside_number_needs_the_allow_list(room: Room) -> None:
    assert await room.refused("+15550100") == "not_allowed"
    allowed = room.house.desk.site.outbound.model_copy(update={"allow": ["+1555*"]})
    room.house.desk.site = room.house.desk.site.model_copy(update={"outbound": allowed})
    await room.clicks.begin(BOB, "+15550100", "Bob")
    assert await room.refused("+4930", "bob") == "not_allowed"
    assert len(room.legs.rung) == 1


@pytest.mark.parametrize("outcome", ["no_answer", "busy", "rejected", "unreachable"])
async def test_an_agent_whom_nobody_answers_is_told_so(room: Room, outcome: str) -> None:
    room.line.dialled_result = DialResult(outcome)
    await room.clicks.begin(BOB, "2009", "Bob")
    await room.clicks.serve(room.line)
    assert room.line.log == ["dial 2009", "play Nobody answered.", "hangup"]
    assert room.ends == [("bob", "2009", outcome, 0.0)]


async def test_an_agent_who_does_not_pick_up_is_on_record_and_may_try_again(room: Room) -> None:
    await room.clicks.begin(BOB, "2009", "Bob")
    assert await room.refused() == "busy"
    room.clicks.channel_gone("click-1")
    assert room.ends == [("bob", "2009", "not_taken", 0.0)]
    await room.clicks.begin(BOB, "2009", "Bob")


async def test_a_phone_of_which_no_word_comes_is_given_up_by_itself(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rung_phones, "RING_S", 0.0)
    monkeypatch.setattr(rung_phones, "MARGIN_S", 0.0)
    await room.clicks.begin(BOB, "2009", "Bob")
    await room.house.tasks.wait()
    assert room.ends == [("bob", "2009", "not_taken", 0.0)]
    await room.clicks.begin(BOB, "2009", "Bob")


async def test_a_phone_picked_up_is_not_given_up_later(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rung_phones, "RING_S", 0.0)
    monkeypatch.setattr(rung_phones, "MARGIN_S", 0.01)
    await room.clicks.begin(BOB, "2009", "Bob")
    await room.clicks.serve(room.line)
    await room.house.tasks.wait()
    assert room.ends == [("bob", "2009", "answered", 5.0)]


async def test_who_hangs_up_is_on_record(room: Room) -> None:
    await room.clicks.begin(BOB, "2009", "Bob")
    room.line.hung_up.set()
    await room.clicks.serve(room.line)
    assert room.ends == [("bob", "2009", "left", 0.0)]


async def test_a_channel_nobody_was_rung_on_is_connected_to_nobody(room: Room) -> None:
    await room.clicks.serve(room.line)
    assert room.line.log == ["hangup"]
    assert room.ends == []


async def test_a_phone_in_a_call_or_out_of_reach_is_not_rung(room: Room) -> None:
    room.house.dispatcher.on_leg_event(PhoneChanged("1009", False))
    assert await room.refused(agent="eve") == "no_phone"
    assert await room.refused(agent="nobody") == "no_agent"
    room.house.dispatcher.on_leg_event(ChannelStarted("ch-9", "1002"))
    assert await room.refused() == "busy"
    assert room.legs.rung == []


async def test_that_asterisk_cannot_be_told_is_an_error_and_on_record(room: Room) -> None:
    room.legs.down = True
    with pytest.raises(TelephonyError):
        await room.clicks.begin(BOB, "2009", "Bob")
    assert room.ends == [("bob", "2009", "not_taken", 0.0)]


async def test_nobody_calls_more_numbers_an_hour_than_by_hand(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(clicks.PER_HOUR_MAX):
        await room.clicks.begin(BOB, "2009", "Bob")
        room.clicks.channel_gone(f"click-{room.channels}")
    assert await room.refused() == "too_many"
    room.house.clock.advance(clicks.HOUR_S)
    await room.clicks.begin(BOB, "2009", "Bob")
