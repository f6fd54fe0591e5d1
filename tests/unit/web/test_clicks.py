"""Calling by a click over real HTTP: whose phone, which numbers, and what may go wrong."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from ivr.model.access import Role
from tests.unit.web.house import SECRET, TOKENS, House

ANN, SUE, MAX = TOKENS[Role.AGENT], TOKENS[Role.SUPERVISOR], TOKENS[Role.MANAGER]


@pytest.fixture
async def house() -> AsyncIterator[House]:
    house = House()
    await house.server.start()
    yield house
    await house.server.close()


async def click(house: House, token: str, **body: str) -> tuple[int, dict[str, Any]]:
    return await house.ask("POST", "/api/click-to-call", token, body=body)


async def test_ones_own_phone_rings_or_that_of_somebody_within_reach(house: House) -> None:
    assert await click(house, ANN, number="+15550100") == (200, {"done": True})
    assert (await click(house, SUE, number="2001", agent="bob"))[0] == 200
    assert (await click(house, SECRET, number="2001", agent="cem"))[0] == 200
    assert house.clicks.wanted == [
        ("ann", "+15550100", "Ann"),
        ("bob", "2001", "Sue"),
        ("cem", "2001", "api"),
    ]


async def test_nobody_elses_phone_rings(house: House) -> None:
    assert (await click(house, ANN, number="2001", agent="bob"))[0] == 403
    assert (await click(house, SUE, number="2001", agent="cem"))[0] == 403
    status, said = await click(house, MAX, number="2001")
    assert (status, said["error"]) == (
        409,
        "your account is no agent of the site: say whose phone is to ring",
    )
    assert house.clicks.wanted == []


@pytest.mark.parametrize(
    "number",
    ["", "1", "+", "12a", "1;2", "2001@trunk", "2001&PJSIP/2002", "1" * 21, "\u0661\u0662"],
)
async def test_what_is_no_number_is_refused(house: House, number: str) -> None:
    assert (await click(house, ANN, number=number))[0] == 422
    assert house.clicks.wanted == []


@pytest.mark.parametrize(
    ("refusal", "status"),
    [("not_allowed", 422), ("no_agent", 422), ("busy", 409), ("no_phone", 409), ("too_many", 409)],
)
async def test_why_not_is_told(house: House, refusal: str, status: int) -> None:
    house.clicks.refusal = refusal
    assert (await click(house, ANN, number="2001"))[0] == status


async def test_that_asterisk_does_not_do_it_is_told(house: House) -> None:
    house.clicks.down = True
    assert (await click(house, ANN, number="2001"))[0] == 502
