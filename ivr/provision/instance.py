"""One running instance: Asterisk and the server beside it, started and stopped together."""

import asyncio
import fcntl
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path

from ivr.model.errors import UserError
from ivr.provision.asterisk import AsteriskProcess
from ivr.provision.child import POLL_S, Child
from ivr.provision.log_size import keep_small
from ivr.provision.packages import Say
from ivr.provision.paths import Paths, private_files
from ivr.provision.sandbox import AsteriskHome
from ivr.settings import Settings

READY_TIMEOUT_S = 120.0
"""Without any progress: the first start speaks every prompt into a file, which takes its time."""
STOP_TIMEOUT_S = 15.0


@contextmanager
def sole_instance(paths: Paths) -> Iterator[None]:
    """Two instances must not share a state directory; UserError for the second."""
    with private_files():
        paths.server_run.mkdir(parents=True, exist_ok=True)
    with (paths.server_run / "instance.lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UserError(
                f"{paths.state} is in use by an instance that runs already; "
                "stop it, or choose another --state-dir (and other ports)"
            ) from None
        yield


def in_silence(_text: str) -> None:
    """For who does not ask how far it is."""


class ServerProcess(Child):
    """`ivr serve` as a child of this process; it never outlives it."""

    def __init__(self, settings: Settings, paths: Paths) -> None:
        self._log = paths.server_run / "server.log"
        super().__init__("the server", self._log)
        self._settings = settings
        self._ready = paths.server_ready
        self._progress = paths.server_progress
        self._turning: asyncio.Task[None] | None = None

    async def start(self, say: Say = in_silence) -> None:
        """Returns when the server takes calls; UserError with its last words when it does not."""
        for file in (self._ready, self._progress):
            file.unlink(missing_ok=True)
        with self._log.open("ab") as log:
            await self.spawn(
                *["setpriv", "--pdeathsig", "TERM", "--", sys.executable, "-m", "ivr", "serve"],
                output=log,
                env=os.environ | settings_environment(self._settings),
            )
        if self._turning is None or self._turning.done():
            self._turning = asyncio.create_task(keep_small(self._log), name="server.log's size")
        try:
            async with asyncio.timeout(READY_TIMEOUT_S) as limit:
                told = ""
                while not self._ready.exists():
                    self.fail_if_ended()
                    if (line := _line_of(self._progress)) not in ("", told):
                        told = line
                        say(told)
                        limit.reschedule(asyncio.get_running_loop().time() + READY_TIMEOUT_S)
                    await asyncio.sleep(POLL_S)
        except TimeoutError:
            await self.stop()
            raise self.failure(f"was not ready in {READY_TIMEOUT_S:g} s") from None

    async def stop(self) -> None:
        """Lets the server end in peace; by force if need be."""
        if self.running:
            self.process.terminate()
            await self.end(STOP_TIMEOUT_S)
        if self._turning is not None:
            self._turning.cancel()
            await asyncio.gather(self._turning, return_exceptions=True)


def _line_of(file: Path) -> str:
    """The line in a file that may be written at this moment; none yet: empty."""
    try:
        return file.read_text("ascii").strip()
    except FileNotFoundError:
        return ""


class Instance:
    """Asterisk and server; whichever dies is named by `wait`."""

    def __init__(self, settings: Settings, home: AsteriskHome, paths: Paths) -> None:
        self.asterisk = AsteriskProcess(home, paths)
        self.server = ServerProcess(settings, paths)

    async def start(self, say: Say) -> None:
        say("starting Asterisk")
        await self.asterisk.start()
        say("starting the server")
        await self.server.start(say)

    async def wait(self) -> None:
        """Returns never; raises UserError when Asterisk or the server has ended by itself."""
        asterisk = asyncio.create_task(self.asterisk.process.wait(), name="asterisk's end")
        server = asyncio.create_task(self.server.process.wait(), name="server's end")
        try:
            await asyncio.wait({asterisk, server}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            asterisk.cancel()
            server.cancel()
            await asyncio.gather(asterisk, server, return_exceptions=True)
        ended = self.server if self.asterisk.running else self.asterisk
        raise ended.failure(f"has ended by itself (exit code {ended.process.returncode})")

    async def stop(self) -> None:
        """The server first: it may still have something to tell Asterisk and the journal."""
        await self.server.stop()
        await self.asterisk.stop()


def settings_environment(settings: Settings) -> dict[str, str]:
    """Environment that gives a child exactly these settings."""
    values = {field.name: getattr(settings, field.name) for field in fields(Settings)}
    return {
        f"IVR_{name.upper()}": str(value.resolve() if isinstance(value, Path) else value)
        for name, value in values.items()
    }
