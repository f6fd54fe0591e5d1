"""One running instance: Asterisk and the server beside it, started and stopped together."""

import asyncio
import contextlib
import fcntl
import os
import sys
from asyncio.subprocess import DEVNULL, STDOUT, Process
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path

from ivr.model.errors import UserError
from ivr.provision.asterisk import AsteriskProcess
from ivr.provision.packages import Say
from ivr.provision.paths import Paths
from ivr.provision.sandbox import AsteriskHome
from ivr.settings import Settings

READY_TIMEOUT_S = 120.0
"""The first start speaks every prompt into a file."""
STOP_TIMEOUT_S = 15.0
_POLL_S = 0.05
_TAIL_LINES = 8


@contextmanager
def sole_instance(paths: Paths) -> Iterator[None]:
    """Two instances must not share a state directory; UserError for the second."""
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


class ServerProcess:
    """`ivr serve` as a child of this process; it never outlives it."""

    def __init__(self, settings: Settings, paths: Paths) -> None:
        self._settings = settings
        self._paths = paths
        self._process: Process | None = None
        self.log = paths.server_run / "server.log"

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    @property
    def process(self) -> Process:
        if self._process is None:
            raise RuntimeError("the server was not started")
        return self._process

    async def start(self, ready_timeout_s: float = READY_TIMEOUT_S) -> None:
        """Returns when the server takes calls; UserError with its last words when it does not."""
        self._paths.server_ready.unlink(missing_ok=True)
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *["setpriv", "--pdeathsig", "TERM", "--", sys.executable, "-m", "ivr", "serve"],
                env=os.environ | settings_environment(self._settings),
                stdin=DEVNULL,
                stdout=log,
                stderr=STDOUT,
                start_new_session=True,
            )
        try:
            async with asyncio.timeout(ready_timeout_s):
                while not self._paths.server_ready.exists():
                    if not self.running:
                        raise UserError(f"the server ended while starting; {self.tail()}")
                    await asyncio.sleep(_POLL_S)
        except TimeoutError:
            await self.stop()
            raise UserError(
                f"the server was not ready in {ready_timeout_s:g} s; {self.tail()}"
            ) from (None)

    async def stop(self) -> None:
        """Lets the server end in peace; by force if need be."""
        if not self.running:
            return
        self.process.terminate()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(STOP_TIMEOUT_S):
                await self.process.wait()
        await self.kill()

    async def kill(self) -> None:
        if self.running:
            self.process.kill()
            await self.process.wait()

    def tail(self) -> str:
        """The server's last words, for an error message."""
        text = self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""
        lines = [line for line in text.splitlines() if line.strip()][-_TAIL_LINES:]
        return f"see {self.log}" + "".join(f"\n  {line}" for line in lines)


class Instance:
    """Asterisk and server; whichever dies is named by `wait`."""

    def __init__(self, settings: Settings, home: AsteriskHome, paths: Paths) -> None:
        self.asterisk = AsteriskProcess(home, paths)
        self.server = ServerProcess(settings, paths)

    async def start(self, say: Say) -> None:
        say("starting Asterisk")
        await self.asterisk.start()
        say("starting the server")
        await self.server.start()

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
        if not self.asterisk.running:
            code = self.asterisk.process.returncode
            raise UserError(
                f"Asterisk has ended by itself (exit code {code}); {self.asterisk.tail()}"
            )
        code = self.server.process.returncode
        raise UserError(f"the server has ended by itself (exit code {code}); {self.server.tail()}")

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
