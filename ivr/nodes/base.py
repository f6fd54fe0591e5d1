"""What every node is and what it may touch while it runs."""

import re
from abc import abstractmethod
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from ivr.expression import Value, parse
from ivr.expression.values import NUMBER_MAX, as_text
from ivr.flow import Flow
from ivr.flow.node import BUILTIN_VARIABLES, NodeSpec
from ivr.model.errors import IvrError
from ivr.model.events import InputReceived
from ivr.model.recording import ConsentAnswer
from ivr.model.site import Site
from ivr.nodes.prompt import Prompt
from ivr.ports import (
    Audio,
    Calendars,
    Call,
    Clock,
    Lookups,
    Mailboxes,
    Queues,
    Recorder,
    Recording,
    Spoken,
)
from ivr.spoken.wording import Wording

END = "end"
"""Outcome of a node in which the walk ends; never the name of an exit."""

CALLED = "called"
"""Outcome of a node that calls a flow: it is left only when that flow has come back."""

RETURNED = "return"
"""Outcome of a node in which a called flow ends."""

KEYS = "0123456789*#"
"""Every key a caller can press."""

MATCH, NO_MATCH, NO_INPUT = "match", "no_match", "no_input"
"""What became of one question put to the caller."""


TELLING_CHARACTERS = 4
"""A text that merely contains fewer characters of a secret does not give it away."""


class FlowError(IvrError):
    """A flow cannot go on: an exit not wired, too many hops, a value that does not fit."""


class Node(NodeSpec):
    """A node that can run."""

    @abstractmethod
    async def run(self, visit: "Visit") -> str:
        """Serves the caller; returns the exit to take, or END.

        Lets CallerGoneError pass. Any other exception ends the call with an apology.
        """
        raise NotImplementedError


async def _nothing() -> None:
    """For walks that nobody takes over."""


class NotRecorded:
    """The Recording port of a walk that nobody records."""

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def consent(self, answer: ConsentAnswer) -> None: ...

    async def pause(self) -> None: ...

    async def resume(self) -> None: ...


class Roomy:
    """The Mailboxes port of a walk in which every mailbox takes messages."""

    def takes(self, mailbox: str) -> bool:
        del mailbox
        return True


LastingFrame = tuple[str, str, dict[str, Value]]
"""Flow, node and variables of a flow that waits."""


@dataclass
class Frame:
    """A flow that waits, in the node that called another, for that other to come back."""

    flow: Flow
    node: str
    entered_at: float
    variables: dict[str, Value]
    secret_variables: set[str] = field(default_factory=set)


