"""Asking for help: who is told, and what ends it."""

from dataclasses import replace

import pytest

from ivr.model import events
from ivr.model.ids import AgentId
from ivr.service.conversations import Conversation, Conversations
from ivr.service.help import Help, NoTalkToHelpError
from ivr.service.recorder import FanOut
from ivr.testing.clock import VirtualClock
from tests.unit.service.fakes import Events, FakeLine, House
from tests.unit.service.features import features

ANN = AgentId("ann")
ABOUT = {"at": 107.0, "call": "c1", "agent": "ann"}
JOINED = events.SupervisionStarted(**ABOUT, supervisor="sue", mode="listen")
OVER = events.ConversationEnded(**ABOUT, queue="sales", talk_s=9, hold_s=0, ended_by="caller")


class Floor:
    """Ann talks to c1; it is 100."""

    def __init__(self) -> None:
        self.events, self.clock = Events(), VirtualClock(100.0)
        self.recorder = FanOut([self.events])
        self.talks = Conversations()
        self.talks.add(Conversation("c1", "sales", "ann", "leg-1", "ch-1", 90.0))
        self.help = Help(self.talks, self.recorder, self.clock)
        self.recorder.add(self.help)

    @property
    def ends(self) -> list[tuple[str, str, float]]:
        return [(one.result, one.by, one.seconds) for one in self.events.of(events.HelpEnded)]


def test_asking_is_on_record_once() -> None:
    floor = Floor()
    floor.help.ask(ANN, "Ann")
    floor.clock.advance(5.0)
    floor.help.ask(ANN, "Ann")
    assert floor.help.since("ann") == 100.0
    assert floor.events == [
        events.HelpAsked(at=100.0, call="c1", agent="ann", queue="sales", by="Ann")
    ]


@pytest.mark.parametrize(
    ("event", "end"), [(JOINED, ("joined", "sue", 7.0)), (OVER, ("over", "", 7.0))]
)
def test_it_ends_when_a_supervisor_listens_or_the_talk_is_over(
    event: events.Event, end: tuple[str, str, float]
) -> None:
    floor = Floor()
    floor.help.ask(ANN, "Ann")
    floor.recorder.record(event)
    assert floor.help.since("ann") is None
    assert floor.ends == [end]
    assert floor.events[-2:][0] is event  # what happened first is told first


OVER_THERE = replace(OVER, call="c0")


def test_the_end_of_another_talk_of_theirs_does_not_end_it() -> None:
    floor = Floor()
    floor.help.ask(ANN, "Ann")
    floor.recorder.record(OVER_THERE)
    assert floor.help.since("ann") == 100.0
    assert floor.ends == []


def test_it_ends_when_the_agent_withdraws_and_who_asked_for_none_changes_nothing() -> None:
    floor = Floor()
    floor.help.withdraw(ANN, "Ann")
    floor.help.ask(ANN, "Ann")
    floor.help.withdraw(ANN, "Ann")
    floor.help.withdraw(ANN, "Ann")
    assert floor.ends == [("withdrawn", "Ann", 0.0)]


def test_who_talks_to_nobody_cannot_be_helped() -> None:
    floor = Floor()
    with pytest.raises(NoTalkToHelpError, match="ben is not talking"):
        floor.help.ask(AgentId("ben"), "Ben")
    assert floor.events == []


def test_a_server_that_starts_knows_who_was_asking() -> None:
    floor = Floor()
    asked = events.HelpAsked(at=95.0, call="c1", agent="ann", queue="sales", by="Ann")
    floor.help.learn([asked])
    assert floor.help.since("ann") == 95.0
    floor.help.learn([asked, OVER_THERE])
    assert floor.help.since("ann") == 95.0
    floor.help.learn([asked, OVER])
    assert floor.help.since("ann") is None


async def test_by_code_on_the_phone_and_back(house: House) -> None:
    helping = Help(house.desk.conversations, house.events, house.desk.clock)
    codes = features(house, helping=helping)
    house.desk.conversations.add(Conversation("c1", "support", "bob", "leg-1", "ch-1", 90.0))
    for said in ("supervisors are told that you need help", "need no help any more"):
        line = FakeLine("f1", "feature-channel")
        await codes.serve(line, "1002", "*18")
        assert said in line.log[0]
    (asked,) = house.events.of(events.HelpAsked)
    assert asked.by == "1002"
