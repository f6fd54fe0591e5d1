"""Who talks to whom right now; the supervisor's and the reconciler's view."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from ivr.model import events
from ivr.service.handovers import Handover, ToBoth, ToConsulted, ToQueue, target_dialled
from ivr.service.legs import Exchanged, Referred

REFERRAL_S = 1.0
"""How long after a talk's end a transfer by the phone may be reported."""

LATELY_MAX = 1000
"""More than can end in that time."""


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
    brought_in: str = ""
    """The agent's second line on which the order was given to bring the caller in there."""
    shared: bool = False
    """Somebody else is in this talk, too: no one agent can hand the caller on."""
    consulted: ToConsulted | None = None
    """Whom the agent asks on a second line, or has handed the caller on to after that."""
    taken_along: asyncio.Event = field(default_factory=asyncio.Event)
    """The agent's phone has joined caller and consulted by itself."""

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
        self._latest: dict[str, Conversation] = {}
        """By agent: under way, or the last that was."""
        self._handovers: dict[str, Handover] = {}
        """By caller's channel: ordered, and not carried out yet."""
        self._parting: dict[str, asyncio.Event] = {}
        """By caller's channel: just ended, and whether by a transfer is not known yet."""
        self._lately: deque[Conversation] = deque(maxlen=LATELY_MAX)
        """Just ended: the report of a transfer by the phone may come after the end it caused."""
        self._ends: dict[str, Callable[[], None]] = {}
        """By channel: whom to tell when it is gone."""
        self._referred: set[str] = set()
        """Callers' channels on the way to a session of their own."""

    def add(self, conversation: Conversation) -> None:
        self._by_agent[conversation.agent] = conversation
        self._latest[conversation.agent] = conversation

    def remove(self, conversation: Conversation) -> None:
        if self._by_agent.get(conversation.agent) is conversation:
            del self._by_agent[conversation.agent]
            self._lately.append(conversation)

    def hand_on(self, channel: str, handover: Handover) -> None:
        """When this caller's talk ends, this is what follows."""
        self._handovers[channel] = handover
        if waiting := self._parting.get(channel):
            waiting.set()

    def referred(self, event: Referred) -> None:
        """A phone's own transfer: what it dialled is looked up when it is carried out."""
        conversation = self._with_leg(event.leg)
        if conversation is not None and conversation.channel == event.channel:
            target = ToQueue(conversation.queue)
            self._referred.add(event.channel)
            to = target_dialled(event.to)
            self.hand_on(event.channel, Handover(conversation.agent, target, to))

    def exchanged(self, event: Exchanged) -> str:
        """A phone's own transfer after a word with somebody: the name of that person's channel;
        empty when it concerns no talk here.

        Whoever was called past the server is no agent's segment: they are joined as a number is.
        The agent's second line may have been found gone before this report: then the caller is
        ordered on to whom it consulted already, and stays theirs.
        """
        first, second = event.calls
        for callers, targets in ((first, second), (second, first)):
            conversation = self._with_leg(callers.leg)
            if conversation is None or conversation.channel != callers.channel:
                continue
            there = conversation.consulted
            target = there or ToConsulted(targets.name, "", targets.extension, "")
            if there is not None:
                conversation.taken_along.set()
            handover = Handover(conversation.agent, target, targets.extension)
            self.hand_on(callers.channel, handover)
            return targets.name
        return ""

    async def is_taken_along(self, conversation: Conversation) -> bool:
        """Whether a consultation is over because the phone has joined caller and consulted."""
        try:
            async with asyncio.timeout(REFERRAL_S):
                await conversation.taken_along.wait()
        except TimeoutError:
            return False
        return True

    async def is_referred(self, conversation: Conversation) -> bool:
        """Whether a caller who seems gone was transferred by the agent's phone.

        The report comes within milliseconds, before or after the talk's end; but soon.
        """
        if conversation.channel not in self._referred:
            told = asyncio.Event()
            self._parting[conversation.channel] = told
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

    def brought_in(self, channel: str) -> ToBoth | None:
        """Whom this caller's agent has brought into the talk; asked for once."""
        handover = self._handovers.get(channel)
        if handover is None or not isinstance(handover.target, ToBoth):
            return None
        del self._handovers[channel]
        return handover.target

    def tell_end(self, channel: str, told: Callable[[], None]) -> None:
        """Call this when that channel is gone."""
        self._ends[channel] = told

    def tell_no_end(self, channel: str) -> None:
        self._ends.pop(channel, None)

    def channel_gone(self, channel: str) -> None:
        """Reported for every channel."""
        if told := self._ends.pop(channel, None):
            told()

    def of_agent(self, agent: str) -> Conversation | None:
        return self._by_agent.get(agent)

    def latest_of(self, agent: str) -> Conversation | None:
        """Under way or over; None: there was none since the server started."""
        return self._latest.get(agent)

    def of_call(self, call: str) -> Conversation | None:
        return next((c for c in self._by_agent.values() if c.call == call), None)

    def with_channel(self, channel: str) -> Conversation | None:
        """The conversation this leg or caller's channel takes part in."""
        return next((c for c in self._by_agent.values() if channel in (c.leg, c.channel)), None)

    def _with_leg(self, leg: str) -> Conversation | None:
        """The conversation this leg takes part in, or took part until a moment ago."""
        return self.with_channel(leg) or next(
            (ended for ended in self._lately if ended.leg == leg), None
        )

    def all(self) -> list[Conversation]:
        return list(self._by_agent.values())


def started(conversation: Conversation) -> events.ConversationStarted:
    """The beginning of a conversation, for the record."""
    return events.ConversationStarted(
        at=conversation.started_at,
        call=conversation.call,
        queue=conversation.queue,
        agent=conversation.agent,
        channel=conversation.leg,
    )
