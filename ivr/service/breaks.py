"""Breaks by the clock on the wall: plans each agent's next one, and says when a day begins."""

import asyncio
from collections.abc import Awaitable, Callable
from zoneinfo import ZoneInfo

from ivr.acd.messages import DayBegan, Input, PlanPause
from ivr.acd.views import AgentView
from ivr.model.agents import AgentState
from ivr.model.ids import AgentId
from ivr.model.site import Site
from ivr.ports import Clock
from ivr.service.tasks import Tasks
from ivr.site.breaks import Planned, break_at, next_break, next_midnight

DAY_S = 86_400.0


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
        self._read(site)
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

    async def replan(self, site: Site) -> None:
        """The breaks of this site from now on."""
        await self.close()
        self._read(site)
        self.start()

    async def close(self) -> None:
        await self._tasks.close()

    def _read(self, site: Site) -> None:
        self._breaks = {AgentId(key): one.breaks for key, one in site.agents.items() if one.breaks}
        self._zone = ZoneInfo(site.timezone)

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
