"""Breaks by the clock on the wall: plans each agent's next one, and says when a day begins."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ivr.acd.messages import DayBegan, Input, PlanPause
from ivr.acd.views import AgentView
from ivr.model.agents import AgentState
from ivr.model.ids import AgentId
from ivr.model.site import Break, Site
from ivr.ports import Clock
from ivr.service.tasks import Tasks
from ivr.site.calendars import DAYS, minutes

WEEK = 7
DAY_S = 86_400.0


@dataclass(frozen=True, order=True)
class Planned:
    """One break on one day; epoch seconds. The earlier one comes first."""

    start: float
    end: float
    reason: str


def moment(day: date, time_of_day: str, zone: ZoneInfo) -> float:
    """When clocks in the zone show this time. Where they skip it, as much after the skip as it
    would have been; where they show it twice, the first time."""
    days, minute = divmod(minutes(time_of_day), 24 * 60)
    wall = datetime.combine(day + timedelta(days=days), time(minute // 60, minute % 60), zone)
    return wall.astimezone(UTC).timestamp()


def next_midnight(zone: ZoneInfo, after: float) -> float:
    """When the next day begins."""
    return moment(_day(zone, after), "24:00", zone)


def next_break(breaks: Sequence[Break], zone: ZoneInfo, after: float) -> Planned | None:
    """The first break that begins later than `after`; None when there are none."""
    later = (one for one in _around(breaks, zone, after) if one.start > after)
    return min(later, default=None)


def break_at(breaks: Sequence[Break], zone: ZoneInfo, at: float) -> Planned | None:
    """The break under way; None when there is none."""
    now = (one for one in _around(breaks, zone, at) if one.start <= at < one.end)
    return min(now, default=None)


def _around(breaks: Sequence[Break], zone: ZoneInfo, at: float) -> list[Planned]:
    """Those that begin between yesterday and a week from now."""
    today = _day(zone, at)
    found: list[Planned] = []
    for offset in range(-1, WEEK + 1):
        day = today + timedelta(days=offset)
        for one in breaks:
            if DAYS[day.weekday()] in one.days:
                start = moment(day, one.start, zone)
                found.append(Planned(start, start + one.length_s, one.reason))
    return found


def _day(zone: ZoneInfo, at: float) -> date:
    return datetime.fromtimestamp(at, UTC).astimezone(zone).date()


class Breaks:
    """One task with one timer; the core carries the breaks out."""

    def __init__(
        self,
        site: Site,
        feed: Callable[[Input], None],
        agent: Callable[[AgentId], AgentView],
        clock: Clock,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """`feed` tells the core, `agent` asks it."""
        self._breaks = {AgentId(key): one.breaks for key, one in site.agents.items() if one.breaks}
        self._zone = ZoneInfo(site.timezone)
        self._feed = feed
        self._agent = agent
        self._clock = clock
        self._sleep = sleep
        self._tasks = Tasks("breaks")
        self._due: dict[AgentId, float] = {}
        """When to look for the agent's next break."""
        self._midnight = 0.0

    def start(self) -> None:
        """The agents' states have to be known by now: who is found in a break goes on with it."""
        now = self._clock.now()
        self._midnight = next_midnight(self._zone, now)
        self._due = dict.fromkeys(self._breaks, now)
        for agent, breaks in self._breaks.items():
            view, running = self._agent(agent), break_at(breaks, self._zone, now)
            if running and view.state is AgentState.PAUSED and view.reason == running.reason:
                self._plan(agent, running)
        self._tasks.start(self._run(), "plan")

    async def close(self) -> None:
        await self._tasks.close()

    async def _run(self) -> None:
        while True:
            wake_at = self._step(self._clock.now())
            await self._sleep(max(0.0, wake_at - self._clock.now()))

    def _step(self, now: float) -> float:
        """Says what is due; when to do so again."""
        if now >= self._midnight:
            self._feed(DayBegan())
            self._midnight = next_midnight(self._zone, now)
        for agent in [agent for agent, due in self._due.items() if due <= now]:
            coming = next_break(self._breaks[agent], self._zone, now)
            self._due[agent] = coming.start if coming else now + DAY_S
            if coming:
                self._plan(agent, coming)
        return min([self._midnight, *self._due.values()])

    def _plan(self, agent: AgentId, planned: Planned) -> None:
        self._feed(PlanPause(agent, planned.reason, planned.start, planned.end))
