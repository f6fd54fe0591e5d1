"""Rows of `calls` and `queue_legs`, made from all events of one call. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ivr.journal.entry import Entry, UnreadableEntryError, event_of
from ivr.journal.history import summarise
from ivr.model import events
from ivr.model.events import Event

Row = dict[str, Any]
AFTERWARDS = (
    events.RecordingPlayed.type,
    events.RecordingDeleted.type,
    events.HoldChanged.type,
)
"""What is done with a call's record later; it makes the call no younger."""


@dataclass(frozen=True)
class Rows:
    """What the tables say of some calls."""

    calls: list[Row] = field(default_factory=list)
    legs: list[Row] = field(default_factory=list)


def rows_of(call: str, entries: Sequence[Entry]) -> Rows:
    """Of a call whose events these are, in order; none of one that has not ended."""
    history = [event for event in map(_readable, entries) if event is not None]
    ended = [event for event in history if isinstance(event, events.CallEnded)]
    if not ended:
        return Rows()
    summary = summarise(call, history)
    started = next((one for one in history if isinstance(one, events.CallStarted)), None)
    own = [entry.at_ms for entry in entries if entry.type not in AFTERWARDS]
    row = {
        "call": call,
        "flow": summary.flow,
        "version": started.config if started else "",
        "caller": summary.caller,
        "dialled": summary.dialled,
        "started_ms": ms(started.at) if started else entries[0].at_ms,
        "ended_ms": ms(ended[-1].at),
        "last_ms": max(own),
        "result": summary.result,
        "duration_ms": ms(ended[-1].duration_s),
        "queue": summary.queue,
        "outcome": str(summary.queue_outcome),
        "agent": summary.agent,
        "wait_ms": None if summary.wait_s is None else ms(summary.wait_s),
        "talk_ms": None if summary.talk_s is None else ms(summary.talk_s),
        "events": len(entries),
    }
    return Rows([_storable(row)], [_storable(leg) for leg in _legs(call, history)])


def ms(seconds: float) -> int:
    return round(seconds * 1000)


def _legs(call: str, history: Sequence[Event]) -> list[Row]:
    legs: list[Row] = []
    for event in history:
        if isinstance(event, events.QueueEntered) and not event.resumed:
            legs.append(
                {
                    "call": call,
                    "leg": len(legs) + 1,
                    "queue": event.queue,
                    "entered_ms": ms(event.at),
                    "left_ms": None,
                    "outcome": "",
                    "agent": "",
                    "wait_ms": None,
                }
            )
        elif isinstance(event, events.QueueLeft) and legs:
            leg = legs[-1]
            if leg["queue"] == event.queue and leg["left_ms"] is None:
                leg["left_ms"], leg["wait_ms"] = ms(event.at), ms(event.wait_s)
                leg["outcome"], leg["agent"] = str(event.outcome), event.agent
    return legs


def _readable(entry: Entry) -> Event | None:
    try:
        return event_of(entry)
    except UnreadableEntryError:
        return None


def _storable(row: Row) -> Row:
    """Text that any database takes: what a caller sent may hold anything."""
    return {
        name: value.encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")
        if isinstance(value, str)
        else value
        for name, value in row.items()
    }
