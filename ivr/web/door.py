"""Who may keep a connection to the web side open: never so many that calls are left without."""

import asyncio
from collections.abc import Callable, Mapping
from resource import RLIM_INFINITY

from aiohttp import web
from aiohttp.typedefs import Handler

from ivr.accounts.throttle import network_of
from ivr.web.connection import Connection
from ivr.web.refusals import ADDRESS, NO_ROOM, Refusals

CONNECTIONS_MAX = 4000
"""Far more than people at work have."""
SHARE = 4
"""One of so many open files is a connection's; a phone in the browser takes two. The rest is for
calls, journal, recordings."""
REQUEST_S = 10.0
"""Time for a new connection to send a whole request; aiohttp has a limit only for later ones."""


def room_for(open_files: int) -> int:
    """How many connections there may be in a process that may open so many files."""
    if open_files == RLIM_INFINITY:
        return CONNECTIONS_MAX
    return min(CONNECTIONS_MAX, open_files // SHARE)


class _Group:
    """Connections that could go without harm, the longest in this state first, and how many there
    are of all kinds."""

    def __init__(self) -> None:
        self.size = 0
        self.silent: dict[Connection, None] = {}
        """No request came yet."""
        self.idle: dict[Connection, None] = {}
        """All requests are answered; kept for later ones."""

    def next_to_go(self) -> Connection | None:
        """Who waits comes before who may just be speaking."""
        return next(iter(self.idle), None) or next(iter(self.silent), None)

    def forget(self, connection: Connection) -> None:
        self.silent.pop(connection, None)
        self.idle.pop(connection, None)


class Door:
    """Knows every connection. Without room, whoever is of least use goes; if all are at work, the
    new one does. No address has more than half of the room, so that nobody else is kept out."""

    def __init__(
        self,
        connections_max: int = CONNECTIONS_MAX,
        request_s: float = REQUEST_S,
        refusals: Refusals | None = None,
        speaks_for_many: Callable[[str], bool] = lambda _address: False,
    ) -> None:
        """`speaks_for_many` says of an address that it is a proxy: it may have all the room."""
        self.refusals = refusals or Refusals()
        self._connections_max = connections_max
        self._request_s = request_s
        self._speaks_for_many = speaks_for_many
        self._all = _Group()
        self._of: dict[str, _Group] = {}
        """By the network it comes from."""
        self._from: dict[Connection, str] = {}
        """Everybody who is in, and where from."""

    @property
    def connections(self) -> Mapping[str, int]:
        """How many there are, by the network they come from."""
        return {network: group.size for network, group in self._of.items()}

    @web.middleware
    async def note(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """The outermost middleware: this connection has sent a whole request."""
        connection = request.protocol
        if isinstance(connection, Connection):
            for group in self._groups(connection):
                group.forget(connection)
        return await handler(request)

    def admit(self, connection: Connection, address: str) -> bool:
        """Whether a new one may stay."""
        network = network_of(address)
        if not self._has_room(network, address):
            return False
        self._from[connection] = network
        self._of.setdefault(network, _Group())
        for group in self._groups(connection):
            group.size += 1
            group.silent[connection] = None
        asyncio.get_running_loop().call_later(self._request_s, self._too_slow, connection)
        return True

    def answered(self, connection: Connection) -> None:
        """It may go now, or ask for more later."""
        for group in self._groups(connection):
            group.silent.pop(connection, None)
            group.idle[connection] = None

    def left(self, connection: Connection) -> None:
        """Its end; once or twice."""
        for group in self._groups(connection):
            group.size -= 1
            group.forget(connection)
        network = self._from.pop(connection, None)
        if network is not None and not self._of[network].size:
            del self._of[network]

    def _groups(self, connection: Connection) -> tuple[_Group, ...]:
        """None for who is not in."""
        network = self._from.get(connection)
        return () if network is None else (self._all, self._of[network])

    def _has_room(self, network: str, address: str) -> bool:
        theirs = self._of.get(network)
        half = max(1, self._connections_max // 2)
        if theirs and theirs.size >= half and not self._speaks_for_many(address):
            return self._makes_room(theirs, ADDRESS, address)
        if self._all.size >= self._connections_max:
            return self._makes_room(self._all, NO_ROOM, address)
        return True

    def _makes_room(self, group: _Group, reason: str, address: str) -> bool:
        going = group.next_to_go()
        self.refusals.tell(reason, address)
        if going is None:
            return False
        self._show_out(going)
        return True

    def _too_slow(self, connection: Connection) -> None:
        if connection in self._all.silent:
            self._show_out(connection)

    def _show_out(self, connection: Connection) -> None:
        self.left(connection)
        if connection.transport is not None:
            connection.transport.abort()
