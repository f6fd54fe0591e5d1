"""What the journal holds of calls that are over: every beginning has its end, once."""

import contextlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from tests.e2e.house import House
from tests.e2e.journal import Fact
from tests.e2e.waiting import eventually

PAIRS = {
    "call.started": "call.ended",
    "conversation.started": "conversation.ended",
    "offer.made": "offer.ended",
    "callback.requested": "callback.ended",
    "recording.started": "recording.finished",
}


CLOSING_S = 15.0


@dataclass(frozen=True)
class Books:
    lost: tuple[str, ...]
    doubled: tuple[str, ...]
    damaged: tuple[str, ...]
    """Recordings that are not whole."""


async def closed(house: House) -> Books:
    """The books once every call is over; as they are, when that takes too long."""
    with contextlib.suppress(AssertionError):
        await eventually(lambda: not read(house).lost, CLOSING_S, "all ends")
    return read(house)


def read(house: House) -> Books:
    facts = house.journal.facts()
    by_call: dict[str, list[Fact]] = {}
    for fact in facts:
        if "call" in fact.data:
            by_call.setdefault(fact.data["call"], []).append(fact)
    lost = [line for call, own in by_call.items() for line in _lost(call, own)]
    doubled = [line for call, own in by_call.items() for line in _doubled(call, own)]
    return Books(tuple(lost), tuple(doubled), tuple(_damaged(house, facts)))


def _lost(call: str, facts: list[Fact]) -> Iterator[str]:
    kinds = Counter(fact.type for fact in facts)
    for begin, end in PAIRS.items():
        if kinds[begin] > kinds[end]:
            yield f"{call}: {kinds[begin]} {begin}, {kinds[end]} {end}"
    places = [fact for fact in facts if fact.type == "queue.entered" and not fact.resumed]
    if len(places) > kinds["queue.left"]:
        yield f"{call}: {len(places)} queue.entered, {kinds['queue.left']} queue.left"


def _doubled(call: str, facts: list[Fact]) -> Iterator[str]:
    kinds = Counter(fact.type for fact in facts)
    for begin, end in PAIRS.items():
        if kinds[end] > kinds[begin]:
            yield f"{call}: {kinds[begin]} {begin}, {kinds[end]} {end}"
    for once in ("call.started", "call.ended"):
        if kinds[once] > 1:
            yield f"{call}: {kinds[once]} {once}"


def _damaged(house: House, facts: list[Fact]) -> Iterator[str]:
    for fact in facts:
        if fact.type == "recording.finished" and fact.result != "ok":
            yield f"{fact.call}: {fact.recording} {fact.result}"
