"""The scenario: who calls when, how patient they are, who is there to answer. Its shape.

References to the site (queues, agents, skills) are checked by `ivr.simulate.reading`.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ivr.model.site import Name, Proficiency, QueueTerms
from ivr.model.units import Seconds
from ivr.simulate.spread import Patience, Spread

HALF_HOUR_S = 1800.0
CALLS_PER_HALF_HOUR_MAX = 1_000_000
Share = Annotated[float, Field(ge=0, le=1)]
Length = Annotated[Seconds, Field(gt=0, le=31 * 86400)]
Moment = Annotated[Seconds, Field(ge=0, le=31 * 86400)]
"""Seconds since the beginning."""
Rate = Annotated[float, Field(ge=0, le=CALLS_PER_HALF_HOUR_MAX)]


class Part(BaseModel):
    """Immutable, and a key it does not know is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Kind(Part):
    """A kind of call within a queue: what the flow would have added to the queue's terms."""

    share: Annotated[float, Field(gt=0, le=1e6)]
    """Weight against the queue's other kinds."""
    skills: str = ""
    priority: Annotated[int, Field(ge=-100, le=100)] = 0


class Retry(Part):
    """Callers who hung up while waiting and call again; within the queue's `redial_grace_s` they
    have the old place."""

    share: Share
    after: Spread = Spread(exponential=300.0)
    attempts_max: Annotated[int, Field(ge=1, le=10)] = 2


class CallbackOffer(Part):
    """Callers who, told how long it takes, hang up to be called back; the place stays theirs. The
    queue's own `callback` says how often they are tried; the agent's phone rings first."""

    share: Share
    after: Moment = 60
    """Waited so long before they choose."""
    reached: Share = 0.9
    """Share of attempts at which the customer answers."""
    reach: Spread = Spread(fixed=12.0)
    """From the agent's answer to the customer's: the agent waits meanwhile."""


class Demand(Part):
    """Calls of one queue."""

    per_half_hour: Annotated[list[Rate], Field(min_length=1, max_length=1488)]
    """Expected calls in each half hour from the beginning; one number holds for all of them."""
    kinds: Annotated[list[Kind], Field(min_length=1, max_length=50)] = [Kind(share=1)]
    talk: Spread
    patience: Patience = "endless"
    retry: Retry | None = None
    callback: CallbackOffer | None = None

    @model_validator(mode="after")
    def _talks_end(self) -> "Demand":
        spreads = [self.talk]
        spreads += [self.retry.after] if self.retry else []
        spreads += [self.callback.reach] if self.callback else []
        for spread in spreads:
            if not spread.ends:
                raise ValueError("only patience may last for ever: the last share must be 1")
        return self


class Group(Part):
    """Agents alike, made for this scenario; they come beside the site's own."""

    team: Name
    skills: dict[Name, Proficiency] = {}
    queues: dict[Name, QueueTerms] = {}
    weight: Annotated[float, Field(gt=0, le=1000)] = 1
    wrap_up: Seconds | None = None


class Shift(Part):
    """People who log in and out together; who leaves at the very end works off the line first."""

    agents: list[Name] = []
    """Of the site."""
    group: Name | None = None
    count: Annotated[int, Field(ge=0, le=10000)] = 0
    """How many of the group."""
    start: Moment = 0
    end: Length | None = None

    @model_validator(mode="after")
    def _somebody(self) -> "Shift":
        if bool(self.agents) == bool(self.group):
            raise ValueError("name either agents of the site, or a group with a count")
        if self.group and not self.count:
            raise ValueError("say by count how many of the group there are")
        if self.end is not None and self.end <= self.start:
            raise ValueError("a shift must end after its start")
        return self


class Answering(Part):
    """How agents behave when their phone rings."""

    delay: Spread = Spread(fixed=3.0)
    """From the ring to the answer; who would take longer than the queue's time misses the call."""
    missed: Share = 0
    """Share of offers nobody answers at all."""
    back_after: Annotated[Seconds, Field(ge=0, le=86400)] = 60
    """After this long an agent ends a pause for a missed call."""
    write_up: Spread = Spread(fixed=30.0)
    """How long agents write up whose wrap-up lasts until they say ready."""


class Scenario(Part):
    """One simulated period."""

    site: Annotated[str, Field(min_length=1, max_length=500)]
    """The site file, seen from the directory of the scenario."""
    begin: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}$")] = "2026-01-05 08:00"
    """Wall clock in the site's time zone: when breaks come and the day changes depends on it."""
    length: Length
    warm_up: Moment = 0
    """Calls and agents' time before this are not counted: the centre begins empty."""
    replications: Annotated[int, Field(ge=1, le=1000)] = 10
    seed: Annotated[int, Field(ge=0)] = 1
    short_abandon: Annotated[Seconds, Field(ge=0)] = 5
    """Who hangs up sooner did not want to wait at all."""
    queues: Annotated[dict[Name, Demand], Field(min_length=1)]
    groups: dict[Name, Group] = {}
    staffing: list[Shift] | Literal["site"] = "site"
    """`site`: every agent of the site is there all the time."""
    answering: Answering = Answering()

    @model_validator(mode="after")
    def _times(self) -> "Scenario":
        if self.warm_up >= self.length:
            raise ValueError("warm_up must be shorter than length")
        return self
