"""All webhooks of a site: begun, replaced after a reload, looked at, ended."""

import asyncio
import sqlite3
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy import Engine

from ivr.journal import database
from ivr.model.errors import UserError
from ivr.model.site import Site
from ivr.ports import Clock
from ivr.settings import Settings
from ivr.webhooks.delivery import Counting, Delivery, Limits
from ivr.webhooks.outbox import Outbox
from ivr.webhooks.receiver import Receiver
from ivr.webhooks.source import Source

OUTBOX = "webhooks.db"
"""Below the state directory."""

_T = TypeVar("_T")


class Webhooks:
    """Constructed, and used, within a running event loop; the journal has started before `use`."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        counting: Counting,
        limits: Limits | None = None,
    ) -> None:
        self._journal_url = settings.journal_url
        self._file = settings.state_dir / OUTBOX
        self._secrets_dir = settings.secrets_dir
        self._clock = clock
        self._counting = counting
        self._limits = limits or Limits()
        self._running: dict[str, Delivery] = {}
        self._thread = ThreadPoolExecutor(1, "webhooks")
        self._opened: tuple[Engine, Outbox] | None = None
        counting.watch(lambda: {name: one.backlog for name, one in self._running.items()})

    def read(self, site: Site) -> dict[str, Receiver]:
        """What `use` takes; UserError for a secret or a certificate that is missing."""
        timeout_s = self._limits.timeout_s
        return {
            name: Receiver(name, hook, site.http[hook.target], self._secrets_dir, timeout_s)
            for name, hook in site.webhooks.items()
        }

    async def use(self, receivers: Mapping[str, Receiver]) -> None:
        """From now on; one that is as before goes on undisturbed."""
        if not receivers and not self._file.exists():
            return
        engine, outbox = await self._open()
        for name, running in list(self._running.items()):
            if name not in receivers or not running.receiver.is_as(receivers[name]):
                await self._running.pop(name).close()
        names = list(receivers)
        await self._in_thread(lambda: outbox.keep_only(names, self._clock.now()))
        for name, receiver in receivers.items():
            if name not in self._running:
                self._running[name] = delivery = Delivery(
                    receiver,
                    outbox,
                    Source(engine),
                    self._in_thread,
                    self._counting,
                    self._clock,
                    self._limits,
                )
                await delivery.start()

    async def close(self) -> None:
        """What is not yet told is told by the next server."""
        for delivery in self._running.values():
            await delivery.close()
        self._running.clear()
        if self._opened is not None:
            engine, outbox = self._opened
            await self._in_thread(outbox.close)
            await self._in_thread(engine.dispose)
        self._thread.shutdown()

    async def _open(self) -> tuple[Engine, Outbox]:
        if self._opened is None:
            engine = database.open_engine(self._journal_url)
            try:
                self._opened = engine, await self._in_thread(lambda: Outbox(self._file))
            except sqlite3.Error as error:
                raise UserError(
                    f"{self._file}: {error}; move it away to start without what it holds"
                ) from error
        return self._opened

    async def _in_thread(self, work: Callable[[], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)
