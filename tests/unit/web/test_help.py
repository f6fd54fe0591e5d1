"""Asking for help over real HTTP, and who is told."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from ivr.model.access import Role
from ivr.model.events import HelpAsked, HelpEnded
from ivr.service.conversations import Conversation
from tests.unit.web.house import TOKENS, House

ANN, MAX = TOKENS[Role.AGENT], TOKENS[Role.MANAGER]


@pytest.fixture
async def house() -> AsyncIterator[House]:
    """Ann talks in the call c9."""
    house = House()
    house.talks.add(Conversation("c9", "support", "ann", "leg-1", "ch-1", 90.0))
    await house.server.start()
    yield house
    await house.server.close()


def asks_since(house: House) -> Any:
    talk: Any = house.desks.of("ann")["talk"]
    return talk["help_since"]


async def test_an_agent_asks_and_withdraws(house: House) -> None:
    for _ in range(2):
        assert (await house.ask("POST", "/api/agents/ann/ask-for-help", ANN))[0] == 200
    assert asks_since(house) == 100.0
    for _ in range(2):
        assert (await house.ask("POST", "/api/agents/ann/withdraw-help", ANN))[0] == 200
    assert asks_since(house) is None
    (asked,), (ended,) = house.events.of(HelpAsked), house.events.of(HelpEnded)
    assert (asked.call, asked.agent, asked.by) == ("c9", "ann", "Ann")
    assert (ended.result, ended.by) == ("withdrawn", "Ann")


async def test_who_talks_to_nobody_cannot_ask(house: House) -> None:
    status, said = await house.ask("POST", "/api/agents/bob/ask-for-help", MAX)
    assert (status, said["error"]) == (409, "agent bob is not talking to a caller")


async def test_nobody_asks_for_somebody_out_of_reach(house: House) -> None:
    assert (await house.ask("POST", "/api/agents/cem/ask-for-help", ANN))[0] == 403
