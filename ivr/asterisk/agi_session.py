"""One FastAGI session: a single reader sorts out what Asterisk says, one command at a time."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from ivr.asterisk.agi_protocol import (
    DEAD_CHANNEL,
    AgiProtocolError,
    AgiReply,
    Hangup,
    LineBuffer,
    ReplyParser,
    encode_command,
)
from ivr.model.errors import CallerGoneError, IvrError

READ_BYTES = 16384

KEPT = ("channel", "uniqueid", "callerid", "calleridname", "language")
"""Of what Asterisk tells at the beginning of a session, what is remembered."""


class AgiHungUpError(CallerGoneError):
    """The session is over: hang-up, redirect, or a limit; `AgiSession.gone` says which."""


class AgiCommandError(IvrError):
    """Asterisk does not know the command (510) or its arguments (520)."""

    def __init__(self, verb: str, reply: AgiReply) -> None:
        super().__init__(f"Asterisk refused the AGI command {verb}: {reply.code} {reply.data}")
        self.code = reply.code


class AgiTimeoutError(IvrError):
    """No reply in time. The session is closed: a late reply would be taken for another's."""


@dataclass(frozen=True)
class AgiLimits:
    """What a peer may take before its connection is closed."""

    sessions_max: int = 2000
    """Sessions that have shown the token."""
    handshakes_max: int = 200
    """Connections that have not; beyond it the oldest one goes, so that a real one gets in."""
    environment_s: float = 5.0
    """Time to send the environment."""
    environment_bytes_max: int = 65536
    line_bytes_max: int = 32768
    reply_s: float = 300.0
    """Time for a reply when the command names none: longer than any prompt."""
    idle_s: float = 12 * 3600.0
    """Time without any command: longer than anybody waits in line."""
    close_s: float = 5.0
    """Time for handlers to end in `AgiServer.close`."""


