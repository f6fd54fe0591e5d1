"""The server's log: however much is written, what lies on the disk is bounded."""

import asyncio
from pathlib import Path

from ivr.provision.child import Child
from ivr.provision.log_size import keep_small, turn_over

MAX = 1000


async def test_a_program_that_writes_on_and_on_never_fills_the_disk(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    child = Child("the program", log)
    with log.open("ab") as output:
        await child.spawn("sh", "-c", "while :; do echo noise; sleep 0.001; done", output=output)
    keeping = asyncio.create_task(keep_small(log, MAX, look_s=0.01))
    older = log.with_name("server.log.1")
    async with asyncio.timeout(20):
        while not older.exists():  # noqa: ASYNC110 - a file tells nobody
            await asyncio.sleep(0.01)
        size = older.stat().st_size
        while older.stat().st_size == size:  # noqa: ASYNC110 - turned over once more
            await asyncio.sleep(0.01)
    assert log.stat().st_size < 3 * MAX
    assert set(log.read_text("utf-8").splitlines()) <= {"noise"}  # no hole where it was emptied
    keeping.cancel()
    await child.kill()
    await asyncio.gather(keeping, return_exceptions=True)


def test_a_log_that_is_short_enough_stays_whole(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    assert not turn_over(log, MAX)
    log.write_text("a line\n")
    assert not turn_over(log, MAX)
    assert [file.name for file in tmp_path.iterdir()] == ["server.log"]
