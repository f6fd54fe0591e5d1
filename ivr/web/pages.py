"""The console's pages and the files they load, out of the package: nothing else is served.

Anybody may have them; what they show needs a permission.
"""

import hashlib
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import PurePath

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from ivr.model.access import Permission
from ivr.web.routes import Route

PAGES = {
    "/": "index.html",
    "/wallboard": "wallboard.html",
    "/desk": "desk.html",
    "/recordings": "recordings.html",
    "/sign-in": "signin.html",
}
TYPES = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}
"""Files of other types are not served."""
ASK_AGAIN = "no-cache"
"""Kept, but asked for with each visit whether it is still the same."""


def page_routes() -> list[Route]:
    static = files("ivr.web") / "static"
    pages = [_file(path, static / name) for path, name in PAGES.items()]
    parts = [
        _file(f"/static/{path}", static / path)
        for path in sorted(_below(static))
        if PurePath(path).suffix in TYPES and path not in PAGES.values()
    ]
    return [*pages, *parts]


def _below(directory: Traversable, before: str = "") -> list[str]:
    found: list[str] = []
    for entry in directory.iterdir():
        path = f"{before}{entry.name}"
        found += _below(entry, f"{path}/") if entry.is_dir() else [path]
    return found


def _file(path: str, file: Traversable) -> Route:
    return Route("GET", path, Permission.ANYBODY, _resource(file))


def _resource(file: Traversable) -> Handler:
    content = file.read_bytes()
    tag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
    kind = TYPES[PurePath(file.name).suffix]
    headers = {hdrs.CACHE_CONTROL: ASK_AGAIN, hdrs.ETAG: tag}

    async def get(request: web.Request) -> web.Response:
        if request.headers.get(hdrs.IF_NONE_MATCH) == tag:
            # With its type: a browser takes the policy of this answer for the page it has kept.
            return web.Response(status=304, content_type=kind, headers=headers)
        return web.Response(body=content, content_type=kind, charset="utf-8", headers=headers)

    return get
