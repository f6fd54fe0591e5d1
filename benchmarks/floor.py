"""A simulated floor behind the real web side: many agents, many callers in line, always moving."""

import asyncio
import random

from aiohttp import web

from ivr.acd.engine import Engine
from ivr.acd.messages import (
    AgentMoved,
    Connect,
    ConversationEnded,
    Enter,
    Input,
    Left,
    LogIn,
    OfferAnswered,
    OfferRinging,
    Ring,
)
from ivr.model import events
from ivr.model.access import Permission
from ivr.model.ids import AgentId, CallId, QueueId
from ivr.model.site import Site
from ivr.service import decisions
from ivr.service.clock import SystemClock
from ivr.service.console.glance import Glance, House
from ivr.service.console.live import LiveBoard
from ivr.service.conversations import Conversation, Conversations
from ivr.web import Gate, Health, make_app
from ivr.web.caller import caller_of
from ivr.web.pages import page_routes
from ivr.web.routes import Route
from ivr.web.stream import stream_routes

SKILLS = ("billing", "tech", "french", "sales")
SECRET = "only for this run"  # noqa: S105


class Floor:
    """Agents who all talk as soon as `fill` has brought callers enough."""

    def __init__(self, agents: int) -> None:
        self._random = random.Random(1)  # noqa: S311 - the same floor in every run
        self._site = _site(agents, self._random)
        self._engine, self._clock = Engine(self._site), SystemClock()
        self._talks = Conversations()
        self._rings: list[Ring] = []
        self._calls = 0
        house = House(
            self._engine,
            self._talks,
            self._clock,
            lambda: self._site,
            dict,
            list,
            list,
            lambda _call: False,
            lambda _agent: None,
        )
        self.glance = Glance(house)
        self.board = LiveBoard(self.glance, "bench")
        self.headers = {"Authorization": f"Bearer {SECRET}"}

    def fill(self, waiting: int) -> None:
        """Everybody talks, and so many callers wait."""
        for agent in self._site.agents:
            self._feed(LogIn(AgentId(agent)))
        while len(self._engine.asked_for()) < waiting:
            self._comes()

    async def live(self, turn_s: float) -> None:
        """With every turn a talk ends, the next one begins, and a caller comes."""
        while True:
            await asyncio.sleep(turn_s)
            talk = self._random.choice(self._talks.all())
            self._talks.remove(talk)
            self._feed(ConversationEnded(CallId(talk.call)))
            self._comes()

    def app(self) -> web.Application:
        own = Route("GET", "/api/session", Permission.SIGNED_IN, _who, summary="Who am I")
        health = Health(ami=True, journal=True, journal_backlog=0, uptime_s=0.0)
        routes = [*page_routes(), *stream_routes(self.board), own]
        return make_app(lambda: b"", lambda: health, routes, Gate(SECRET))

    def _comes(self) -> None:
        self._calls += 1
        now, call, queue = self._clock.now(), f"c{self._calls}", self._random.choice(SKILLS)
        skills = self._site.queues[queue].skills
        number = f"+4930{self._calls:07}"
        self._feed(Enter(CallId(call), QueueId(queue), skills, 0, now, now + 7200, number))
        self.board.record(
            events.QueueEntered(
                at=now, call=call, queue=queue, skills=skills, priority=0, entered_at=now
            )
        )
        for ring in self._rings:
            self._feed(OfferRinging(ring.offer))
            self._feed(OfferAnswered(ring.offer))
        self._rings.clear()

    def _feed(self, message: Input) -> None:
        now = self._clock.now()
        for command in self._engine.handle(message, now):
            match command:
                case AgentMoved():
                    self.board.record(decisions.agent_changed(command, now))
                case Left():
                    self.board.record(decisions.left(command, now))
                case Ring():
                    self._rings.append(command)
                case Connect():
                    self._talks.add(
                        Conversation(command.call, command.queue, command.agent, "", "", now)
                    )


async def _who(request: web.Request) -> web.Response:
    who = caller_of(request)
    permissions = [one for one in Permission if who.may(one)]
    return web.json_response(
        {"name": who.name, "role": who.role, "agent": "", "permissions": permissions}
    )


def _site(agents: int, rng: random.Random) -> Site:
    return Site.model_validate(
        {
            "numbers": {"100": "main"},
            "skills": {skill: skill.title() for skill in SKILLS},
            "teams": {"north": "North", "south": "South"},
            "agents": {
                f"agent_{n}": {
                    "name": f"Agent {n}",
                    "extension": str(1000 + n),
                    "team": "north" if n % 2 else "south",
                    "skills": {one: rng.randint(1, 10) for one in rng.sample(SKILLS, 2)},
                }
                for n in range(agents)
            },
            "queues": {
                skill: {"title": skill.title(), "skills": f"{skill} >= 1", "length_max": 5000}
                for skill in SKILLS
            },
            "emergency": {"say": "Sorry.", "ring": ["1000"]},
        }
    )
