"""A journal, a receiver on the loopback that answers as told, and webhooks between the two."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from ivr.journal import Journal
from ivr.journal import Limits as JournalLimits
from ivr.model import events
from ivr.model.site import Emergency, HttpTarget, Site
from ivr.model.webhook import Webhook
from ivr.service.clock import SystemClock
from ivr.settings import Settings
from ivr.webhooks import Webhooks
from ivr.webhooks.delivery import Backlog, Limits
from tests.unit.lookup.systems import system
from tests.webhook_example import example

SECRET = "a-secret-of-both"
LIMIT_S = 10.0
QUICK = Limits(first_pause_s=0.01, pause_s_max=0.05, poll_s=0.01, disk_pause_s=0.05, timeout_s=5.0)
"""As in a day of haste."""


@dataclass(frozen=True)
class Came:
    """One request."""

    id: str
    body: dict[str, Any]

    @property
    def key(self) -> tuple[str, int]:
        return self.body["call"], self.body["data"]["duration_s"]


class Shop:
    """A receiver. `answer` says the status for a request, and may take its time."""

    def __init__(self) -> None:
        self.url = ""
        self.came: list[Came] = []
        self.taken: list[Came] = []
        """Those answered with 200."""
        self.answer: Callable[[Came], Awaitable[int]] = self.accepts
        self._is_genuine = example()
        self._changed = asyncio.Condition()

    @staticmethod
    async def accepts(_came: Came) -> int:
        return 200

    async def serve(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        assert self._is_genuine(request.headers["X-Ivr-Signature"], body, SECRET)
        came = Came(request.headers["X-Ivr-Event-Id"], json.loads(body))
        assert (request.path, came.id) == ("/hooks", str(came.body["id"]))
        self.came.append(came)
        status = await self.answer(came)
        if status == 200:
            self.taken.append(came)
        async with self._changed:
            self._changed.notify_all()
        return web.Response(status=status, headers={"Location": "/elsewhere"})

    async def has_taken(self, number: int) -> None:
        async with asyncio.timeout(LIMIT_S), self._changed:
            await self._changed.wait_for(lambda: len({one.id for one in self.taken}) >= number)

    def order(self, call: str) -> list[int]:
        """Of what it took of one call, what came twice but once."""
        return list(dict.fromkeys(came.key[1] for came in self.taken if came.key[0] == call))


async def until(done: Callable[[], bool]) -> None:
    async with asyncio.timeout(LIMIT_S):
        while not done():  # noqa: ASYNC110
            await asyncio.sleep(0.005)


class Counts:
    """What metrics are told."""

    def __init__(self) -> None:
        self.told_of: Counter[str] = Counter()
        self.dead: Counter[str] = Counter()
        self.backlogs: Callable[[], Mapping[str, Backlog]] = dict

    def told(self, _webhook: str, outcome: str) -> None:
        self.told_of[outcome] += 1

    def buried(self, _webhook: str, reason: str) -> None:
        self.dead[reason] += 1

    def watch(self, read: Callable[[], Mapping[str, Backlog]]) -> None:
        self.backlogs = read

    async def has_buried(self, number: int) -> None:
        await until(lambda: self.dead.total() >= number)


class World:
    """A state directory with a journal that runs."""

    def __init__(self, directory: Path, shop: Shop, journal: Journal) -> None:
        self.directory = directory
        self.shop = shop
        self.journal = journal
        self.counts = Counts()

    def site(self, url: str = "", **more: object) -> Site:
        hook = {"target": "crm", "path": "/hooks", "secret": "signing", "events": ["call.ended"]}
        return Site(
            numbers={},
            skills={},
            teams={},
            agents={},
            queues={},
            emergency=Emergency(say="Hold.", ring=[]),
            http={"crm": HttpTarget(url=url or self.shop.url)},
            webhooks={"crm_calls": Webhook.model_validate({**hook, **more})},
        )

    def happens(self, call: str, *numbers: int) -> None:
        """Events the webhook wants, told apart by their durations."""
        for number in numbers:
            self.journal.record(
                events.CallEnded(
                    at=1e9, call=call, flow="f", result="hangup", duration_s=number, node="n"
                )
            )

    @asynccontextmanager
    async def webhooks(self, site: Site | None = None, **limits: float) -> AsyncIterator[Webhooks]:
        """They run when this is entered, from where they were."""
        hooks = Webhooks(
            Settings(state_dir=self.directory),
            SystemClock(),
            self.counts,
            replace(QUICK, **limits),  # type: ignore[arg-type]
        )
        try:
            await hooks.use(hooks.read(site or self.site()))
            yield hooks
        finally:
            await hooks.close()


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    it = Shop()
    async with system(it.serve) as it.url:
        yield it


@pytest.fixture
async def world(
    tmp_path: Path, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[World]:
    monkeypatch.setenv("IVR_SECRET_SIGNING", SECRET)
    url = f"sqlite:///{tmp_path / 'journal.db'}"
    journal = Journal(url, limits=JournalLimits(gather_s=0.0))
    await journal.start()
    try:
        yield World(tmp_path, shop, journal)
    finally:
        await journal.close()
