"""One caller's channel, driven over its FastAGI session: the Line port on Asterisk."""

import asyncio
import itertools
import re
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import structlog

from ivr.asterisk.agi import AgiReply, AgiSession
from ivr.asterisk.keys import ANY_KEY, END_KEY, KEYS_MAX, WAKE_UP_KEY, PressedKeys
from ivr.asterisk.memo import read_memo, write_memo
from ivr.model.errors import CallerGoneError, TelephonyError
from ivr.ports import Audio, DialResult, DialTarget, Memo, Message
from ivr.service.admission import Farewell
from ivr.service.handovers import NOWHERE
from ivr.service.message_files import file_of, kept_seconds

DIAL_OUTCOMES = {
    "ANSWER": "answered",
    "NOANSWER": "no_answer",
    "BUSY": "busy",
    "CANCEL": "no_answer",
    "CONGESTION": "unreachable",
    "CHANUNAVAIL": "unreachable",
}
"""Asterisk's DIALSTATUS in our words."""

ENDED_BY_KEY = "dtmf"
"""So Asterisk says of a recording; else of a silence, the limit, a hang-up."""

ASK_MARGIN_S = 5.0
"""What a command that waits for keys may take longer than the caller."""

BUSY, CONGESTION = "17", "42"
"""Causes of Q.850; Asterisk makes SIP's 486 and 503 of them."""

TALK_MARGIN_S = 24 * 3600.0
"""No conversation lasts longer; a command that waits for its end gives up then."""

UNANSWERED_S = 0.15
"""A key that is reported but answers no command after so long was pressed before the command began.
Longer than Asterisk or a busy server takes for the answer, shorter than anybody wonders."""

CUT_AGAIN_S = 0.1
"""An order to stop that came before the playback began was lost: so often it is repeated."""

CUT_TRIES = 20

SETTLED_S = "0.1"
"""A recording begun sooner after another one takes over what that one knew of the other side's
packets: of a new agent, whose packets are numbered anew, it may then hold nothing."""

LANGUAGE = "CHANNEL(language)"
"""Which of its sound packages Asterisk plays from."""

NOBODY = frozenset({"unknown", "anonymous", "restricted", "unavailable"})
"""What stands for a name or number that is withheld: nobody is known again by it."""

FRESH = {"IVR_VARIABLES": "{}", "IVR_FRAMES": "[]", "IVR_TRIES": "0"}
"""What a call of which nothing was kept yet has, as good as: every variable set costs a message."""

_CODE = re.compile(r"[1-9][0-9]{0,2}", re.ASCII)
_NO_KEY = re.compile(rf"[^{re.escape(ANY_KEY)}]")
_SECONDS_DIGITS = 10

log = structlog.get_logger(__name__)


class SoundPaths(Protocol):
    def path(self, audio: Audio) -> str:
        """What Asterisk plays: an absolute path or one of its own names, without suffix."""


class Interrupter(Protocol):
    """What ends a command from outside; both raise TelephonyError."""

    async def stop_playback(self, channel: str) -> None:
        """End the file being played to this channel."""

    async def press_wake_up(self, channel: str) -> None:
        """Press, for the channel, the key that no telephone has."""

    async def press_end(self, channel: str) -> None:
        """Press, for the channel, the key that ends a number."""


