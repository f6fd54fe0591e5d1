"""One attempt to tell one system."""

import asyncio
from enum import StrEnum
from pathlib import Path

import aiohttp
import structlog
from yarl import URL

from ivr.lookup.secrets import headers_of, secret_of
from ivr.lookup.target import Target
from ivr.model.site import HttpTarget
from ivr.model.webhook import Webhook
from ivr.webhooks.letters import signature

TIMEOUT_S = 10.0
"""Of each attempt, from the connection to the status of the answer."""

log = structlog.get_logger(__name__)


class Told(StrEnum):
    """What came of an attempt."""

    DELIVERED = "delivered"
    """Status 200 to 299."""
    GONE = "gone"
    """Status 410: the receiver wants nothing any more of this kind."""
    REFUSED = "refused"
    """Any other status below 500; redirections are not followed."""
    FAILED = "failed"
    """Status 500 and above."""
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    """No connection, or what came is no HTTP."""


class Receiver:
    """Connections of its own: what flows ask of the same system never waits for what it is told.

    Constructed, and used, within a running event loop.
    """

    def __init__(
        self,
        name: str,
        hook: Webhook,
        declared: HttpTarget,
        secrets_dir: Path,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        """UserError for a secret or a certificate that is missing."""
        self.name = name
        self.hook = hook
        self._secret = secret_of(hook.secret, secrets_dir)
        self._target = Target(declared, headers_of(declared, secrets_dir))
        self._timeout_s = timeout_s

    def is_as(self, other: "Receiver") -> bool:
        mine, others = (self.hook, self._secret), (other.hook, other._secret)
        return mine == others and self._target.is_as(other._target)

    async def close(self) -> None:
        await self._target.close()

    async def tell(self, event_id: str, event_type: str, body: bytes, now: float) -> Told:
        """`now` is the moment that is signed."""
        headers = {
            "Content-Type": "application/json",
            "X-Ivr-Event-Id": event_id,
            "X-Ivr-Event-Type": event_type,
            "X-Ivr-Signature": signature(self._secret, body, now),
        }
        url = URL(self._target.url + self.hook.path, encoded=True)
        try:
            async with (
                asyncio.timeout(self._timeout_s),
                self._target.session().post(
                    url, data=body, headers=headers, allow_redirects=False
                ) as response,
            ):
                return _told(response.status)
        except TimeoutError:
            return Told.TIMEOUT
        except (aiohttp.ClientError, OSError, ValueError) as error:
            # ValueError: what came is no HTTP. Its text may hold an address: the kind is enough.
            log.debug("webhook attempt", webhook=self.name, error=type(error).__name__)
            return Told.UNREACHABLE


def _told(status: int) -> Told:
    if status == 410:
        return Told.GONE
    if status >= 500:
        return Told.FAILED
    return Told.DELIVERED if 200 <= status < 300 else Told.REFUSED
