"""What Asterisk saw of callers and of the legs to agents, out of its channel events (CEL)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ivr.model.ids import CUSTOMER_PREFIX, LEG_PREFIX

CALLER_CONTEXTS = frozenset({"ivr-call", "ivr-referred"})
"""Whoever is there is a caller, whatever telephone they have."""


@dataclass(frozen=True, slots=True)
class ChannelEvent:
    """One event of a channel; `at` in UTC epoch seconds."""

    kind: str
    """CHAN_START, BRIDGE_ENTER, ..."""
    at: float
    channel: str
    """Its unique id."""
    name: str
    context: str
    exten: str
    bridge: str = ""
    """Entered or left."""


@dataclass(frozen=True, slots=True)
class Stay:
    """A time in a bridge; `end` is None while it lasts."""

    bridge: str
    begin: float
    end: float | None = None


@dataclass(slots=True)
class Channel:
    """One channel's life. `began` is None when its beginning is not on record."""

    channel: str
    name: str
    began: float | None = None
    ended: float | None = None
    exten: str = ""
    """Dialled."""
    caller: bool = False
    stays: list[Stay] = field(default_factory=list)

    def enter(self, bridge: str, at: float) -> None:
        self.stays.append(Stay(bridge, at))

    def leave(self, bridge: str, at: float) -> None:
        """From one bridge or, with none named, from all."""
        self.stays = [
            Stay(one.bridge, one.begin, at)
            if one.end is None and bridge in ("", one.bridge)
            else one
            for one in self.stays
        ]


@dataclass(frozen=True, slots=True)
class Together:
    """How long, over all, a leg was in one bridge with a customer; `end` None: still."""

    leg: str
    customer: str
    begin: float
    end: float | None


def channels_of(events: Iterable[ChannelEvent]) -> dict[str, Channel]:
    """Unique id -> the channel, in order of appearance."""
    found: dict[str, Channel] = {}
    for event in events:
        one = found.setdefault(event.channel, Channel(event.channel, event.name))
        if event.context in CALLER_CONTEXTS and event.channel[:1].isdigit():
            one.caller = True
        match event.kind:
            case "CHAN_START":
                one.began, one.exten = event.at, event.exten
            case "CHAN_END":
                one.ended = event.at
                one.leave("", event.at)
            case "BRIDGE_ENTER":
                one.enter(event.bridge, event.at)
            case "BRIDGE_EXIT":
                one.leave(event.bridge, event.at)
    return found


def talks_of(channels: Iterable[Channel]) -> list[Together]:
    """Every leg with every customer it was in a bridge with, from the first to the last moment."""
    legs: list[Channel] = []
    rooms: dict[str, list[tuple[str, Stay]]] = {}
    for channel in channels:
        if channel.channel.startswith(LEG_PREFIX):
            legs.append(channel)
        elif channel.caller or channel.channel.startswith(CUSTOMER_PREFIX):
            for stay in channel.stays:
                rooms.setdefault(stay.bridge, []).append((channel.channel, stay))
    return [talk for leg in legs for talk in _talks(leg, rooms)]


def _talks(leg: Channel, rooms: dict[str, list[tuple[str, Stay]]]) -> list[Together]:
    met: dict[str, list[Stay]] = {}
    for stay in leg.stays:
        for customer, other in rooms.get(stay.bridge, ()):
            both = _overlap(stay, other)
            if both is not None:
                met.setdefault(customer, []).append(both)
    return [
        Together(leg.channel, customer, min(one.begin for one in stays), _last(stays))
        for customer, stays in met.items()
    ]


def _overlap(one: Stay, other: Stay) -> Stay | None:
    begin = max(one.begin, other.begin)
    ends = [stay.end for stay in (one, other) if stay.end is not None]
    end = min(ends, default=None)
    return None if end is not None and end <= begin else Stay(one.bridge, begin, end)


def _last(stays: Sequence[Stay]) -> float | None:
    ends = [stay.end for stay in stays if stay.end is not None]
    return max(ends) if len(ends) == len(stays) else None
