"""A house with two mailboxes, messages in them, and the parts that deal with messages."""

import asyncio
from collections.abc import Sequence

from ivr.model import events
from ivr.model.errors import TelephonyDownError, TelephonyError
from ivr.model.lookups import Outcome
from ivr.model.site import Hook, HttpTarget, Mailbox
from ivr.ports import LookupAnswer, LookupRequest
from ivr.service.lights import Lights
from ivr.service.message_hooks import MessageHooks
from ivr.service.messages import Adoption, MailboxService, Messages
from ivr.service.recorder import FanOut
from tests.unit.service.fakes import SITE, FakeLine, House, settle
from tests.unit.service.features import features

WITH_MAILBOXES = SITE.model_copy(
    update={
        "mailboxes": {
            "sales": Mailbox(title="Sales", agents=["ada"], messages_max=3),
            "front": Mailbox(
                title="Front", teams=["front"], notify=Hook(target="tickets", path="/new")
            ),
        },
        "http": {"tickets": HttpTarget(url="http://tickets.example")},
    }
)
LOUD, QUIET = b"\0\x20", b"\x20\0"
WAV_HEADER = b"\0" * 44
FREE = 10**12


class Phones:
    """Lights as the telephony side is told of them."""

    def __init__(self) -> None:
        self.shown: list[tuple[str, int, int]] = []
        """(extension, new, heard)"""
        self.down = False
        self.refused: set[str] = set()

    async def show_messages(self, extension: str, *, new: int, heard: int) -> None:
        await asyncio.sleep(0)
        if self.down:
            raise TelephonyDownError("down")
        if extension in self.refused:
            raise TelephonyError("no such phone")
        self.shown.append((extension, new, heard))


class Tickets:
    """The system behind the hook."""

    def __init__(self) -> None:
        self.outcomes: Sequence[Outcome] = [Outcome.ANSWERED]
        """One for each attempt; the last one again and again."""
        self.asked: list[LookupRequest] = []
        self.silent = False
        """It takes what it is told, and never answers."""

    async def ask(self, request: LookupRequest) -> LookupAnswer:
        await asyncio.sleep(0)
        self.asked.append(request)
        if self.silent:
            await asyncio.get_running_loop().create_future()
        return LookupAnswer(self.outcomes[min(len(self.asked), len(self.outcomes)) - 1])


class Voicemail:
    """Everything about messages, joined as in the server."""

    def __init__(self, house: House) -> None:
        self.house = house
        house.desk.site = WITH_MAILBOXES
        self.directory = house.directory
        self.phones, self.tickets = Phones(), Tickets()
        self.free_bytes = FREE
        self.start()

    def start(self) -> None:
        """A server that knows only what is on disk and in the journal; learn comes later."""
        house = self.house
        self.messages = Messages(self.directory)
        self.lights = Lights(lambda: house.desk.site, self.messages, self.phones, house.tasks)
        self.hooks = MessageHooks(
            lambda: house.desk.site,
            self.messages,
            lambda: self.tickets,
            lambda: self.recorder,
            house.clock,
            house.tasks,
            pauses_s=(0.0, 0.0),
        )
        adoption = Adoption(lambda call: self.service.adopt(call))
        self.recorder = FanOut([house.events, self.messages, self.lights, self.hooks, adoption])
        self.service = MailboxService(
            lambda: house.desk.site,
            self.messages,
            self.recorder,
            house.clock,
            lambda _place: self.free_bytes,
        )

    async def restart(self) -> None:
        self.start()
        self.messages.learn(self.house.events)
        self.hooks.catch_up()
        await settle()

    async def left(self, name: str, mailbox: str = "sales", caller: str = "2001") -> str:
        """A message by this caller; its file."""
        file = self.record(name, mailbox)
        self.recorder.record(
            events.MessageLeft(
                at=self.house.clock.now(),
                call=name,
                mailbox=mailbox,
                file=file,
                seconds=1.0,
                caller=caller,
            )
        )
        await settle()
        return file

    def record(self, name: str, mailbox: str = "sales", sample: bytes = LOUD) -> str:
        """One second in a file of which nobody is told."""
        file = self.directory / mailbox / f"{name}.wav"
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(WAV_HEADER + sample * 8000)
        return f"{mailbox}/{name}.wav"

    async def dial(self, who: str, keys: str = "", line: FakeLine | None = None) -> FakeLine:
        """`*97` from this phone."""
        line = line or FakeLine("f1", "feature-channel")
        for key in keys:
            line.keys.put_nowait(key)
        codes = features(self.house, service=self.service)
        await codes.serve(line, who, "*97")
        await settle()
        return line

    @property
    def files(self) -> list[str]:
        found = self.directory.glob("*/*.wav")
        return sorted(str(file.relative_to(self.directory)) for file in found)

    @property
    def states(self) -> dict[str, bool]:
        """Message -> whether somebody has heard it."""
        return {one.name: one.heard for one in self.messages.all()}
