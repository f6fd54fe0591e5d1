"""Supervising by a click: the supervisor's own phone rings, and who picks up listens in.

What follows is the same as with the feature code: keys, privacy and events. The PIN is not asked
for, as whoever clicks has signed in; whether they may, is asked before it comes here, and again
every few seconds while they listen, by a click or a code.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import structlog

from ivr.model.errors import CallerGoneError, IvrError, TelephonyError
from ivr.model.ids import AgentId
from ivr.ports import Line, SupervisorLegs
from ivr.service.console.items import Attending
from ivr.service.desk import Desk
from ivr.service.features import NO_CONVERSATION
from ivr.service.rung_phones import RING_S, RingRefusedError, RungPhones
from ivr.service.supervision import MODES, SUSPENDED, Still, Supervision
from ivr.service.telling import told

log = structlog.get_logger(__name__)

CHECK_S = 3.0
"""Between two looks whether those who listen still may."""
STILL_S = 5.0
"""For one look: who cannot be looked up in that time may not."""
REVOKED = "revoked"
"""Why the audit says somebody listens no more who was let in before."""

REASONS = {
    "no_extension": "your account is no agent of the site, so there is no phone to ring",
    "no_agent": "there is no such agent",
    "no_conversation": "this agent is not talking to a caller",
    "busy": "you listen to somebody already; end that first",
    "no_phone": "your phone cannot be reached",
}


class ListeningRefusedError(RingRefusedError):
    """`reason` is one of `REASONS`."""

    reasons = REASONS


class NotListeningError(IvrError):
    """There is nothing to switch or to end."""


@dataclass(frozen=True)
class Wish:
    """Who wants to listen to whom."""

    supervisor: AgentId
    target: AgentId
    still: Still


class Listening:
    """Owns the wishes, from the click until the supervisor's channel is gone."""

    def __init__(
        self,
        desk: Desk,
        supervision: Supervision,
        legs: SupervisorLegs,
        new_channel: Callable[[], str],
        changed: Callable[[str], None] = lambda _agent: None,
    ) -> None:
        """`changed` is told of whom something about listening has changed."""
        self._desk = desk
        self._supervision = supervision
        self._legs = legs
        self._new_channel = new_channel
        self._changed = changed
        self._rung = RungPhones[Wish](desk.tasks, lambda wish: self._changed(wish.target))
        self._answered: dict[str, Wish] = {}
        """By the supervisor's channel."""
        self._revoked: set[str] = set()
        """Channels that are told to end, and have not yet."""

    @property
    def ringing(self) -> Mapping[str, Wish]:
        """Who is rung now, by channel."""
        return self._rung.wishes

    @property
    def attending(self) -> list[Attending]:
        """Everybody who supervises, by a click or a code, or is rung for it."""
        there = self._supervision.attending.values()
        return [
            *(Attending(one.supervisor, one.target, "ringing") for one in self.ringing.values()),
            *(Attending(one.supervisor, one.agent, one.mode) for one in there),
        ]

    async def begin(self, supervisor: AgentId, target: AgentId, still: Still) -> None:
        """Ring the supervisor, who hears the target's conversation on picking up, as long as they
        `still` may.

        ListeningRefusedError, which is on record; TelephonyError when it cannot be ordered.
        """
        refusal = self._refusal(supervisor, target)
        if refusal is not None:
            self._supervision.refused(supervisor, target, refusal)
            raise ListeningRefusedError(refusal)
        person = self._desk.site.agents[supervisor]
        title = self._desk.site.agents[target].name
        channel = self._new_channel()
        order = self._legs.call_supervisor(channel, person.extension, title=title, timeout_s=RING_S)
        self._changed(target)
        await self._rung.ring(channel, Wish(supervisor, target, still), order)

    def _refusal(self, supervisor: AgentId, target: AgentId) -> str | None:
        """Why not now; whether they may at all, was asked before."""
        desk, known = self._desk, self._desk.site.agents
        if supervisor not in known:
            return "no_extension"
        if target not in known:
            return "no_agent"
        if desk.conversations.of_agent(target) is None:
            return "no_conversation"
        if self._channel_of(supervisor):
            return "busy"
        view = desk.dispatcher.engine.agent(supervisor)
        return None if view.reachable else "no_phone"

    async def serve(self, line: Line) -> None:
        """The supervisor has picked up; a channel nobody was rung on hears nothing."""
        wish = self._rung.picked_up(line.channel)
        try:
            if wish is not None:
                self._answered[line.channel] = wish
                await line.answer()
                if not await _may(wish.still):
                    self._revoke(line.channel, wish.supervisor, wish.target)
                elif not await self._supervision.attend(
                    line, wish.supervisor, wish.target, wish.still
                ):
                    self._supervision.refused(wish.supervisor, wish.target, "no_conversation")
                    phrase = told(self._desk.site, NO_CONVERSATION, wish.supervisor)
                    await line.play([phrase])
            await line.hangup()
        except CallerGoneError:
            return  # hanging up is how most people end it
        finally:
            self.channel_gone(line.channel)

    async def switch(self, supervisor: AgentId, mode: str) -> None:
        """To `listen`, `whisper` or `barge`, without reconnecting.

        NotListeningError; TelephonyError when it cannot be ordered.
        """
        channel = self._channel_of(supervisor)
        attending = self._supervision.attending.get(channel)
        if attending is None or attending.mode == SUSPENDED:
            raise NotListeningError("you do not listen to anybody now")
        keys = [key for key, one in MODES.items() if one == mode]
        if not keys:
            raise NotListeningError(f"no way to listen is {mode!r}; {', '.join(MODES.values())}")
        await self._legs.press(channel, keys[0])

    async def end(self, supervisor: AgentId) -> None:
        """Also while the phone still rings. NotListeningError; TelephonyError."""
        channel = self._channel_of(supervisor)
        if not channel:
            raise NotListeningError("you do not listen to anybody now")
        await self._legs.hang_up(channel)

    async def watch(self, period_s: float = CHECK_S) -> None:
        """Until cancelled: whoever may listen no more is hung up, and it is on record why."""
        while True:
            await asyncio.sleep(period_s)
            there = {
                **{name: (one.supervisor, one.target) for name, one in self.ringing.items()},
                **{
                    name: (one.supervisor, one.agent)
                    for name, one in self._supervision.attending.items()
                },
            }
            looks = [self._look_at(name, *who) for name, who in there.items()]
            for fault in await asyncio.gather(*looks, return_exceptions=True):
                if isinstance(fault, BaseException):  # the next look may succeed
                    log.error("could not look who may listen", exc_info=fault)

    async def _look_at(self, channel: str, supervisor: AgentId, target: AgentId) -> None:
        one = self._supervision.attending.get(channel) or self.ringing.get(channel)
        if one is None or await _may(one.still):
            return
        if not any(
            channel in those
            for those in (self.ringing, self._answered, self._supervision.attending)
        ):
            return  # gone meanwhile
        self._revoke(channel, supervisor, target)
        try:
            await self._legs.hang_up(channel)
        except TelephonyError as error:
            log.warning("who may not listen still does", channel=channel, error=str(error))

    def _revoke(self, channel: str, supervisor: AgentId, target: AgentId) -> None:
        """On record, once."""
        if channel not in self._revoked:
            self._revoked.add(channel)
            self._supervision.refused(supervisor, target, REVOKED)

    def channel_gone(self, channel: str) -> None:
        """Reported for every channel."""
        self._revoked.discard(channel)
        self._rung.gone(channel)
        if wish := self._answered.pop(channel, None):
            self._changed(wish.target)

    def _channel_of(self, supervisor: AgentId) -> str:
        """On which they listen, or are rung; also one they dialled in on. Empty: none."""
        channels = {
            **{name: one.supervisor for name, one in self.ringing.items()},
            **{name: one.supervisor for name, one in self._answered.items()},
            **{name: one.supervisor for name, one in self._supervision.attending.items()},
        }
        return next((name for name, one in channels.items() if one == supervisor), "")


async def _may(still: Still) -> bool:
    try:
        async with asyncio.timeout(STILL_S):
            return await still()
    except Exception:
        log.exception("nobody could say whether somebody may still listen")
        return False