class AgiSession:
    """The conversation with Asterisk about one channel.

    A hang-up and a redirect by AMI look the same here. After either, the handler must return: only
    the closed socket lets a redirected channel move on.
    """

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        environment: tuple[Mapping[str, str], tuple[str, ...]],
        *,
        limits: AgiLimits,
        on_error: Callable[[str], None],
    ) -> None:
        told, arguments = environment
        self.env = {name: told[name] for name in KEPT if name in told}
        """`agi_*` variables without that prefix. Asterisk tells two dozen; these are asked for, and
        a session may last for hours."""
        self.args = arguments[1:]
        """AGI arguments after the token."""
        script = told.get("network_script", "")
        self.path = script.partition("?")[0].rpartition("/")[2]
        """Last part of the agi:// URL's path."""
        self.gone = ""
        """Why the session is over: `hangup`, `eof`, `dead`, `closed` or an error reason."""
        self._reader = reader
        self._writer = writer
        self._limits = limits
        self._on_error = on_error
        self._parser = ReplyParser()
        self._lock = asyncio.Lock()
        self._reply: asyncio.Future[AgiReply | None] | None = None
        self._over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def command(
        self, verb: str, *arguments: str | int, timeout_s: float | None = None
    ) -> AgiReply:
        """Send one command and wait for its reply; concurrent callers take turns.

        The verb (`STREAM FILE`, `EXEC`) goes as it is, arguments are quoted. A command cancelled
        while it runs goes on in Asterisk; the next one waits for its end, within its own time.

        Raises AgiHungUpError, AgiCommandError, AgiTimeoutError; ValueError for control characters.
        """
        line = encode_command(verb, *map(str, arguments))
        limit_s = self._limits.reply_s if timeout_s is None else timeout_s
        async with self._lock:
            await self._settled(limit_s, verb)
            if self.gone:
                raise self._hung_up(verb)
            self._reply = asyncio.get_running_loop().create_future()
            # One short line at a time: the write buffer cannot grow, no drain needed.
            self._writer.write(line)
            reply = await self._settled(limit_s, verb)
        if reply is None or reply.code == DEAD_CHANNEL:
            self._end("dead")
            raise self._hung_up(verb)
        if reply.code != 200:
            raise AgiCommandError(verb, reply)
        return reply

    async def quiet(self, limit_s: float) -> bool:
        """Whether no command runs any more, waiting that long for it; also when all is over."""
        if self._reply is not None:
            await _done_within(self._reply, limit_s)
        return self._reply is None or self._reply.done()

    async def wait_gone(self) -> str:
        """Wait until the session is over; why."""
        await asyncio.shield(self._over)
        return self.gone

    async def read(self, buffer: LineBuffer, lines: Iterable[bytes]) -> None:
        """Sort out everything Asterisk sends, until the session is over; the server's part."""
        loop = asyncio.get_running_loop()
        self._heard_at = loop.time()
        self._watch_idle(self._limits.idle_s)
        try:
            self._take(lines)
            while not self.gone:
                data = await self._reader.read(READ_BYTES)
                self._heard_at = loop.time()
                if not data:
                    self._end("eof")
                self._take(buffer.feed(data))
        except AgiProtocolError as error:
            self.fail(error.reason)
        except OSError:
            self._end("eof")
        finally:
            self._idle.cancel()
            self._end("closed")

    def fail(self, reason: str) -> None:
        """End the session for a limit, and count it."""
        if not self.gone:
            self._on_error(reason)
            self._end(reason)
            self._writer.transport.abort()

    def _watch_idle(self, for_s: float) -> None:
        """One timer for the whole session: a new one for each read costs more than the read."""
        self._idle = asyncio.get_running_loop().call_later(for_s, self._check_idle)

    def _check_idle(self) -> None:
        idle_s = asyncio.get_running_loop().time() - self._heard_at
        # A command may run for hours (a conversation); it has a limit of its own.
        if self._reply is not None and not self._reply.done():
            self._watch_idle(self._limits.idle_s)
        elif idle_s < self._limits.idle_s:
            self._watch_idle(self._limits.idle_s - idle_s)
        else:
            self.fail("idle")

    def _take(self, lines: Iterable[bytes]) -> None:
        for line in lines:
            if self.gone:
                return
            done = self._parser.feed(line)
            if isinstance(done, Hangup):
                self._end("hangup")
            elif done is not None:
                self._resolve(done)

    def _resolve(self, reply: AgiReply) -> None:
        if self._reply is None or self._reply.done():
            raise AgiProtocolError("unexpected_reply")
        self._reply.set_result(reply)

    async def _settled(self, limit_s: float, verb: str) -> AgiReply | None:
        """The reply to the command sent last, which may have been a cancelled caller's."""
        if self._reply is None:
            return None
        await _done_within(self._reply, limit_s)
        if not self._reply.done():
            self.fail("reply_timeout")
            raise AgiTimeoutError(f"no reply to the AGI command {verb} within {limit_s:g} s")
        return self._reply.result()

    def _hung_up(self, verb: str) -> AgiHungUpError:
        return AgiHungUpError(f"the AGI command {verb} came to nothing: {self.gone}")

    def _end(self, why: str) -> None:
        if not self.gone:
            self.gone = why
            self._over.set_result(None)
            if self._reply is not None and not self._reply.done():
                self._reply.set_result(None)


async def _done_within(future: asyncio.Future[AgiReply | None], limit_s: float) -> None:
    """Returns when the future is done or time is up, and leaves it alone when cancelled.

    As `asyncio.wait` for one future, at a fraction of its price: every command waits like this.
    """
    if future.done():
        return
    over = asyncio.get_running_loop().create_future()

    def end(_future: object = None) -> None:
        if not over.done():
            over.set_result(None)

    future.add_done_callback(end)
    timer = over.get_loop().call_later(limit_s, end)
    try:
        await over
    finally:
        timer.cancel()
        future.remove_done_callback(end)
