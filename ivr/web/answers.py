"""What the API answers: the core's own views, validated and serialised by pydantic."""

from pydantic import BaseModel, ConfigDict

from ivr.acd.estimate import Estimate
from ivr.acd.views import AgentView, CallView, Candidate, QueueView, RelaxationView


class Answer(BaseModel):
    model_config = ConfigDict(frozen=True)


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
