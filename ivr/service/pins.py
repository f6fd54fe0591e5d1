"""PINs on top of a phone's registration: asked for, each wrong one on record at once, and slower
after several, however often the phone hangs up in between."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass

import structlog

from ivr.model import events
from ivr.model.ids import AgentId
from ivr.model.waits import doubled
from ivr.ports import Line, Spoken
from ivr.service.desk import Desk
from ivr.service.telling import told

log = structlog.get_logger(__name__)

TRIES_MAX = 3
"""In one call."""
KEYS_MAX = 12
KEY_TIMEOUT_S = 8.0
COSTLY = 5
"""The first wrong one that costs a wait, `WAIT_S`; each further one costs twice as long."""
WAIT_S = 30.0
WAIT_S_MAX = 900.0
FORGET_S = 3600.0
"""Without a wrong one for so long, all are forgotten."""

ENTER_PIN = Spoken("Please enter your pin, then pound.")
WRONG_PIN = Spoken("That pin is not right.")
TOO_MANY = Spoken("Too many wrong pins. Please try again later.")
PIN_PROMPTS = (ENTER_PIN, WRONG_PIN, TOO_MANY)


@dataclass
class _Wrong:
    count: int = 0
    last: float = 0.0
    until: float = 0.0
    """No PIN is taken before then."""


class Pins:
    """`pins` maps extensions to PINs; who is in there has one."""

    def __init__(self, desk: Desk, pins: Mapping[str, str]) -> None:
        self._desk = desk
        self._pins = pins
        self._wrong: dict[str, _Wrong] = {}
        """By extension; only of those with a PIN."""

    def use(self, pins: Mapping[str, str]) -> None:
        """These from now on."""
        self._pins = pins
        self._wrong = {name: one for name, one in self._wrong.items() if name in pins}

    def has(self, extension: str) -> bool:
        return extension in self._pins

    async def given(self, line: Line, agent: AgentId, code: str) -> bool:
        """Asks until the right one is typed, a few times at the most; `code` is what it is for."""
        extension = self._desk.site.agents[agent].extension
        for _ in range(TRIES_MAX):
            waits = self._wait_s(extension) > 0
            typed = "" if waits else await self._typed(line, agent)
            # Again: several calls of the same phone may have asked at once.
            if self._wait_s(extension) > 0:
                self._refused(extension, agent, code)
                await self._tell(line, agent, TOO_MANY)
                return False
            if self._is_right(extension, typed):
                self._wrong.pop(extension, None)
                return True
            if typed:
                # Before anything is said: who hangs up now has tried all the same.
                self._count(extension)
                self._refused(extension, agent, code)
                log.warning("wrong PIN", address=line.address, extension=extension)  # for fail2ban
            await self._tell(line, agent, WRONG_PIN)
        return False

    async def _typed(self, line: Line, agent: AgentId) -> str:
        return await _keys_until_pound(line, told(self._desk.site, ENTER_PIN, agent))

    def _is_right(self, extension: str, typed: str) -> bool:
        expected = self._pins.get(extension, "")
        return bool(expected) and hmac.compare_digest(typed.encode(), expected.encode())

    def _wait_s(self, extension: str) -> float:
        wrong = self._wrong.get(extension)
        return max(0.0, wrong.until - self._desk.clock.now()) if wrong else 0.0

    def _count(self, extension: str) -> None:
        now = self._desk.clock.now()
        wrong = self._wrong.setdefault(extension, _Wrong())
        if now - wrong.last > FORGET_S:
            wrong.count = 0
        wrong.count, wrong.last = wrong.count + 1, now
        wrong.until = now + doubled(wrong.count, COSTLY, WAIT_S, WAIT_S_MAX)

    def _refused(self, extension: str, agent: AgentId, code: str) -> None:
        self._desk.recorder.record(
            events.PinRefused(
                at=self._desk.clock.now(),
                extension=extension,
                agent=agent,
                code=code,
                wait_s=round(self._wait_s(extension), 3),
            )
        )

    async def _tell(self, line: Line, agent: AgentId, phrase: Spoken) -> None:
        await line.play([told(self._desk.site, phrase, agent)])


async def _keys_until_pound(line: Line, question: Spoken) -> str:
    """What was typed before `#`, or before a pause."""
    keys = key = await line.play([question], keys="0123456789#")
    while key != "#" and len(keys) <= KEYS_MAX:
        key = await line.wait_key(KEY_TIMEOUT_S)
        if not key:
            break
        keys += key
    return keys.removesuffix("#")