class LiveCall:
    """The caller's channel. Commands run one at a time; keys come by AMI, too."""

    def __init__(
        self,
        session: AgiSession,
        call: str,
        dialled: str,
        sounds: SoundPaths,
        voicemail: Path,
        interrupter: Interrupter,
    ) -> None:
        self._session = session
        self._sounds = sounds
        self._voicemail = voicemail
        self._interrupter = interrupter
        self._keys = PressedKeys()
        self._key_wanted: asyncio.Future[None] | None = None
        self._stop: Callable[[str], Awaitable[None]] | None = None
        """What ends the command under way, if it plays or asks."""
        self._ends: tuple[int, str] | None = None
        """How many keys, or which ones, end the command under way."""
        self._unanswered: asyncio.TimerHandle | None = None
        self._ending: asyncio.Task[None] | None = None
        """Ends a command that a key pressed before it has answered already."""
        self._answered = False
        self._recorded = False
        self._kept = {**FRESH, LANGUAGE: session.env.get("language", "")}
        """What the channel's variables hold, as far as known."""
        self.id = call
        self.dialled = dialled
        self.address = ""
        self.channel = session.env["uniqueid"]
        self.caller = _known(session.env.get("callerid", ""))
        self.caller_name = _known(session.env.get("calleridname", ""))

    # --- what nodes use

    async def answer(self) -> None:
        if not self._answered:
            await self._checked(await self._session.command("ANSWER"))
            self._answered = True

    async def speak(self, language: str) -> None:
        await self._keep(LANGUAGE, language)

    async def play(self, audio: Sequence[Audio], *, keys: str = "") -> str:
        await self.answer()
        try:
            for item in audio:
                if keys and (key := self._keys.typed(keys)):
                    return key
                await self._stream(self._sounds.path(item), keys)
        finally:
            if not keys:
                self._keys.ignore()
        return self._keys.typed(keys) if keys else ""

    async def wait_key(self, timeout_s: float) -> str:
        until = time.monotonic() + timeout_s
        while not (key := self._keys.typed()) and (left_s := until - time.monotonic()) > 0:
            command = ("WAIT FOR DIGIT", str(round(left_s * 1000)))
            stop = self._interrupter.press_wake_up
            reply = await self._ask(stop, 1, ANY_KEY, command, left_s)
            if self._take(reply) != WAKE_UP_KEY:
                return self._keys.typed()
        return key

    async def wait_keys(self, count: int, timeout_s: float) -> str:
        typed = self._keys.typed_until(END_KEY, count)
        left = count - len(typed)
        if left and not typed.endswith(END_KEY):
            command = ("GET DATA", "", str(round(timeout_s * 1000)), str(left))
            reply = await self._ask(self._press_end, left, END_KEY, command, left * timeout_s)
            self._take_all(reply, left)
            typed += self._keys.typed_until(END_KEY, left)
        return typed.removesuffix(END_KEY)

    async def pass_over_keys(self, pause_s: float) -> None:
        await self.wait_keys(KEYS_MAX, pause_s)
        self._keys.ignore()

    async def record_message(
        self, mailbox: str, *, seconds_max: float, silence_s: float, finish_keys: str
    ) -> Message:
        await self.answer()
        try:
            directory = (self._voicemail / mailbox).resolve()
            directory.mkdir(parents=True, exist_ok=True)
            file = _unused(directory, self.id)
        except OSError as error:
            raise TelephonyError(f"no message can be kept: {error}") from error
        hung_up = False
        try:
            reply = await self._session.command(
                "RECORD FILE",
                str(file),
                "wav",
                finish_keys,
                str(round(seconds_max * 1000)),
                "BEEP",
                f"s={round(silence_s)}",
                timeout_s=seconds_max + 30,
            )
            await self._checked(reply)
            if reply.data == ENDED_BY_KEY:  # otherwise the result is a time
                self._take(reply)
            self._keys.ignore()
        except CallerGoneError:
            # Hanging up is how most people end a message: what was said counts.
            hung_up = True
        try:
            seconds = await asyncio.to_thread(kept_seconds, file.with_suffix(".wav"))
        except OSError as error:
            raise TelephonyError(f"no message was kept: {error}") from error
        return Message(file_of(mailbox, file.name), seconds, hung_up)

    async def dial(self, target: DialTarget, *, ring_timeout_s: float) -> DialResult:
        await self.answer()
        await self._execute("Dial", f"{_resource(target)},{round(ring_timeout_s)},g")
        self._keys.ignore()
        outcome = DIAL_OUTCOMES.get(await self._variable("DIALSTATUS"), "unreachable")
        return DialResult(outcome, _seconds(await self._variable("ANSWEREDTIME")))

    async def hangup(self) -> None:
        """Asterisk leaves the dialplan, too: nobody asks for this call again."""
        if not self._session.gone:
            await self._session.command("HANGUP")

    async def turn_away(self, farewell: Farewell) -> None:
        """The dialplan says goodbye, once this session is over."""
        target = farewell.overflow
        await self._set("IVR_SAY", self._sounds.path(farewell.prompt))
        await self._set("IVR_CAUSE", BUSY if farewell.busy else CONGESTION)
        if farewell.answered:
            await self._set("IVR_ANSWER", "1")
        if target is not None:
            await self._set("IVR_OVERFLOW", _resource(target))
        await self._set("IVR_STATE", "full")

    # --- what sessions and queues use

    async def recall(self, state: str) -> Memo | None:
        """The memo a former server left with this call; `state` is what the dialplan says of it.

        The dialplan knows better when a phone has taken the caller out of a talk.
        """
        for name in FRESH:
            self._kept.pop(name, None)
        memo = read_memo(
            await self._variable("IVR_MEMO"),
            await self._variable("IVR_VARIABLES"),
            await self._variable("IVR_FRAMES"),
        )
        if memo is not None and memo.state == "talking" and state == "transferring":
            return replace(memo, state=state, to=NOWHERE, joined_at=0.0)
        return memo

    async def remember(self, memo: Memo) -> None:
        facts, variables, frames = write_memo(memo)
        await self._keep("IVR_FRAMES", frames)
        await self._keep("IVR_VARIABLES", variables)
        await self._keep("IVR_MEMO", facts)
        await self._keep("IVR_STATE", memo.state)
        await self._keep("IVR_TRIES", "0")

    async def start_music(self, music: str) -> None:
        await self.answer()
        await self._session.command("SET MUSIC", "ON", music)

    async def stop_music(self) -> None:
        await self._session.command("SET MUSIC", "OFF")
        self._keys.ignore()

    async def next_key(self) -> str:
        while not (key := self._keys.first()):
            self._key_wanted = asyncio.get_running_loop().create_future()
            await self._key_wanted
        return key

    def forget_keys(self) -> None:
        self._keys.forget()

    def key_pressed(self, key: str) -> None:
        """Asterisk reports a key on this channel."""
        is_key = len(key) == 1 and key in ANY_KEY
        if not is_key or not self._keys.reported(key, time.monotonic()):
            return
        if self._key_wanted is not None and not self._key_wanted.done():
            self._key_wanted.set_result(None)
        if self._ends and self._unanswered is None and self._keys.are_enough(*self._ends):
            loop = asyncio.get_running_loop()
            self._unanswered = loop.call_later(UNANSWERED_S, self._end_answered)

    async def cut(self) -> None:
        for _ in range(CUT_TRIES):
            if await self._session.quiet(0 if self._stop else CUT_AGAIN_S):
                break
            if self._stop is not None:
                await self._stop_once(self._stop)
        self._stop = None

    async def wait_gone(self) -> None:
        await self._session.wait_gone()

    async def join(self, leg: str) -> None:
        await self._execute("Bridge", leg)
        self._keys.ignore()

    async def join_others(self, leg: str) -> None:
        await self._execute("BridgeAdd", leg)
        self._keys.ignore()

    async def joined(self) -> bool:
        return await self._variable("BRIDGERESULT") == "SUCCESS"

    async def start_recording(self, file: str) -> None:
        if self._recorded:
            await self._execute("Wait", SETTLED_S)
        self._recorded = True
        await self._execute("MixMonitor", f"{file},D")

    async def stop_recording(self) -> None:
        await self._execute("StopMixMonitor")

    async def play_message(self, file: str, *, keys: str) -> str:
        await self.answer()
        place = (self._voicemail / file).resolve().with_suffix("")
        await self._stream(str(place), keys)
        return self._keys.typed(keys)

    async def listen(self, leg: str) -> None:
        await self.answer()
        await self._execute("ChanSpy", f"{leg},uqdES")
        self._keys.ignore()

    # --- how

    async def _stream(self, file: str, keys: str) -> None:
        command = ("STREAM FILE", file, keys)
        # So many keys never come: only those of `keys` end it, and none where there are none.
        self._take(await self._ask(self._interrupter.stop_playback, KEYS_MAX + 1, keys, command))

    async def _ask(
        self,
        stop: Callable[[str], Awaitable[None]],
        count: int,
        keys: str,
        command: Sequence[str],
        lasts_s: float | None = None,
    ) -> AgiReply:
        """What a command answers that so many keys end, or one of `keys`, or `stop`."""
        self._stop, self._ends = stop, (count, keys)
        timeout_s = None if lasts_s is None else lasts_s + ASK_MARGIN_S
        try:
            reply = await self._session.command(*command, timeout_s=timeout_s)
            self._stop = None
        finally:
            self._ends = None
            self._leave_be()
        return await self._checked(reply)

    def _take(self, reply: AgiReply) -> str:
        """The key in the reply, which is a pressed one unless it woke us up."""
        key = _key(reply)
        if key and key != WAKE_UP_KEY:
            self._keys.answered(key, time.monotonic())
        return key

    def _take_all(self, reply: AgiReply, count: int) -> None:
        """The keys in the reply. Asterisk tells of the one that ends them by not telling of a
        pause."""
        keys = _keys(reply)
        if len(keys) < count and reply.data != "timeout":
            keys += END_KEY
        self._keys.answered(keys, time.monotonic())

    async def _press_end(self, channel: str) -> None:
        self._keys.pressed_by_us(END_KEY, time.monotonic())
        await self._interrupter.press_end(channel)

    def _end_answered(self) -> None:
        self._ending = asyncio.create_task(self._end_command(), name=f"keys {self.channel}")

    async def _end_command(self) -> None:
        """Several times, as an order that comes before the command begins is lost."""
        for _ in range(CUT_TRIES):
            if self._stop is None or await self._session.quiet(0):
                break
            await self._stop_once(self._stop)

    def _leave_be(self) -> None:
        if self._unanswered is not None:
            self._unanswered.cancel()
            self._unanswered = None
        if self._ending is not None:
            self._ending.cancel()
            self._ending = None

    async def _stop_once(self, stop: Callable[[str], Awaitable[None]]) -> None:
        """One order to stop, and time for it to be carried out."""
        try:
            await stop(self._session.env["channel"])
        except TelephonyError as error:  # then it plays to its end, and the next order waits
            log.warning("playback not cut", channel=self.channel, error=str(error))
        await self._session.quiet(CUT_AGAIN_S)

    async def _execute(self, application: str, argument: str = "") -> None:
        await self._session.command("EXEC", application, argument, timeout_s=TALK_MARGIN_S)

    async def _set(self, name: str, value: str) -> None:
        await self._session.command("SET VARIABLE", name, value)

    async def _keep(self, name: str, value: str) -> None:
        """Sets what is not so already: the channel's memo changes at every node."""
        if self._kept.get(name) != value:
            await self._set(name, value)
            self._kept[name] = value

    async def _variable(self, name: str) -> str:
        reply = await self._session.command("GET VARIABLE", name)
        return reply.data if reply.result == "1" else ""

    async def _checked(self, reply: AgiReply) -> AgiReply:
        """-1 means hang-up or failure; the next command tells which."""
        if reply.result == "-1":
            await self._session.command("NOOP")
            raise TelephonyError(f"Asterisk could not do what was asked on {self.channel}")
        return reply


