"""People on real phones: they dial, press, talk by their tone, and know what they hear."""

import asyncio
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from ivr.model.site import Site
from ivr.provision.softphone import Softphone
from tests.e2e.audio import Sound, read_growing_wav
from tests.e2e.waiting import eventually

LOWEST_TONE_HZ = 1120
"""Above the highest note of the music on hold."""
TONE_STEP_HZ = 30
"""Three bins of the analysis apart: told from each other exactly, and there is room for ninety."""
STEADY_S = 1.5
"""So long somebody must hear exactly the right people before we believe it."""
ANSWER_LIMIT_S = 10.0


def tones_of(site: Site) -> dict[str, int]:
    """Everybody's own tone, by extension."""
    extensions = sorted(
        [agent.extension for agent in site.agents.values()]
        + [phone.extension for phone in site.phones.values()]
    )
    return {ext: LOWEST_TONE_HZ + TONE_STEP_HZ * n for n, ext in enumerate(extensions)}


CLOCK_TICK_S = 0.05
"""A phone asks for the time in whole seconds, from a clock that may lag ours by a few ms."""


class Person:
    """Somebody with a phone; `key` is their name in the site file."""

    def __init__(self, key: str, phone: Softphone, tone_hz: int, tones: Iterable[int]) -> None:
        self.key = key
        self.phone = phone
        self.tone_hz = tone_hz
        self._tones = tuple(tones)
        self._files_before: frozenset[Path] = frozenset()
        self.visits = 0
        """How often this person has called the house."""
        self._began_at = 0.0
        self._dialled_at = 0.0
        self._second = 0
        self._ended_at: float | None = None
        self._since_s = 0.0

    @property
    def extension(self) -> str:
        return self.phone.extension

    # --- what they do

    async def dials(self, number: str) -> None:
        """Returns when the other side has answered."""
        await self.starts_dialling(number)
        await self._connected()

    async def starts_dialling(self, number: str) -> None:
        await self._new_call()
        self.visits += not number.startswith("*")
        self._dialled_at = asyncio.get_running_loop().time()
        await self.phone.dial(number)

    async def presses(self, keys: str) -> None:
        self._since_s = self.sound.seconds
        await self.phone.press(keys)

    async def picks_up(self) -> None:
        await self.answers()
        await self._connected()

    async def answers(self) -> None:
        """Presses the key, whatever comes of it: a call that begins does so in this second or the
        next."""
        await self._new_call()
        await self.phone.answer()
        self._second = int(time.time()) + 1

    async def puts_on_hold(self) -> None:
        await self.phone.hold()

    async def takes_back(self) -> None:
        await self.phone.resume()

    async def hangs_up(self) -> None:
        await self.phone.hangup()
        await self.is_hung_up()

    # --- what they notice

    async def sees_messages(self, *, new: int, heard: int, within_s: float = 10.0) -> None:
        """The light of the phone: on with new messages, off without; and the phone's counts."""
        wanted = f"Messages-Waiting: {'yes' if new else 'no'}\r\nVoice-Message: {new}/{heard} "

        def shown() -> str:
            told = [one.detail for one in self.phone.events if one.kind == "MWI_NOTIFY"]
            return told[-1] if told else "nothing"

        await eventually(
            lambda: shown().startswith(wanted),
            within_s,
            lambda: f"{self.key} sees {wanted!r}, but {shown()!r}",
        )

    async def rings(self, within_s: float = 10.0) -> None:
        await self.phone.wait_event("CALL_INCOMING", timeout_s=within_s)

    async def is_hung_up(self, within_s: float = 10.0) -> None:
        """The call has ended, whoever ended it."""
        event = await self.phone.wait_event("CALL_CLOSED", timeout_s=within_s)
        self._ended_at = event.at

    async def hears_said(self, speech: Sound, within_s: float = 10.0) -> None:
        """This is said from the beginning, since the last key pressed."""
        await eventually(
            lambda: self.sound.part(self._since_s).place_of(speech) is not None,
            within_s,
            lambda: f"{self.key} hears what should be said\n{self._report(())}",
        )

    async def hears_unanswered(self, speech: Sound, within_s: float = 10.0) -> None:
        """This is said while the call is being set up: it is not answered, and costs nothing."""
        await eventually(
            lambda: any(file not in self._files_before for file in self.phone.heard),
            within_s,
            f"{self.key} receives sound before an answer",
        )
        await self.hears_said(speech, within_s)
        answered = [one for one in self.phone.events if one.kind == "CALL_ESTABLISHED"]
        assert not [one for one in answered if one.at >= self._dialled_at], f"{self.key} pays"

    async def comes_through(self) -> None:
        """Whoever was dialled has answered."""
        await self._connected()

    async def is_refused(self, within_s: float = 10.0) -> str:
        """The call ends without an answer; what the network says of the cause."""
        event = await self.phone.wait_event("CALL_CLOSED", timeout_s=within_s)
        self._ended_at = event.at
        return event.detail

    async def has_heard(self, seconds: float) -> None:
        """The call has brought so much sound."""
        await eventually(
            lambda: self.sound.seconds >= seconds,
            seconds + 5.0,
            lambda: f"{self.key} hears {seconds:g} s\n{self._report(())}",
        )

    @property
    def longest_silence_s(self) -> float:
        """Upper bound for the whole call, once it is over: what was received is the sound, so what
        is missing of the call's length was silence, too."""
        assert self._ended_at is not None, f"{self.key} is still talking"
        sound = self.sound
        missing_s = self._ended_at - self._began_at - sound.seconds
        return sound.longest_silence_s + max(0.0, missing_s)

    def describe(self, *others: "Person") -> str:
        """What was heard of these people, for the message of an assertion."""
        return f"{self.key}: {self._report(person.tone_hz for person in others)}"

    @property
    def sound(self) -> Sound:
        """Everything heard so far in the current (or last) call."""
        return read_growing_wav(self._file())

    async def hears_only(self, *others: "Person", within_s: float = 10.0) -> None:
        """Soon, and steadily, exactly these people are heard and nobody else in the house."""
        wanted = {person.tone_hz for person in others}

        def look() -> bool:
            last = self._last(STEADY_S)
            return (
                last is not None
                and all(last.holds(hz) for hz in wanted)
                and all(last.lacks(hz) for hz in self._tones if hz not in wanted)
            )

        def missing() -> str:
            names = ", ".join(person.key for person in others) or "nobody"
            return f"{self.key} hears only {names}\n{self._report(wanted)}"

        start = self.sound.seconds
        await eventually(lambda: self.sound.seconds >= start + STEADY_S, within_s, missing)
        await eventually(look, within_s, missing)

    async def hears_something(self, within_s: float = 5.0) -> None:
        """Half a second of any sound: music or speech."""
        await eventually(
            lambda: (last := self._last(0.5)) is not None and last.longest_silence_s == 0,
            within_s,
            lambda: f"{self.key} hears something\n{self._report(())}",
        )

    async def hears_tone(self, hz: int, within_s: float = 10.0) -> None:
        """For a second, this note, whoever plays it."""
        await eventually(
            lambda: (last := self._last(1.0)) is not None and last.holds(hz),
            within_s,
            lambda: f"{self.key} hears {hz} Hz\n{self._report((hz,))}",
        )

    def _last(self, seconds: float) -> Sound | None:
        sound = self.sound
        return sound.part(sound.seconds - seconds) if sound.seconds >= seconds else None

    def _report(self, wanted: Iterable[int]) -> str:
        sound = self.sound
        present = [hz for hz in self._tones if not sound.lacks(hz)] if sound.seconds > 1 else []
        return sound.report(sorted({*wanted, *present}))

    async def _new_call(self) -> None:
        """A phone names what it writes by the second, so each call needs a second of its own."""
        last = self._second
        next_s = last + 1 + CLOCK_TICK_S
        await eventually(lambda: time.time() > next_s, 3.0, "the next second")
        self._files_before = frozenset(self.phone.heard)
        self._ended_at = None
        self._since_s = 0.0

    def _file(self) -> Path:
        files = [file for file in self.phone.heard if file not in self._files_before]
        if len(files) != 1:
            raise AssertionError(f"{self.key} has {len(files)} recordings of this call: {files}")
        return files[0]

    async def _connected(self) -> None:
        event = await self.phone.wait_event(
            "CALL_ESTABLISHED", "CALL_CLOSED", timeout_s=ANSWER_LIMIT_S
        )
        assert event.kind == "CALL_ESTABLISHED", f"{self.key} was refused: {event.detail}"
        self._began_at = event.at
        self._second = int(time.time())
        await eventually(
            lambda: any(file not in self._files_before for file in self.phone.heard),
            2.0,
            f"{self.key} receives any sound",
        )


async def all_hear(*expectations: tuple[Person, Sequence[Person]]) -> None:
    """Each one hears exactly those, all at the same time."""
    await asyncio.gather(*(listener.hears_only(*heard) for listener, heard in expectations))
