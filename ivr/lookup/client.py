"""The Lookups port over aiohttp."""

import asyncio
import random
import time
from collections.abc import Mapping
from pathlib import Path

import aiohttp
import structlog
from yarl import URL

from ivr.lookup.secrets import headers_of
from ivr.lookup.target import Target
from ivr.model.lookups import BODY_BYTES_MAX, Outcome, read_json
from ivr.model.site import HttpTarget
from ivr.ports import LookupAnswer, LookupRequest

BACKOFF_S = 0.1
"""Before the first repeated attempt up to this, before the next up to twice that, ..."""

FAIR_S = 1.0
"""A shorter time-out that runs out says more of the flow than of the system."""

_FAULTS = (Outcome.FAILED, Outcome.TIMEOUT, Outcome.UNREACHABLE)
"""What counts against a system; and what is worth another attempt."""

log = structlog.get_logger(__name__)


class HttpLookups:
    """All systems of a site. Constructed, and used, within a running event loop."""

    def __init__(
        self, declared: Mapping[str, HttpTarget], secrets_dir: Path, rng: random.Random
    ) -> None:
        """UserError for a secret or a certificate that is missing."""
        self._secrets_dir = secrets_dir
        self._rng = rng
        self._targets = self.read(declared)

    def read(self, declared: Mapping[str, HttpTarget]) -> dict[str, Target]:
        """What `use` takes; UserError as for the constructor, and then nothing has changed."""
        return {
            name: Target(each, headers_of(each, self._secrets_dir))
            for name, each in declared.items()
        }

    async def use(self, targets: Mapping[str, Target]) -> None:
        """From now on; requests under way end where they are, and who is as before stays."""
        old = self._targets
        self._targets = {
            name: old[name] if name in old and old[name].is_as(target) else target
            for name, target in targets.items()
        }
        for name, target in old.items():
            if self._targets.get(name) is not target:
                target.retired = True
                await _close_if_idle(target)

    async def close(self) -> None:
        for target in self._targets.values():
            await target.close()

    async def ask(self, request: LookupRequest) -> LookupAnswer:
        target = self._targets.get(request.target)
        if target is None:  # a call on an older site than the one in force
            return LookupAnswer(Outcome.NOT_SENT)
        if not target.breaker.admits(time.monotonic()):
            return LookupAnswer(Outcome.SUSPENDED)
        target.requests += 1
        try:
            answer = await self._in_turn(target, request)
        finally:
            target.requests -= 1
            await _close_if_idle(target)
        _judge(target, request, answer)
        return answer

    async def _in_turn(self, target: Target, request: LookupRequest) -> LookupAnswer:
        """As many attempts as asked for, within the time."""
        attempt = 0
        try:
            async with asyncio.timeout(request.timeout_s), target.turns:
                while True:
                    attempt += 1
                    answer = await _attempt(target, request, attempt)
                    if answer.outcome not in _FAULTS or attempt > request.retries:
                        return answer
                    await asyncio.sleep(self._rng.uniform(0, BACKOFF_S * 2 ** (attempt - 1)))
        except TimeoutError:
            return LookupAnswer(Outcome.TIMEOUT, attempts=attempt)


async def _close_if_idle(target: Target) -> None:
    if target.retired and not target.requests:
        await target.close()


def _judge(target: Target, request: LookupRequest, answer: LookupAnswer) -> None:
    """What this tells of the system's health: nothing when it had no fair chance."""
    hasty = answer.outcome == Outcome.TIMEOUT and request.timeout_s < FAIR_S
    if not answer.attempts or hasty:
        return
    if answer.outcome in _FAULTS:
        target.breaker.failed(time.monotonic())
        log.warning("look-up failed", target=request.target, outcome=answer.outcome)
    else:
        target.breaker.succeeded()


async def _attempt(target: Target, request: LookupRequest, attempt: int) -> LookupAnswer:
    status = 0
    try:
        async with target.session().request(
            request.method,
            URL(target.url + request.path, encoded=True).update_query(request.query),
            json=request.body,
            allow_redirects=False,
        ) as response:
            status = response.status
            outcome = _outcome_of(status)
            if outcome != Outcome.ANSWERED:
                return LookupAnswer(outcome, status, attempts=attempt)
            return _read(await _some(response), status, attempt)
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
        return LookupAnswer(Outcome.ANSWERED, status, read_json(data), attempt)
    except ValueError:
        log.debug("look-up answered no JSON", bytes=len(data))
    return LookupAnswer(Outcome.BAD_ANSWER, status, attempts=attempt)
