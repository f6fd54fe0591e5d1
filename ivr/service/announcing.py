"""What a caller hears in line: the prompt, then music, and announcements in between.

Nothing here knows whether an agent was found: the wait cancels it, and the line is cut.
"""

import asyncio
from math import isfinite

import structlog

from ivr.model import events
from ivr.model.errors import TelephonyError
from ivr.ports import Announcement, Audio, Line, Spoken
from ivr.service.desk import Desk
from ivr.service.places import Stay
from ivr.service.remembering import Remembering
from ivr.service.schedule import due, next_due
from ivr.spoken.wording import Wording, rounded

log = structlog.get_logger(__name__)


class Announcing:
    """One caller's announcements."""

    def __init__(self, desk: Desk, line: Line, remembering: Remembering) -> None:
        self._desk = desk
        self._line = line
        self._remembering = remembering

    async def run(self, stay: Stay) -> None:
        """Entertains until cancelled; returns never.

        An announcement that cannot be played costs the caller nothing but that announcement.
        """
        if not stay.greeted:
            stay.greeted = True
            await self._play(stay.request.prompt)
        await self._line.start_music(stay.queue.music)
        announcements = stay.request.announcements
        while moment := next_due(announcements, stay.joined_at, stay.told_until):
            await asyncio.sleep(moment - self._desk.clock.now())
            now = max(moment, self._desk.clock.now())
            these = due(announcements, stay.joined_at, stay.told_until, now)
            stay.told_until = now
            if await self._tell(stay, these):
                await self._line.start_music(stay.queue.music)
        await asyncio.get_running_loop().create_future()

    async def _tell(self, stay: Stay, announcements: list[Announcement]) -> bool:
        """Whether anything was played, and so the music ended."""
        played = False
        for announcement in announcements:
            if audio := await self._audio(stay, announcement):
                played = True
                await self._play(audio)
        return played

    async def _play(self, audio: tuple[Audio, ...]) -> None:
        try:
            await self._line.play(audio)
        except TelephonyError as error:
            log.warning("announcement not played", call=self._line.id, error=str(error))

    async def _audio(self, stay: Stay, announcement: Announcement) -> tuple[Audio, ...]:
        """What to play; nothing when there is nothing to tell, or nothing sure."""
        if announcement.tells == "position":
            position = self._desk.dispatcher.position(self._line.id)
            if position is None:
                return ()
            language, words = self._words(stay)
            return (Spoken(words.told_position(position), language),)
        if announcement.tells == "estimate":
            return await self._estimate(stay)
        return announcement.audio

    async def _estimate(self, stay: Stay) -> tuple[Audio, ...]:
        """The wait as the core expects it, unless it is unsure or expects more than it told."""
        estimate = self._desk.dispatcher.estimate(self._line.id)
        if estimate is None:
            return ()
        minutes = stay.promise.bounded(rounded(estimate.low_s, estimate.high_s))
        language, words = self._words(stay)
        phrase = "" if minutes is None else words.told_range(minutes)
        if minutes is None or not phrase:
            return ()
        now = self._desk.clock.now()
        stay.promise.made(minutes, now)
        await self._remembering.waiting(stay)
        self._desk.recorder.record(
            events.EstimateAnnounced(
                at=now,
                call=self._line.id,
                queue=stay.request.queue,
                position=estimate.position,
                low_s=minutes.low * 60.0,
                high_s=minutes.high * 60.0 if isfinite(minutes.high) else estimate.high_s,
            )
        )
        return (Spoken(phrase, language),)

    def _words(self, stay: Stay) -> tuple[str, Wording]:
        """The caller's language and its phrases; the default one when the site has it no more."""
        language = self._desk.site.spoken(stay.request.language)
        return language, self._desk.site.words(language)
