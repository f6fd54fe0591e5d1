"""Listening in by a click: the supervisor's own phone rings, and who picks up hears the talk."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ivr.model import events
from ivr.model.errors import TelephonyError
from ivr.service import listening, rung_phones
from ivr.service.console.items import Attending
from ivr.service.conversations import Conversation
from ivr.service.features import NO_CONVERSATION
from ivr.service.legs import PhoneChanged
from ivr.service.listening import Listening, ListeningRefusedError
from ivr.service.listening import NotListeningError as Not
from ivr.service.supervision import Supervision
from tests.unit.service.fakes import FakeLine, House, settle

EVE, ADA = "eve", "ada"


class Legs:
    """Rings, presses and hangs up as told; `down` refuses."""

    def __init__(self) -> None:
        self.rung: list[tuple[str, str, str]] = []
        """(channel, extension, title)"""
        self.pressed: list[tuple[str, str]] = []
        self.ended: list[str] = []
        self.asked = asyncio.Event()
        """Somebody wanted to end a leg, whether it was done or not."""
        self.down = False

    async def call_supervisor(
        self, channel: str, extension: str, *, title: str, timeout_s: float
    ) -> None:
        if self.down:
            raise TelephonyError("refused")
        self.rung.append((channel, extension, title))

    async def press(self, channel: str, key: str) -> None:
        self.pressed.append((channel, key))

    async def hang_up(self, channel: str) -> None:
        self.asked.set()
        if self.down:
            raise TelephonyError("refused")
        self.ended.append(channel)


class Room:
    """Ada talks to the caller of `c1`; Eve, who supervises her, is at her phone."""

    def __init__(self, directory: Path) -> None:
        self.house = House(directory)
        self.house.log_in(ADA)
        self.house.dispatcher.on_leg_event(PhoneChanged("1009", True))
        self.talk = Conversation("c1", "sales", ADA, "leg-1", "ch1", 1_000_000.0)
        self.house.desk.conversations.add(self.talk)
        self.supervision = Supervision(self.house.desk)
        self.legs, self.channels = Legs(), 0
        self.changed: list[str] = []
        self.listening = Listening(
            self.house.desk, self.supervision, self.legs, self._channel, self.changed.append
        )
        self.line = FakeLine("f1", "ear-1")
        self.may = True

    async def still(self) -> bool:
        """Whether Eve's account lets her listen."""
        return self.may

    def _channel(self) -> str:
        self.channels += 1
        return f"ear-{self.channels}"

    async def listens(self) -> asyncio.Task[None]:
        """Eve has clicked and picked up."""
        await self.listening.begin(EVE, ADA, self.still)
        task = asyncio.create_task(self.listening.serve(self.line))
        await self.line.log.reaches(1)
        return task

    async def leaves(self, task: asyncio.Task[None]) -> None:
        """The talk is over, and with it the listening."""
        self.house.desk.conversations.remove(self.talk)
        self.line.agent_left.set()
        await task

    def refusals(self) -> list[str]:
        return [one.reason for one in self.house.events.of(events.SupervisionRefused)]


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    room = Room(tmp_path)
    yield room
    await room.house.close()


async def test_a_click_rings_the_supervisor_who_hears_the_talk_on_picking_up(room: Room) -> None:
    task = await room.listens()
    assert room.legs.rung == [("ear-1", "1009", "Ada")]
    assert room.line.log == ["listen leg-1"]
    assert not room.listening.ringing
    assert room.listening.attending == [Attending(EVE, ADA, "listen")]
    await room.leaves(task)
    assert room.listening.attending == []
    (started,) = room.house.events.of(events.SupervisionStarted)
    assert (started.supervisor, started.agent, started.call) == (EVE, ADA, "c1")
    assert room.house.events.of(events.SupervisionEnded)
    assert room.line.log[-1] == "hangup"


async def test_until_they_pick_up_the_phone_is_known_to_ring(room: Room) -> None:
    await room.listening.begin(EVE, ADA, room.still)
    assert room.listening.attending == [Attending(EVE, ADA, "ringing")]
    room.listening.channel_gone("ear-1")
    assert not room.listening.ringing
    assert room.changed == [ADA, ADA]


@pytest.mark.parametrize(
    ("supervisor", "target", "why"),
    [
        ("", ADA, "no_extension"),
        ("nobody", ADA, "no_extension"),
        (EVE, "nobody", "no_agent"),
        (EVE, "bob", "no_conversation"),
        ("zoe", ADA, "no_phone"),
    ],
)
async def test_what_cannot_be_is_refused_in_words_and_put_on_record(
    room: Room, supervisor: str, target: str, why: str
) -> None:
    room.house.dispatcher.on_leg_event(PhoneChanged("1010", False))
    with pytest.raises(ListeningRefusedError) as refused:
        await room.listening.begin(supervisor, target, room.still)
    assert refused.value.reason == why
    assert room.refusals() == [why]
    assert room.legs.rung == []


async def test_nobody_listens_twice_at_the_same_time(room: Room) -> None:
    task = await room.listens()
    with pytest.raises(ListeningRefusedError, match="end that first"):
        await room.listening.begin(EVE, ADA, room.still)
    await room.leaves(task)
    room.house.desk.conversations.add(room.talk)
    await room.listening.begin(EVE, ADA, room.still)


