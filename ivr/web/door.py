"""Who may keep a connection to the web side open: never so many that calls are left without."""

import asyncio
from collections.abc import Callable

from aiohttp import web
from aiohttp.typedefs import Handler

CONNECTIONS_MAX = 4000
"""Far more than people at work have; a quarter of what a process usually may open."""
REQUEST_S = 10.0
"""Time for a new connection to send a whole request; aiohttp has a limit only for later ones."""


class _Closed(asyncio.Protocol):
    """For whom there is no room."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.abort()


class Door:
    """Makes the protocol of each new connection. Without room, whoever has been silent for longest
    goes; if nobody is, the new one does."""

    def __init__(
        self, connections_max: int = CONNECTIONS_MAX, request_s: float = REQUEST_S
    ) -> None:
        self._connections_max = connections_max
        self._request_s = request_s
        self._silent: dict[web.RequestHandler, None] = {}
        """No request came yet; the oldest first."""

    @web.middleware
    async def note(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """The outermost middleware: this connection has sent a whole request."""
        self._silent.pop(request.protocol, None)
        return await handler(request)

    def admit(
        self, server: web.Server, connection: Callable[[], web.RequestHandler]
    ) -> asyncio.BaseProtocol:
        """For `create_server`."""
        if len(server.connections) >= self._connections_max and not self._make_room():
            return _Closed()
        handler = connection()
        self._silent[handler] = None
        asyncio.get_running_loop().call_later(self._request_s, self._close, handler)
        return handler

    def _make_room(self) -> bool:
        oldest = next(iter(self._silent), None)
        if oldest is not None:
            self._close(oldest)
        return oldest is not None

    def _close(self, handler: web.RequestHandler) -> None:
        if handler in self._silent:
            del self._silent[handler]
            if handler.transport is not None:
                handler.transport.abort()
