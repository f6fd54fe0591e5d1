"""Surveys and callers: what callers say, and who calls again."""

from collections import Counter

from ivr.kpi import SURVEY_FIGURES, repeat_callers
from ivr.kpi.caller_history import CallerFigures, CallerHistory
from ivr.kpi.callers import REPEAT_DAYS
from ivr.kpi.survey_history import SurveyHistory, SurveyKey, figure
from ivr.report.frame import Frame, Lines, Shape, each
from ivr.report.table import Column, Row, text

ANY = "any"
"""Queue of the line for a survey as a whole."""
SURVEYS = Shape(
    "surveys",
    "Surveys",
    [text("survey"), text("kind"), text("queue")],
    [
        Column("answers", "answers"),
        Column("csat", "CSAT", "share", "csat"),
        Column("nps", "NPS", "points", "nps"),
        Column("ces", "CES", "mark", "ces"),
        Column("fcr", "solved", "share", "fcr"),
        Column("marks", "mark: how often", "text"),
    ],
)
CALLERS = Shape(
    "callers",
    "Callers",
    [],
    [
        Column("calls", "calls"),
        Column("without_number", "without number"),
        Column("callers", "callers"),
        Column("returned", "called again"),
        Column("repeat_callers", "repeat callers", "share", "repeat_callers"),
    ],
    (
        f"Called again: had called within the {REPEAT_DAYS} days before, be it earlier in the same "
        "period. It says nothing of whether their matter was solved.",
    ),
)


def survey_lines(history: SurveyHistory) -> Lines:
    """Each survey as a whole, then by the queue in which the caller had talked."""
    whole: dict[SurveyKey, Counter[int]] = {}
    for key, marks in history.marks.items():
        whole.setdefault(key._replace(queue=""), Counter()).update(marks)
    found: dict[tuple[int | str, ...], Row] = {}
    for key in sorted(whole):
        found[key.period, key.survey, key.kind, ANY] = _marks_row(key, whole[key])
        parts = (one for one in sorted(history.marks) if one._replace(queue="") == key)
        for one in parts:
            queue = one.queue or "\N{EN DASH}"
            found[key.period, key.survey, key.kind, queue] = _marks_row(one, history.marks[one])
    return found


def caller_lines(of: Frame, history: CallerHistory) -> Lines:
    return {key[:1]: row for key, row in each(of, [""], lambda n, _: _row(history, n)).items()}


def _marks_row(key: SurveyKey, marks: Counter[int]) -> Row:
    value = figure(key, marks)
    return {
        "answers": marks.total(),
        **{kind: value if kind == key.kind else None for kind in SURVEY_FIGURES},
        "marks": ", ".join(f"{mark}: {marks[mark]}" for mark in sorted(marks)),
    }


def _row(history: CallerHistory, number: int) -> Row:
    one = history.figures.get(number, CallerFigures())
    callers, returned = len(one.callers), len(one.returned)
    return {
        "calls": one.calls,
        "without_number": one.unknown,
        "callers": callers,
        "returned": returned,
        "repeat_callers": repeat_callers(returned, callers),
    }
