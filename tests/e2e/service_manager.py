"""Stands for systemd: hears what the server says of itself."""

import asyncio
import socket
from pathlib import Path

from tests.e2e.waiting import eventually


class ServiceManager(asyncio.DatagramProtocol):
    """Listens at `place` while it is entered; the server is told by `NOTIFY_SOCKET`."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self._heard: list[str] = []

    async def __aenter__(self) -> "ServiceManager":
        listening = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        listening.bind(str(self.place))
        listening.setblocking(False)
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, sock=listening)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._transport.close()

    def datagram_received(self, data: bytes, _from: object) -> None:
        self._heard += data.decode().splitlines()

    async def hears(self, line: str) -> None:
        """This was said by now, or is soon; what was said before it counts no more."""
        await eventually(lambda: line in self._heard, 5.0, f"systemd hears {line}")
        del self._heard[: self._heard.index(line) + 1]
