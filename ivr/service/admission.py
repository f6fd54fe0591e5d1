"""At the door for callers: takes the next one, or turns them away politely.

Who has been taken is never touched, nor who was promised a call-back: only calls that nothing is
known of yet come by here. What a caller turned away hears and where they go is carried by the
telephony system alone: it costs this server a few messages.
"""

import os
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from resource import RLIM_INFINITY, RLIMIT_NOFILE, getrlimit
from typing import Protocol

import structlog

from ivr.flow import Flow
from ivr.model import events
from ivr.model.site import Site
from ivr.nodes.dial import dial_target
from ivr.ports import Clock, DialTarget, Recorder, Spoken
from ivr.service.overload import OPEN, Gates, Measure, Reason, looked, nearness, reasons
from ivr.service.seldom import Seldom

LOOKS = 10
"""The worst of so many looks at the event loop counts: one that is slow once is no overload."""
COUNT_EVERY_S = 1.0
"""Between two counts of open descriptors."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Farewell:
    """How a caller is turned away."""

    prompt: Spoken
    busy: bool
    """The line is busy, rather than congested, is the cause told to the network."""
    answered: bool
    """Take the call (and let it be paid for) to say so."""
    overflow: DialTarget | None = None
    """Who is rung first of all."""


class Arriving(Protocol):
    """A new call, of which only what it brought along is known."""

    @property
    def id(self) -> str: ...
    @property
    def channel(self) -> str: ...
    @property
    def caller(self) -> str: ...
    @property
    def dialled(self) -> str: ...

    async def turn_away(self, farewell: Farewell) -> None:
        """Leaves the call to the telephony system, to be ended like this."""


class Admission:
    """`calls` counts those in the house; `sessions` is the share in use of those there may be."""

    def __init__(
        self,
        site: Callable[[], Site],
        calls: Callable[[], int],
        sessions: Callable[[], float],
        recorder: Recorder,
        clock: Clock,
        descriptors: Callable[[], float] | None = None,
    ) -> None:
        self._site = site
        self._calls = calls
        self._sessions = sessions
        self._descriptors = descriptors or descriptors_in_use
        self._recorder = recorder
        self._clock = clock
        self._flows: Mapping[str, Flow] = {}
        self._gates: Gates = OPEN
        self._lags: deque[float] = deque(maxlen=LOOKS)
        self._counted: tuple[float, float] | None = None
        """(when, share of descriptors in use)"""
        self._told: tuple[Reason, ...] = ()
        self._seldom = Seldom()
        self.refused = 0
        """Callers turned away since the start."""

    def use(self, flows: Mapping[str, Flow]) -> None:
        """These are in force from now on."""
        self._flows = flows

    def observe_lag(self, seconds: float) -> None:
        """How late the event loop was just now; told several times a second."""
        self._lags.append(seconds)
        self._gates = looked(self._gates, self.load(), self._clock.now())

    def load(self) -> Mapping[Measure, float]:
        """What the server measures of itself at this moment."""
        now = self._clock.now()
        if self._counted is None or now - self._counted[0] >= COUNT_EVERY_S:
            self._counted = (now, self._descriptors())
        return {
            "lag": max(self._lags, default=0.0),
            "descriptors": self._counted[1],
            "sessions": self._sessions(),
        }

    def reasons(self) -> tuple[Reason, ...]:
        """Why whoever calls now is turned away; empty: they are taken."""
        return reasons(self._gates, self._calls(), self.calls_max)

    def nearness(self) -> dict[str, float]:
        """See `overload.nearness`."""
        return nearness(self.load(), self._calls(), self.calls_max)

    @property
    def calls(self) -> int:
        return self._calls()

    @property
    def calls_max(self) -> int | None:
        return self._site().overload.calls_max

    async def turned_away(self, line: Arriving) -> bool:
        """Whether this caller was not taken."""
        why = self.reasons()
        if why != self._told:
            self._tell(why)
        if not why:
            return False
        farewell = self._farewell(line.dialled)
        self.refused += 1
        target = farewell.overflow
        self._recorder.record(
            events.CallRefused(
                at=self._clock.now(),
                call=line.id,
                caller=line.caller,
                dialled=line.dialled,
                channel=line.channel,
                reason=why[0],
                overflow="" if target is None else target.extension or target.number,
            )
        )
        await line.turn_away(farewell)
        return True

    def _tell(self, why: tuple[Reason, ...]) -> None:
        """In the log, but not with every caller at the very limit."""
        self._told = why
        if not self._seldom.passes():
            return
        if why:
            log.warning("new callers are turned away", reasons=why)
        else:
            log.info("new callers are taken again")

    def _farewell(self, dialled: str) -> Farewell:
        site = self._site()
        language = self._language(dialled)
        rule = site.overload
        return Farewell(
            Spoken(site.words(language).lines_busy, language),
            busy=rule.cause == "busy",
            answered=rule.answer,
            overflow=dial_target(site, rule.overflow) if rule.overflow else None,
        )

    def _language(self, dialled: str) -> str:
        """In which a flow that sets one first of all would serve the caller; else the default."""
        site = self._site()
        flow = self._flows.get(site.numbers.get(dialled, ""))
        first = flow.nodes.get(flow.start) if flow is not None else None
        spoken = tuple(first.languages(site.voices)) if first is not None else ()
        return site.spoken(spoken[0] if len(spoken) == 1 else "")


def refusal_texts(site: Site) -> set[Spoken]:
    """Everything said to callers who are turned away."""
    return {Spoken(site.words(one).lines_busy, one) for one in site.voices}


def descriptors_in_use() -> float:
    """Share of the open files and connections this process may have; all when none is left."""
    limit, _ = getrlimit(RLIMIT_NOFILE)
    if limit == RLIM_INFINITY:
        return 0.0
    try:
        return len(os.listdir("/proc/self/fd")) / limit
    except OSError:
        return 1.0
