"""Flow tests as written in YAML: `dialplans/NAME.test.yaml`.

flow: company
tests:
  - name: Key 1 leads to sales
    given:                      # all optional
      time: 2026-12-24 09:00    # in `timezone`, else in that of the first calendar, else UTC
      caller: "+15550100"
      calendars: {office: open} # instead of what the calendar says at that time
      closures: [house]         # emergency closures in force: calendars, or the house
      queues: {sales: timeout}  # how a visit ends; answered when not named
      mailboxes_full: [office]  # these take no message
      dials: {"1001": busy}     # how dialling ends; answered when not named
      http:                     # what other systems answer; unreachable when not named
        crm: {status: 200, json: '{"tier": "gold"}', takes: 1s}   # or {fails: timeout}, or a list
    steps: [listen, {press: 1}, wait, hangup]   # then silence; in line, `wait` to its end
    expect:                     # all optional
      heard: [Welcome, "press 1"]       # in this order
      not_heard: [closed]
      path: [welcome, hours, main, sales, thanks]   # nodes of another flow as flow/node
      variables: {account: "123456"}
      queue: {queue: sales, priority: 0}            # the last queue entered
      dialled: ["1001"]
      called_back: ["+15550100"]                    # numbers callers asked to be called on
      messages: [office]                            # mailboxes
      recording: [start, pause, resume, stop]       # what was asked of the call's recording
      consent: given                                # or refused
      http: [GET crm /customers/42]                 # what other systems were asked, in order
      result: completed                             # or hangup, error
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from ivr.document import Document
from ivr.model.agents import QueueOutcome
from ivr.model.shape import Model
from ivr.model.site import DialString, Name
from ivr.model.units import OneOrMany
from ivr.nodes.base import KEYS
from ivr.testing.lookups import GivenAnswer
from ivr.testing.steps import HangUp, Listen, Press, Step, Wait

_STEPS: Mapping[str, Step] = {"listen": Listen(), "wait": Wait(), "hangup": HangUp()}
_STEP_HINT = "a step is listen, wait, hangup or {press: KEYS}"
DEFAULT_TIME = datetime(2026, 1, 5, 10, 0)
"""A Monday morning: when calls come in unless a test says otherwise."""

YEARS = range(1970, 2100)
"""In which calls may come in: before, there are no epoch seconds; after, no calendar is known."""

DialOutcome = Literal["answered", "no_answer", "busy", "rejected", "unreachable", "refused"]


def parse_time(value: object) -> datetime:
    """The local date and time meant by `2026-12-24 09:00`; ValueError otherwise."""
    try:
        time = datetime.strptime(str(value), "%Y-%m-%d %H:%M")
    except ValueError:
        raise ValueError(f"{str(value)!r} is not a time; write 2026-12-24 09:00") from None
    if wrong := year_problem(time):
        raise ValueError(wrong)
    return time


def year_problem(time: datetime) -> str:
    """Why no call can come in at this time; empty: it can."""
    if time.year in YEARS:
        return ""
    return f"calls come in from {YEARS[0]} to {YEARS[-1]}, not in {time.year}"


def _parse_step(value: object) -> Step:
    if isinstance(value, str) and value in _STEPS:
        return _STEPS[value]
    keys = value.get("press") if isinstance(value, dict) and set(value) == {"press"} else None
    if not isinstance(keys, str) or not keys or set(keys) - set(KEYS):
        written = f"{value!r} is no step: " if isinstance(value, str) else ""
        raise ValueError(written + _STEP_HINT)
    return Press(keys)


def _one_or_many(value: object) -> object:
    return value if isinstance(value, list) else [value]


ScriptStep = Annotated[
    Step,
    BeforeValidator(_parse_step),
    WithJsonSchema(
        {
            "anyOf": [
                {"enum": [*_STEPS]},
                {
                    "type": "object",
                    "required": ["press"],
                    "properties": {"press": {"type": "string", "pattern": "^[0-9*#]+$"}},
                    "additionalProperties": False,
                },
            ]
        }
    ),
]


LocalTime = Annotated[
    datetime,
    BeforeValidator(parse_time),
    WithJsonSchema({"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}$"}),
]


class Given(Model):
    """The world the call comes into."""

    time: LocalTime = DEFAULT_TIME
    timezone: str = ""
    caller: str = "+15550100"
    caller_name: str = ""
    dialled: str = "600"
    calendars: dict[Name, Literal["open", "closed", "holiday"]] = Field(default_factory=dict)
    closures: list[Name] = Field(default_factory=list)
    mailboxes_full: list[Name] = Field(default_factory=list)
    queues: dict[Name, QueueOutcome] = Field(default_factory=dict)
    dials: dict[DialString, DialOutcome] = Field(default_factory=dict)
    http: dict[Name, Annotated[list[GivenAnswer], BeforeValidator(_one_or_many), OneOrMany()]] = (
        Field(default_factory=dict)
    )


class ExpectedQueue(Model):
    """What was asked of the last queue; only what is given is compared."""

    queue: Name | None = None
    skills: str | None = None
    priority: int | None = None
    exit_keys: str | None = None


class Expect(Model):
    """What must have happened; only what is given is compared."""

    heard: list[str] = Field(default_factory=list)
    not_heard: list[str] = Field(default_factory=list)
    path: list[str] | None = None
    variables: dict[Name, str] = Field(default_factory=dict)
    queue: ExpectedQueue | None = None
    dialled: list[str] | None = None
    called_back: list[str] | None = None
    messages: list[str] | None = None
    recording: list[Literal["start", "stop", "pause", "resume"]] | None = None
    consent: Literal["given", "refused"] | None = None
    http: list[str] | None = None
    result: Literal["completed", "hangup", "error"] | None = None


class FlowTest(Model):
    """One call and what must come of it."""

    name: Annotated[str, Field(min_length=1, max_length=120)]
    given: Given = Given()
    steps: list[ScriptStep] = Field(default_factory=list, max_length=1000)
    expect: Expect


class SuiteDocument(Model):
    """A test file."""

    flow: Name
    tests: Annotated[list[FlowTest], Field(min_length=1)]


@dataclass(frozen=True)
class Suite:
    """A test file read: the tests of one flow. `document` tells where each thing stands."""

    document: Document
    flow: str
    tests: tuple[FlowTest, ...]

    @property
    def file(self) -> str:
        return self.document.file
