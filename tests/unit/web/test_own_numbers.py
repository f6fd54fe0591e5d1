"""One's own figures of today over real HTTP; and how they are made."""

import asyncio
from collections.abc import AsyncIterator
from zoneinfo import ZoneInfo

import pytest

from ivr.model.access import Role
from ivr.model.agents import AgentState as S
from ivr.model.agents import OfferOutcome
from ivr.model.events import ConversationEnded, OfferEnded
from ivr.service import own_numbers
from ivr.service.own_numbers import day_of
from tests.unit.kpi.stories import moved
from tests.unit.web.house import TOKENS, House

ANN, SUE = TOKENS[Role.AGENT], TOKENS[Role.SUPERVISOR]
DAY = [
    moved(0, S.LOGGED_OUT, S.AVAILABLE, 0, agent="ann"),
    OfferEnded(
        at=5,
        call="c0",
        offer="o0",
        queue="support",
        agent="ann",
        outcome=OfferOutcome.NO_ANSWER,
        ring_s=5,
    ),
    moved(20, S.AVAILABLE, S.ON_CALL, 20, agent="ann"),
    ConversationEnded(
        at=60, call="c1", queue="support", agent="ann", talk_s=30, hold_s=10, ended_by="caller"
    ),
    moved(60, S.ON_CALL, S.WRAP_UP, 40, agent="ann"),
    moved(80, S.WRAP_UP, S.AVAILABLE, 20, agent="ann"),
]
"""It is 100 now."""


@pytest.fixture
async def house() -> AsyncIterator[House]:
    house = House()
    await house.server.start()
    yield house
    await house.server.close()


async def test_an_agent_is_told_their_own_day_by_the_formulas_of_the_reports(house: House) -> None:
    house.days.happened = DAY
    assert await house.ask("GET", "/api/desk/numbers", ANN) == (
        200,
        {
            "since": 0.0,
            "conversations": 1,
            "talk_mean_s": 40.0,
            "wrap_up_mean_s": 20.0,
            "aht_s": 60.0,
            "occupancy": 0.6,
            "missed": 1,
            "transferred": 0,
            "logged_in_s": 100.0,
            "paused_s": 0.0,
        },
    )


async def test_only_ones_own_are_asked_for_and_not_again_at_once(house: House) -> None:
    for _ in range(3):
        assert (await house.ask("GET", "/api/desk/numbers", ANN))[0] == 200
    assert house.days.asked == [("ann", 0.0)]
    assert (await house.ask("GET", "/api/desk/numbers?agent=bob", ANN))[1]["conversations"] == 0
    assert house.days.asked == [("ann", 0.0)]


async def test_who_asks_while_it_is_read_shares_the_reading_and_may_go(house: House) -> None:
    """A desk that is closed meanwhile takes nothing from the others."""
    house.days.goes_on.clear()
    asked = [
        asyncio.create_task(house.ask("GET", "/api/desk/numbers", token))
        for token in (ANN, ANN, ANN)
    ]
    async with asyncio.timeout(5):
        await house.days.reads.wait()
    asked[0].cancel()
    await asyncio.gather(asked[0], return_exceptions=True)
    house.days.goes_on.set()
    async with asyncio.timeout(5):
        assert [status for status, _ in await asyncio.gather(*asked[1:])] == [200, 200]
    assert house.days.asked == [("ann", 0.0)]


async def test_who_would_wait_too_long_is_told_so(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_numbers, "WAIT_S", 0.01)
    house.days.goes_on.clear()
    assert (await house.ask("GET", "/api/desk/numbers", ANN))[0] == 503
    house.days.goes_on.set()


async def test_who_has_done_nothing_has_no_averages_and_not_zero(house: House) -> None:
    _, said = await house.ask("GET", "/api/desk/numbers", ANN)
    assert (said["conversations"], said["talk_mean_s"], said["occupancy"]) == (0, None, None)


async def test_who_is_no_agent_has_none(house: House) -> None:
    status, said = await house.ask("GET", "/api/desk/numbers", SUE)
    assert (status, "no agent of the site" in said["error"]) == (409, True)


async def test_while_the_journal_is_away_that_is_said(house: House) -> None:
    house.days.is_away = True
    assert (await house.ask("GET", "/api/desk/numbers", ANN))[0] == 503


def test_a_day_begins_at_midnight_there_and_has_23_hours_in_spring() -> None:
    begin, end = day_of(1774785600, ZoneInfo("Europe/Berlin"))  # 2026-03-29 12:00 UTC
    assert (begin, end - begin) == (1774738800, 23 * 3600)
