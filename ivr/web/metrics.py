"""`/metrics`: what Prometheus scrapes."""

from collections.abc import Callable

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler
from prometheus_client import CONTENT_TYPE_LATEST


def metrics_resource(render: Callable[[], bytes]) -> Handler:
    async def get(_request: web.Request) -> web.Response:
        return web.Response(body=render(), headers={hdrs.CONTENT_TYPE: CONTENT_TYPE_LATEST})

    return get
