"""Nobody sees or directs agents beyond their own team, except managers and admins."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from ivr.model.access import Permission, Role
from ivr.model.agents import AgentState
from ivr.web.caller import caller_of
from ivr.web.guard import still_may
from ivr.web.routes import Route, Scope
from tests.unit.web.house import SECRET, TOKENS, House

AGENT, SUPERVISOR, MANAGER, ADMIN = (TOKENS[role] for role in Role)
WORDS = ["log-in", "log-out", "ready", "pause?reason=lunch", "extend-wrap-up?seconds=9"]


@pytest.fixture
async def house() -> AsyncIterator[House]:
    house = House(
        [Route("GET", "/api/agents/{agent}/stream", Permission.WATCH, stream, Scope.AGENT)]
    )
    await house.server.start()
    yield house
    await house.server.close()


async def stream(request: web.Request) -> web.StreamResponse:
    """A line for each moment in which the caller may have it."""
    answer = web.StreamResponse()
    await answer.prepare(request)
    while await still_may(request):
        await answer.write(f"{caller_of(request).name}\n".encode())
        await asyncio.sleep(0.01)
    return answer


@pytest.mark.parametrize("token", [SUPERVISOR, MANAGER, ADMIN, SECRET])
async def test_agents_are_listed_as_far_as_the_sight_reaches(house: House, token: str) -> None:
    _, said = await house.ask("GET", "/api/agents", token)
    everybody = ["ann", "bob", "cem"]
    seen = everybody[:2] if token == SUPERVISOR else everybody
    assert [one["agent"] for one in said["agents"]] == seen
    _, said = await house.ask("GET", "/api/calls/c1/explain", token)
    assert sorted(one["agent"] for one in said["candidates"]) == seen


async def test_a_call_that_rings_another_team_does_not_tell_whom(house: House) -> None:
    house.centre.enter(50.0, "c2", "team_south >= 1")
    (_, of_south), (_, of_all) = [
        await house.ask("GET", "/api/calls", token) for token in (SUPERVISOR, MANAGER)
    ]
    assert [(one["call"], one["agent"]) for one in of_all["calls"]] == [("c1", None), ("c2", "cem")]
    assert [(one["agent"], one["agents"]) for one in of_south["calls"]] == [(None, []), (None, [])]


@pytest.mark.parametrize("agent", ["cem", "nobody"])
@pytest.mark.parametrize("word", WORDS)
async def test_a_supervisor_orders_no_agent_of_another_team(
    house: House, word: str, agent: str
) -> None:
    """Nor learns whether there is one of that name."""
    path = f"/api/agents/{agent}/{word}"
    status, said = await house.ask("POST", path, SUPERVISOR)
    assert (status, said) == (403, {"error": "this agent is in no team of yours"})
    assert house.refused == [("Sue", path.split("?")[0], "this agent is in no team of yours")]
    assert house.centre.engine.agent("cem").state is AgentState.AVAILABLE
    assert list(house.events) == []


async def test_nor_asks_about_them(house: House) -> None:
    assert (await house.ask("GET", "/api/agents/cem/why-not/c1", SUPERVISOR))[0] == 403
    assert (await house.ask("GET", "/api/agents/bob/why-not/c1", SUPERVISOR))[0] == 200


@pytest.mark.parametrize(
    ("token", "agent", "status"),
    [
        (SUPERVISOR, "bob", 200),
        (MANAGER, "cem", 200),
        (AGENT, "ann", 200),
        (AGENT, "bob", 403),
        (AGENT, "cem", 403),
    ],
)
async def test_who_may_is_served_and_on_record_by_name(
    house: House, token: str, agent: str, status: int
) -> None:
    answer, _ = await house.ask("POST", f"/api/agents/{agent}/pause?reason=lunch", token)
    assert answer == status
    name = house.tokens.people[token].name
    assert [one.by for one in house.events] == ([name] if status == 200 else [])


async def test_who_may_no_longer_has_no_more_of_a_long_answer(house: House) -> None:
    asked = asyncio.create_task(house.ask("GET", "/api/agents/bob/stream", SUPERVISOR))
    async with asyncio.timeout(5):
        await house.tokens.asked_again.wait()
        del house.tokens.people[SUPERVISOR]
        status, said = await asked
    assert (status, set(said.split())) == (200, {"Sue"})
