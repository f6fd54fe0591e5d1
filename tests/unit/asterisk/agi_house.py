"""A FastAGI server whose sessions a test takes over, and the errors it counted."""

import asyncio
from collections.abc import Awaitable, Callable

from ivr.asterisk.agi import ERROR_REASONS, AgiLimits, AgiServer, AgiSession
from tests.unit.asterisk.peers import TOKEN, AgiClient, until, within

Handler = Callable[[AgiSession], Awaitable[None]]


class AgiHouse:
    def __init__(self) -> None:
        self.sessions: asyncio.Queue[AgiSession] = asyncio.Queue()
        self.errors: list[str] = []
        self.leave = asyncio.Event()
        self.handler: Handler = self.stay
        self.server: AgiServer
        self.clients: list[AgiClient] = []

    async def open(self, limits: AgiLimits | None = None) -> None:
        async def handle(session: AgiSession) -> None:
            await self.handler(session)

        self.server = AgiServer(handle, token=TOKEN, limits=limits, on_error=self.errors.append)
        await self.server.start("127.0.0.1", 0)

    async def stay(self, session: AgiSession) -> None:
        self.sessions.put_nowait(session)
        await self.leave.wait()

    async def connect(self) -> AgiClient:
        client = await AgiClient.connect(self.server.port)
        self.clients.append(client)
        return client

    async def call(self, *arguments: str, **environment: str) -> tuple[AgiSession, AgiClient]:
        client = await self.connect()
        client.introduce(TOKEN, *arguments, **environment)
        return await within(self.sessions.get()), client

    async def fails(self, reason: str) -> None:
        await until(lambda: bool(self.errors))
        assert self.errors == [reason]
        assert reason in ERROR_REASONS
