"""q. PostgreSQL keeps the journal and is killed during a call: it goes on, nothing is lost."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.e2e.command import WHERE, ivr
from tests.e2e.house import House
from tests.e2e.lines import OpenSite
from tests.e2e.ports import PortBlock
from tests.e2e.waiting import POLL_S
from tests.postgresql import PostgreSQL, running

SMALL = Path(__file__).parent / "small"
KNOWN = ("JOURNAL", *WHERE)
MORNING = "Good morning, this is the office. To hear whether we are still here, press 1."


@pytest.fixture
def postgresql(ports: PortBlock) -> Iterator[PostgreSQL]:
    # The path of a socket is short by nature; pytest's directories are long.
    with (
        TemporaryDirectory(prefix="ivr-pg-") as name,
        running(Path(name), ports.for_server()) as server,
    ):
        yield server


@pytest.mark.timeout(180)
async def test_a_killed_postgresql_costs_no_call_and_no_event(
    postgresql: PostgreSQL, open_site: OpenSite
) -> None:
    house = await open_site(SMALL, str, postgresql.new_database())
    caller, ann = await house.people("caller", "ann")
    morning = await house.speech(MORNING)
    await house.log_in(ann)
    await caller.dials("600")
    await caller.hears_said(morning)
    call = await house.call_of(caller)

    postgresql.kill()
    await caller.presses("1")
    await caller.hears_said(morning)
    await spills(house, wanted=True)
    await caller.presses("1")
    await caller.hears_said(morning)
    assert not (house.settings.state_dir / "journal.db").exists()

    await asyncio.to_thread(postgresql.start)
    await spills(house, wanted=False)
    seen = house.journal.newest_id()
    await house.stack.server.kill()
    await house.stack.server.start()
    await house.journal.tells("node.entered", after=seen, call=call, node="welcome")
    await caller.presses("1")
    await caller.hears_said(morning, within_s=20)
    await caller.hangs_up()
    await house.journal.tells("call.ended", call=call)

    listed = await ivr(house, "calls", known=KNOWN)
    assert (listed["call"], listed["result"]) == (call, "hangup")
    told = (await ivr(house, "explain", call, known=KNOWN))["events"]
    assert [one["seq"] for one in told] == list(range(1, len(told) + 1))
    left = house.journal.facts("node.left", call=call, node="welcome")
    assert [one.outcome for one in left] == ["choices:1"] * 3 + ["hangup"]
    assert house.journal.state_of("ann") == "available"


async def spills(house: House, *, wanted: bool) -> None:
    """Whether events go to the disk because the database takes none."""
    async with asyncio.timeout(20):
        while (await house.metric("journal_database_up") == 0.0) != wanted:  # noqa: ASYNC110
            await asyncio.sleep(POLL_S)
