"""Where an agent sends the caller they talk to, and how a talk can end."""

from dataclasses import dataclass
from enum import Enum

from ivr.ports import DialTarget

BLIND, CONSULT = "*2", "*3"
"""Dialled before a target."""

PARK = "*8"
"""Dialled to park; followed by a slot, to retrieve."""

NOWHERE = "*"
"""Dialled by nobody: who is sent there has their place back."""


def target_dialled(dialled: str) -> str:
    """What a phone's own transfer leads to, given what its second line had dialled.

    A code that was to hand the caller on anyway stands for its target; no other code is one.
    """
    for code in (BLIND, CONSULT):
        dialled = dialled.removeprefix(code)
    return NOWHERE if dialled.startswith("*") else dialled


@dataclass(frozen=True)
class ToAgent:
    """Ring this agent, whatever their skills: somebody chose them."""

    agent: str


@dataclass(frozen=True)
class ToQueue:
    queue: str


@dataclass(frozen=True)
class ToPhone:
    """Ring somebody who is no agent."""

    target: DialTarget


@dataclass(frozen=True)
class ToSlot:
    """Music, until somebody asks for the caller in this slot."""

    slot: str


@dataclass(frozen=True)
class ToConsulted:
    """Somebody who has heard about the caller already; their leg waits to be joined."""

    leg: str
    agent: str
    """Empty for somebody who is no agent."""
    dialled: str
    talk: str
    """What the routing core calls the time this agent is taken."""
    met: bool = False
    """They have talked to the caller already, together with the agent."""


@dataclass(frozen=True)
class ToBoth:
    """The agent stays, and somebody they have consulted comes in."""

    there: ToConsulted
    line: str
    """The channel on which the two are."""


Target = ToAgent | ToQueue | ToPhone | ToSlot | ToConsulted | ToBoth


@dataclass(frozen=True)
class Handover:
    """`agent` sends the caller on; `dialled` is what reaches the target again after a restart."""

    agent: str
    target: Target
    dialled: str


class Parting(Enum):
    """How a talk ended that nobody sent on."""

    OVER = "over"
    NOT_JOINED = "not_joined"
    """The agent was gone before it began."""
