"""A link to the scripted manager, and everything it told."""

import asyncio
import random
from collections.abc import Callable, Mapping
from typing import Any

from ivr.asterisk.ami import AmiLimits, AmiLink
from tests.unit.asterisk.peers import AmiPeer, message, response, until, within

QUICK: dict[str, Any] = {"retry_s_min": 0.001, "retry_s_max": 0.01}


class AmiHouse:
    """A link and everything it told."""

    def __init__(self, peer: AmiPeer) -> None:
        self.peer = peer
        self.story: list[str] = []
        """Events by their `N` or name, logins and losses, in order."""
        self.events: asyncio.Queue[Mapping[str, str]] = asyncio.Queue()
        self.ready = asyncio.Event()
        self.lost = asyncio.Event()
        self.links: list[AmiLink] = []
        self.snapshot: Callable[[], Any] | None = None

    async def start(self, secret: str = "pw", **options: Any) -> AmiLink:
        limits = AmiLimits(**(QUICK | options.pop("limits", {})))
        link = AmiLink(
            "127.0.0.1",
            self.peer.port,
            "ivr",
            secret,
            on_event=options.pop("on_event", self.on_event),
            on_login=self.on_login,
            on_lost=self.on_lost,
            limits=limits,
            rng=random.Random(1),
            **options,
        )
        self.links.append(link)
        await link.start()
        return link

    async def ready_link(self, **options: Any) -> AmiLink:
        link = await self.start(**options)
        await within(self.ready.wait())
        await until(lambda: link.connected)
        return link

    def on_event(self, event: Mapping[str, str]) -> None:
        if event["Event"] == "FullyBooted":
            return
        self.story.append(event.get("N", event["Event"]))
        self.events.put_nowait(event)

    async def on_login(self) -> None:
        self.story.append("login")
        if self.snapshot is not None:
            await self.snapshot()
        self.ready.set()

    def on_lost(self) -> None:
        self.story.append("lost")
        self.ready.clear()
        self.lost.set()


def event(name: str, *headers: str) -> str:
    return message(f"Event: {name}", *headers)


def list_of_two(action: Mapping[str, str]) -> str:
    tag = f"ActionID: {action['ActionID']}"
    return (
        response(action, "EventList: start", "Message: Channels will follow")
        + event("CoreShowChannel", tag, "Channel: A")
        + event("Hangup", "N: between")
        + event("CoreShowChannel", tag, "Channel: B")
        + event("CoreShowChannelsComplete", tag, "EventList: Complete", "ListItems: 2")
    )
