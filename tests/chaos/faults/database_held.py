"""Somebody else holds the journal's database: every write waits."""

import asyncio
import sqlite3

from ivr.journal.database import sqlite_file
from tests.chaos.fault import Fault, Scene, nothing

HELD_S = 8.0


async def strike(scene: Scene) -> None:
    file = sqlite_file(scene.house.settings.journal_url)
    assert file is not None
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("BEGIN EXCLUSIVE")
    await asyncio.sleep(HELD_S)
    connection.execute("ROLLBACK")
    connection.close()


FAULT = Fault(f"journal's database held by somebody else for {HELD_S:g} s", strike, nothing)
