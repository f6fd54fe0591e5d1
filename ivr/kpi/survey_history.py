"""What callers answered to surveys, told from events."""

from collections import Counter, defaultdict
from typing import NamedTuple

from ivr.kpi.periods import Periods
from ivr.kpi.surveys import SURVEY_FIGURES, csat
from ivr.model.events import Event, SurveyAnswered


class SurveyKey(NamedTuple):
    period: int
    survey: str
    kind: str
    best: int
    """The highest mark of the scale."""
    queue: str
    """Of the last conversation before the answer; empty when there was none."""


class SurveyHistory:
    """Marks by survey and queue, in the period in which they were given."""

    def __init__(self, periods: Periods) -> None:
        self._periods = periods
        self.marks: defaultdict[SurveyKey, Counter[int]] = defaultdict(Counter)

    def add(self, event: Event) -> None:
        if isinstance(event, SurveyAnswered):
            number = self._periods.index(event.at)
            if number is not None:
                key = SurveyKey(number, event.survey, event.kind, event.high, event.queue)
                self.marks[key][event.score] += 1


def figure(key: SurveyKey, marks: Counter[int]) -> float | None:
    """The figure of the survey's kind; None for one of another version."""
    if key.kind == "csat":
        return csat(marks, key.best)
    formula = SURVEY_FIGURES.get(key.kind)
    return None if formula is None else formula(marks)
