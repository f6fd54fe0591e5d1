"""Breaks by the clock on the wall, whatever the season; and the one task that plans them."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.acd.engine import Engine
from ivr.acd.messages import DayBegan, Input, LogIn, Pause, PlanPause, Tick
from ivr.acd.views import AgentView
from ivr.model.agents import AgentState
from ivr.model.ids import AgentId
from ivr.model.site import Break, Site
from ivr.service.breaks import Breaks
from ivr.site.breaks import break_at, next_break, next_midnight
from ivr.site.calendars import DAYS, minutes
from ivr.testing.clock import VirtualClock
from tests.unit.acd.centre import site

BERLIN = ZoneInfo("Europe/Berlin")
ALL = list(DAYS)


def pause(start: str, days: Sequence[Any] = ALL, length_s: float = 900) -> Break:
    return Break(days=list(days), start=start, length_s=length_s, reason="tea")


def berlin(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).timestamp()


def shown(at: float, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(at, UTC).astimezone(zone).strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    ("start", "after", "expected"),
    [
        ("12:00", "2026-11-24 11:59", "2026-11-24 12:00"),
        ("12:00", "2026-11-24 12:00", "2026-11-25 12:00"),
        ("12:00", "2026-03-28 13:00", "2026-03-29 12:00"),
        ("02:30", "2026-03-28 13:00", "2026-03-29 03:30"),
        ("02:30", "2026-10-24 13:00", "2026-10-25 02:30"),
        ("24:00", "2026-11-24 11:00", "2026-11-25 00:00"),
    ],
    ids=["today", "not now but tomorrow", "summer time", "skipped", "twice: the first", "midnight"],
)
def test_the_next_break_is_by_the_wall_clock(start: str, after: str, expected: str) -> None:
    found = next_break([pause(start)], BERLIN, berlin(after))
    assert found is not None
    assert shown(found.start, BERLIN) == expected
    assert found.end - found.start == 900


def test_the_hour_shown_twice_has_one_break() -> None:
    first = next_break([pause("02:30")], BERLIN, berlin("2026-10-25 00:00"))
    assert first is not None
    second = next_break([pause("02:30")], BERLIN, first.start)
    assert second is not None
    assert shown(second.start, BERLIN) == "2026-10-26 02:30"


def test_of_several_the_earliest_and_only_on_its_days() -> None:
    breaks = [pause("15:00", ["tue"]), pause("12:00", ["wed"]), pause("16:00", ["tue"])]
    found = next_break(breaks, BERLIN, berlin("2026-11-24 14:00"))
    assert found is not None
    assert shown(found.start, BERLIN) == "2026-11-24 15:00"
    assert next_break([], BERLIN, 0) is None


def test_a_break_past_midnight_is_still_under_way() -> None:
    night = pause("23:50", length_s=1800)
    assert break_at([night], BERLIN, berlin("2026-11-24 00:10")) is not None
    assert break_at([night], BERLIN, berlin("2026-11-24 00:20")) is None


ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Asia/Beirut"]
clocks = st.integers(0, 24 * 60 - 1).map(lambda n: f"{n // 60:02}:{n % 60:02}")
plans = st.lists(
    st.builds(pause, clocks, st.lists(st.sampled_from(DAYS), min_size=1, unique=True)),
    min_size=1,
    max_size=3,
)
moments = st.integers(1_750_000_000 // 60, 1_850_000_000 // 60).map(lambda n: n * 60.0)


@given(plans, st.sampled_from(ZONES), moments)
def test_no_break_is_skipped_and_each_is_where_clocks_show_it(
    breaks: list[Break], name: str, after: float
) -> None:
    zone = ZoneInfo(name)
    found = next_break(breaks, zone, after)
    assert found is not None
    starts = {(day, minutes(one.start)) for one in breaks for day in one.days}

    def begins(at: float) -> bool:
        wall = datetime.fromtimestamp(at, UTC).astimezone(zone)
        return (DAYS[wall.weekday()], wall.hour * 60 + wall.minute) in starts and not wall.fold

    earlier = range(int(after) + 60, int(found.start), 60)
    assert not any(begins(at) for at in earlier)
    skipped = shown(found.start, zone) != shown_without_skip(found.start, zone)
    assert begins(found.start) or skipped


def shown_without_skip(at: float, zone: ZoneInfo) -> str:
    """What clocks would show had they not been put forward within the last two hours."""
    offset = datetime.fromtimestamp(at - 7200, UTC).astimezone(zone).utcoffset() or timedelta()
    return (datetime.fromtimestamp(at, UTC) + offset).strftime("%Y-%m-%d %H:%M")


@given(st.sampled_from(ZONES), moments)
def test_a_day_begins_when_the_date_changes(name: str, after: float) -> None:
    zone = ZoneInfo(name)
    midnight = next_midnight(zone, after)
    assert after < midnight <= after + 25 * 3600
    assert shown(midnight, zone)[:10] != shown(midnight - 1, zone)[:10]


# --- the task


class Core:
    """An engine whose clock the test moves, with a note of what it was told."""

    def __init__(self, plan: Site, clock: VirtualClock) -> None:
        self.engine = Engine(plan)
        self.told: list[Input] = []
        self._clock = clock

    def feed(self, message: Input) -> None:
        self.told.append(message)
        self.engine.handle(message, self._clock.now())

    def agent(self, agent: AgentId) -> AgentView:
        return self.engine.agent(agent)


class Week:
    """A site with one agent who has breaks; time passes only while the task sleeps."""

    def __init__(self, at: str) -> None:
        plan = site({"ann": {}})
        ann = plan.agents["ann"].model_copy(update={"breaks": [pause("12:00"), pause("15:00")]})
        self.clock = VirtualClock(berlin(at))
        plan = plan.model_copy(update={"agents": {"ann": ann}, "timezone": "Europe/Berlin"})
        self.core = Core(plan, self.clock)
        self.core.feed(LogIn(AgentId("ann")))
        self.breaks = Breaks(plan, self.core.feed, self.core.agent, self.clock, self._sleep)
        self.states: list[tuple[str, AgentState]] = []
        self._end = 0.0
        self._over = asyncio.Event()

    async def until(self, text: str) -> None:
        self._end = berlin(text)
        self.breaks.start()
        async with asyncio.timeout(5):
            await self._over.wait()
        await self.breaks.close()

    async def _sleep(self, seconds: float) -> None:
        wake_at = self.clock.now() + seconds
        assert seconds > 0, "it would spin"
        while (due := self.core.engine.next_deadline()) is not None and due < wake_at:
            self._pass(due)
        self._pass(wake_at)
        if self.clock.now() >= self._end:
            self._over.set()
            await asyncio.Event().wait()

    def _pass(self, to: float) -> None:
        self.clock.advance(to - self.clock.now())
        self.core.engine.handle(Tick(), to)
        state = self.core.agent(AgentId("ann")).state
        if not self.states or self.states[-1][1] is not state:
            self.states.append((shown(to, BERLIN)[5:], state))


async def test_a_day_with_two_breaks() -> None:
    week = Week("2026-11-24 09:00")
    await week.until("2026-11-25 00:00")
    free, paused = AgentState.AVAILABLE, AgentState.PAUSED
    assert week.states == [
        ("11-24 12:00", paused),
        ("11-24 12:15", free),
        ("11-24 15:00", paused),
        ("11-24 15:15", free),
    ]


async def test_midnight_is_told_once_a_day() -> None:
    week = Week("2026-11-24 09:00")
    await week.until("2026-11-26 12:00")
    assert sum(isinstance(one, DayBegan) for one in week.core.told) == 2


async def test_who_is_found_in_a_break_after_a_restart_comes_back_in_time() -> None:
    week = Week("2026-11-24 12:05")
    week.core.feed(Pause(AgentId("ann"), "tea"))
    await week.until("2026-11-24 15:00")
    assert ("11-24 12:15", AgentState.AVAILABLE) in week.states


async def test_who_is_found_at_work_in_a_break_goes_on_working() -> None:
    week = Week("2026-11-24 12:05")
    await week.until("2026-11-24 15:00")
    plans = [one for one in week.core.told if isinstance(one, PlanPause)]
    assert shown(plans[0].start, BERLIN) == "2026-11-24 15:00"
