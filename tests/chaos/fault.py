"""What a fault is to the one who plays it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests.chaos.proxy import Proxy
from tests.e2e.house import House


@dataclass(frozen=True)
class Scene:
    """What may be broken: the house, and the line between server and Asterisk."""

    house: House
    proxy: Proxy


@dataclass(frozen=True)
class Fault:
    """`strike` breaks something and comes back when it is broken; `mend` is what whoever runs the
    server does about it (a service manager, say), and what ends by itself."""

    title: str
    strike: Callable[[Scene], Awaitable[None]]
    mend: Callable[[Scene], Awaitable[None]]
    ends_audio: bool = False
    """Asterisk itself ends: calls it carried are over, and who waited calls again."""


async def nothing(_scene: Scene) -> None:
    """What was broken is whole again already, or nobody would notice it."""
