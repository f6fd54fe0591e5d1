"""Whether calls are recorded, what callers say to it, and what is kept of it."""

from dataclasses import dataclass
from math import inf
from typing import Annotated, Literal

from pydantic import BeforeValidator, WithJsonSchema

ConsentAnswer = Literal["", "given", "refused"]
"""What a caller says to being recorded; empty: was not asked."""


def _policy(value: object) -> object:
    """`true` and `false`, as read from YAML or given by Python, are policies, too."""
    return {"true": "always", "false": "never"}.get(str(value).lower(), value)


RecordPolicy = Annotated[
    Literal["always", "never", "with_consent"],
    BeforeValidator(_policy),
    WithJsonSchema({"enum": ["always", "never", "with_consent", True, False]}),
]
"""Of a queue's conversations."""


@dataclass(frozen=True)
class Silence:
    """A part that holds no sound on purpose: seconds from the recording's start."""

    begin_s: float
    end_s: float | None
    """None: to the end."""
    reason: str
    """`sensitive` or `agent`."""


@dataclass(frozen=True)
class KeptRecording:
    """A recording as the journal knows it."""

    number: int
    """Grows from recording to recording, in order of their starts."""
    recording: str
    call: str
    queue: str
    """Empty, like `agent`: of the call outside its conversations."""
    agent: str
    caller: str
    """Calling number; empty: withheld."""
    started_at: float
    """UTC epoch seconds."""
    seconds: float
    result: str
    """As in `recording.finished`; `recording` while it is being made."""
    silences: tuple[Silence, ...] = ()
    deleted: bool = False
    """The sound is gone on purpose."""
    disposition: str = ""
    """Code the agent gave; empty: none."""
    note: str = ""


@dataclass(frozen=True)
class RecordingsAsked:
    """What somebody looks for; the defaults ask for nothing."""

    since: float = 0.0
    until: float = inf
    """Epoch seconds between which the recording started."""
    call: str = ""
    queue: str = ""
    agent: str = ""
    caller: str = ""
    """The whole number."""
    result: str = ""
    disposition: str = ""
    seconds_min: float = 0.0
    before: int = 0
    """Only those with a smaller number; 0: from the latest on."""
    limit: int = 50

    def wants(self, one: KeptRecording) -> bool:
        return (
            self.queue in ("", one.queue)
            and self.caller in ("", one.caller)
            and self.result in ("", one.result)
            and self.disposition in ("", one.disposition)
            and one.seconds >= self.seconds_min
        )
