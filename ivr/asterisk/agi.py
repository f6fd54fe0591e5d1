"""The FastAGI server: hands authenticated sessions to a handler, keeps everybody else out."""

import asyncio
import hmac
import itertools
import socket
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress

import structlog

from ivr.asterisk.agi_protocol import AgiProtocolError, AgiReply, LineBuffer, parse_environment
from ivr.asterisk.agi_session import (
    READ_BYTES,
    AgiCommandError,
    AgiHungUpError,
    AgiLimits,
    AgiSession,
    AgiTimeoutError,
)
from ivr.model.errors import CallerGoneError

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

FLUSH_S = 1.0

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
        self._handshakes: dict[asyncio.Task[None], asyncio.Timeout] = {}
        """In order of arrival, each with what ends it."""
        self.sessions_active = 0

    async def start(self, host: str, port: int) -> None:
        """Listen; raises OSError when the address is taken."""
        self._server = await asyncio.start_server(
            self._connected, host, port, limit=self._limits.line_bytes_max, backlog=1024
        )

    @property
    def port(self) -> int:
        """The port listened on, for those who asked for port 0."""
        assert self._server is not None, "the server is not started"
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def close(self) -> None:
        """Stop listening, cancel every session and wait for all of them to end."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            self._server = None
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=self._limits.close_s)
            for task in late:
                log.error("agi.session_does_not_end", task=task.get_name())

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        _keep_alive(writer)
        name = f"agi-{next(self._numbers)}"
        task = asyncio.create_task(self._serve(reader, writer, name), name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, name: str
    ) -> None:
        try:
            session, reading = await self._admitted(reader, writer, name)
        except AgiProtocolError as error:
            self._on_error(error.reason)
            writer.transport.abort()
        except OSError:
            self._on_error("closed_early")
            writer.transport.abort()
        else:
            await self._handle(session, reading)
        finally:
            await _close(writer)

    async def _admitted(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, name: str
    ) -> tuple[AgiSession, asyncio.Task[None]]:
        """The session and its reader. What a peer sends at first is held by nobody after that."""
        buffer = LineBuffer(self._limits.line_bytes_max)
        environment, rest = await self._handshake(reader, buffer)
        self._admit(environment)
        session = AgiSession(
            reader, writer, environment, limits=self._limits, on_error=self._on_error
        )
        return session, asyncio.create_task(session.read(buffer, rest), name=f"{name}-reader")

    async def _handshake(
        self, reader: asyncio.StreamReader, buffer: LineBuffer
    ) -> tuple[Environment, list[bytes]]:
        """The environment, and lines that came after it."""
        me = asyncio.current_task()
        assert me is not None
        try:
            async with asyncio.timeout(self._limits.environment_s) as patience:
                self._handshakes[me] = patience
                self._make_room()
                return await self._read_environment(reader, buffer)
        except TimeoutError:
            crowded = me not in self._handshakes
            raise AgiProtocolError(
                "too_many_handshakes" if crowded else "environment_timeout"
            ) from None
        finally:
            self._handshakes.pop(me, None)

    def _make_room(self) -> None:
        """Asterisk needs milliseconds for its environment: the oldest is the one not to miss."""
        if len(self._handshakes) > self._limits.handshakes_max:
            patience = self._handshakes.pop(next(iter(self._handshakes)))
            if not patience.expired():
                patience.reschedule(0)

    async def _read_environment(
        self, reader: asyncio.StreamReader, buffer: LineBuffer
    ) -> tuple[Environment, list[bytes]]:
        lines: list[bytes] = []
        size = 0
        while b"" not in lines:
            data = await reader.read(READ_BYTES)
            if not data:
                raise AgiProtocolError("closed_early")
            size += len(data)
            lines += buffer.feed(data)
            if size > self._limits.environment_bytes_max:
                raise AgiProtocolError("environment_too_long")
        end = lines.index(b"")
        return parse_environment(lines[:end]), lines[end + 1 :]

    def _admit(self, environment: Environment) -> None:
        arguments = environment[1]
        shown = arguments[0].encode() if arguments else b""
        if not hmac.compare_digest(shown, self._token):
            raise AgiProtocolError("bad_token")
        if self.sessions_active >= self._limits.sessions_max:
            raise AgiProtocolError("too_many_sessions")

    async def _handle(self, session: AgiSession, reading: asyncio.Task[None]) -> None:
        self.sessions_active += 1
        try:
            await self._handler(session)
        except CallerGoneError:
            log.debug("agi.gone", channel=session.env.get("channel"), why=session.gone)
        except Exception:
            self._on_error("handler_failed")
            log.exception("agi.handler_failed", channel=session.env.get("channel"))
        finally:
            self.sessions_active -= 1
            reading.cancel()
            await asyncio.wait((reading,))


def _keep_alive(writer: asyncio.StreamWriter) -> None:
    """Notice a peer that went away without closing."""
    sock: socket.socket | None = writer.get_extra_info("socket")
    if sock is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, KEEPALIVE_IDLE_S)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, KEEPALIVE_IDLE_S // 3)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 3)


async def _close(writer: asyncio.StreamWriter) -> None:
    """Close after what was written, but wait for no peer that does not read."""
    writer.close()
    try:
        with suppress(OSError):
            async with asyncio.timeout(FLUSH_S):
                await writer.wait_closed()
    except TimeoutError:
        writer.transport.abort()
