"""A program this process has started: whether it still runs, its end, its last words."""

import asyncio
import contextlib
from asyncio.subprocess import DEVNULL, STDOUT, Process
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from ivr.model.errors import UserError

POLL_S = 0.05
"""Between two looks whether it is ready."""

_TAIL_LINES = 8


class Child:
    """One program, started again and again perhaps; `logs` are the files it writes to."""

    def __init__(self, name: str, *logs: Path) -> None:
        self._name = name
        self._logs = logs
        self._began: dict[Path, int] = {}
        """How long each log was when this run began: what stands before is an earlier run's."""
        self._process: Process | None = None

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    @property
    def process(self) -> Process:
        if self._process is None:
            raise RuntimeError(f"{self._name} was not started")
        return self._process

    async def spawn(
        self, *command: str, output: IO[bytes], env: Mapping[str, str] | None = None
    ) -> None:
        """In a session of its own: a Ctrl-C at the terminal is for us, not for it."""
        self._began = {log: log.stat().st_size for log in self._logs if log.exists()}
        self._process = await asyncio.create_subprocess_exec(
            *command, stdin=DEVNULL, stdout=output, stderr=STDOUT, env=env, start_new_session=True
        )

    async def end(self, timeout_s: float) -> None:
        """Waits for an end that was asked for; by force when that takes longer."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await self.process.wait()
        await self.kill()

    async def kill(self) -> None:
        """As a power cut would."""
        if self.running:
            self.process.kill()
            await self.process.wait()

    def fail_if_ended(self) -> None:
        """While it is starting."""
        if not self.running:
            raise self.failure("ended while starting")

    def failure(self, what: str) -> UserError:
        """The error that says what it did, with its last words."""
        words = "".join(f"\n  {line}" for log in self._logs for line in self._last_lines(log))
        return UserError(f"{self._name} {what}; see {' and '.join(map(str, self._logs))}{words}")

    def _last_lines(self, log: Path) -> list[str]:
        written = log.read_bytes() if log.exists() else b""
        began = self._began.get(log, 0)
        # Shorter than before: the log was turned over since, all of it is of this run.
        text = written[began if began <= len(written) else 0 :].decode(errors="replace")
        return [line for line in text.splitlines() if line.strip()][-_TAIL_LINES:]
