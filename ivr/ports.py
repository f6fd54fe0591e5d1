"""Ports: what nodes and services may ask of the world, in the field's words.

Invariant: no Asterisk word here. The live adapters lie in `asterisk`, `journal`, `speech`; the
ones for tests and the terminal in `testing`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from ivr.model.agents import AgentState, QueueOutcome
from ivr.model.events import Event
from ivr.model.lookups import Outcome
from ivr.model.recording import ConsentAnswer


@dataclass(frozen=True)
class Spoken:
    """Text for the speech engine."""

    text: str
    language: str = ""
    """Whose voice speaks it; empty: that of the site's default language."""


@dataclass(frozen=True)
class SoundFile:
    """A sound by name: a file under `dialplans/sounds/`, or one of Asterisk's own, no suffix."""

    name: str
    language: str = ""
    """The file for callers of this language is meant, if it has one of its own."""


Audio = Spoken | SoundFile


class Speaker(Protocol):
    """A voice: whatever engine is behind it."""

    @property
    def name(self) -> str:
        """Of the engine, the voice and its settings: what sounds different is named differently."""

    async def speak(self, text: str, out: Path) -> None:
        """Speaks the text into a WAV file of any format. Raises SpeechError, which says what to
        mend; text is data, never a word of a command."""


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
    """0: nothing was said, and nothing is kept."""
    hung_up: bool = False
    """The caller ended it by hanging up."""


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

    async def speak(self, language: str) -> None:
        """From now on the telephony system's own sounds come in this language, if it has them."""

    async def play(self, audio: Sequence[Audio], *, keys: str = "") -> str:
        """Play in order; the key out of `keys` that stopped it, or `""` when played to the end.

        Without `keys`, what is pressed meanwhile answers no later question.
        """

    async def wait_key(self, timeout_s: float) -> str:
        """The next key (0-9 * #), also one typed ahead; or `""` when none came in time."""

    async def wait_keys(self, count: int, timeout_s: float) -> str:
        """Up to `count` keys, also such as were typed ahead: until `#`, which is none of them, or
        until none came for so long."""

    async def pass_over_keys(self, pause_s: float) -> None:
        """Keys that go on coming mean nothing, until none came for so long, or `#`."""

    async def record_message(
        self, mailbox: str, *, seconds_max: float, silence_s: float, finish_keys: str
    ) -> Message:
        """Beep, then record until a finish key, silence, the limit or hang-up (which keeps it).

        TelephonyError when nothing can be recorded, say on a full disk.
        """

    async def dial(self, target: DialTarget, *, ring_timeout_s: float) -> DialResult:
        """Ring somebody outside the queues and talk; returns when that conversation is over."""

    async def hangup(self) -> None: ...

    async def wait_gone(self) -> None:
        """Returns when the caller has hung up."""

    async def cut(self) -> None:
        """Break off what a task that was cancelled played or asked; nothing when all is quiet.

        Returns when the call takes the next order, within milliseconds.
        """


@dataclass(frozen=True)
class Announcement:
    """Something told to a caller in line, and when."""

    after_s: float
    """Since the call joined the queue."""
    every_s: float | None = None
    """Again and again from then on; None: once."""
    tells: Literal["audio", "position", "estimate"] = "audio"
    audio: tuple[Audio, ...] = ()
    """What is told when it is neither the place in line nor the expected wait."""


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
    leave_if_empty: bool = False
    """Do not wait when nobody who could serve the call is logged in: outcome `empty`."""
    prompt: tuple[Audio, ...] = ()
    """Played first; the caller stands in line already."""
    announcements: tuple[Announcement, ...] = ()
    """Played in between the music. Whatever is played is broken off when an agent was found."""
    away_keys: str = ""
    """Keys by which the caller leaves the line for a while and keeps the place: `Away`."""
    keep_place: bool = True
    """Who comes here because another queue was full or took too long keeps that time of entry."""
    wanted: str = ""
    """For `patience_s` the call is for this agent alone, if they are there and have the skills."""
    wanted_last: bool = False
    """The wanted agent is whoever talked to this caller last."""
    patience_s: float = 0.0
    """From joining this queue on."""
    language: str = ""
    """In which the caller is told place and wait; empty: the site's default one."""


@dataclass(frozen=True)
class QueueResult:
    outcome: QueueOutcome
    key: str = ""
    """The exit key pressed."""


@dataclass(frozen=True)
class Away:
    """The caller looks after something meanwhile and keeps the place in line."""

    key: str


@dataclass(frozen=True)
class LastTalk:
    """A conversation of this call; both empty: there was none."""

    queue: str = ""
    agent: str = ""


