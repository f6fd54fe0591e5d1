"""Requests that another site makes a signed-in browser send are refused.

A browser says where a request comes from: by Sec-Fetch-Site, or at least by Origin. What a page
of another site cannot add without being asked is a header of its own (the fetch standard sends
no such request before the server agrees, which this one never does): so each request that
changes something and is known by its cookie must carry one, too.
"""

import re
from urllib.parse import urlsplit

from aiohttp import hdrs, web

from ivr.model.errors import UserError

SAFE = frozenset({hdrs.METH_GET, hdrs.METH_HEAD, hdrs.METH_OPTIONS})
MARK = "X-Requested-By"
"""Header that a page of this server sends, with `MARKED`."""
MARKED = "ivr"


def sound_origin(text: str) -> str:
    """The setting, when a browser can send it as an Origin, or when it is empty; UserError."""
    if text and not re.fullmatch(r"https?://([a-z0-9.\-]+|\[[0-9a-f:]+\])(:[0-9]{1,5})?", text):
        raise UserError(
            f"--http-origin {text!r}: give scheme and name as browsers show them, without a path, "
            "e.g. https://cc.example.com"
        )
    return text


def strange_origin(request: web.Request, origin: str, *, by_cookie: bool) -> str | None:
    """What is wrong with where the request comes from; None: nothing.

    `origin` is where browsers find this server; empty: at the Host of the request.
    """
    if request.method in SAFE:
        return None
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return "another site may not order this"
    said = request.headers.get(hdrs.ORIGIN)
    if said is not None and not is_ours(said, origin, request.host):
        return "another site may not order this"
    if by_cookie and request.headers.get(MARK) != MARKED:
        return f"send the header `{MARK}: {MARKED}`"
    return None


def is_ours(said: str, origin: str, host: str) -> bool:
    """Whether this Origin header names where browsers find this server; see `strange_origin`."""
    if origin:
        return said == origin
    try:
        parts = urlsplit(said)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and parts.netloc == host
