"""Scripted peers: an Asterisk manager, and an Asterisk that opens FastAGI sessions."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Self, TypeVar

T = TypeVar("T")

LIMIT_S = 5.0
"""No test waits longer for anything."""

TOKEN = "s3cret"


async def within(waiting: Awaitable[T]) -> T:
    """The result, within the limit."""
    async with asyncio.timeout(LIMIT_S):
        return await waiting


async def until(condition: Callable[[], bool]) -> None:
    """Give everybody turns until the condition holds, within the limit."""
    async with asyncio.timeout(LIMIT_S):
        while not condition():  # noqa: ASYNC110 # what is awaited has no event of its own
            await asyncio.sleep(0)


class AgiClient:
    """Asterisk's side of one FastAGI connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    @classmethod
    async def connect(cls, port: int) -> Self:
        return cls(*await within(asyncio.open_connection("127.0.0.1", port)))

    def send(self, *lines: str | bytes) -> None:
        for line in lines:
            self.writer.write((line.encode() if isinstance(line, str) else line) + b"\n")

    def introduce(self, token: str = TOKEN, *arguments: str, **environment: str) -> None:
        """Send a whole environment, as Asterisk 22 does."""
        known = {
            "network": "yes",
            "network_script": "call",
            "request": "agi://127.0.0.1:4573/call",
            "channel": "PJSIP/1001-00000001",
            "uniqueid": "1.1",
            "callerid": "2001",
            "calleridname": "Ada",
            "extension": "100",
        }
        self.send(*(f"agi_{name}: {value}" for name, value in (known | environment).items()))
        self.send(*(f"agi_arg_{i}: {a}" for i, a in enumerate((token, *arguments), start=1)), "")

    async def command(self) -> str:
        """The next command received; empty at the end."""
        return (await within(self.reader.readline())).decode().rstrip("\n")

    async def closed(self) -> bool:
        """Wait until the server has closed the connection."""
        try:
            return await within(self.reader.read()) == b""
        except ConnectionError:
            return True

    async def close(self) -> None:
        self.writer.transport.abort()
        await asyncio.gather(self.writer.wait_closed(), return_exceptions=True)


Answer = Callable[[Mapping[str, str]], str | None]


def response(action: Mapping[str, str], *headers: str, kind: str = "Success") -> str:
    """A response to this action."""
    return message(f"Response: {kind}", f"ActionID: {action['ActionID']}", *headers)


def message(*headers: str) -> str:
    return "\r\n".join(headers) + "\r\n\r\n"


BOOTED = message("Event: FullyBooted", "Status: Fully Booted")


class AmiPeer:
    """An Asterisk manager. `answers` by action name; one that answers None stays silent."""

    def __init__(self) -> None:
        self.actions: asyncio.Queue[dict[str, str]] = asyncio.Queue()
        """Every action received but Login and Ping."""
        self.logins: asyncio.Queue[dict[str, str]] = asyncio.Queue()
        self.pings: asyncio.Queue[dict[str, str]] = asyncio.Queue()
        self.secret = "pw"
        self.banner = "Asterisk Call Manager/11.0.0\r\n"
        self.booted = BOOTED
        self.answers: dict[str, Answer] = {"Ping": lambda action: response(action, "Ping: Pong")}
        self.connections = 0
        self._server: asyncio.Server | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self.port = 0

    async def __aenter__(self) -> Self:
        await self.listen()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def listen(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Stop listening and drop whoever is connected."""
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    def send(self, data: str | bytes) -> None:
        assert self._writer is not None
        self._writer.write(data.encode() if isinstance(data, str) else data)

    def hang_up(self) -> None:
        """Close after everything was sent."""
        assert self._writer is not None
        self._writer.close()

    def drop(self) -> None:
        """Break off."""
        assert self._writer is not None
        self._writer.transport.abort()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writer = writer
        task = asyncio.create_task(self._serve(reader, writer), name="ami-peer")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            writer.write(self.banner.encode())
            while True:
                frame = await reader.readuntil(b"\r\n\r\n")
                if answer := self._answer(frame.decode()):
                    writer.write(answer.encode())
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.transport.abort()
            await asyncio.gather(writer.wait_closed(), return_exceptions=True)

    def _answer(self, frame: str) -> str | None:
        lines = [line.partition(": ") for line in frame.split("\r\n") if line]
        action = {name: value for name, _, value in lines}
        action["Variables"] = "|".join(value for name, _, value in lines if name == "Variable")
        name = action["Action"]
        if name == "Login":
            self.logins.put_nowait(action)
            if action["Secret"] != self.secret:
                return response(action, "Message: Authentication failed", kind="Error")
            return response(action, "Message: Authentication accepted") + self.booted
        (self.pings if name == "Ping" else self.actions).put_nowait(action)
        answer = self.answers.get(name, lambda action: response(action, "Message: done"))
        return answer(action)
