"""A real core whose events go to a live board."""

import json
from typing import Any

from ivr.acd.messages import AgentMoved, Connect, Enter, Left, LogIn, OfferAnswered, Ring
from ivr.model import events
from ivr.model.ids import AgentId, CallId, QueueId
from ivr.service import decisions
from ivr.service.closures import Closures
from ivr.service.console.glance import Glance, House
from ivr.service.console.items import Attending
from ivr.service.console.live import LiveBoard
from ivr.service.console.viewpoint import Viewpoint
from ivr.service.conversations import Conversation, Conversations
from ivr.testing.clock import VirtualClock
from tests.unit.acd.centre import Centre, site
from tests.unit.service.fakes import Events

EVERYTHING = Viewpoint(numbers=True, teams=None)
QUEUES = {
    "support": {"title": "Support", "skills": "billing >= 1", "length_max": 5000, "wrap_up_s": 0}
}


class World:
    """So many agents who serve billing; nobody is logged in."""

    def __init__(self, agents: int = 2) -> None:
        self.site = site({f"a{n}": {"billing": 5} for n in range(agents)}, QUEUES)
        self.centre = Centre(self.site)
        self.clock = VirtualClock(1000.0)
        self.talks = Conversations()
        self.alarms: list[str] = []
        self.attending: list[Attending] = []
        self.private: set[str] = set()
        self.asking: dict[str, float] = {}
        """Agents who ask for help, and since when."""
        self.closures = Closures(lambda: self.site, Events(), self.clock)
        self.glance = Glance(
            House(
                self.centre.engine,
                self.talks,
                self.clock,
                lambda: self.site,
                self.closures.now,
                lambda: self.alarms,
                lambda: self.attending,
                self.private.__contains__,
                self.asking.get,
            )
        )
        self.board = LiveBoard(self.glance, "b0")

    def feed(self, message: object) -> None:
        now = self.clock.now()
        for command in self.centre.engine.handle(message, now):
            match command:
                case AgentMoved():
                    self.board.record(decisions.agent_changed(command, now))
                case Left():
                    self.board.record(decisions.left(command, now))
                case Ring():
                    self.rung = command
                case Connect():
                    self.talks.add(
                        Conversation(command.call, command.queue, command.agent, "leg", "ch", now)
                    )

    def log_in(self, *agents: str) -> None:
        for agent in agents:
            self.feed(LogIn(AgentId(agent)))

    def enter(self, call: str) -> None:
        now, skills = self.clock.now(), self.site.queues["support"].skills
        self.board.record(
            events.CallStarted(
                at=now,
                call=call,
                caller="+4930123",
                caller_name="",
                dialled="100",
                flow="main",
                channel="ch",
            )
        )
        self.feed(Enter(CallId(call), QueueId("support"), skills, 0, now, now + 1800, "+4930123"))
        self.board.record(
            events.QueueEntered(
                at=now, call=call, queue="support", skills=skills, priority=0, entered_at=now
            )
        )

    def answer(self) -> None:
        self.feed(OfferAnswered(self.rung.offer))

    def told(self, seen: int | None = None) -> tuple[str, Any, int]:
        """Kind of the event, what it says, and what was seen then."""
        text, number = self.board.message(seen, EVERYTHING)
        ident, kind, data = text.strip().split("\n")
        assert ident == f"id: b0-{number}"
        return kind.removeprefix("event: "), json.loads(data.removeprefix("data: ")), number
