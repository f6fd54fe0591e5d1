"""What the telephony side reports, in the field's words. Translated from Asterisk's events."""

from dataclasses import dataclass

from ivr.model.agents import OfferOutcome
from ivr.ports import Memo


@dataclass(frozen=True)
class LegRinging:
    leg: str


@dataclass(frozen=True)
class LegAnswered:
    leg: str


@dataclass(frozen=True)
class LegReady:
    """The agent has heard the briefing, and pressed the key if there is one."""

    leg: str


@dataclass(frozen=True)
class LegStarted:
    """The leg's channel exists: its end will be told, and why."""

    leg: str


@dataclass(frozen=True)
class OrderFailed:
    """Ringing failed for no stated reason; a leg that had started tells the reason by its end."""

    leg: str


@dataclass(frozen=True)
class LegFailed:
    """The leg ended before anybody answered."""

    leg: str
    outcome: OfferOutcome


@dataclass(frozen=True)
class LegGone:
    """The leg's channel is no more, whatever happened before."""

    leg: str


@dataclass(frozen=True)
class CustomerFailed:
    """The channel of a customer being called back ended before anybody answered."""

    channel: str
    outcome: OfferOutcome


@dataclass(frozen=True)
class ChannelStarted:
    """A channel of somebody's phone that is not a leg of ours."""

    channel: str
    extension: str


@dataclass(frozen=True)
class ChannelGone:
    channel: str


@dataclass(frozen=True)
class PhoneChanged:
    """A phone registered or went away."""

    extension: str
    reachable: bool


@dataclass(frozen=True)
class KeyPressed:
    channel: str
    key: str


@dataclass(frozen=True)
class Referred:
    """The phone of `leg` transferred the caller by itself, to what it dialled."""

    leg: str
    channel: str
    to: str


@dataclass(frozen=True)
class OneCall:
    """One of the two calls of a phone that joined them."""

    leg: str
    """The phone's own channel."""
    channel: str
    """The other person's; empty when there is nobody, or more than one."""
    name: str
    """Name of that channel."""
    extension: str
    """Theirs, or empty."""


@dataclass(frozen=True)
class Exchanged:
    """A phone joined the two it was talking to. Which of them is the caller, its talks tell: an
    agent may have the caller on a leg of ours, or on a line they dialled on themselves."""

    calls: tuple[OneCall, OneCall]


@dataclass(frozen=True)
class HoldChanged:
    """Somebody put the other side on hold, or took them back."""

    channel: str
    on: bool


@dataclass(frozen=True)
class PhoneLeft:
    """The phone took its registration back. While it rings, its device state does not tell."""

    extension: str


LegEvent = (
    LegRinging
    | LegAnswered
    | LegReady
    | LegStarted
    | OrderFailed
    | LegFailed
    | PhoneLeft
    | LegGone
    | CustomerFailed
    | ChannelStarted
    | ChannelGone
    | PhoneChanged
    | KeyPressed
    | HoldChanged
    | Referred
    | Exchanged
)


@dataclass(frozen=True)
class LiveChannel:
    """One channel found in a snapshot."""

    channel: str
    extension: str
    answered: bool
    is_leg: bool
    memo: Memo | None = None
    """What a server left with the call, if this is a caller's channel."""
    is_customer: bool = False
    """A server called this one back, or was about to."""


@dataclass(frozen=True)
class Snapshot:
    """Everything the telephony side holds at one moment."""

    channels: tuple[LiveChannel, ...]
    reachable: frozenset[str]
    """Extensions whose phone is registered."""
