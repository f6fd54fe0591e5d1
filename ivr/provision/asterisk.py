"""One running Asterisk: started, asked, stopped; for `ivr run` and for tests alike."""

import asyncio
import contextlib
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process
from pathlib import Path

from ivr.model.errors import UserError
from ivr.provision.paths import Paths
from ivr.provision.sandbox import AsteriskHome, asterisk_command

_POLL_S = 0.05
_STOP_TIMEOUT_S = 10.0
_CLI_TIMEOUT_S = 10.0
_TAIL_LINES = 5


class AsteriskProcess:
    """An Asterisk child of this process; it never outlives it."""

    def __init__(self, home: AsteriskHome, paths: Paths) -> None:
        self._home = home
        self._paths = paths
        self._process: Process | None = None
        self._console: Path = paths.log / "console"

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    @property
    def process(self) -> Process:
        if self._process is None:
            raise RuntimeError("Asterisk was not started")
        return self._process

    async def start(self, boot_timeout_s: float = 30.0) -> None:
        """Returns when Asterisk is fully booted; UserError with its last words when it is not."""
        with self._console.open("wb") as console:
            self._process = await asyncio.create_subprocess_exec(
                *asterisk_command(self._home, self._paths, "-f"),
                stdin=DEVNULL,
                stdout=console,
                stderr=STDOUT,
                start_new_session=True,
            )
        try:
            async with asyncio.timeout(boot_timeout_s):
                await self._wait_booted()
        except TimeoutError:
            await self.kill()
            raise UserError(f"Asterisk did not start in {boot_timeout_s:g} s; {self.tail()}") from (
                None
            )

    async def _wait_booted(self) -> None:
        while not (self._paths.run / "asterisk.ctl").exists():
            self._fail_if_ended()
            await asyncio.sleep(_POLL_S)
        while "fully booted" not in await self.cli("core waitfullybooted"):
            self._fail_if_ended()
            await asyncio.sleep(_POLL_S)

    def _fail_if_ended(self) -> None:
        if not self.running:
            raise UserError(f"Asterisk ended while starting; {self.tail()}")

    async def cli(self, command: str) -> str:
        """What `asterisk -rx COMMAND` prints, errors included."""
        process = await asyncio.create_subprocess_exec(
            *asterisk_command(self._home, self._paths, "-rx", command),
            stdin=DEVNULL,
            stdout=PIPE,
            stderr=STDOUT,
            start_new_session=True,
        )
        try:
            async with asyncio.timeout(_CLI_TIMEOUT_S):
                output, _ = await process.communicate()
        except TimeoutError:
            process.kill()
            await process.wait()
            return f"no answer to {command!r} in {_CLI_TIMEOUT_S:g} s"
        return output.decode(errors="replace")

    async def stop(self) -> None:
        """Ends every call and Asterisk, so that recordings are whole; by force if need be."""
        if not self.running:
            return
        await self.cli("core stop now")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_STOP_TIMEOUT_S):
                await self.process.wait()
        await self.kill()

    async def kill(self) -> None:
        """As a power cut would."""
        if self.running:
            self.process.kill()
            await self.process.wait()
        (self._paths.run / "asterisk.ctl").unlink(missing_ok=True)

    def tail(self) -> str:
        """Asterisk's last words, for an error message."""
        lines = [line for file in (self._console, self._paths.messages) for line in _tail(file)]
        return f"see {self._paths.log}" + "".join(f"\n  {line}" for line in lines)


def _tail(file: Path) -> list[str]:
    if not file.exists():
        return []
    return file.read_text(encoding="utf-8", errors="replace").splitlines()[-_TAIL_LINES:]