class Queues(Protocol):
    async def serve(self, call: Call, request: QueueRequest) -> QueueResult | Away:
        """Wait in line with music and talk to an agent; returns when that is over.

        `answered` means the conversation took place and the agent has left. After `Away` the
        call still stands in line: serving it again goes on with the same wait.
        """

    async def called_back(self) -> None:
        """Returns when a caller who is away has to be served again at once: an agent was found,
        or the wait is over. Never returns for a caller who is not away."""

    async def call_back(self, number: str) -> bool:
        """The caller, away from the line, will be called at this number when their turn comes.

        False: not in this line, not at the moment (an agent was found), or no more room.
        """

    def last_talk(self) -> LastTalk:
        """The conversation this call had last, also one that a transfer led to."""


@dataclass(frozen=True)
class Memo:
    """What of a call must survive this server, kept with the call itself."""

    call: str
    state: str
    """`serving`, `waiting`, `talking`, `transferring` or `done`."""
    flow: str = ""
    node: str = ""
    queue: str = ""
    entered_at: float = 0.0
    """Original time of entry into the queue."""
    joined_at: float = 0.0
    """When the call came to this queue: later than `entered_at` if the place was brought along."""
    promised_s: float = 0.0
    """Upper bound of the wait last announced; 0: nothing was."""
    agent: str = ""
    """Who talks to the caller or sends them on; in line: to whom they were sent, who was busy."""
    leg: str = ""
    second_agent: str = ""
    """Who is in the talk beside that agent, if they are one."""
    second_leg: str = ""
    started_at: float = 0.0
    """When the call began."""
    talking_since: float = 0.0
    to: str = ""
    """Whom the agent sends the caller to, as dialled."""
    consent: ConsentAnswer = ""
    recorded: bool = False
    """The flow wants this call recorded."""
    variables: str = "{}"
    """The flow's variables as JSON."""
    frames: str = "[]"
    """The flows that wait for this one to come back: a list of [flow, node, variables]."""


class Line(Call, Protocol):
    """A live call as sessions and queues see it: what nodes must not touch."""

    @property
    def channel(self) -> str:
        """The telephony system's own unique id of the caller's channel."""

    @property
    def address(self) -> str:
        """Where in the network the phone is; empty when that is not told."""

    async def remember(self, memo: Memo) -> None:
        """Keep this with the call, in place of what was kept before."""

    async def start_music(self, music: str) -> None:
        """Play music until told otherwise; whatever else is played ends it."""

    async def stop_music(self) -> None: ...

    async def next_key(self) -> str:
        """The next key pressed in line, also during an announcement; waits as long as it takes."""

    def forget_keys(self) -> None:
        """Keys pressed up to now were meant for something else than `next_key`."""

    async def join(self, leg: str) -> None:
        """Talk with that leg until one leaves."""

    async def join_others(self, leg: str) -> None:
        """Talk with that leg and whoever it talks to, until all of them have left."""

    async def joined(self) -> bool:
        """Whether the last `join` brought the two together; False: the leg was gone already."""

    async def start_recording(self, file: str) -> None:
        """Record both directions, from now on, into that file (raw, interleaved 16-bit)."""

    async def stop_recording(self) -> None: ...

    async def play_message(self, file: str, *, keys: str) -> str:
        """Play this message of a mailbox; the key out of `keys` that stopped it, or `""`.

        TelephonyError when it cannot be played.
        """

    async def listen(self, leg: str) -> None:
        """Supervise that leg, silently at first, keys 4/5/6 change the mode; until it ends."""


@dataclass(frozen=True)
class Briefing:
    """What an agent hears between picking up and being joined; never empty."""

    audio: tuple[Audio, ...]
    accept_key: str = ""
    """Has to be pressed to take the call; asked for twice. Empty: listening is enough."""


class Telephony(Protocol):
    """Legs to agents. What becomes of them arrives as leg events at the dispatcher."""

    async def ring(
        self,
        leg: str,
        extension: str,
        *,
        caller: str,
        title: str,
        timeout_s: float,
        briefing: Briefing | None = None,
    ) -> None:
        """Start ringing; raises TelephonyError when not even that could be ordered.

        A leg with a briefing is answered only once it reports to be ready (LegReady).
        """

    async def ring_out(
        self,
        leg: str,
        target: DialTarget,
        *,
        caller: str,
        title: str,
        timeout_s: float,
        stays: bool,
    ) -> None:
        """As `ring`, anybody. A leg that `stays` waits a moment when left, to be joined again."""

    async def hang_up(self, channel: str) -> None:
        """End a leg or a caller's channel; nothing happens when it is gone already."""

    async def keep_waiting(self, leg: str) -> None:
        """Music, whatever this channel did before; raises TelephonyError."""


