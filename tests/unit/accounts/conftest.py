from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.unit.accounts.rooms import Rooms


@pytest.fixture
async def rooms(tmp_path: Path) -> AsyncIterator[Rooms]:
    rooms = Rooms(tmp_path)
    rooms.fill()
    rooms.trail.start()
    yield rooms
    await rooms.close()
