"""Stands between the server and Asterisk's manager interface, and can spoil what is between."""

import asyncio
import contextlib

CHUNK = 65_536


class Proxy:
    """Passes bytes both ways from `port` to `target`, until told otherwise."""

    def __init__(self, port: int, target: int) -> None:
        self.port = port
        self._target = target
        self._flows = asyncio.Event()
        self._flows.set()
        self._open: set[asyncio.StreamWriter] = set()
        self._towards_server: set[asyncio.StreamWriter] = set()
        self._refuses = False
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)

    async def close(self) -> None:
        assert self._server is not None
        self._server.close()
        self.cut()

    def cut(self) -> None:
        """Every connection ends at once, as by a reset."""
        for writer in self._open:
            writer.transport.abort()

    def stall(self) -> None:
        """Connections stay, and nothing passes any more, either way."""
        self._flows.clear()

    def flow(self) -> None:
        self._refuses = False
        self._flows.set()

    def refuse(self) -> None:
        """Who connects is cut off at once."""
        self._refuses = True
        self.cut()

    def say(self, data: bytes) -> None:
        """The server receives this in the middle of what Asterisk says."""
        for writer in self._towards_server:
            writer.write(data)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._refuses:
            writer.transport.abort()
            return
        try:
            there, onward = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.transport.abort()
            return
        ends = {writer, onward}
        self._open |= ends
        self._towards_server.add(writer)
        try:
            await asyncio.gather(self._pass(reader, onward), self._pass(there, writer))
        finally:
            self._open -= ends
            self._towards_server.discard(writer)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(CHUNK):
                await self._flows.wait()
                writer.write(data)
                await writer.drain()
        writer.close()
