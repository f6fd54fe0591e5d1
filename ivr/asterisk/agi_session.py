"""One FastAGI session: sorts out what Asterisk says, one command at a time."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from ivr.asterisk.agi_protocol import (
    DEAD_CHANNEL,
    AgiProtocolError,
    AgiReply,
    Hangup,
    ReplyParser,
    encode_command,
)
from ivr.model.errors import CallerGoneError, IvrError

FLUSH_S = 1.0
"""A peer has so long to read what was written last."""

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
        transport: asyncio.Transport,
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
        self._transport = transport
        self._limits = limits
        self._on_error = on_error
        self._parser = ReplyParser()
        self._lock = asyncio.Lock()
        self._loop = asyncio.get_running_loop()
        self._running = ""
        """The verb of the command that Asterisk has not replied to."""
        self._reply: asyncio.Future[AgiReply | None] | None = None
        """Who sent it, unless they were cancelled meanwhile, waits for this."""
        self._quiet: asyncio.Future[None] | None = None
        """Done when no command runs any more; only while somebody waits for it."""
        self._over: asyncio.Future[None] = self._loop.create_future()
        self._heard_at = self._loop.time()
        self._limit_s = self._due = 0.0
        """How long the reply may take, and until when."""
        self._timer: asyncio.TimerHandle | None = None
        self._watch(self._heard_at + limits.idle_s)

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
            if self._running:
                await self._replied(limit_s)
            if self.gone:
                raise self._hung_up(verb)
            self._running = verb
            # One short line at a time: the write buffer cannot grow.
            self._transport.write(line)
            reply = await self._replied(limit_s)
        if reply is None or reply.code == DEAD_CHANNEL:
            self._end("dead")
            raise self._hung_up(verb)
        if reply.code != 200:
            raise AgiCommandError(verb, reply)
        return reply

    async def quiet(self, limit_s: float) -> bool:
        """Whether no command runs any more, waiting that long for it; also when all is over."""
        if self._running and limit_s > 0:
            if self._quiet is None:
                self._quiet = self._loop.create_future()
            await asyncio.wait((self._quiet,), timeout=limit_s)
        return not self._running

    async def wait_gone(self) -> str:
        """Wait until the session is over; why."""
        await asyncio.shield(self._over)
        return self.gone

    # --- the connection's part

    def take(self, lines: Iterable[bytes]) -> None:
        """Sort out what Asterisk says; raises AgiProtocolError."""
        self._heard_at = self._loop.time()
        for line in lines:
            if self.gone:
                return
            done = self._parser.feed(line)
            if isinstance(done, Hangup):
                self._end("hangup")
            elif done is not None:
                if not self._running:
                    raise AgiProtocolError("unexpected_reply")
                self._settle(done)

    def lost(self) -> None:
        """Nothing more comes from Asterisk."""
        self._end("eof")

    def close(self) -> None:
        """No more commands. What was written still goes out, to a peer who reads it."""
        self._end("closed")
        if not self._transport.is_closing():
            self._transport.close()
            self._loop.call_later(FLUSH_S, self._transport.abort)

    def fail(self, reason: str) -> None:
        """End the session for a limit, and count it."""
        if not self.gone:
            self._on_error(reason)
            self._end(reason)
            self._transport.abort()

    # --- how

    async def _replied(self, limit_s: float) -> AgiReply | None:
        """The reply to the command that runs, which may be a cancelled caller's."""
        self._limit_s, self._due = limit_s, self._loop.time() + limit_s
        self._watch(self._due)
        self._reply = self._loop.create_future()
        return await self._reply

    def _settle(self, reply: AgiReply | None) -> None:
        self._running = ""
        if self._reply is not None and not self._reply.done():
            self._reply.set_result(reply)
        if self._quiet is not None:
            self._quiet.set_result(None)
            self._quiet = None
        self._watch(self._heard_at + self._limits.idle_s)

    def _watch(self, until: float) -> None:
        """One timer for reply and idleness, never set later while it runs: a new one for each
        command costs more than the command."""
        if self._timer is None or until < self._timer.when():
            if self._timer is not None:
                self._timer.cancel()
            self._timer = self._loop.call_at(until, self._look)

    def _look(self) -> None:
        # A command may run for hours (a conversation); it has a limit of its own.
        until = self._due if self._running else self._heard_at + self._limits.idle_s
        self._timer = None
        if self._loop.time() < until:
            self._watch(until)
        elif self._running:
            self._time_out()
        else:
            self.fail("idle")

    def _time_out(self) -> None:
        """Fails who waits for the reply, and the session: a late reply would be another's."""
        if self._reply is not None and not self._reply.done():
            error = f"no reply to the AGI command {self._running} within {self._limit_s:g} s"
            self._reply.set_exception(AgiTimeoutError(error))
        self.fail("reply_timeout")

    def _hung_up(self, verb: str) -> AgiHungUpError:
        return AgiHungUpError(f"the AGI command {verb} came to nothing: {self.gone}")

    def _end(self, why: str) -> None:
        if not self.gone:
            self.gone = why
            self._over.set_result(None)
            self._settle(None)
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
