"""Two recordings of conversations and one of a flow, without a database."""

from collections.abc import Callable
from pathlib import Path

from ivr.model.errors import JournalAwayError
from ivr.model.recording import KeptRecording, RecordingsAsked, Silence

PAUSED = (Silence(3.0, 9.0, "agent"),)
OF_ANN = KeptRecording(
    7,
    "c1-00000001",
    "c1",
    "billing",
    "ann",
    "5550123",
    100.0,
    20.0,
    "ok",
    PAUSED,
    disposition="open",
    note="call 0555 0123 at 9:30",
)
OF_CEM = KeptRecording(5, "c0-00000002", "c0", "billing", "cem", "5550124", 90.0, 4.0, "short")
OF_FLOW = KeptRecording(3, "c0-00000001", "c0", "", "", "5550124", 80.0, 2.0, "ok")


class Recorded:
    """What the journal knows; `asked` is what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[RecordingsAsked] = []
        self.is_away = False

    async def find(
        self, asked: RecordingsAsked, seen: Callable[[str], bool]
    ) -> tuple[list[KeptRecording], int]:
        if self.is_away:
            raise JournalAwayError
        self.asked.append(asked)
        found = [one for one in (OF_ANN, OF_CEM, OF_FLOW) if seen(one.agent) and asked.wants(one)]
        more = found[asked.limit - 1].number if asked.limit < len(found) else 0
        return found[: asked.limit], more

    async def one(self, recording: str) -> KeptRecording | None:
        if self.is_away:
            raise JournalAwayError
        every = (OF_ANN, OF_CEM, OF_FLOW)
        return next((one for one in every if one.recording == recording), None)

    async def has_call(self, call: str) -> bool:
        if self.is_away:
            raise JournalAwayError
        return call in ("c0", "c1")


def sound_of(directory: Path, one: KeptRecording) -> bytes:
    """Puts a file there; its content."""
    content = b"RIFF" + bytes(range(32, 127))
    (directory / f"{one.recording}.wav").write_bytes(content)
    return content
