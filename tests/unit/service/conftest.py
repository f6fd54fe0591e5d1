from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.unit.service.fakes import House


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    house = House(tmp_path)
    yield house
    await house.close()