def _key(reply: AgiReply) -> str:
    """A result is the key's ASCII code, 0 for none; TelephonyError for any other answer."""
    if reply.result in ("", "0"):
        return ""
    if not _CODE.fullmatch(reply.result):
        raise TelephonyError(f"Asterisk answers {reply.result[:20]!r} when asked for a key")
    return chr(int(reply.result))


def _keys(reply: AgiReply) -> str:
    """A result is the keys themselves; TelephonyError for any other answer.

    A key to wake up that came too late is none; and the answer is quoted nowhere: it may be secret.
    """
    keys = reply.result.replace(WAKE_UP_KEY, "")
    if _NO_KEY.search(keys):
        raise TelephonyError("Asterisk answers something else when asked for keys")
    return keys


def _seconds(text: str) -> float:
    """A time as Asterisk tells it, in whole seconds; nothing else counts."""
    return float(text) if text.isdecimal() and len(text) < _SECONDS_DIGITS else 0.0


def _unused(directory: Path, call: str) -> Path:
    """Without suffix; a call may leave several messages, and none replaces another."""
    files = (directory / name for name in itertools.chain((call,), _numbered(call)))
    return next(file for file in files if not file.with_suffix(".wav").exists())


def _numbered(call: str) -> Iterator[str]:
    return (f"{call}-{number}" for number in itertools.count(2))


def _resource(target: DialTarget) -> str:
    return f"PJSIP/{target.extension}" if target.extension else f"PJSIP/{target.number}@trunk"


def _known(text: str) -> str:
    return "" if text.casefold() in NOBODY else text
