"""An agent's own figures of today, by the formulas of the reports."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from ivr.kpi import Seconds, aht, occupancy
from ivr.kpi.agent_history import AgentFigures, AgentHistory
from ivr.kpi.periods import Periods
from ivr.model.days import midnight
from ivr.model.errors import JournalAwayError
from ivr.model.events import AgentChanged, Event
from ivr.model.site import Site
from ivr.ports import Clock

FRESH_S = 2.0
"""So long figures are told again: however many pages ask, the journal is asked seldom."""

WAIT_S = 10.0
"""At the longest, behind what is read for others; who asks again finds it read by then."""


class Days(Protocol):
    async def since(self, agent: str, begin: float) -> tuple[AgentChanged | None, Sequence[Event]]:
        """As `ivr.journal.agent_day.AgentDays`; JournalAwayError."""


@dataclass(frozen=True)
class Numbers:
    """From midnight, in the site's time zone, until now. None: there is nothing to divide by."""

    since: float
    conversations: int
    talk_mean_s: float | None
    """Holds included."""
    wrap_up_mean_s: float | None
    aht_s: float | None
    occupancy: float | None
    missed: int
    """Offers that were not answered."""
    transferred: int
    logged_in_s: float
    paused_s: float


class OwnNumbers:
    """Keeps what was told a moment ago. Invariant: one reading of each agent at a time, which all
    who ask meanwhile share."""

    def __init__(self, days: Days, site: Callable[[], Site], clock: Clock) -> None:
        self._days = days
        self._site = site
        self._clock = clock
        self._told: dict[str, tuple[float, Numbers]] = {}
        """By agent of the site."""
        self._readings: dict[str, asyncio.Task[Numbers]] = {}

    async def today(self, agent: str) -> Numbers:
        """JournalAwayError."""
        now = self._clock.now()
        at, told = self._told.get(agent, (0.0, None))
        if told is not None and now - at < FRESH_S:
            return told
        reading = self._readings.get(agent)
        if reading is None:
            reading = asyncio.create_task(self._read(agent, now), name=f"numbers of {agent}")
            self._readings[agent] = reading
            reading.add_done_callback(lambda done: self._over(agent, done))
        try:
            async with asyncio.timeout(WAIT_S):
                return await asyncio.shield(reading)  # who asks and goes leaves it to the others
        except TimeoutError as error:
            raise JournalAwayError("the journal is too slow") from error

    def _over(self, agent: str, reading: asyncio.Task[Numbers]) -> None:
        del self._readings[agent]
        if not reading.cancelled():
            reading.exception()  # told to who asked; they may all have gone

    async def _read(self, agent: str, now: float) -> Numbers:
        begin, end = day_of(now, ZoneInfo(self._site().timezone))
        history = AgentHistory(Periods(begin, end, [begin]))
        before, happened = await self._days.since(agent, begin)
        history.begin_with([before] if before else [])
        for event in happened:
            history.add(event)
        history.close(now)
        found = numbers(begin, history.figures.get((0, agent), AgentFigures()))
        self._told[agent] = (now, found)
        return found


def numbers(since: float, figures: AgentFigures) -> Numbers:
    count, spent = figures.conversations, figures.spent
    return Numbers(
        since=since,
        conversations=count,
        talk_mean_s=aht(count, Seconds(talk=figures.talk_s, hold=figures.hold_s)),
        wrap_up_mean_s=aht(count, Seconds(wrap_up=spent.wrap_up)),
        aht_s=aht(count, figures.handling),
        occupancy=occupancy(spent),
        missed=figures.missed,
        transferred=figures.transferred,
        logged_in_s=spent.logged_in,
        paused_s=spent.paused,
    )


def day_of(now: float, zone: ZoneInfo) -> tuple[float, float]:
    """When the day this moment is in begins and ends there."""
    begin = midnight(now, zone)
    return begin.timestamp(), (begin + timedelta(days=1)).timestamp()
