"""Ports: what nodes and services may ask of the world, in the field's words.

Invariant: no Asterisk word here. The live adapters lie in `asterisk`, `journal`, `speech`; the
ones for tests and the terminal in `testing`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from ivr.model.agents import AgentState, QueueOutcome
from ivr.model.events import Event


@dataclass(frozen=True)
class Spoken:
    """Text for the speech engine."""

    text: str


@dataclass(frozen=True)
class SoundFile:
    """A sound by name: a file under `dialplans/sounds/`, or one of Asterisk's own, no suffix."""

    name: str


Audio = Spoken | SoundFile


class Clock(Protocol):
    def now(self) -> float:
        """UTC epoch seconds; never steps back while the process lives."""


class Recorder(Protocol):
    """The one place events go to; journal and metrics listen behind it."""

    def record(self, event: Event) -> None:
        """Takes the event without waiting; never raises for a slow or absent database."""


@dataclass(frozen=True)
class DialTarget:
    """Exactly one is set."""

    extension: str = ""
    number: str = ""


@dataclass(frozen=True)
class DialResult:
    outcome: str
    """`answered` (and over now), `no_answer`, `busy`, `rejected`, `unreachable` or `refused`."""
    talk_s: float = 0.0


@dataclass(frozen=True)
class Message:
    """A recorded voice message."""

    file: str
    seconds: float


class Call(Protocol):
    """One caller's live call. Every method raises CallerGoneError once the caller has hung up."""

    @property
    def id(self) -> str: ...

    @property
    def caller(self) -> str:
        """Calling number, or empty."""

    @property
    def caller_name(self) -> str: ...

    @property
    def dialled(self) -> str: ...

    async def answer(self) -> None: ...

    async def play(self, audio: Sequence[Audio], *, keys: str = "") -> str:
        """Play in order; the key out of `keys` that stopped it, or `""` when played to the end."""

    async def wait_key(self, timeout_s: float) -> str:
        """The next key (0-9 * #), or `""` when none came in time."""

    async def record_message(
        self, mailbox: str, *, seconds_max: float, silence_s: float, finish_keys: str
    ) -> Message:
        """Beep, then record until a finish key, silence, the limit or hang-up (which keeps it)."""

    async def dial(self, target: DialTarget, *, ring_timeout_s: float) -> DialResult:
        """Ring somebody outside the queues and talk; returns when that conversation is over."""

    async def hangup(self) -> None: ...


@dataclass(frozen=True)
class QueueRequest:
    queue: str
    skills: str = ""
    """Further skill expression, joined to the queue's by `and`."""
    priority: int = 0
    """Added to the queue's."""
    exit_keys: str = ""
    """Keys that let the caller leave the line."""
    wait_s_max: float | None = None
    """None: the queue's own."""


@dataclass(frozen=True)
class QueueResult:
    outcome: QueueOutcome
    key: str = ""
    """The exit key pressed."""


class Queues(Protocol):
    async def serve(self, call: Call, request: QueueRequest) -> QueueResult:
        """Wait in line with music and talk to an agent; returns when that is over.

        `answered` means the conversation took place and the agent has left.
        """


class Calendars(Protocol):
    def state(self, calendar: str, at: float) -> str:
        """`open`, `closed` or `holiday` at that moment."""


@dataclass(frozen=True)
class QueueNow:
    """One queue at this moment."""

    queue: str
    callers: int
    longest_wait_s: float
    agents: Mapping[AgentState, int]
    """Logged-in agents who satisfy the queue's own skills, by state."""


class LiveState(Protocol):
    """What the routing core holds right now, for gauges and consoles."""

    def queues(self) -> Sequence[QueueNow]: ...

    def agents(self) -> Mapping[AgentState, int]: ...

    def calls_active(self) -> int: ...
