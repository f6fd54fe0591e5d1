"""Figures out of survey answers: how often each mark was given."""

from collections.abc import Callable, Mapping

Marks = Mapping[int, int]
"""Mark -> how often it was given."""

CSAT_BEST = 5
"""The best mark of the usual scale."""


def csat(marks: Marks, best: int = CSAT_BEST) -> float | None:
    """Share of the satisfied: the two best marks (4 and 5 of 5) against all answers."""
    return _share(marks, best - 1, best)


def nps(marks: Marks) -> float | None:
    """Promoters (9, 10) minus detractors (0 to 6), as a share of all answers from 0 to 10.

    From -1 to 1; often written as points from -100 to 100.
    """
    promoters, detractors = _share(marks, 9, 10), _share(marks, 0, 6)
    return None if promoters is None or detractors is None else promoters - detractors


def ces(marks: Marks) -> float | None:
    """Mean mark of how easy it was, 1 to 7."""
    answers = sum(marks.values())
    return sum(mark * count for mark, count in marks.items()) / answers if answers else None


def fcr(marks: Marks) -> float | None:
    """First contact resolution as callers tell it: answers "solved" (1) / all answers (1 or 2)."""
    return _share(marks, 1, 1)


SURVEY_FIGURES: dict[str, Callable[[Marks], float | None]] = {
    "csat": csat,
    "nps": nps,
    "ces": ces,
    "fcr": fcr,
}
"""Formula by the kind of survey, on its usual scale."""


def _share(marks: Marks, low: int, high: int) -> float | None:
    answers = sum(marks.values())
    wanted = sum(count for mark, count in marks.items() if low <= mark <= high)
    return wanted / answers if answers else None
