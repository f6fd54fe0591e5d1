"""Rooms in SQLite, and for whoever asks for `any_rooms` in each kind of database."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.postgresql import PostgreSQL
from tests.unit.accounts.rooms import Rooms


@pytest.fixture
async def sqlite_rooms(tmp_path: Path) -> AsyncIterator[Rooms]:
    rooms = Rooms(tmp_path)
    rooms.fill()
    rooms.trail.start()
    yield rooms
    await rooms.close()


@pytest.fixture
async def postgresql_rooms(tmp_path: Path, postgresql: PostgreSQL) -> AsyncIterator[Rooms]:
    rooms = Rooms(tmp_path, postgresql.new_database())
    rooms.fill()
    yield rooms
    await rooms.close()


@pytest.fixture
def rooms(sqlite_rooms: Rooms) -> Rooms:
    return sqlite_rooms


@pytest.fixture(params=["sqlite_rooms", "postgresql_rooms"])
def any_rooms(request: pytest.FixtureRequest) -> Rooms:
    found: Rooms = request.getfixturevalue(request.param)
    return found
