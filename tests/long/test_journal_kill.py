"""SIGKILL in the middle of writing: nothing older than 250 ms is lost."""

import subprocess
import sys
import time

import pytest

from ivr.journal import JournalReader
from ivr.journal.spill import Spill
from tests.unit.journal.conftest import Disk, started

DURABLE_S = 0.25
WRITER = """
import asyncio, sys, time
from pathlib import Path
from ivr.journal import Journal
from ivr.model.events import CallStarted

async def main(url, spill):
    journal = Journal(url, Path(spill))
    await journal.start()
    for number in range(100_000):
        journal.record(CallStarted(at=time.time(), call=f"call{number}", caller="", caller_name="",
                                   dialled="100", flow="company", channel="1.1"))
        print(number, time.monotonic(), flush=True)
        await asyncio.sleep(0.001)

asyncio.run(main(*sys.argv[1:]))
"""


def write_until_killed(disk: Disk, lines: int) -> tuple[list[tuple[int, float]], float]:
    """What the process had recorded (number, monotonic time), and when it was killed."""
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, disk.url, str(disk.spill)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        seen = [process.stdout.readline() for _ in range(lines)]
        killed_at = time.monotonic()
        process.kill()
        seen += process.stdout.readlines()
    recorded = [(int(line.split()[0]), float(line.split()[1])) for line in seen if "\n" in line]
    return recorded, killed_at


@pytest.mark.parametrize("lines", [1, 400, 700])
async def test_a_killed_process_loses_nothing_older_than_250_ms(disk: Disk, lines: int) -> None:
    recorded, killed_at = write_until_killed(disk, lines)
    journal = disk.journal()
    await journal.start()
    calls = await journal.open_calls()
    await journal.close()
    due = [f"call{number}" for number, at in recorded if killed_at - at > DURABLE_S]
    assert [call for call in due if call not in calls] == []
    assert len(calls) == len(disk.rows())
    assert len(due) > 0 or lines == 1


async def test_a_killed_process_loses_nothing_during_an_outage_either(disk: Disk) -> None:
    journal = disk.journal()
    await journal.start()
    await journal.close()
    with disk.hang():
        recorded, killed_at = write_until_killed(disk, 700)
        kept = Spill(disk.spill).pending
    due = [number for number, at in recorded if killed_at - at > DURABLE_S]
    assert len(due) > 0
    assert kept >= len(due)
    again = disk.journal()
    await again.start()
    again.record(started("after"))
    await again.close()
    reader = JournalReader.open(disk.url)
    calls = list(reader.last_calls(10_000))
    reader.close()
    assert calls == ["after", *(f"call{number}" for number in range(kept - 1, -1, -1))]
