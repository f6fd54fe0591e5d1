"""One instance for all scenarios of a test run, also when several processes run them.

Whoever comes first starts a keeper process; it holds Asterisk and the server for as long as anybody
has the `users` file locked, however those processes end, and then takes everything away.
"""

import asyncio
import fcntl
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ivr.settings import Settings
from tests.e2e.ports import PortBlock
from tests.e2e.stack import Stack, settings_on

START_LIMIT_S = 240.0
"""The very first run of a machine fetches Asterisk."""
FAILED_FILE = "failed"
"""Put into the directory, it keeps everything the instance wrote, to look into."""
_POLL_S = 0.1
_ROOT = Path(__file__).resolve().parents[2]


def directory_of(run: str) -> Path:
    """Short, because the path of Asterisk's control socket may not exceed 108 characters."""
    return Path(tempfile.gettempdir()) / f"ivr-e2e-{run}"


@contextmanager
def shared_settings(run: str) -> Iterator[Settings]:
    """Settings of the instance of this run, which goes on while anybody is inside here."""
    directory = directory_of(run)
    directory.mkdir(exist_ok=True, mode=0o700)
    with (directory / "users").open("w") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        with (directory / "start.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (directory / "settings.json").exists():
                _start_keeper(directory)
        values: dict[str, Any] = json.loads((directory / "settings.json").read_text())
        for name in ("state_dir", "dialplans"):
            values[name] = Path(values[name])
        yield Settings(**values)


def _start_keeper(directory: Path) -> None:
    log = directory / "keeper.log"
    with log.open("w") as out:
        keeper = subprocess.Popen(
            [sys.executable, "-m", "tests.e2e.shared", str(directory)],
            cwd=_ROOT,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    deadline = time.monotonic() + START_LIMIT_S
    while not (directory / "settings.json").exists():
        if keeper.poll() is not None or time.monotonic() > deadline:
            keeper.kill()
            raise RuntimeError(f"the instance under test did not start:\n{log.read_text()}")
        time.sleep(_POLL_S)
    # The keeper outlives this process by design; nobody waits for it here.
    keeper.returncode = 0


async def keep(directory: Path) -> None:
    """Runs the instance until nobody uses it any more."""
    ports = PortBlock()
    settings = settings_on(ports, directory / "state")
    stack = Stack(settings)
    try:
        await stack.start()
        partial = directory / "settings.part"
        partial.write_text(json.dumps(asdict(settings), default=str))
        partial.rename(directory / "settings.json")
        with (directory / "users").open("w") as users:
            # A lock tells nobody when it is released; it has to be looked at.
            while not _nobody_uses(users):  # noqa: ASYNC110
                await asyncio.sleep(_POLL_S)
    finally:
        await stack.stop()
    if not (directory / FAILED_FILE).exists():
        shutil.rmtree(directory)


def _nobody_uses(users: Any) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


if __name__ == "__main__":
    asyncio.run(keep(Path(sys.argv[1])))
