"""The Lookups port over aiohttp."""

import asyncio
import json
import random
import ssl
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp
import structlog
from yarl import URL

from ivr.lookup.breaker import Breaker
from ivr.lookup.secrets import headers_of
from ivr.model.errors import UserError
from ivr.model.lookups import Outcome
from ivr.model.site import HttpTarget
from ivr.ports import LookupAnswer, LookupRequest

BODY_BYTES_MAX = 65536
"""What a flow needs of a customer fits many times over."""

BACKOFF_S = 0.1
"""Before the first repeated attempt up to this, before the next up to twice that, ..."""

_FAULTS = (Outcome.FAILED, Outcome.TIMEOUT, Outcome.UNREACHABLE)
"""What counts against a system; and what is worth another attempt."""

log = structlog.get_logger(__name__)


class _Target:
    """One system: its connections, its turns, what is known of its health."""

    def __init__(self, target: HttpTarget, headers: Mapping[str, str]) -> None:
        self.url = target.url.rstrip("/")
        self.turns = asyncio.Semaphore(target.at_once_max)
        self.breaker = Breaker()
        self._trust = _trust(target.ca_file)
        self._headers = dict(headers)
        self._session: aiohttp.ClientSession | None = None

    def session(self) -> aiohttp.ClientSession:
        """Opened when it is first needed; no cookies, no proxies, no limit but the request's."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, ssl=self._trust),
                headers=self._headers,
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=None),
                auto_decompress=False,
            )
        return self._session

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()


class HttpLookups:
    """All systems of a site. Constructed, and used, within a running event loop."""

    def __init__(
        self, targets: Mapping[str, HttpTarget], secrets_dir: Path, rng: random.Random
    ) -> None:
        """UserError for a secret or a certificate that is missing."""
        self._secrets_dir = secrets_dir
        self._rng = rng
        self._old: list[_Target] = []
        self._targets = self.read(targets)

    def read(self, targets: Mapping[str, HttpTarget]) -> dict[str, "_Target"]:
        """What `use` takes; UserError as for the constructor, and then nothing has changed."""
        return {
            name: _Target(target, headers_of(target, self._secrets_dir))
            for name, target in targets.items()
        }

    def use(self, targets: Mapping[str, "_Target"]) -> None:
        """From now on; requests under way end where they are."""
        self._old += self._targets.values()
        self._targets = dict(targets)

    async def close(self) -> None:
        async with AsyncExitStack() as closing:
            for target in (*self._old, *self._targets.values()):
                closing.push_async_callback(target.close)

    async def ask(self, request: LookupRequest) -> LookupAnswer:
        target = self._targets.get(request.target)
        if target is None:  # a call on an older site than the one in force
            return LookupAnswer(Outcome.NOT_SENT)
        if not target.breaker.admits(time.monotonic()):
            return LookupAnswer(Outcome.SUSPENDED)
        answer = LookupAnswer(Outcome.TIMEOUT)
        try:
            async with asyncio.timeout(request.timeout_s), target.turns:
                for attempt in range(1, request.retries + 2):
                    answer = await self._attempt(target, request, attempt)
                    if answer.outcome not in _FAULTS or attempt > request.retries:
                        break
                    await asyncio.sleep(self._rng.uniform(0, BACKOFF_S * 2 ** (attempt - 1)))
        except TimeoutError:
            answer = LookupAnswer(Outcome.TIMEOUT, answer.status, attempts=answer.attempts)
        if answer.outcome in _FAULTS:
            target.breaker.failed(time.monotonic())
            log.warning("look-up failed", target=request.target, outcome=answer.outcome)
        else:
            target.breaker.succeeded()
        return answer

    async def _attempt(self, target: _Target, request: LookupRequest, attempt: int) -> LookupAnswer:
        """One request, within its share of the time."""
        status = 0
        try:
            async with (
                asyncio.timeout(request.timeout_s / (request.retries + 1)),
                target.session().request(
                    request.method,
                    URL(target.url + request.path, encoded=True).update_query(request.query),
                    json=request.body,
                    allow_redirects=False,
                ) as response,
            ):
                status = response.status
                outcome = _outcome_of(status)
                if outcome != Outcome.ANSWERED:
                    return LookupAnswer(outcome, status, attempts=attempt)
                return _read(await _some(response), status, attempt)
        except TimeoutError:
            return LookupAnswer(Outcome.TIMEOUT, status, attempts=attempt)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            # ValueError: what the other side sent is no HTTP. Its text may hold an address, so the
            # kind of error has to be enough.
            log.debug("look-up attempt", target=request.target, error=type(error).__name__)
            return LookupAnswer(Outcome.UNREACHABLE, status, attempts=attempt)


def _outcome_of(status: int) -> Outcome:
    if status == 404:
        return Outcome.NOT_FOUND
    if status >= 500:
        return Outcome.FAILED
    return Outcome.ANSWERED if 200 <= status < 300 else Outcome.REFUSED


async def _some(response: aiohttp.ClientResponse) -> bytes:
    """The body, or one byte more than may be: the rest is never read."""
    data = b""
    while len(data) <= BODY_BYTES_MAX:
        more = await response.content.read(BODY_BYTES_MAX + 1 - len(data))
        if not more:
            break
        data += more
    return data


def _read(data: bytes, status: int, attempt: int) -> LookupAnswer:
    """JSON, or nothing at all (204, or an order that is only acknowledged)."""
    if not data.strip():
        return LookupAnswer(Outcome.ANSWERED, status, None, attempt)
    try:
        if len(data) <= BODY_BYTES_MAX:
            return LookupAnswer(Outcome.ANSWERED, status, json.loads(data), attempt)
    except (ValueError, RecursionError):
        log.debug("look-up answered no JSON", bytes=len(data))
    return LookupAnswer(Outcome.BAD_ANSWER, status, attempts=attempt)


def _trust(ca_file: str) -> ssl.SSLContext:
    """Certificates are always checked: against the machine's authorities, or the one given."""
    try:
        return ssl.create_default_context(cafile=ca_file or None)
    except (OSError, ssl.SSLError) as error:
        raise UserError(f"{ca_file}: no certificates can be read from there: {error}") from error
