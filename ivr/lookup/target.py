"""One system that may be asked: its connections, its turns, what is known of its health."""

import asyncio
import ssl
from collections.abc import Mapping

import aiohttp

from ivr.lookup.breaker import Breaker
from ivr.model.errors import UserError
from ivr.model.site import HttpTarget


class Target:
    """Constructed, and used, within a running event loop."""

    def __init__(self, declared: HttpTarget, headers: Mapping[str, str]) -> None:
        """UserError for certificates that cannot be read."""
        self.declared = declared
        self.headers = dict(headers)
        self.url = declared.url.rstrip("/")
        self.turns = asyncio.Semaphore(declared.at_once_max)
        self.breaker = Breaker()
        self.requests = 0
        """Under way."""
        self.retired = False
        """Another declaration has taken its place."""
        self._trust = _trust(declared.ca_file)
        self._session: aiohttp.ClientSession | None = None

    def is_as(self, other: "Target") -> bool:
        return (self.declared, self.headers) == (other.declared, other.headers)

    def session(self) -> aiohttp.ClientSession:
        """Opened when it is first needed; no cookies, no proxies, no limit but the request's."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, ssl=self._trust),
                # Nothing compressed: what little comes in must not swell here.
                headers={"Accept-Encoding": "identity", **self.headers},
                auto_decompress=False,
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=None),
            )
        return self._session

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()


def _trust(ca_file: str) -> ssl.SSLContext:
    """Certificates are always checked: against the machine's authorities, or those given."""
    try:
        return ssl.create_default_context(cafile=ca_file or None)
    except (OSError, ssl.SSLError) as error:
        raise UserError(f"{ca_file}: no certificates can be read from there: {error}") from error
