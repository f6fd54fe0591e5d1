"""http: ask another system, a CRM say, while the caller is on the line."""

import asyncio
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal
from urllib.parse import quote

import structlog
from pydantic import BaseModel, ConfigDict, Field, GetJsonSchemaHandler, model_validator

from ivr.expression import Value
from ivr.expression.values import as_text
from ivr.flow.node import (
    FilledRef,
    Formula,
    HttpTargetRef,
    Secrecy,
    Target,
    Template,
    VariableRef,
)
from ivr.flow.templates import fill
from ivr.model.errors import CallerGoneError
from ivr.model.events import LookedUp
from ivr.model.lookups import Outcome
from ivr.model.units import Seconds
from ivr.nodes.base import FlowError, Node, Visit
from ivr.nodes.prompt import Prompt
from ivr.ports import LookupAnswer, LookupRequest

TEXT_CHARS_MAX = 250
"""A longer text in an answer does not fit: variables are kept with the call, in little room."""

_PART_CHARS_MAX = 200

_FLAGS: Mapping[str, bool] = {"true": True, "false": False}
"""A default is written as text, also that of a flag."""

log = structlog.get_logger(__name__)


class Extraction(BaseModel):
    """Where in an answer a variable's value stands, and what to do without it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Annotated[
        str,
        Field(
            min_length=1,
            max_length=200,
            description="names and positions, joined by dots: `customer.phones.0`",
        ),
    ]
    default: Annotated[
        str | None,
        Field(max_length=200, description="taken when there is nothing; else that is an `error`"),
    ] = None
    sensitive: Annotated[
        bool, Field(description="masked in every event and log, as sensitive input is")
    ] = False

    @model_validator(mode="before")
    @classmethod
    def _path_alone(cls, value: Any) -> Any:
        return {"path": value} if isinstance(value, str) else value

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: Any, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """A path alone is enough."""
        whole = handler.resolve_ref_schema(handler(schema))
        return {"anyOf": [whole["properties"]["path"], whole]}

    def value_in(self, body: Any) -> Value | None:
        """What the variable becomes; None when there is nothing, or too much."""
        found = _found(body, self.path)
        if found is None and self.default is not None:
            return _FLAGS.get(self.default, self.default)
        text = as_text(found)
        fits = found is not None and len(text) <= TEXT_CHARS_MAX and text.isprintable()
        return found if fits else None


class Http(Node):
    """Asks a system that the site declares under `http`, and takes values out of its JSON answer.

    A slow or broken system never holds up other calls: the node waits `timeout_s` at the most,
    then takes `error`. Nothing is followed to another host. A text longer than 250 characters, or
    a value that its variable cannot hold, is an `error`, too.
    """

    type: ClassVar[str] = "http"
    target: Annotated[HttpTargetRef, Field(description="a key of the site's `http`")]
    path: Annotated[
        Template,
        Field(
            pattern=r"^/",
            max_length=500,
            description="below the target's url; `{variable}` puts in a value, encoded as one part",
        ),
    ] = "/"
    method: Annotated[
        Literal["GET", "POST", "PUT", "PATCH", "DELETE"], Field(description="HTTP method")
    ] = "GET"
    query: Annotated[
        dict[str, Formula],
        Field(default_factory=dict, description="parameters; each value is an expression"),
    ]
    body: Annotated[
        dict[str, Formula] | None,
        Field(description="sent as a JSON object; each value is an expression"),
    ] = None
    timeout_s: Annotated[
        Seconds, Field(gt=0, le=30, description="for everything, repeated attempts included")
    ] = 3.0
    retries: Annotated[
        int, Field(ge=0, le=3, description="further attempts, not for POST and PATCH")
    ] = 0
    extract: Annotated[
        dict[VariableRef, Extraction],
        Field(default_factory=dict, description="variable -> path; or path, default, sensitive"),
    ]
    status: Annotated[
        FilledRef | None,
        Field(description="a number that becomes the HTTP status; 0: no answer"),
    ] = None
    hold: Annotated[
        Prompt | None,
        Field(description="played meanwhile, again and again, and broken off by the answer"),
    ] = None
    next: Annotated[Target, Field(description="taken when the answer had what was asked for")]
    not_found: Annotated[
        Target | None, Field(description="taken on status 404; goes to `error` when left out")
    ] = None
    error: Annotated[Target, Field(description="taken in every other case")]

    @model_validator(mode="after")
    def _makes_sense(self) -> "Http":
        if self.retries and self.method in ("POST", "PATCH"):
            raise ValueError(f"retries: a second {self.method} could do it twice; leave it out")
        if self.body is not None and self.method in ("GET", "DELETE"):
            raise ValueError(f"body: a {self.method} has none; use query, or POST")
        return self

    def secrets_taken(self) -> Mapping[str, Secrecy]:
        return {name: "told" for name, one in self.extract.items() if one.sensitive}

    async def run(self, visit: Visit) -> str:
        began = visit.clock.now()
        request = self._request(visit)
        if request is None:
            answer = LookupAnswer(Outcome.NOT_SENT)
        else:
            answer = await self._ask(visit, request)
        if answer.outcome == Outcome.ANSWERED and not self._take(visit, answer.body):
            answer = LookupAnswer(Outcome.BAD_ANSWER, answer.status, attempts=answer.attempts)
        if self.status is not None:
            visit.assign(self.status, answer.status)
        visit.recorder.record(
            LookedUp(
                at=visit.clock.now(),
                call=visit.call.id,
                target=self.target,
                method=self.method,
                outcome=answer.outcome,
                status=answer.status,
                attempts=answer.attempts,
                seconds=visit.clock.now() - began,
            )
        )
        if answer.outcome == Outcome.NOT_FOUND and self.not_found is not None:
            return "not_found"
        return "next" if answer.outcome == Outcome.ANSWERED else "error"

    def _request(self, visit: Visit) -> LookupRequest | None:
        """None when a value cannot stand in the path: it would ask for something else."""
        try:
            path = fill(self.path, lambda name: _part(visit.variables[name]))
        except FlowError:
            return None
        return LookupRequest(
            target=self.target,
            method=self.method,
            path=path,
            query={name: as_text(visit.evaluate(value)) for name, value in self.query.items()},
            body=None
            if self.body is None
            else {name: visit.evaluate(value) for name, value in self.body.items()},
            timeout_s=self.timeout_s,
            retries=self.retries,
        )

    async def _ask(self, visit: Visit, request: LookupRequest) -> LookupAnswer:
        """The answer; the caller hears `hold` until it is there. A hang-up ends the asking."""
        asking = asyncio.create_task(visit.lookups.ask(request), name=f"asks {self.target}")
        holding = asyncio.create_task(self._hold(visit, asking), name=f"hold of {visit.call.id}")
        try:
            await asyncio.wait({asking, holding}, return_when=asyncio.FIRST_COMPLETED)
            if not asking.done():
                holding.result()  # the caller has gone: this raises
        finally:
            asking.cancel()
            holding.cancel()
            await asyncio.wait({asking, holding})
        if self.hold is not None:
            await visit.call.cut()
        return asking.result()

    async def _hold(self, visit: Visit, asking: "asyncio.Task[LookupAnswer]") -> None:
        """Until the answer is there; a hang-up leaves as an exception, be it in silence."""
        if self.hold is not None:
            await visit.play(self.hold)
            while not asking.done():
                await visit.play(self.hold)
        if not asking.done():
            await visit.call.wait_gone()
            raise CallerGoneError("hung up during a look-up")

    def _take(self, visit: Visit, body: Any) -> bool:
        """Sets every variable, or, when one value is missing or does not fit, none."""
        values = {name: wanted.value_in(body) for name, wanted in self.extract.items()}
        before = dict(visit.variables)
        try:
            for name, value in values.items():
                if value is None:
                    break
                visit.assign(name, value, secret=self.extract[name].sensitive)
            else:
                return True
        except FlowError:
            log.info("an answer that does not fit", call=visit.call.id, target=self.target)
        visit.variables.update(before)
        return False


def _part(value: Value) -> str:
    """A value as one part of a path: it can neither add a part nor leave one out."""
    text = as_text(value)
    if not text or text.strip(".") == "" or len(text) > _PART_CHARS_MAX:
        raise FlowError("this value cannot stand in a path")
    return quote(text, safe="", errors="replace")


def _found(body: Any, path: str) -> Value | None:
    """The text, number or flag under the path; None for anything else, and for nothing."""
    for part in path.split("."):
        if isinstance(body, Mapping):
            body = body.get(part)
        elif isinstance(body, list) and part.isdecimal() and int(part) < len(body):
            body = body[int(part)]
        else:
            return None
    return body if isinstance(body, str | int | float) else None
