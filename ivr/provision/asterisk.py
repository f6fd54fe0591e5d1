"""One running Asterisk: started, asked, stopped; for `ivr run` and for tests alike."""

import asyncio
from asyncio.subprocess import DEVNULL, PIPE, STDOUT

from ivr.provision.child import POLL_S, Child
from ivr.provision.paths import Paths
from ivr.provision.sandbox import AsteriskHome, asterisk_command

_BOOT_TIMEOUT_S = 30.0
_STOP_TIMEOUT_S = 10.0
_CLI_TIMEOUT_S = 10.0


class AsteriskProcess(Child):
    """An Asterisk as a child of this process."""

    def __init__(self, home: AsteriskHome, paths: Paths) -> None:
        self._console = paths.log / "console"
        super().__init__("Asterisk", self._console, paths.messages)
        self._home = home
        self._paths = paths
        self._control = paths.run / "asterisk.ctl"

    async def start(self) -> None:
        """Returns when Asterisk is fully booted; UserError with its last words when it is not."""
        with self._console.open("wb") as console:
            await self.spawn(*asterisk_command(self._home, self._paths, "-f"), output=console)
        try:
            async with asyncio.timeout(_BOOT_TIMEOUT_S):
                await self._wait_booted()
        except TimeoutError:
            await self.kill()
            raise self.failure(f"did not start in {_BOOT_TIMEOUT_S:g} s") from None

    async def _wait_booted(self) -> None:
        while not self._control.exists():
            self.fail_if_ended()
            await asyncio.sleep(POLL_S)
        while "fully booted" not in await self.cli("core waitfullybooted"):
            self.fail_if_ended()
            await asyncio.sleep(POLL_S)

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
        if self.running:
            await self.cli("core stop now")
            await self.end(_STOP_TIMEOUT_S)

    async def kill(self) -> None:
        """As a power cut would; without its socket, which the next start would take for its own."""
        await super().kill()
        self._control.unlink(missing_ok=True)
