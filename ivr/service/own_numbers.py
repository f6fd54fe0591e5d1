"""An agent's own figures of today, by the formulas of the reports."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from ivr.kpi import Seconds, aht, occupancy
from ivr.kpi.agent_history import AgentFigures, AgentHistory
from ivr.kpi.periods import Periods
from ivr.model.events import AgentChanged, Event
from ivr.model.site import Site
from ivr.ports import Clock

FRESH_S = 2.0
"""So long figures are told again: however many pages ask, the journal is asked seldom."""


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
    """Keeps what was told a moment ago."""

    def __init__(self, days: Days, site: Callable[[], Site], clock: Clock) -> None:
        self._days = days
        self._site = site
        self._clock = clock
        self._told: dict[str, tuple[float, Numbers]] = {}
        """By agent of the site."""

    async def today(self, agent: str) -> Numbers:
        """JournalAwayError."""
        now = self._clock.now()
        at, told = self._told.get(agent, (0.0, None))
        if told is not None and now - at < FRESH_S:
            return told
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
    begin = datetime.fromtimestamp(now, zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return begin.timestamp(), (begin + timedelta(days=1)).timestamp()
