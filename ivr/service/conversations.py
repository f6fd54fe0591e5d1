"""Who talks to whom right now; the supervisor's and the reconciler's view."""

import asyncio
from dataclasses import dataclass

from ivr.service.handovers import Handover, ToQueue
from ivr.service.legs import Referred

REFERRAL_S = 1.0
"""How long after a talk's end a transfer by the phone may be reported."""


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
        self._parting: dict[str, tuple[Conversation, asyncio.Event]] = {}
        """By caller's channel: just ended, and whether by a transfer is not known yet."""
        self._referred: set[str] = set()
        """Callers' channels on the way to a session of their own."""

    def add(self, conversation: Conversation) -> None:
        self._by_agent[conversation.agent] = conversation

    def remove(self, conversation: Conversation) -> None:
        if self._by_agent.get(conversation.agent) is conversation:
            del self._by_agent[conversation.agent]

    def hand_on(self, channel: str, handover: Handover) -> None:
        """When this caller's talk ends, this is what follows."""
        self._handovers[channel] = handover
        if waiting := self._parting.get(channel):
            waiting[1].set()

    def referred(self, event: Referred) -> None:
        """A phone's own transfer: what it dialled is looked up when it is carried out."""
        conversation = self.with_channel(event.leg) or next(
            (parted for parted, _ in self._parting.values() if parted.leg == event.leg), None
        )
        if conversation is not None and conversation.channel == event.channel:
            target = ToQueue(conversation.queue)
            self._referred.add(event.channel)
            self.hand_on(event.channel, Handover(conversation.agent, target, event.to))

    async def is_referred(self, conversation: Conversation) -> bool:
        """Whether a caller who seems gone was transferred by the agent's phone.

        The report comes within milliseconds, before or after the talk's end; but soon.
        """
        if conversation.channel not in self._referred:
            told = asyncio.Event()
            self._parting[conversation.channel] = (conversation, told)
            try:
                async with asyncio.timeout(REFERRAL_S):
                    await told.wait()
            except TimeoutError:
                return False
            finally:
                del self._parting[conversation.channel]
        return conversation.channel in self._referred

    def will_return(self, channel: str) -> bool:
        """Whether this caller was transferred by a phone, and has not come back yet."""
        return channel in self._referred

    def handed_on(self, channel: str) -> Handover | None:
        """What was ordered for this caller; asked for once."""
        self._referred.discard(channel)
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
