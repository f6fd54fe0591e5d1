"""One AMI connection, from connect to loss, on panoramisk's Manager, AMIProtocol and Action.

What panoramisk does on its own is taken out here: it reconnects after close, sends unanswered
orders again (a double dial), lets a callback's error or a surprising reply kill the link, waits
for ever, and decodes and splits what it reads too early.
"""

import asyncio
import itertools
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from panoramisk.actions import Action
from panoramisk.ami_protocol import AMIProtocol
from panoramisk.manager import Manager

from ivr.asterisk.ami_protocol import (
    AmiMessage,
    AmiProtocolError,
    FrameBuffer,
    Headers,
    check_headers,
)
from ivr.model.errors import IvrError

LIST_MARK = "-list"
"""Ends the ActionID of a list: its late entries are known by it and kept from the events."""

BACKLOG = 2_000
"""With more events than this to be handled nothing more is read."""

WRITE_BYTES_MAX = 4_194_304


class AmiError(IvrError):
    """An order did not get through."""


class AmiDownError(AmiError):
    """No link, or it was lost before the answer: whether the order was carried out is unknown.

    It is never sent again.
    """


class AmiTimeoutError(AmiError):
    """No answer in time; whether the order was carried out is unknown."""


class AmiRefusedError(AmiError):
    """Asterisk answered with an error."""


@dataclass(frozen=True)
class AmiLimits:
    """Seconds, sizes and numbers the link keeps to."""

    connect_s: float = 5.0
    """For the connection and its banner."""
    login_s: float = 5.0
    booted_s: float = 30.0
    """For Asterisk to finish booting after the login; then we go on all the same."""
    ping_s: float = 5.0
    """Between two questions whether Asterisk is still there."""
    ping_timeout_s: float = 5.0
    unanswered_max: int = 6
    """Questions without an answer, one after the other, after which a link that tells is dead."""
    events_max: int = 20_000
    """Events waiting to be handled; beyond it the link is dropped and everything read anew."""
    entries_max: int = 100_000
    """Entries of one list."""
    pending_max: int = 5_000
    """Orders without an answer."""
    retry_s_min: float = 0.2
    retry_s_max: float = 5.0
    refused_retry_s: float = 30.0
    """After a refused login."""


