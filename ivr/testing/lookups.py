"""Other systems that answer as told."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Literal, get_args
from urllib.parse import urlencode

from pydantic import AfterValidator, Field

from ivr.model.lookups import Outcome, read_json
from ivr.model.shape import Model
from ivr.model.units import Seconds
from ivr.ports import LookupAnswer, LookupRequest
from ivr.testing.clock import VirtualClock


def _is_json(text: str) -> str:
    read_json(text)
    return text


Failure = Literal["timeout", "unreachable", "failed", "bad_answer", "suspended"]


class GivenAnswer(Model):
    """What another system answers; without any field: an empty answer with status 200."""

    status: Annotated[int, Field(ge=100, le=599)] = 200
    body: Annotated[str, AfterValidator(_is_json), Field(alias="json")] = "null"
    fails: Failure | None = None
    takes_s: Annotated[Seconds, Field(alias="takes")] = 0.1


FAILURES: tuple[str, ...] = get_args(Failure)


@dataclass
class FakeLookups:
    """Implements the Lookups port: a target's answers in turn, the last one again and again.

    One that nothing is told of cannot be reached.
    """

    clock: VirtualClock
    answers: Mapping[str, Sequence[GivenAnswer]] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    """Each as `METHOD target path?query body`, what is not there left out."""
    _turns: dict[str, int] = field(default_factory=dict)
    """Target -> answers it has given, repeated attempts counted."""

    async def ask(self, request: LookupRequest) -> LookupAnswer:
        self.requests.append(shown(request))
        left_s = request.timeout_s
        for attempt in range(1, request.retries + 2):
            given = self._next(request.target)
            if given.takes_s > left_s or given.fails == "timeout":
                self.clock.advance(left_s)
                return LookupAnswer(Outcome.TIMEOUT, attempts=attempt)
            self.clock.advance(given.takes_s)
            left_s -= given.takes_s
            answer = replace(answered(given), attempts=attempt)
            if answer.outcome not in (Outcome.FAILED, Outcome.UNREACHABLE):
                break
        return answer

    def _next(self, target: str) -> GivenAnswer:
        given = self.answers.get(target, (GivenAnswer(fails="unreachable"),))
        turn = self._turns.get(target, 0)
        self._turns[target] = turn + 1
        return given[min(turn, len(given) - 1)]


def answered(given: GivenAnswer) -> LookupAnswer:
    """The port's answer to what a test, or somebody at the terminal, gives."""
    if given.fails is not None:
        return LookupAnswer(Outcome(given.fails), attempts=1)
    outcome = Outcome.ANSWERED if 200 <= given.status < 300 else Outcome.REFUSED
    if given.status == 404:
        outcome = Outcome.NOT_FOUND
    elif given.status >= 500:
        outcome = Outcome.FAILED
    body = read_json(given.body) if outcome == Outcome.ANSWERED else None
    return LookupAnswer(outcome, given.status, body, attempts=1)


def shown(request: LookupRequest) -> str:
    """One line that says what is asked."""
    query = f"?{urlencode(request.query)}" if request.query else ""
    body = f" {json.dumps(request.body)}" if request.body is not None else ""
    return f"{request.method} {request.target} {request.path}{query}{body}"
