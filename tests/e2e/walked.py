"""Calls made at the terminal, made again on a real Asterisk: the same keys at the same places."""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field

from ivr.testing.steps import HangUp, Press
from tests.e2e.journal import Fact, JournalView
from tests.e2e.media import Media
from tests.e2e.sip import TRUNK_IP, RawCall, Trunk
from tests.walks.callers import Act, Trace, Walk

POLL_S = 0.1
STEP_LIMIT_S = 60.0
"""A whole message, or a prompt with its time-outs and retries."""
BEGINS_S = 5.0
"""So long it may take until a prompt is heard."""
SETTLED_S = 0.4
"""So long after its question began a key comes at the soonest: nobody is quicker."""
OVER_S = 1.0
"""Longer than any pause within a prompt, shorter than any time-out."""
SILENCE_S = 6.0
"""More than ends a message."""


@dataclass
class Told:
    """What the journal has told of one call."""

    started: Fact
    entered: list[tuple[str, str]] = field(default_factory=list)
    left: list[tuple[str, str, str]] = field(default_factory=list)
    inputs: list[tuple[str, str]] = field(default_factory=list)
    ended: Fact | None = None

    def take(self, fact: Fact) -> None:
        match fact.type:
            case "node.entered":
                self.entered.append((fact.flow, fact.node))
            case "node.left":
                self.left.append((fact.flow, fact.node, fact.outcome))
            case "input.received":
                self.inputs.append((fact.value, fact.result))
            case "call.ended":
                self.ended = fact

    @property
    def trace(self) -> Trace:
        return Trace(self.entered, self.left, self.inputs)


class Follower:
    """Reads on in the journal, once for all calls. Every caller has a number of their own."""

    def __init__(self, journal: JournalView) -> None:
        self._journal = journal
        self._newest = journal.newest_id()
        self._calls: dict[str, Told] = {}
        self._by_caller: dict[str, Told] = {}
        self._changed = asyncio.Condition()

    async def follow(self) -> None:
        """Until cancelled."""
        while True:
            async with self._changed:
                for fact in self._journal.facts_after(self._newest):
                    self._newest = fact.id
                    self._take(fact)
                self._changed.notify_all()
            await asyncio.sleep(POLL_S)

    async def is_at(self, caller: str, act: Act) -> Told:
        """The call is where this was done, or over."""

        def there(told: Told) -> bool:
            return len(told.entered) >= act.nodes and len(told.inputs) >= act.inputs

        return await self._when(caller, there, str(act))

    async def is_over(self, caller: str) -> Told:
        return await self._when(caller, lambda _: False, "the end of the call")

    async def _when(self, caller: str, look: Callable[[Told], bool], what: str) -> Told:
        def there() -> bool:
            told = self._by_caller.get(caller)
            return told is not None and (told.ended is not None or look(told))

        async with self._changed:
            try:
                async with asyncio.timeout(STEP_LIMIT_S):
                    await self._changed.wait_for(there)
            except TimeoutError:
                raise AssertionError(f"{what}, but {self._by_caller.get(caller)}") from None
        return self._by_caller[caller]

    def _take(self, fact: Fact) -> None:
        if fact.type == "call.started":
            self._calls[fact.call] = self._by_caller[fact.caller] = Told(fact)
        told = self._calls.get(fact.data.get("call", ""))
        if told is not None:
            told.take(fact)


@dataclass(frozen=True)
class Walker:
    """Makes one call again. A `hasty` one does not hear questions out."""

    walk: Walk
    follower: Follower
    hasty: bool

    async def call(self, trunk: Trunk, number: str) -> Told:
        media = await Media.open(TRUNK_IP)
        call = await trunk.call(number, user=self.walk.caller.encode(), media=media)
        assert call.status == 200, f"{self.walk.flow}: {call.status}"
        for act in self.walk.acts:
            told = await self.follower.is_at(self.walk.caller, act)
            if told.ended is None:
                await self._do(act, call, media)
        told = await self.follower.is_over(self.walk.caller)
        await media.close()
        return told

    async def _do(self, act: Act, call: RawCall, media: Media) -> None:
        """A Wait needs nothing: the next act has its place after it."""
        if act.kind == "message":
            await self._speak(call, media, leaves=isinstance(act.step, HangUp))
        elif isinstance(act.step, HangUp):
            await call.hang_up()
        elif isinstance(act.step, Press):
            began = asyncio.get_running_loop().time()
            await asyncio.sleep(SETTLED_S)
            if act.kind == "keys":
                await media.heard(began, BEGINS_S)
                if not self.hasty:
                    await media.quiet(OVER_S, STEP_LIMIT_S)
            await media.press(act.step.keys)

    async def _speak(self, call: RawCall, media: Media, *, leaves: bool) -> None:
        """From before the beep until well after it."""
        talking = asyncio.create_task(media.talk(STEP_LIMIT_S), name="message")
        await media.heard(asyncio.get_running_loop().time(), BEGINS_S)
        await media.quiet(OVER_S, STEP_LIMIT_S)
        talking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await talking
        if leaves:
            await call.hang_up()
        else:
            await media.keep_silent(SILENCE_S)
