"""The FastAGI server: hands authenticated sessions to a handler, keeps everybody else out."""

import asyncio
import hmac
import itertools
import socket
from collections.abc import Awaitable, Callable, Mapping

import structlog

from ivr.asterisk.agi_protocol import AgiProtocolError, AgiReply, LineBuffer, parse_environment
from ivr.asterisk.agi_session import (
    AgiCommandError,
    AgiHungUpError,
    AgiLimits,
    AgiSession,
    AgiTimeoutError,
)
from ivr.model.errors import CallerGoneError
from ivr.service.seldom import Seldom

__all__ = [
    "ERROR_REASONS",
    "AgiCommandError",
    "AgiHungUpError",
    "AgiLimits",
    "AgiReply",
    "AgiServer",
    "AgiSession",
    "AgiTimeoutError",
]

ERROR_REASONS = (
    "bad_environment",
    "bad_token",
    "closed_early",
    "environment_timeout",
    "environment_too_long",
    "garbage",
    "handler_failed",
    "idle",
    "line_too_long",
    "reply_timeout",
    "too_many_handshakes",
    "too_many_lines",
    "too_many_sessions",
    "unexpected_reply",
)
"""Every reason `on_error` may be called with."""

KEEPALIVE_IDLE_S = 30
"""A peer that vanished without a word is noticed after this and three probes."""

Environment = tuple[Mapping[str, str], tuple[str, ...]]

log = structlog.get_logger(__name__)


class AgiServer:
    """Runs `handler` once per session whose first AGI argument is the token.

    When the handler returns or raises, the session is closed and the dialplan goes on.
    """

    def __init__(
        self,
        handler: Callable[[AgiSession], Awaitable[None]],
        *,
        token: str,
        limits: AgiLimits | None = None,
        on_error: Callable[[str], None],
    ) -> None:
        self._handler = handler
        self._token = token.encode()
        self._limits = limits or AgiLimits()
        self._on_error = on_error
        self._server: asyncio.Server | None = None
        self._numbers = itertools.count(1)
        self._tasks: set[asyncio.Task[None]] = set()
        self._strangers: dict[Connection, None] = {}
        """Connections that have not shown the token, in order of arrival."""
        self._told = Seldom()
        self.sessions_active = 0

    async def start(self, host: str, port: int) -> None:
        """Listen; raises OSError when the address is taken."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: Connection(self, self._limits), host, port, backlog=1024
        )

    @property
    def port(self) -> int:
        """The port listened on, for those who asked for port 0."""
        assert self._server is not None, "the server is not started"
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    @property
    def sessions_share(self) -> float:
        """Of the sessions there may be, how many there are: from 0 to 1."""
        return self.sessions_active / self._limits.sessions_max

    async def close(self) -> None:
        """Stop listening, cancel every session and wait for all of them to end."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for stranger in list(self._strangers):
            stranger.refuse("")
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=self._limits.close_s)
            for task in late:
                log.error("agi.session_does_not_end", task=task.get_name())

    # --- what connections tell

    def arrived(self, stranger: "Connection") -> None:
        """Asterisk needs milliseconds for its environment: the oldest is the one not to miss."""
        self._strangers[stranger] = None
        if len(self._strangers) > self._limits.handshakes_max:
            next(iter(self._strangers)).refuse("too_many_handshakes")

    def left(self, stranger: "Connection", why: str) -> None:
        """No stranger any more: a session, or gone; `why`, unless it was told before."""
        if stranger in self._strangers:
            del self._strangers[stranger]
            if why:
                self._on_error(why)
                self._tell(stranger.address, why)

    def admit(self, transport: asyncio.Transport, environment: Environment) -> AgiSession:
        """The session of who shows the token; raises AgiProtocolError."""
        arguments = environment[1]
        shown = arguments[0].encode() if arguments else b""
        if not hmac.compare_digest(shown, self._token):
            raise AgiProtocolError("bad_token")
        if self.sessions_active >= self._limits.sessions_max:
            raise AgiProtocolError("too_many_sessions")
        session = AgiSession(transport, environment, limits=self._limits, on_error=self._on_error)
        task = asyncio.create_task(self._handle(session), name=f"agi-{next(self._numbers)}")
        self.sessions_active += 1
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return session

    # --- how

    def _tell(self, address: str, reason: str) -> None:
        """Fail2ban reads this line: the address comes first, and nothing the other side says."""
        if self._told.passes():
            log.warning("agi.refused", address=address, reason=reason)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self.sessions_active -= 1

    async def _handle(self, session: AgiSession) -> None:
        try:
            await self._handler(session)
        except CallerGoneError:
            log.debug("agi.gone", channel=session.env.get("channel"), why=session.gone)
        except Exception:
            self._on_error("handler_failed")
            log.exception("agi.handler_failed", channel=session.env.get("channel"))
        finally:
            session.close()


class Connection(asyncio.Protocol):
    """A stranger until the token is shown, then what brings a session its lines."""

    def __init__(self, server: AgiServer, limits: AgiLimits) -> None:
        self._server = server
        self._limits = limits
        self._buffer = LineBuffer(limits.line_bytes_max)
        self._lines: list[bytes] = []
        self._size = 0
        """Of the environment so far."""
        self._session: AgiSession | None = None
        self.address = ""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        _keep_alive(transport)
        self._transport = transport
        self.address, *_ = transport.get_extra_info("peername") or ("",)
        self._patience = asyncio.get_running_loop().call_later(
            self._limits.environment_s, self.refuse, "environment_timeout"
        )
        self._server.arrived(self)

    def data_received(self, data: bytes) -> None:
        try:
            lines = self._buffer.feed(data)
            if self._session is None:
                self._introduce(len(data), lines)
            else:
                self._session.take(lines)
        except AgiProtocolError as error:
            self.refuse(error.reason)

    def eof_received(self) -> bool:
        """Whether to stay open: the handler ends first, and what it wrote goes out."""
        if self._session is not None:
            self._session.lost()
        return self._session is not None

    def connection_lost(self, _error: Exception | None) -> None:
        if self._session is not None:
            self._session.lost()
        self._leave("closed_early")

    def refuse(self, why: str) -> None:
        """End it, and count that."""
        if self._session is not None:
            self._session.fail(why)
        self._leave(why)
        self._transport.abort()

    def _introduce(self, size: int, lines: list[bytes]) -> None:
        """More of the environment; what comes after it is the session's."""
        self._size += size
        self._lines += lines
        if self._size > self._limits.environment_bytes_max:
            raise AgiProtocolError("environment_too_long")
        if b"" in lines:
            end = self._lines.index(b"")
            environment = parse_environment(self._lines[:end])
            self._session = self._server.admit(self._transport, environment)
            rest, self._lines = self._lines[end + 1 :], []
            self._leave("")
            self._session.take(rest)

    def _leave(self, why: str) -> None:
        self._patience.cancel()
        self._server.left(self, why)


def _keep_alive(transport: asyncio.Transport) -> None:
    """Notice a peer that went away without closing."""
    sock: socket.socket | None = transport.get_extra_info("socket")
    if sock is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, KEEPALIVE_IDLE_S)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, KEEPALIVE_IDLE_S // 3)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 3)
