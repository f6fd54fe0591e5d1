"""Queues: service level, abandonment, waits and handle times."""

from collections.abc import Sequence

from ivr.kpi import SERVICE_LEVELS, abandonment, aht, asa, routing_accuracy
from ivr.kpi.queue_history import QueueFigures, QueueHistory, together
from ivr.model.agents import QueueOutcome
from ivr.report.frame import Frame, Lines, Shape, each
from ivr.report.table import Column, Row, text

ALL = "all queues"
"""A queue's own name holds no blank."""
OTHERS = tuple(
    one for one in QueueOutcome if one not in (QueueOutcome.ANSWERED, QueueOutcome.ABANDONED)
)


def shape(formula: str) -> Shape:
    """`formula`: that of the service level shown first; all are there in CSV and JSON."""
    levels = [
        Column(f"service_level_{one}", f"service level ({one})", "share", one, detail=True)
        for one in SERVICE_LEVELS
    ]
    return Shape(
        "queues",
        "Queues",
        [text("queue")],
        [
            Column("entered", "entered"),
            Column("answered", "answered"),
            Column("answered_in_time", "answered within T", detail=True),
            Column("abandoned", "abandoned"),
            Column("abandoned_in_time", "abandoned within T", detail=True),
            Column("abandoned_short", "short abandons", detail=True),
            *(Column(one.value, one.value, detail=True) for one in OTHERS),
            Column("elsewhere", "left otherwise"),
            Column("waiting", "still waiting", detail=True),
            Column("called_back", "called back"),
            Column("service_level", "service level", "share", formula),
            *levels,
            Column("abandonment", "abandonment", "share", "abandonment"),
            Column("asa_s", "ASA", "seconds", "asa"),
            Column("wait_max_s", "longest wait", "seconds"),
            Column("aht_s", "AHT", "seconds", "aht"),
            Column("talk_s", "talk", "seconds", detail=True),
            Column("hold_s", "hold", "seconds", detail=True),
            Column("wrap_up_s", "wrap-up", "seconds", detail=True),
            Column("conversations", "conversations", detail=True),
            Column("transferred", "transferred", detail=True),
            Column("routing_accuracy", "routed right", "share", "routing_accuracy"),
        ],
        (
            "A call counts in the period in which it joined the queue; T is the queue's "
            "service_level_s as the site has it now.",
        ),
    )


def lines(of: Frame, history: QueueHistory, known: Sequence[str], formula: str) -> Lines:
    """The site's queues, others that had calls, and all together."""
    names = list(dict.fromkeys([*known, *sorted({queue for _, queue in history.figures})]))
    every = [*names, ALL] if len(names) > 1 else names

    def figures(number: int, queue: str) -> QueueFigures:
        return history.figures.get((number, queue), QueueFigures())

    def row(number: int, queue: str) -> Row:
        if queue == ALL:
            return _row(together(figures(number, one) for one in names), formula)
        return _row(figures(number, queue), formula)

    return each(of, every, row)


def _row(one: QueueFigures, formula: str) -> Row:
    counts = one.counts
    return {
        "entered": one.entered,
        "answered": counts.answered,
        "answered_in_time": counts.answered_in_time,
        "abandoned": counts.abandoned,
        "abandoned_in_time": counts.abandoned_in_time,
        "abandoned_short": counts.abandoned_short,
        **{outcome.value: one.outcomes[outcome] for outcome in OTHERS},
        "elsewhere": sum(one.outcomes[outcome] for outcome in OTHERS),
        "waiting": one.waiting,
        "called_back": one.called_back,
        "service_level": SERVICE_LEVELS[formula](counts),
        **{f"service_level_{name}": of(counts) for name, of in SERVICE_LEVELS.items()},
        "abandonment": abandonment(counts),
        "asa_s": asa(counts.answered, one.answered_wait_s),
        "wait_max_s": one.wait_s_max if one.outcomes.total() else None,
        "aht_s": aht(one.handled, one.spent),
        "talk_s": one.talk_s,
        "hold_s": one.hold_s,
        "wrap_up_s": one.wrap_up_s,
        "conversations": one.conversations,
        "transferred": one.transferred,
        "routing_accuracy": routing_accuracy(one.transferred, one.conversations),
    }
