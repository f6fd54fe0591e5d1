"""A small contact centre to tell stories about: messages in, what came out in plain words."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, TypeVar

from ivr.acd.engine import Engine
from ivr.acd.messages import (
    AgentMoved,
    Command,
    ConversationEnded,
    Enter,
    Input,
    Leave,
    Left,
    LogIn,
    OfferAnswered,
    OfferEnded,
    OfferRinging,
    Ring,
    StopRinging,
)
from ivr.model.agents import AgentState, OfferOutcome, QueueOutcome
from ivr.model.ids import AgentId, CallId, OfferId, QueueId
from ivr.model.site import Site

C = TypeVar("C", bound=Command)

SKILLS = ("billing", "french", "tech")
QUEUES: dict[str, dict[str, Any]] = {
    "support": {"title": "Support", "ring_timeout_s": 15, "wrap_up_s": 10, "length_max": 3},
    "sales": {"title": "Sales", "ring_timeout_s": 20, "wrap_up_s": 0},
}


def site(
    agents: Mapping[str, Mapping[str, int]],
    queues: Mapping[str, Any] = QUEUES,
    terms: Mapping[str, Mapping[str, Mapping[str, float]]] = MappingProxyType({}),
    **more: Any,
) -> Site:
    """A site with these agents (name -> proficiencies); `terms` by agent and queue; `more` keys."""
    return Site.model_validate(
        {
            "numbers": {"100": "main"},
            "skills": {skill: skill.title() for skill in SKILLS},
            "teams": {"all": "All"},
            "agents": {
                name: {
                    "name": name,
                    "extension": str(1000 + place),
                    "team": "all",
                    "skills": dict(skills),
                    "queues": terms.get(name, {}),
                }
                for place, (name, skills) in enumerate(agents.items())
            },
            "queues": queues,
            "emergency": {"say": "Sorry", "ring": ["1000"]},
            **more,
        }
    )


class Centre:
    """An engine, and sentences about it."""

    def __init__(self, whole_site: Site | None = None, **agents: Mapping[str, int]) -> None:
        """With this site, or one with these agents and the queues above."""
        self.engine = Engine(whole_site or site(agents))
        self.said: list[Command] = []
        """What the last message led to."""

    def at(self, now: float, *messages: Input) -> list[Command]:
        self.said = [command for m in messages for command in self.engine.handle(m, now)]
        return self.said

    def log_in(self, now: float, *agents: str) -> None:
        self.at(now, *(LogIn(AgentId(agent)) for agent in agents))

    def enter(
        self,
        now: float,
        call: str,
        skills: str = "",
        *,
        queue: str = "support",
        priority: int = 0,
        entered_at: float | None = None,
        wait_s_max: float = 1000,
        **more: Any,
    ) -> list[Command]:
        """`more` are further fields of Enter."""
        since = now if entered_at is None else entered_at
        until = since + wait_s_max
        entry = Enter(CallId(call), QueueId(queue), skills, priority, since, until, **more)
        return self.at(now, entry)

    def leave(
        self, now: float, call: str, outcome: QueueOutcome = QueueOutcome.ABANDONED
    ) -> list[Command]:
        return self.at(now, Leave(CallId(call), outcome))

    def ringing(self, now: float, offer: str) -> list[Command]:
        return self.at(now, OfferRinging(OfferId(offer)))

    def answered(self, now: float, offer: str) -> list[Command]:
        return self.at(now, OfferAnswered(OfferId(offer)))

    def ended(self, now: float, offer: str, outcome: OfferOutcome) -> list[Command]:
        return self.at(now, OfferEnded(OfferId(offer), outcome))

    def hung_up(self, now: float, call: str, *, wrap_up: bool = True) -> list[Command]:
        return self.at(now, ConversationEnded(CallId(call), wrap_up))

    def talk(self, now: float, call: str, queue: str = "support") -> None:
        """Some call comes in and whoever it rings answers at once."""
        self.enter(now, call, queue=queue)
        self.answered(now, self.the(Ring).offer)

    # --- what came of it

    def all(self, kind: type[C]) -> list[C]:
        return [command for command in self.said if isinstance(command, kind)]

    def the(self, kind: type[C]) -> C:
        (only,) = self.all(kind)
        return only

    @property
    def rings(self) -> list[tuple[str, str]]:
        """Who rings whom since the last message."""
        return [(ring.call, ring.agent) for ring in self.all(Ring)]

    @property
    def stopped(self) -> list[tuple[str, OfferOutcome]]:
        return [(stop.agent, stop.outcome) for stop in self.all(StopRinging)]

    @property
    def left(self) -> list[tuple[str, QueueOutcome]]:
        return [(left.call, left.outcome) for left in self.all(Left)]

    @property
    def moves(self) -> list[tuple[str, AgentState, str]]:
        return [(moved.agent, moved.after, moved.reason) for moved in self.all(AgentMoved)]

    def state(self, agent: str) -> AgentState:
        return self.engine.agent(agent).state