async def test_a_phone_of_which_nothing_is_heard_rings_no_more(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By itself: nobody has to click again before the console knows it."""
    monkeypatch.setattr(rung_phones, "RING_S", 0.0)
    monkeypatch.setattr(rung_phones, "MARGIN_S", 0.0)
    await room.listening.begin(EVE, ADA, room.still)
    await room.house.tasks.wait()
    assert room.listening.attending == []
    assert room.changed == [ADA, ADA]
    await room.listening.begin(EVE, ADA, room.still)
    assert len(room.legs.rung) == 2


async def test_an_order_that_could_not_be_given_leaves_nothing_behind(room: Room) -> None:
    room.legs.down = True
    with pytest.raises(TelephonyError):
        await room.listening.begin(EVE, ADA, room.still)
    assert not room.listening.ringing


async def test_modes_are_switched_by_the_keys_of_the_phone(room: Room) -> None:
    with pytest.raises(Not):
        await room.listening.switch(EVE, "whisper")
    task = await room.listens()
    await room.listening.switch(EVE, "whisper")
    await room.listening.switch(EVE, "barge")
    await room.listening.switch(EVE, "listen")
    assert room.legs.pressed == [("ear-1", "5"), ("ear-1", "6"), ("ear-1", "4")]
    with pytest.raises(Not, match="'shout'"):
        await room.listening.switch(EVE, "shout")
    await room.leaves(task)


async def test_it_is_ended_while_it_rings_or_later(room: Room) -> None:
    with pytest.raises(Not):
        await room.listening.end(EVE)
    await room.listening.begin(EVE, ADA, room.still)
    await room.listening.end(EVE)
    assert room.legs.ended == ["ear-1"]


async def test_who_picks_up_after_the_talk_is_told_that_it_is_over(room: Room) -> None:
    await room.listening.begin(EVE, ADA, room.still)
    room.house.desk.conversations.remove(room.talk)
    await room.listening.serve(room.line)
    assert room.line.log == [f"play {NO_CONVERSATION.text}", "hangup"]
    assert room.refusals() == ["no_conversation"]


async def test_a_channel_nobody_was_rung_on_hears_nothing(room: Room) -> None:
    stranger = FakeLine("f1", "ear-9")
    await room.listening.serve(stranger)
    assert stranger.log == ["hangup"]


async def test_while_the_call_is_private_nobody_can_switch_to_hearing_it(room: Room) -> None:
    task = await room.listens()
    room.supervision.attending["ear-1"].mode = "suspended"
    with pytest.raises(Not):
        await room.listening.switch(EVE, "barge")
    await room.leaves(task)
    await settle()


async def ended(room: Room, watching: asyncio.Task[None]) -> None:
    """Until a leg was told to end."""
    await asyncio.wait_for(room.legs.asked.wait(), 5)
    assert room.legs.ended
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)


async def test_whose_account_lets_them_listen_no_more_is_hung_up_and_it_is_on_record(
    room: Room,
) -> None:
    task = await room.listens()
    watching = asyncio.create_task(room.listening.watch(period_s=0.001))
    await settle()
    assert room.legs.ended == []
    room.may = False
    await ended(room, watching)
    assert set(room.legs.ended) == {"ear-1"}
    assert room.refusals() == ["revoked"]  # once, however often it was told to end
    await room.leaves(task)


async def test_nor_does_their_phone_ring_on(room: Room) -> None:
    await room.listening.begin(EVE, ADA, room.still)
    room.may = False
    await ended(room, asyncio.create_task(room.listening.watch(period_s=0.001)))
    assert room.refusals() == ["revoked"]


async def test_who_picks_up_when_they_may_no_more_hears_nothing(room: Room) -> None:
    await room.listening.begin(EVE, ADA, room.still)
    room.may = False
    await room.listening.serve(room.line)
    assert room.line.log == ["hangup"]
    assert room.refusals() == ["revoked"]


async def test_when_nobody_can_say_whether_they_may_they_may_not(room: Room) -> None:
    task = await room.listens()

    async def fault() -> bool:
        raise RuntimeError("a fault")

    room.supervision.attending["ear-1"].still = fault
    await ended(room, asyncio.create_task(room.listening.watch(period_s=0.001)))
    await room.leaves(task)


async def test_a_look_that_hangs_is_given_up_and_is_no_leave(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listening, "STILL_S", 0.01)
    task = await room.listens()
    room.supervision.attending["ear-1"].still = asyncio.Event().wait
    watching = asyncio.create_task(room.listening.watch(period_s=0.001))
    await ended(room, watching)
    assert room.refusals() == ["revoked"]
    await room.leaves(task)


async def test_a_leg_that_cannot_be_ended_now_is_told_again(room: Room) -> None:
    task = await room.listens()
    room.may, room.legs.down = False, True
    watching = asyncio.create_task(room.listening.watch(period_s=0.001))
    await asyncio.wait_for(room.legs.asked.wait(), 5)
    assert room.refusals() == ["revoked"]
    room.legs.down = False
    room.legs.asked.clear()
    await ended(room, watching)
    await room.leaves(task)


@pytest.mark.parametrize(
    ("agent", "change"),
    [
        (EVE, {"role": "agent"}),
        (EVE, {"team": "back"}),
        (ADA, {"team": "back"}),
        (EVE, None),
        (ADA, None),
    ],
)
async def test_who_listens_by_a_code_may_as_long_as_the_site_in_force_says_so(
    room: Room, agent: str, change: dict[str, str] | None
) -> None:
    """By the PIN, that is without an account. None: they are gone from the site."""
    task = asyncio.create_task(room.supervision.attend(room.line, EVE, ADA))
    await room.line.log.reaches(1)
    watching = asyncio.create_task(room.listening.watch(period_s=0.001))
    await settle()
    assert room.legs.ended == []
    site = room.house.desk.site
    agents = {name: one for name, one in site.agents.items() if name != agent}
    if change is not None:
        agents[agent] = site.agents[agent].model_copy(update=change)
    room.house.desk.site = site.model_copy(update={"agents": agents})
    await ended(room, watching)
    assert room.refusals() == ["revoked"]
    room.line.agent_left.set()
    room.house.desk.conversations.remove(room.talk)
    await task
