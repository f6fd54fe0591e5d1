import asyncio
from collections.abc import AsyncIterator, Callable, Mapping

import pytest
import uvloop

from tests.unit.asterisk.agi_house import AgiHouse
from tests.unit.asterisk.ami_house import AmiHouse
from tests.unit.asterisk.peers import AmiPeer


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Everything here holds on both event loops."""
    return {"std": asyncio.new_event_loop, "uv": uvloop.new_event_loop}


@pytest.fixture
async def no_task_left_behind() -> AsyncIterator[None]:
    """A test that leaks a task of ours fails."""
    before = asyncio.all_tasks()
    yield
    left = {task.get_name() for task in asyncio.all_tasks() - before}
    assert not {name for name in left if name.startswith(("agi-", "ami-"))}


@pytest.fixture
async def peer() -> AsyncIterator[AmiPeer]:
    async with AmiPeer() as peer:
        yield peer


@pytest.fixture
async def house(peer: AmiPeer) -> AsyncIterator[AmiHouse]:
    house = AmiHouse(peer)
    yield house
    for link in house.links:
        await link.close()


@pytest.fixture
async def front() -> AsyncIterator[AgiHouse]:
    front = AgiHouse()
    yield front
    await front.server.close()
    assert front.server.sessions_active == 0
    for client in front.clients:
        await client.close()