class CustomerLegs(Protocol):
    """Calls to customers who asked to be called back. Whoever answers comes as a session."""

    async def call(
        self,
        channel: str,
        target: DialTarget,
        *,
        call: str,
        number: str,
        dialled: str,
        title: str,
        timeout_s: float,
    ) -> None:
        """Begin to ring; raises TelephonyError when not even that could be ordered.

        `call` and `dialled` are those of the call this goes on with; `number` is the customer's.
        """

    async def keep_waiting(self, leg: str) -> None:
        """The agent on this leg hears music while a customer is called; raises TelephonyError."""


class MessageLights(Protocol):
    """The message-waiting lights of agents' phones."""

    async def show_messages(self, extension: str, *, new: int, heard: int) -> None:
        """The phone, now and whenever it registers, shows so many messages; TelephonyError."""


class RecordingControl(Protocol):
    """Orders about a channel that its session cannot give; each raises TelephonyError."""

    async def mute_recording(self, channel: str, *, on: bool) -> None:
        """From now on the channel's recording holds silence, or sound again."""

    async def stop_recording(self, channel: str) -> None: ...

    async def end_listening(self, channel: str) -> None:
        """Whom this supervisor's channel listens to is heard no more; the call of it stays."""

    async def hang_up(self, channel: str) -> None: ...


class SupervisorLegs(Protocol):
    """Calls to supervisors who want to listen in. Whoever answers comes as a session."""

    async def call_supervisor(
        self, channel: str, extension: str, *, title: str, timeout_s: float
    ) -> None:
        """Begin to ring; raises TelephonyError when not even that could be ordered."""

    async def press(self, channel: str, key: str) -> None:
        """As if the key had been pressed on that phone; raises TelephonyError."""

    async def hang_up(self, channel: str) -> None: ...


class ClickLegs(Protocol):
    """Calls to agents who want to be connected to a number. Whoever answers comes as a session."""

    async def call_agent(
        self, channel: str, extension: str, *, number: str, timeout_s: float
    ) -> None:
        """Begin to ring; raises TelephonyError when not even that could be ordered."""


class Recording(Protocol):
    """The recording of one call, outside its conversations with agents."""

    async def start(self) -> None:
        """Record from here on, unless the caller has refused."""

    async def stop(self) -> None: ...

    async def consent(self, answer: ConsentAnswer) -> None:
        """The caller's word on it."""

    async def pause(self) -> None:
        """Nothing is recorded, and nobody listens in; returns when that is so, or raises."""

    async def resume(self) -> None:
        """As it was before `pause`; nothing happens when there was none."""


@dataclass(frozen=True)
class LookupRequest:
    """One question to another system. Everything in it is data: nothing can change the host."""

    target: str
    """Key of the site's `http`."""
    method: str
    path: str
    """Begins with `/`; already encoded."""
    query: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, str | int | float | bool] | None = None
    timeout_s: float = 3.0
    """For everything: waiting for a turn, repeated attempts, reading the answer."""
    retries: int = 0


@dataclass(frozen=True)
class LookupAnswer:
    outcome: Outcome
    status: int = 0
    """HTTP status; 0 when there was no answer."""
    body: object = None
    """The JSON of an answer that has some."""
    attempts: int = 0


class Lookups(Protocol):
    """Other systems, asked while a caller is on the line."""

    async def ask(self, request: LookupRequest) -> LookupAnswer:
        """Returns within `timeout_s`, whatever the other system does; never raises for it."""


class Mailboxes(Protocol):
    def takes(self, mailbox: str) -> bool:
        """Whether there is room for another message."""


class Calendars(Protocol):
    def state(self, calendar: str, at: float) -> str:
        """`open`, `closed`, `holiday`, or `emergency` while an emergency closure is in force."""


@dataclass(frozen=True)
class QueueNow:
    """One queue at this moment."""

    queue: str
    callers: int
    longest_wait_s: float
    agents: Mapping[AgentState, int]
    """Logged-in agents who satisfy the queue's own skills, by state."""
    estimate_s: float | None = None
    """What the call that entered last has still to wait, probably; None: unsure, or no call."""


class LiveState(Protocol):
    """What the routing core holds right now, for gauges and consoles."""

    def queues(self) -> Sequence[QueueNow]: ...

    def agents(self) -> Mapping[AgentState, int]: ...

    def callbacks(self) -> Mapping[str, int]:
        """Customers still to be called, by queue; queues without any may be left out."""

    def closures(self) -> Mapping[str, bool]:
        """Calendars and the house -> whether an emergency closure is in force."""

    def messages(self) -> Mapping[str, tuple[int, int]]:
        """Mailbox -> (new, heard) messages, for every mailbox of the site."""

    def calls_active(self) -> int: ...
