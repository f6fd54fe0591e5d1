"""What an agent's own desk shows: their state, the call that rings or is talked to, and choices.

Each desk is told whole, and only when something about its agent has happened or differs: a house
of a thousand desks costs what happens at them.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress

from ivr.model.events import Event
from ivr.service.console.board import Item
from ivr.service.console.glance import AGENT, CALL, TALK, Glance
from ivr.service.console.guidance import guidance
from ivr.service.console.live import FLUSH_S, TooManyReadersError
from ivr.service.console.touched import touched

PAGES_MAX = 4
"""Pages of one agent that are told at once."""


class Desks:
    """A recorder: events wake the pages of the agent they are about."""

    def __init__(
        self,
        glance: Glance,
        collected: Callable[[str], Mapping[str, str]],
        disposition: Callable[[str], Item | None],
    ) -> None:
        """`collected` tells what flows have learnt of the caller of a call, `disposition` what an
        agent can say of the latest talk, and has said."""
        self._glance = glance
        self._collected = collected
        self._disposition = disposition
        self._pages: dict[str, set[asyncio.Event]] = {}
        self.closed = False
        """This server ends: pages come again."""

    def record(self, event: Event) -> None:
        if self._pages:
            for kind, name in touched(event):
                if kind == AGENT:
                    self._wake(name)

    def of(self, agent: str) -> Item:
        """The whole desk as it is now; `agent` is None for whoever the site does not name."""
        house = self._glance.house
        own = self._glance.read((AGENT, agent))
        call = str(own["call"]) if own and own["call"] else ""
        talk = self._glance.read((TALK, agent))
        name = str((talk or own or {}).get("queue") or "")
        queue, collected = house.site().queues.get(name), self._collected(call) if call else {}
        known = {
            **collected,
            "caller": self._glance.callers.of(call),
            "call": call,
            "queue": name,
            "agent": agent,
        }
        return {
            "agent": own,
            "call": self._glance.read((CALL, call)) if call else None,
            "talk": {**talk, "attending": None} if talk else None,
            "queue": queue.title if queue else name,
            "collected": collected,
            "guidance": guidance(queue, known) if queue and call else None,
            "disposition": self._disposition(agent),
            "pause_reasons": sorted(set(house.site().pause_reasons.values())),
        }

    def talks(self, agent: str) -> bool:
        """Whether this agent is in a conversation."""
        return self._glance.house.conversations.of_agent(agent) is not None

    @contextmanager
    def page(self, agent: str) -> Iterator[asyncio.Event]:
        """One more page, which is woken by this event. TooManyReadersError."""
        pages = self._pages.setdefault(agent, set())
        if len(pages) >= PAGES_MAX:
            raise TooManyReadersError(f"{PAGES_MAX} pages show this desk already; close some")
        news = asyncio.Event()
        pages.add(news)
        try:
            yield news
        finally:
            pages.discard(news)
            if not pages:
                self._pages.pop(agent, None)

    async def wait(self, news: asyncio.Event, timeout_s: float) -> None:
        """Until something has happened, and is in what can be read; for so long at the most."""
        if self.closed:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await news.wait()
                await asyncio.sleep(FLUSH_S)
        news.clear()

    def now(self) -> float:
        """The server's time, from which a page counts."""
        return self._glance.house.clock.now()

    def close(self) -> None:
        self.closed = True
        for agent in self._pages:
            self._wake(agent)

    def _wake(self, agent: str) -> None:
        for news in self._pages.get(agent, ()):
            news.set()
