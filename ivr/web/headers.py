"""Headers of every answer, errors included."""

from aiohttp import hdrs, web

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


PAGE_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)
"""What a page may load and run: what this server sends as a file, never what stands in the page."""


async def add_headers(_request: web.Request, response: web.StreamResponse) -> None:
    """An `on_response_prepare` handler."""
    dress(response)


def dress(response: web.StreamResponse) -> None:
    """How long a file may be kept is its handler's to say."""
    kept = response.headers.get(hdrs.CACHE_CONTROL)
    response.headers.update(HEADERS)
    if kept is not None:
        response.headers[hdrs.CACHE_CONTROL] = kept
    if response.content_type == "text/html":
        response.headers["Content-Security-Policy"] = PAGE_POLICY
    # Which software in which version runs here is nobody's business.
    response.headers[hdrs.SERVER] = "ivr"
