"""Where a request comes from."""

import ipaddress

from aiohttp import web


def address_of(request: web.Request, origin: str) -> str:
    """The other end of the connection; behind a proxy what that says. Of what it says the last
    counts: all before it comes from the client."""
    peer = request.remote or ""
    said = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    if not (said and is_proxy(peer, origin)):
        return peer
    try:
        return str(ipaddress.ip_address(said))
    except ValueError:
        return peer


def is_proxy(peer: str, origin: str) -> bool:
    """A proxy is believed only when browsers find this server by an `origin` of its own, and the
    proxy is on this machine or in a private network."""
    try:
        return bool(origin) and ipaddress.ip_address(peer).is_private
    except ValueError:
        return False
