"""The application and the server that owns it."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

from aiohttp import hdrs, web

from ivr.model.errors import UserError
from ivr.web.connection import Connection
from ivr.web.door import Door
from ivr.web.guard import Gate, guard
from ivr.web.headers import add_headers
from ivr.web.health import Health
from ivr.web.metrics import Scrape
from ivr.web.open import open_routes
from ivr.web.openapi import openapi_route
from ivr.web.routes import Route, Table, checked

BODY_BYTES_MAX = 64 * 1024
LINE_BYTES_MAX = 4096
KEEPALIVE_S = 30.0
SHUTDOWN_S = 2.0
OPTIONS: dict[str, Any] = {
    "access_log": None,
    "keepalive_timeout": KEEPALIVE_S,
    "max_line_size": LINE_BYTES_MAX,
    "max_field_size": LINE_BYTES_MAX,
    # A few bytes could become as many millions, in the event loop that calls need.
    "auto_decompress": False,
}
"""Of every connection."""

TABLE: web.AppKey[Table] = web.AppKey("table", dict)
"""Every route of the application, as it was declared."""
DOOR = web.AppKey("door", Door)


def make_app(
    scrape: Scrape,
    read_health: Callable[[], Health],
    routes: Iterable[Route] = (),
    gate: Gate | None = None,
    door: Door | None = None,
) -> web.Application:
    """The application without a socket; TypeError for a route that declares no permission.

    Without a gate nobody gets an answer that needs a permission.
    """
    door = door or Door()
    everything = checked([*open_routes(scrape, read_health), *routes])
    everything = checked([*everything, openapi_route(everything)])
    table: dict[web.AbstractRoute, Route] = {}
    app = web.Application(
        client_max_size=BODY_BYTES_MAX,
        middlewares=[door.note, guard(gate or Gate(), table)],
    )
    app[DOOR] = door
    app.on_response_prepare.append(add_headers)
    for route in everything:
        for method in (hdrs.METH_GET, hdrs.METH_HEAD) if route.method == "GET" else (route.method,):
            table[app.router.add_route(method, route.path, route.handler)] = route
    app[TABLE] = table
    return app


class WebServer:
    """Serves `app` from `start` to `close`."""

    def __init__(self, app: web.Application, host: str, port: int) -> None:
        self._host = host
        self._port = port
        self.door = app[DOOR]
        self._runner = web.AppRunner(app, handle_signals=False, shutdown_timeout=SHUTDOWN_S)

    async def start(self) -> None:
        """UserError when the address cannot be used."""
        await self._runner.setup()
        loop, server = asyncio.get_running_loop(), self._runner.server
        assert server is not None

        def connection() -> Connection:
            return Connection(server, self.door, loop=loop, **OPTIONS)

        try:
            self._listening = await loop.create_server(connection, self._host, self._port)
        except OSError as error:
            await self._runner.cleanup()
            raise UserError(
                f"HTTP cannot listen on {self._host}:{self._port}: {error.strerror}; stop what "
                "uses it, or choose another --http-port"
            ) from error

    @property
    def port(self) -> int:
        """The port listened on, also when 0 was asked for."""
        return int(self._listening.sockets[0].getsockname()[1])

    async def close(self) -> None:
        self._listening.close()
        await self._runner.cleanup()
