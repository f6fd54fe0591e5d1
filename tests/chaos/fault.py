"""What a fault is to the one who plays it."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Literal

from ivr.settings import Settings
from tests.chaos.crowd import Crowd
from tests.chaos.network import Network
from tests.chaos.proxy import Proxy
from tests.e2e.house import House


@dataclass(frozen=True)
class Scene:
    """What may be broken: the house, the line between server and Asterisk, and for a fault that is
    played apart the network."""

    house: House
    proxy: Proxy
    people: Crowd
    own_network: Network | None

    @property
    def network(self) -> Network:
        assert self.own_network is not None, "to be played apart"
        return self.own_network


def _nothing_more(_settings: Settings) -> AbstractContextManager[None]:
    return nullcontext()


@dataclass(frozen=True)
class Fault:
    """`strike` breaks something and comes back when it is broken; `mend` is what whoever runs the
    server does about it (a service manager, say), and what ends by itself."""

    title: str
    strike: Callable[[Scene], Awaitable[None]]
    mend: Callable[[Scene], Awaitable[None]]
    ends_audio: bool = False
    """Asterisk itself ends: calls it carried are over, and who waited calls again."""
    spoils_recordings: Literal["", "may", "must"] = ""
    """What is said meanwhile is not in the recording, as far as it never came there (`may`), or at
    all: then a recording without a word of that has to be told of (`must`)."""
    apart: bool = False
    """Played in a network and with mounts of its own."""
    around: Callable[[Settings], AbstractContextManager[None]] = _nothing_more
    """What is there before the house opens and after it closes."""
    environment: Callable[[], Mapping[str, str]] = field(default=dict)
    """Of the server, beside its settings."""


async def nothing(_scene: Scene) -> None:
    """What was broken is whole again already, or nobody would notice it."""
