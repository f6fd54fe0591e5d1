"""Listen, whisper, barge: who may, on which conversation, in which mode."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any

from ivr.model import events
from ivr.model.ids import AgentId
from ivr.ports import Line, Spoken
from ivr.service.conversations import Conversation
from ivr.service.desk import Desk
from ivr.service.telling import told

MODES = {"4": "listen", "5": "whisper", "6": "barge"}
"""Key pressed while supervising -> mode it switches to."""


SUSPENDED = "suspended"
"""The mode of who may not listen for a while."""

PRIVATE = Spoken("The caller is giving private data. You will be connected when that is over.")


Still = Callable[[], Awaitable[bool]]
"""Asked again and again: whether they still may."""


@dataclass
class Attendance:
    """One supervisor on one conversation."""

    supervisor: AgentId
    agent: AgentId
    call: str
    still: Still
    mode: str = "listen"


class Supervision:
    """Sessions of supervisors on conversations of their own team."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._attending: dict[str, Attendance] = {}
        """By the supervisor's channel."""

    def refusal(self, supervisor: AgentId, target: AgentId | None) -> str | None:
        """Why this person may not supervise that agent; None when they may."""
        known = self._desk.site.agents
        person = known.get(supervisor)
        if person is None or person.role != "supervisor":
            return "not_supervisor"
        if target is None or target not in known:
            return "no_agent"
        if known[target].team != person.team:
            return "other_team"
        return None

    def refused(self, supervisor: str, target: str, reason: str) -> None:
        """Put on record that somebody wanted to, and why nothing came of it."""
        self._desk.recorder.record(
            events.SupervisionRefused(
                at=self._desk.clock.now(), supervisor=supervisor, agent=target, reason=reason
            )
        )

    @property
    def attending(self) -> Mapping[str, Attendance]:
        """Who supervises whom now, by the supervisor's channel."""
        return self._attending

    async def attend(
        self, line: Line, supervisor: AgentId, target: AgentId, still: Still | None = None
    ) -> bool:
        """Supervise the target's conversation until it ends; False when there is none.

        The target is the exact leg of this conversation: when it ends, so does supervising.
        `still` says whether they may go on; without it, that is as the site in force says.
        """

        async def by_site() -> bool:
            return self.refusal(supervisor, target) is None

        conversation = self._desk.conversations.of_agent(target)
        if conversation is None:
            return False
        started_at = self._desk.clock.now()
        call = conversation.call
        self._desk.recorder.record(
            events.SupervisionStarted(
                at=started_at, call=call, supervisor=supervisor, agent=target, mode="listen"
            )
        )
        self._attending[line.channel] = attending = Attendance(
            supervisor, target, call, still or by_site
        )
        try:
            await self._listen(line, attending, conversation)
        finally:
            del self._attending[line.channel]
            now = self._desk.clock.now()
            self._desk.recorder.record(
                events.SupervisionEnded(
                    at=now,
                    call=call,
                    supervisor=supervisor,
                    agent=target,
                    seconds=now - started_at,
                )
            )
        return True

    async def _listen(self, line: Line, attending: Attendance, talk: Conversation) -> None:
        """Until the conversation ends. While it is private they wait, and are told why."""
        desk = self._desk
        while desk.conversations.of_agent(talk.agent) is talk:
            if desk.privacy.is_on(talk.call):
                self._change(attending, SUSPENDED)
                await line.play([told(desk.site, PRIVATE, attending.supervisor)])
                await _first_of(desk.privacy.wait_over(talk.call), line.wait_gone())
                continue
            self._change(attending, "listen")
            await desk.privacy.listen(line, talk.call, talk.leg)
            if not desk.privacy.is_on(talk.call):
                return

    def key_pressed(self, channel: str, key: str) -> None:
        """A key on a supervisor's phone; the telephony side has switched already."""
        attending = self._attending.get(channel)
        if attending is not None and key in MODES and attending.mode != SUSPENDED:
            self._change(attending, MODES[key])

    def _change(self, attending: Attendance, mode: str) -> None:
        if mode == attending.mode:
            return
        attending.mode = mode
        self._desk.recorder.record(
            events.SupervisionModeChanged(
                at=self._desk.clock.now(),
                call=attending.call,
                supervisor=attending.supervisor,
                agent=attending.agent,
                mode=mode,
            )
        )


async def _first_of(*ends: Coroutine[Any, Any, None]) -> None:
    tasks = [asyncio.ensure_future(end) for end in ends]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
