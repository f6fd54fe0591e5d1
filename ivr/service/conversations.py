"""Who talks to whom right now; the supervisor's and the reconciler's view."""

from dataclasses import dataclass

from ivr.service.handovers import Handover


@dataclass(eq=False)
class Conversation:
    """One caller joined with one agent."""

    call: str
    queue: str
    agent: str
    leg: str
    channel: str
    """The caller's channel."""
    started_at: float
    hold_s: float = 0.0
    held_since: float | None = None
    talk: str = ""
    """What the routing core calls this talk: the call's id, unless the agent was consulted."""

    def __post_init__(self) -> None:
        self.talk = self.talk or self.call

    def hold(self, *, on: bool, now: float) -> None:
        """Count the time either side keeps the other on hold; repeated reports count once."""
        if on and self.held_since is None:
            self.held_since = now
        elif not on and self.held_since is not None:
            self.hold_s += now - self.held_since
            self.held_since = None


class Conversations:
    """All conversations; an agent has at most one."""

    def __init__(self) -> None:
        self._by_agent: dict[str, Conversation] = {}
        self._handovers: dict[str, Handover] = {}
        """By caller's channel: ordered, and not carried out yet."""

    def add(self, conversation: Conversation) -> None:
        self._by_agent[conversation.agent] = conversation

    def remove(self, conversation: Conversation) -> None:
        if self._by_agent.get(conversation.agent) is conversation:
            del self._by_agent[conversation.agent]

    def hand_on(self, channel: str, handover: Handover) -> None:
        """When this caller's talk ends, this is what follows."""
        self._handovers[channel] = handover

    def handed_on(self, channel: str) -> Handover | None:
        """What was ordered for this caller; asked for once."""
        return self._handovers.pop(channel, None)

    def of_agent(self, agent: str) -> Conversation | None:
        return self._by_agent.get(agent)

    def of_call(self, call: str) -> Conversation | None:
        return next((c for c in self._by_agent.values() if c.call == call), None)

    def with_channel(self, channel: str) -> Conversation | None:
        """The conversation this leg or caller's channel takes part in."""
        return next((c for c in self._by_agent.values() if channel in (c.leg, c.channel)), None)

    def all(self) -> list[Conversation]:
        return list(self._by_agent.values())