class EventQueue:
    """Ordered and bounded, with one consumer."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._events: deque[AmiMessage] = deque()
        self._ended = False
        self._wake = asyncio.Event()

    def put(self, event: AmiMessage) -> bool:
        """False when there is no room."""
        if len(self._events) >= self._limit:
            return False
        self._events.append(event)
        self._wake.set()
        return True

    def end(self, *, discard: bool) -> None:
        """Nothing more comes; with `discard` what waits is forgotten."""
        if discard:
            self._events.clear()
        self._ended = True
        self._wake.set()

    def __len__(self) -> int:
        return len(self._events)

    async def wait(self) -> bool:
        """Until there are some; False once all are taken and the link is gone."""
        while not self._events:
            if self._ended:
                return False
            self._wake.clear()
            await self._wake.wait()
        return True

    def take(self, count: int) -> Iterator[AmiMessage]:
        """The next ones, as many as there are."""
        while self._events and count:
            count -= 1
            yield self._events.popleft()


class Order(Action):  # type: ignore[misc] # panoramisk has no types
    """An action that is complete at its response, or for a list at the event `until`."""

    def __init__(self, headers: Headers, until: str, entries_max: int) -> None:
        super().__init__(headers)
        self.until = until.lower()
        self.entries_max = entries_max

    def takes(self, message: AmiMessage) -> bool:
        """Whether this message is an answer to us and not just an event we caused."""
        return "event" not in message or bool(self.until)

    def add_message(self, message: AmiMessage) -> bool:
        """Whether the order is complete now."""
        if self.future.done():
            return True
        if "event" not in message:
            self.responses.insert(0, message)
            complete = not self.until or message["response"] == "Error"
        else:
            complete = message["event"].lower() == self.until
            if not complete:
                self.responses.append(message)
        if len(self.responses) > self.entries_max:
            self.future.set_exception(AmiError(f"{self['action']} lists too many entries"))
        elif complete:
            self.future.set_result(self.responses)
        return complete


class Wire(AMIProtocol):  # type: ignore[misc] # panoramisk has no types
    """Bytes in and out. Nothing that is received can raise in here."""

    def __init__(self, owner: "Connection") -> None:
        self.owner = owner
        self.frames = FrameBuffer()
        self.responses: dict[str, Order] = {}
        self.closed = False
        self.transport: Any = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self.factory = self.owner
        self.encoding = "utf8"
        if self.owner.lost.done():
            self.close()

    def data_received(self, data: bytes) -> None:
        try:
            frames = self.frames.feed(data)
        except AmiProtocolError as error:
            self.owner.drop(str(error))
            return
        if self.frames.greeted:
            self.owner.greet()
        for frame in frames:
            if self.closed:
                return
            if message := AmiMessage.from_frame(frame):
                self.handle_message(message)
        self.owner.heard += 1
        self.owner.hold_back()

    def handle_message(self, message: AmiMessage) -> None:
        action_id = message.get("actionid", "")
        order = self.responses.get(action_id)
        if order is not None and order.takes(message):
            if order.add_message(message):
                self.responses.pop(action_id, None)
        elif "event" in message and not action_id.endswith(LIST_MARK):
            self.owner.dispatch(message)

    def connection_lost(self, exc: Exception | None) -> None:
        self.owner.drop(f"connection lost: {exc}" if exc else "Asterisk closed the connection")

    def close(self) -> None:
        """Close and tell every waiting order so: none is kept to be sent again."""
        if not self.closed:
            self.closed = True
            if self.transport is not None:
                self.transport.abort()
        while self.responses:
            _, order = self.responses.popitem()
            if not order.future.done():
                order.future.set_exception(
                    AmiDownError(f"link lost before Asterisk answered {order['action']}")
                )


class Connection(Manager):  # type: ignore[misc] # panoramisk has no types
    """Connects once. `lost` is done, with the reason, when it is over."""

    def __init__(self, host: str, port: int, limits: AmiLimits) -> None:
        loop = asyncio.get_running_loop()
        super().__init__(host=host, port=port, loop=loop, encoding="utf8")
        self.limits = limits
        self.events = EventQueue(limits.events_max)
        self.lost: asyncio.Future[str] = loop.create_future()
        self.greeted: asyncio.Future[None] = loop.create_future()
        self.booted = asyncio.Event()
        self.heard = 0
        """How often something came."""
        self.delivers = False
        """Whether events are being handled: no longer collected until a snapshot is taken, whose
        entries come on the same connection."""
        self.overflowed = False
        self._numbers = itertools.count(1)

    async def open(self) -> None:
        """Connect and read the banner; raises AmiDownError."""
        host, port = self.config["host"], self.config["port"]
        try:
            async with asyncio.timeout(self.limits.connect_s):
                await self.loop.create_connection(self._wire, host, port)
                ends = (self.greeted, self.lost)
                await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        except TimeoutError:
            self.drop("Asterisk does not answer")
        except OSError as error:
            self.drop(str(error))
        if self.lost.done():
            raise AmiDownError(f"no AMI at {host}:{port}: {self.lost.result()}")

    async def order(self, headers: Headers, until: str, timeout_s: float) -> list[AmiMessage]:
        """The response and, with `until`, the list's entries; sent exactly once."""
        name = headers["Action"]
        sent: dict[str, Any] = dict(headers)
        mark = LIST_MARK if until else ""
        action_id = str(sent.setdefault("ActionID", f"ivr-{next(self._numbers)}{mark}"))
        check_headers(sent)
        self._check_writable(action_id)
        order = Order(sent, until, self.limits.entries_max)
        try:
            async with asyncio.timeout(timeout_s):
                answer: list[AmiMessage] = await self.send_action(order)
                return answer
        except TimeoutError:
            raise AmiTimeoutError(f"no answer to {name} within {timeout_s:g} s") from None
        finally:
            self.protocol.responses.pop(action_id, None)

    def dispatch(self, event: AmiMessage) -> None:
        """Queue an event; none is ever left out: without room, the link goes."""
        if event["event"] == "FullyBooted":
            self.booted.set()
        if not self.events.put(event):
            self.overflowed = True
            self.drop(f"more than {self.limits.events_max} events wait to be handled")

    def hold_back(self) -> None:
        """Let a flood wait in Asterisk until what was read is handled."""
        transport = self.protocol.transport
        if self.delivers and len(self.events) > BACKLOG and transport.is_reading():
            transport.pause_reading()

    def read_on(self) -> None:
        """Some events were handled."""
        transport = self.protocol.transport
        may_read = not transport.is_reading() and not transport.is_closing()
        if may_read and len(self.events) <= BACKLOG:
            transport.resume_reading()

    def drop(self, reason: str) -> None:
        """End the connection, once."""
        if not self.lost.done():
            self.lost.set_result(reason)
            self.events.end(discard=self.overflowed)
        if self.protocol is not None:
            self.protocol.close()

    def close(self) -> None:
        self.drop("closed")

    def greet(self) -> None:
        """The banner is there."""
        if not self.greeted.done():
            self.greeted.set_result(None)

    def _wire(self) -> Wire:
        self.protocol = Wire(self)
        return self.protocol

    def _check_writable(self, action_id: str) -> None:
        if self.lost.done():
            raise AmiDownError(f"no link to Asterisk: {self.lost.result()}")
        if action_id in self.protocol.responses:
            raise ValueError(f"ActionID {action_id!r} is still in use")
        if len(self.protocol.responses) >= self.limits.pending_max:
            raise AmiDownError(f"{self.limits.pending_max} orders wait for Asterisk's answer")
        if self.protocol.transport.get_write_buffer_size() > WRITE_BYTES_MAX:
            self.drop("Asterisk does not read")
            raise AmiDownError("Asterisk does not read its AMI connection")