@dataclass
class Visit:
    """One call on its walk through flows: the ports, the variables, the place it is at.

    The walk keeps `flow` and `node` up to date; nodes change variables only through `assign`.
    """

    call: Call
    queues: Queues
    calendars: Calendars
    clock: Clock
    recorder: Recorder
    site: Site
    lookups: Lookups
    variables: dict[str, Value] = field(default_factory=dict)
    flow: Flow | None = None
    node: str = ""
    entered_at: float = 0.0
    """When the walk came to `node`."""
    next_flow: str = ""
    """Set by a node that hands the call to another flow."""
    given: Mapping[str, tuple[Value, bool]] = field(default_factory=dict)
    """Set by a node that calls a flow: values for its variables, and whether each is secret."""
    result: str = ""
    """Set by a node in which a called flow ends."""
    frames: list[Frame] = field(default_factory=list)
    """The flows that wait for this one to come back; the last is the one that called it."""
    secrets: set[str] = field(default_factory=set)
    """Sensitive input of this call, kept out of events and logs."""
    secret_variables: set[str] = field(default_factory=set)
    """Variables that hold sensitive input, or what was computed from it."""
    recording: Recording = field(default_factory=NotRecorded)
    mailboxes: Mailboxes = field(default_factory=Roomy)
    remember: Callable[[], Awaitable[None]] = _nothing
    """Awaited whenever a node was entered: what must survive this server is kept then."""
    ahead: str = ""
    """A key that cut a greeting short, not yet answered by any question."""
    resumed: bool = False
    """The call was in this node when a former server ended: nothing is said twice."""
    home: str = ""
    """The queue node in whose line this caller, away for a while, still stands; empty: in none."""

    @property
    def is_away(self) -> bool:
        """The caller looks after something else while standing in line."""
        return self.home not in ("", self.node)

    @property
    def flow_name(self) -> str:
        return self.flow.name if self.flow else ""

    def enter_flow(self, flow: Flow) -> None:
        """Makes `flow` current: its variables begin at their defaults unless already set."""
        before = self.flow.variables if self.flow else {}
        for name, declared in flow.variables.items():
            changed_type = name in before and before[name].type != declared.type
            if name not in self.variables or changed_type:
                self.variables[name] = declared.initial
        self.variables.update(
            caller=self.call.caller,
            caller_name=self.call.caller_name,
            dialled=self.call.dialled,
            language=self.language,
        )
        self.flow, self.next_flow = flow, ""

    def call_flow(self, flow: Flow) -> None:
        """Makes `flow` current, with variables of its own; the current one waits in its node."""
        if self.flow is None:
            raise FlowError("no flow has begun that could call another")
        given = {
            name: (convert(value, flow.variables[name].type, name), secret)
            for name, (value, secret) in self.given.items()
        }  # before anything has changed: what does not fit is the caller's failure
        self.frames.append(
            Frame(self.flow, self.node, self.entered_at, self.variables, self.secret_variables)
        )
        self.variables, self.secret_variables = {"language": self.language}, set()
        self.enter_flow(flow)
        for name, (value, secret) in given.items():
            self.assign(name, value, secret=secret)
        self.given = {}

    def come_back(self) -> str:
        """The called flow is over: takes what is wanted of it; returns the caller's exit."""
        theirs, secret = self.variables, self.secret_variables
        frame = self.frames.pop()
        self.flow, self.node, self.entered_at = frame.flow, frame.node, frame.entered_at
        self.variables = {**frame.variables, "language": theirs["language"]}
        self.secret_variables = frame.secret_variables
        self.enter_flow(frame.flow)
        call = frame.flow.nodes[frame.node].calls()
        for own, other in call.take.items() if call else ():
            self.assign(own, theirs[other], secret=other in secret)
        result, self.result = self.result, ""
        return f"results:{result}"

    @property
    def language(self) -> str:
        """In which the caller is served; also a variable, so that it outlives this server."""
        return self.site.spoken(as_text(self.variables.get("language")))

    @property
    def words(self) -> Wording:
        """What the server says of itself to this caller."""
        return self.site.words(self.language)

    async def speak(self, language: str) -> None:
        """The caller is served in this language from now on."""
        self.variables["language"] = language
        await self.call.speak(language)

    def said(self, phrase: str) -> Spoken:
        """A phrase of `words` as audio."""
        return Spoken(phrase, self.language)

    def evaluate(self, expression: str) -> Value:
        """The expression's value over the call's variables."""
        return parse(expression).evaluate(self.variables)

    def holds(self, condition: str) -> bool:
        """Whether the condition is true for the call's variables."""
        return parse(condition).holds(self.variables)

    def assign(self, name: str, value: Value, *, secret: bool = False) -> None:
        """Sets a declared variable, converted to its type; FlowError when that is impossible.

        A `secret` value, and each one that `set` computes from it, stays inside this process. A
        flag does not: yes or no tells nothing.
        """
        declared = self.flow.variables.get(name) if self.flow else None
        if declared is None or name in BUILTIN_VARIABLES:
            raise FlowError(f"{name!r} is not a variable of flow {self.flow_name!r}")
        converted = convert(value, declared.type, name)
        self.variables[name] = converted
        self.secret_variables.discard(name)
        if secret and not isinstance(converted, bool):
            self.secret_variables.add(name)
            if len(as_text(converted)) >= TELLING_CHARACTERS:
                self.secrets.add(as_text(converted))

    async def play(self, prompt: Prompt | None, *, barge_in: bool = False) -> None:
        """Plays to the end, or until any key is pressed, which means no more than that."""
        if prompt is not None:
            await self.call.play(prompt.audio(self.variables), keys=KEYS if barge_in else "")

    async def first_key(self, audio: Sequence[Audio], timeout_s: float, *, barge_in: bool) -> str:
        """The first key of an answer to `audio`, or `""` when none came in time."""
        ahead, self.ahead = self.ahead, ""
        if ahead and barge_in:
            return ahead
        key = await self.call.play(audio, keys=KEYS if barge_in else "")
        return key or await self.call.wait_key(timeout_s)

    def record_input(self, typed: str, result: str, *, sensitive: bool = False) -> None:
        """Records what was pressed; a sensitive value as one `*` per key."""
        if sensitive and typed:
            self.secrets.add(typed)
        self.recorder.record(
            InputReceived(
                at=self.clock.now(),
                call=self.call.id,
                flow=self.flow_name,
                node=self.node,
                value="*" * len(typed) if sensitive else typed,
                result=result,
            )
        )

    @property
    def lasting_variables(self) -> dict[str, Value]:
        """The variables that may be kept outside this process: none holds sensitive input."""
        return self._lasting(self.variables, self.secret_variables)

    @property
    def lasting_frames(self) -> list[LastingFrame]:
        """The waiting flows as they may be kept outside this process, as short as possible."""
        return [
            (one.flow.name, one.node, self._lasting(one.variables, one.secret_variables, own=True))
            for one in self.frames
        ]

    @property
    def collected(self) -> dict[str, str]:
        """What the flows under way have learnt of the caller, as text: variables that are not what
        they began as, and hold no sensitive input."""
        frames = [(one.flow, one.variables, one.secret_variables) for one in self.frames]
        if self.flow is not None:
            frames.append((self.flow, self.variables, self.secret_variables))
        return {
            name: as_text(value)
            for flow, variables, secret in frames
            for name, value in self._lasting(variables, secret, own=True).items()
            if name in flow.variables and value != flow.variables[name].initial
        }

    def _lasting(
        self, variables: Mapping[str, Value], secret: Collection[str], *, own: bool = False
    ) -> dict[str, Value]:
        return {
            name: value
            for name, value in variables.items()
            if not (own and name in BUILTIN_VARIABLES)
            and name not in secret
            and not self._holds_secret(as_text(value))
        }

    def _holds_secret(self, text: str) -> bool:
        return any(len(one) >= TELLING_CHARACTERS and one in text for one in self.secrets)

    def mask(self, text: str) -> str:
        """`text` without any sensitive value of this call."""
        for secret in sorted(self.secrets, key=len, reverse=True):
            text = text.replace(secret, "*" * len(secret))
        return text


_NUMBER = re.compile(r"-?[0-9]{1,100}(\.[0-9]{1,100})?")
_DIGITS = re.compile(r"[0-9]*")


def convert(value: Value, kind: str, name: str) -> Value:
    """`value` as a variable of type `kind` (text, digits, number or flag) holds it.

    Raises FlowError, which does not show the value, when it does not fit.
    """
    text = as_text(value)
    if isinstance(value, bool):
        if kind == "flag":
            return value
    elif kind == "text" or (kind == "digits" and _DIGITS.fullmatch(text)):
        return text
    elif kind == "number" and _NUMBER.fullmatch(text):
        number = float(text) if "." in text else int(text)
        if abs(number) >= NUMBER_MAX:
            raise FlowError(f"variable {name!r} would hold a number of more than 15 digits")
        return number
    raise FlowError(f"variable {name!r} takes a value of type {kind}")
