"""What callers say of how they were served."""

from dataclasses import dataclass

from ivr.model.events.base import CallEvent


@dataclass(frozen=True, kw_only=True)
class SurveyAnswered(CallEvent):
    type = "survey.answered"
    flow: str
    node: str
    survey: str
    """Name of the question, as the flow has it."""
    kind: str
    """`csat`, `nps`, `ces` or `fcr`."""
    low: int
    """The lowest mark of the scale ..."""
    high: int
    """... and the highest."""
    score: int
    queue: str
    """Queue and agent of the last conversation in this call; both empty when there was none."""
    agent: str
