"""The link to Asterisk's manager: always there or coming back, never sending anything twice."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import structlog

from ivr.asterisk.ami_connection import (
    AmiDownError,
    AmiError,
    AmiLimits,
    AmiRefusedError,
    AmiTimeoutError,
    Connection,
)
from ivr.asterisk.ami_protocol import AmiMessage, Headers, assignment

__all__ = [
    "AmiDownError",
    "AmiError",
    "AmiLimits",
    "AmiLink",
    "AmiMessage",
    "AmiRefusedError",
    "AmiReply",
    "AmiTimeoutError",
    "assignment",
]

EVENTS_IN_A_ROW = 100
"""Events handled before others get their turn."""

DRAIN_S = 5.0
"""For events already received when the link is lost."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class AmiReply:
    """Asterisk's response; `ok` unless it is an error."""

    ok: bool
    message: str
    headers: Mapping[str, str]


class LoginRefusedError(AmiRefusedError):
    """Wrong name or password, or an address that is not permitted."""


class AmiLink:
    """Keeps one AMI connection.

    After each login `on_login` is awaited, so that it can read a snapshot by `collect`; events that
    arrive meanwhile wait, and then reach `on_event` one by one in Asterisk's order. What was
    received before a loss is still delivered, then `on_lost` is called; not so after `close`.
    An error raised by `on_event` or `on_lost` is logged and stops nothing; one raised by `on_login`
    drops the link, which is tried again.
    """

    def __init__(
        self,
        host: str,
        port: int,
        username: str,
        secret: str,
        *,
        on_event: Callable[[Mapping[str, str]], None],
        on_login: Callable[[], Awaitable[None]],
        on_lost: Callable[[], None],
        events: str = "on",
        limits: AmiLimits | None = None,
        rng: random.Random | None = None,
    ) -> None:
        """`events` is the mask asked for at login: `on`, `off` or classes such as `call,user`.

        `rng` spreads the attempts to reconnect.
        """
        self._host, self._port = host, port
        self._login = {"Username": username, "Secret": secret, "Events": events}
        self._on_event = on_event
        self._on_login = on_login
        self._on_lost = on_lost
        self._limits = limits or AmiLimits()
        self._rng = rng or random.Random()  # noqa: S311 # spreads load, guards no secret
        self._connection: Connection | None = None
        self._task: asyncio.Task[None] | None = None
        self.logins = 0
        """Successful logins; every one after the first is a reconnection."""
        self.overflows = 0
        """Links dropped because events came faster than they were handled."""

    @property
    def connected(self) -> bool:
        """Whether actions can be sent."""
        return self._connection is not None and not self._connection.lost.done()

    async def start(self) -> None:
        """Begin to connect in the background."""
        self._task = asyncio.create_task(self._run(), name="ami-link")

    async def close(self) -> None:
        """Give up the link; waiting actions fail with AmiDownError and nothing reconnects."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait((self._task,))
            self._task = None

    async def action(self, name: str, headers: Headers, timeout_s: float = 5.0) -> AmiReply:
        """Send one action, once, and wait for its response.

        A header's list value is sent as repeated headers. Originate is always asynchronous: its
        outcome is the event OriginateResponse with the same ActionID (your own, if you give one).

        Raises AmiDownError, AmiTimeoutError (either way it may have been carried out); ValueError
        for control characters and for what Asterisk would cut off.
        """
        sent: dict[str, str | list[str]] = {"Action": name}
        sent |= {k: v if isinstance(v, str) else list(v) for k, v in headers.items()}
        if name.lower() == "originate" and sent.setdefault("Async", "true") != "true":
            raise ValueError("Originate must be Async: its reply would hold up every other one")
        answer = (await self._here().order(sent, "", timeout_s))[0]
        return AmiReply(answer["response"] != "Error", answer.get("message", ""), answer)

    async def collect(
        self, name: str, headers: Headers, until: str, timeout_s: float = 10.0
    ) -> list[Mapping[str, str]]:
        """Send an action that answers with a list of events; its entries, without the last event.

        Raises as `action` does, and AmiRefusedError.
        """
        answer = await self._here().order({"Action": name, **headers}, until, timeout_s)
        if answer and answer[0].get("response") == "Error":
            raise AmiRefusedError(f"Asterisk refused {name}: {answer[0].get('message', '')}")
        return [message for message in answer if "event" in message]

    def _here(self) -> Connection:
        if self._connection is None or self._connection.lost.done():
            raise AmiDownError(f"no link to Asterisk at {self._host}:{self._port}")
        return self._connection

    # --- one life after another

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        delay_s = self._limits.retry_s_min
        while True:
            began = loop.time()
            try:
                reason = await self._live()
                log.warning("ami.lost", host=self._host, port=self._port, reason=reason)
                if loop.time() - began > self._limits.retry_s_max:
                    delay_s = self._limits.retry_s_min
                wait_s = delay_s
            except LoginRefusedError as error:
                log.error("ami.login_refused", error=str(error))  # noqa: TRY400 # no traceback
                wait_s = self._limits.refused_retry_s
            except AmiError as error:
                log.warning("ami.unreachable", error=str(error))
                wait_s = delay_s
            delay_s = min(delay_s * 2, self._limits.retry_s_max)
            await asyncio.sleep(wait_s * self._rng.uniform(0.5, 1.0))

    async def _live(self) -> str:
        """One connection from connect to loss; why it was lost."""
        connection = Connection(self._host, self._port, self._limits)
        try:
            await connection.open()
            await self._log_in(connection)
            self._connection = connection
            self.logins += 1
            await self._serve(connection)
            return await connection.lost
        finally:
            connection.close()
            self._connection = None
            self.overflows += connection.overflowed

    async def _log_in(self, connection: Connection) -> None:
        login = {"Action": "Login", **self._login}
        answer = (await connection.order(login, "", self._limits.login_s))[0]
        if answer["response"] == "Error":
            raise LoginRefusedError(
                f"Asterisk at {self._host}:{self._port} refuses the AMI user"
                f" {self._login['Username']!r}: {answer.get('message', '')};"
                " check its secret and its permit lines in manager.conf"
            )

    async def _serve(self, connection: Connection) -> None:
        """Deliver and watch until the connection is lost."""
        delivery = asyncio.create_task(self._deliver(connection), name="ami-events")
        watch = asyncio.create_task(self._watch(connection), name="ami-watchdog")
        try:
            await asyncio.wait((connection.lost,))
            await asyncio.wait((delivery,), timeout=DRAIN_S)
            self._lost()
        finally:
            delivery.cancel()
            watch.cancel()
            await asyncio.wait((delivery, watch))

    def _lost(self) -> None:
        try:
            self._on_lost()
        except Exception:
            log.exception("ami.on_lost_failed")

    async def _deliver(self, connection: Connection) -> None:
        try:
            await self._wait_booted(connection)
            await self._on_login()
        except Exception:
            log.exception("ami.on_login_failed")
            connection.drop("the snapshot after the login failed")
            return
        connection.delivers = True
        log.info("ami.ready", host=self._host, port=self._port, logins=self.logins)
        while await connection.events.wait():
            for event in connection.events.take(EVENTS_IN_A_ROW):
                try:
                    self._on_event(event)
                except Exception:
                    log.exception("ami.on_event_failed", ami_event=event["event"])
            if connection.events:
                connection.read_on()
                await asyncio.sleep(0)

    async def _wait_booted(self, connection: Connection) -> None:
        """A snapshot of an Asterisk that is still loading would be empty and believed."""
        try:
            async with asyncio.timeout(self._limits.booted_s):
                await connection.booted.wait()
        except TimeoutError:
            log.warning("ami.not_booted", waited_s=self._limits.booted_s)

    async def _watch(self, connection: Connection) -> None:
        """A link that looks alive and is not costs calls: ask, and believe only an answer.

        Who goes on telling, or told more than is handled, may be late with it: behind a flood.
        """
        unanswered = 0
        while True:
            await asyncio.sleep(self._limits.ping_s)
            heard, behind = connection.heard, len(connection.events)
            try:
                await connection.order({"Action": "Ping"}, "", self._limits.ping_timeout_s)
                unanswered = 0
            except AmiTimeoutError as error:
                unanswered += 1
                tells = connection.heard > heard or behind or connection.events
                if not tells or unanswered == self._limits.unanswered_max:
                    connection.drop(str(error))
                    return
            except AmiError as error:
                connection.drop(str(error))
                return
