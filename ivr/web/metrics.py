"""`/metrics`: what Prometheus scrapes."""

import asyncio
from collections.abc import Callable, Iterable

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler
from prometheus_client import CONTENT_TYPE_LATEST

Scrape = Callable[[], Iterable[bytes]]
"""The text in pieces, each of which is quickly made."""


def metrics_resource(scrape: Scrape) -> Handler:
    async def get(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={hdrs.CONTENT_TYPE: CONTENT_TYPE_LATEST})
        await response.prepare(request)
        for piece in scrape():
            await response.write(piece)
            await asyncio.sleep(0)  # calls come between the pieces
        await response.write_eof()
        return response

    return get
