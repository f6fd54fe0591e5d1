"""Dispositions: what became of conversations, as agents say."""

from collections import Counter
from collections.abc import Mapping

from ivr.kpi import disposition_share
from ivr.kpi.disposition_history import NONE, DispositionHistory
from ivr.model.site import Queue
from ivr.report.frame import Lines, Shape
from ivr.report.table import Column, Row, text

NOTHING_SAID = "\N{EN DASH}"
DISPOSITIONS = Shape(
    "dispositions",
    "Dispositions",
    [text("queue"), text("code")],
    [
        Column("title", "title", "text"),
        Column("group", "group", "text"),
        Column("conversations", "conversations"),
        Column("share", "share", "share", "disposition_share"),
        Column("talk_s", "talk in all", "seconds"),
        Column("talk_mean_s", "talk each", "seconds"),
    ],
    (
        "A conversation counts when it ended, with what was said of it by the end of the whole "
        "time; a dash: nothing was. Talk holds the time on hold.",
    ),
)


def lines(history: DispositionHistory, queues: Mapping[str, Queue]) -> Lines:
    """Of queues that have dispositions, in the order of the site; of others only what was said."""
    figures = history.figures()
    told = {key.queue for key in figures if key.code != NONE}
    places = {name: place for place, name in enumerate(queues)}
    totals: Counter[tuple[int, str]] = Counter()
    for key, one in figures.items():
        totals[key.period, key.queue] += one.conversations
    found: dict[tuple[int | str, ...], Row] = {}
    for key in sorted(figures, key=lambda one: (one.period, places.get(one.queue, 0), one)):
        queue, one = queues.get(key.queue), figures[key]
        if key.queue not in told and not (queue and queue.dispositions):
            continue
        total = totals[key.period, key.queue]
        title, group = history.titles.get((key.queue, key.code), ("", ""))
        found[key.period, key.queue, key.code or NOTHING_SAID] = {
            "title": title,
            "group": group,
            "conversations": one.conversations,
            "share": disposition_share(one.conversations, total),
            "talk_s": one.talk_s,
            "talk_mean_s": one.talk_s / one.conversations,
        }
    return found
