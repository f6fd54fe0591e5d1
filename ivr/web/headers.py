"""Headers of every answer, errors included."""

from aiohttp import hdrs, web

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


async def add_headers(_request: web.Request, response: web.StreamResponse) -> None:
    """An `on_response_prepare` handler."""
    response.headers.update(HEADERS)
    # Which software in which version runs here is nobody's business.
    response.headers[hdrs.SERVER] = "ivr"
