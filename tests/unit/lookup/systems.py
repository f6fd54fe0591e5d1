"""Other systems as a test wants them: well-behaved, slow, silent, talkative or broken."""

import asyncio
import random
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web

from ivr.lookup import HttpLookups
from ivr.model.site import HttpTarget
from ivr.ports import LookupRequest

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Conversation = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def system(handler: Handler, trust: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    """A web server on the loopback; its address."""

    async def serve(request: web.BaseRequest) -> web.StreamResponse:
        return await handler(request)  # type: ignore[arg-type]

    runner = web.ServerRunner(web.Server(serve), shutdown_timeout=0.1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=trust)
        await site.start()
        host, port = runner.addresses[0][:2]
        yield f"{'https' if trust else 'http'}://{host}:{port}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def peer(conversation: Conversation) -> AsyncIterator[str]:
    """Anything that listens, and need not speak HTTP; its address."""
    talks: set[asyncio.Task[None]] = set()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        talks.add(task)
        try:
            await conversation(reader, writer)
        except (asyncio.CancelledError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    try:
        yield "http://{}:{}".format(*server.sockets[0].getsockname()[:2])
    finally:
        server.close()
        for task in talks:
            task.cancel()
        await asyncio.gather(*talks, return_exceptions=True)


@asynccontextmanager
async def asking(url: str, **more: object) -> AsyncIterator[HttpLookups]:
    """Look-ups whose only target is `crm`, at this address."""
    target = HttpTarget.model_validate({"url": url, **more})
    lookups = HttpLookups({"crm": target}, Path(), random.Random(1))
    try:
        yield lookups
    finally:
        await lookups.close()


def question(path: str = "/", timeout_s: float = 2.0, **more: object) -> LookupRequest:
    return LookupRequest("crm", path=path, timeout_s=timeout_s, **{"method": "GET", **more})  # type: ignore[arg-type]
