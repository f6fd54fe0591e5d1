"""What the API answers, and what it is asked: validated, serialised and described by pydantic."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from ivr.acd.estimate import Estimate
from ivr.acd.views import AgentView, CallView, Candidate, QueueView, RelaxationView
from ivr.service.overload import Reason


class Answer(BaseModel):
    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)


class Asked(BaseModel):
    """A query or a body; what it says beyond the fields is refused."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True, extra="forbid")


class Calls(Answer):
    calls: list[CallView]
    """Calls in a queue, first in line first, ringing ones included."""


class Agents(Answer):
    agents: list[AgentView]
    """Every agent, in the order of the site file."""


class Queues(Answer):
    queues: list[QueueView]


class Explanation(Answer):
    """Why a waiting call is where it is."""

    call: CallView
    position: int
    """Place among the calls of its queue, 1 being the first."""
    waited_s: float
    estimate: Estimate | None
    """None: unsure."""
    relaxation: RelaxationView
    candidates: list[Candidate]
    """Those who could be rung first."""


class WhyNot(Answer):
    """What stands between one agent and one waiting call."""

    agent: AgentView
    call: CallView
    excluded: str
    """Empty: nothing stands in the way."""


class Done(Answer):
    done: bool


class ClosureNow(Answer):
    """Something that can be closed in an emergency."""

    closure: str
    """A calendar, or `house`."""
    closed: bool
    since: float | None
    """Epoch seconds."""
    by: str


class ClosuresNow(Answer):
    closures: list[ClosureNow]


class Closed(Answer):
    """What came of the order."""

    closure: str
    closed: bool
    changed: bool
    """False: it was so already."""


class MessageShown(Answer):
    """One voice message."""

    message: str
    """Mailbox and name, as orders about it take them."""
    mailbox: str
    call: str
    caller: str
    """Calling number, masked for roles that do not see numbers; empty: withheld, or not known."""
    at: float
    """UTC epoch seconds."""
    seconds: float
    heard: bool


class Messages(Answer):
    messages: list[MessageShown]


class MessageChanged(Answer):
    """What came of the order."""

    message: str
    changed: bool
    """False: it was so already."""


class ReloadWanted(Asked):
    dry_run: bool = False
    """Only tell what would change."""
    rollback: bool = False
    """The version before the one in force, not what the files say."""


class ChangeMade(Answer):
    path: str
    before: str | None
    after: str | None


class ReloadDone(Answer):
    changes: list[ChangeMade]
    flows: list[str]
    version: str
    for_telephony: bool
    """Asterisk's configuration changes with it."""
    asterisk: bool | None
    """Whether Asterisk was told; null: there was no need."""


class VersionKept(Answer):
    version: str
    at: float
    changes: list[str]


class VersionsKept(Answer):
    in_force: str
    rolled_back: bool
    versions: list[VersionKept]


class HealthNow(Answer):
    status: Literal["ok", "overloaded", "degraded", "down"]
    """`overloaded`: new callers are turned away; `degraded`: the journal waits."""
    ami: bool
    journal: bool
    journal_backlog: int
    uptime_s: float
    calls: int
    """In the house."""
    calls_max: int | None
    """As the site allows."""
    turning_away: list[Reason]
    """Why whoever calls now is not taken."""
    turned_away: int
    """Callers, since the start."""
    used: dict[str, float]
    """By reason: share in use of what is allowed before callers are turned away."""
