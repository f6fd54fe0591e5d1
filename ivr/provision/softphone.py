"""A real SIP phone without a person: baresip, driven over its control connection.

For demonstrations and for tests: it dials, answers, presses keys, sends a tone of its own, and
keeps what it heard as WAV files.
"""

import asyncio
import contextlib
import json
from asyncio.subprocess import DEVNULL, STDOUT, Process
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ivr.model.errors import IvrError, UserError
from ivr.provision.netstring import NetstringReader, encode
from ivr.provision.packages import find_program
from ivr.provision.ports import Wanted, refuse_taken
from ivr.provision.tones import write_tone

HOST = "127.0.0.1"
"""Where the phone lives, and the Asterisk it registers with."""

PORTS = 10
"""How many ports a phone may take from its local port on."""
CONTROL_OFFSET = 5
RTP_OFFSETS = (2, 9)
"""UDP, a range of its own: baresip takes a port that another one has, and one hears nothing."""
EVENTS_MAX = 1000
TONE_S = 300
_START_TIMEOUT_S = 10.0
_ANSWER_TIMEOUT_S = 5.0
_STOP_TIMEOUT_S = 3.0
_POLL_S = 0.02

# No jitter buffer: when a talk begins within a packet or two of the music, the new source's packets
# look late to it, and it drops them for the rest of the call. On the loopback there is no jitter.
_CONFIG = """\
sip_listen {ip}:{port}
sip_trans_def udp
audio_source aufile,{tone}
audio_player aubridge,none
audio_alert aubridge,none
audio_srate 8000
audio_channels 1
audio_path {directory}/none
ring_aufile none
call_max_calls 4
call_local_timeout 3600
rtp_ports {rtp_first}-{rtp_last}
rtp_stats no
jitter_buffer_delay 0-0
statmode_default off
module_path {modules}
module g711.so
module aufile.so
module aubridge.so
module sndfile.so
module_app menu.so
module_app ctrl_tcp.so
{light}ctrl_tcp_listen {ip}:{control_port}
snd_path {directory}
"""


class SoftphoneError(IvrError):
    """The phone could not do it; the message says which phone and what."""


@dataclass(frozen=True)
class PhoneEvent:
    """One event of the phone, e.g. `REGISTER_OK`, `CALL_INCOMING`, `CALL_ESTABLISHED`."""

    kind: str
    peer: str = ""
    """The other party's SIP address."""
    detail: str = ""
    """Reason of a closed call, or the digit of `CALL_DTMF_START`."""
    at: float = 0.0
    """Time of the event loop."""


class Softphone:
    """One SIP account on a phone of its own. `directory` must be its alone.

    It sends `voice` (8 kHz mono WAV), else a tone of `tone_hz`, else digital silence.
    """

    def __init__(
        self,
        directory: Path,
        extension: str,
        password: str,
        server_port: int,
        local_port: int,
        *,
        tone_hz: int | None = None,
        voice: Path | None = None,
        tones_dir: Path | None = None,
        light: bool = False,
    ) -> None:
        """With a `light` it asks for its message-waiting light: each change is an `MWI_NOTIFY`."""
        self.directory = directory.resolve()
        self.extension = extension
        self._server = f"{HOST}:{server_port}"
        self.events: deque[PhoneEvent] = deque(maxlen=EVENTS_MAX)
        """Everything that happened, oldest first."""
        self._password = password
        self._port = local_port
        self._tone_hz = tone_hz
        self._voice = voice
        self._tones_dir = tones_dir or self.directory
        self._light = light
        self._process: Process | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._reader_task: asyncio.Task[None] | None = None
        self._changed = asyncio.Condition()
        self._count = 0
        self._seen = 0
        self._token = 0
        self._replies: dict[str, asyncio.Future[Mapping[str, Any]]] = {}

    async def __aenter__(self) -> "Softphone":
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def start(self) -> None:
        """Returns when the phone is registered."""
        self._refuse_taken_ports()
        self._write_config()
        log = (self.directory / "baresip.log").open("wb")
        with log:
            self._process = await asyncio.create_subprocess_exec(
                # A phone must not outlive whoever drives it.
                *["setpriv", "--pdeathsig", "KILL", "--"],
                *[find_program("baresip") or "baresip", "-4", "-n", HOST],
                *["-f", str(self.directory)],
                stdin=DEVNULL,
                stdout=log,
                stderr=STDOUT,
                start_new_session=True,
            )
        try:
            async with asyncio.timeout(_START_TIMEOUT_S):
                reader = await self._connect()
        except TimeoutError:
            await self.close()
            raise SoftphoneError(f"{self._me}: baresip did not start; {self._last_words()}") from (
                None
            )
        self._reader_task = asyncio.create_task(self._read(reader), name=f"phone-{self.extension}")
        await self._create_account()

    async def _create_account(self) -> None:
        await self.command(
            "uanew",
            f"<sip:{self.extension}@{self._server};transport=udp>;auth_pass={self._password}"
            ";regint=60;answermode=manual;audio_codecs=pcmu,pcma;dtmfmode=rtpevent",
        )
        event = await self.wait_event("REGISTER_OK", "REGISTER_FAIL", timeout_s=_START_TIMEOUT_S)
        if event.kind == "REGISTER_FAIL":
            await self.close()
            raise SoftphoneError(f"{self._me}: registration refused ({event.detail})")

    async def close(self) -> None:
        """Hangs up, unregisters and ends the phone; its WAV files are complete then."""
        if self._process is not None and self._process.returncode is None:
            if self._writer is not None:
                self._send("quit", "", "")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_STOP_TIMEOUT_S):
                    await self._process.wait()
        await self.kill()

    async def kill(self) -> None:
        """The phone vanishes without a word, as when its plug is pulled."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()
        if self._reader_task is not None:
            self._reader_task.cancel()
            await asyncio.gather(self._reader_task, return_exceptions=True)
            self._reader_task = None
        if self._writer is not None:
            self._writer.close()
            with contextlib.suppress(OSError):
                await self._writer.wait_closed()
            self._writer = None

    async def dial(self, number: str) -> None:
        """Starts a call; wait for `CALL_ESTABLISHED` or `CALL_CLOSED`."""
        await self.command("dial", f"sip:{number}@{self._server}")

    async def answer(self) -> None:
        await self.command("accept")

    async def hangup(self) -> None:
        """Ends the call, or refuses it (486) while it rings."""
        await self.command("hangup")

    async def press(self, keys: str, *, gap_s: float = 0.15) -> None:
        """Sends keys as RFC 4733 events, one after the other."""
        for key in keys:
            await self.command("sndcode", key)
            await asyncio.sleep(gap_s)

    async def hold(self) -> None:
        await self.command("hold")

    async def resume(self) -> None:
        await self.command("resume")

    async def command(self, name: str, params: str = "") -> str:
        """What baresip answers; SoftphoneError when it refuses or is silent."""
        self._token += 1
        token = str(self._token)
        reply: asyncio.Future[Mapping[str, Any]] = asyncio.get_running_loop().create_future()
        self._replies[token] = reply
        try:
            self._send(name, params, token)
            async with asyncio.timeout(_ANSWER_TIMEOUT_S):
                answer = await reply
        except TimeoutError:
            raise SoftphoneError(f"{self._me}: no answer to {name}; {self._last_words()}") from None
        finally:
            del self._replies[token]
        if not answer.get("ok"):
            raise SoftphoneError(f"{self._me}: {name} refused: {answer.get('data')}")
        return str(answer.get("data", ""))

    async def wait_event(self, *kinds: str, timeout_s: float = 10.0) -> PhoneEvent:
        """The next event of these kinds that no earlier call has returned or skipped over."""
        try:
            async with asyncio.timeout(timeout_s):
                return await self.next_event(*kinds)
        except TimeoutError:
            raise SoftphoneError(
                f"{self._me}: no {' or '.join(kinds)} in {timeout_s:g} s; "
                f"saw {[event.kind for event in self.events][-10:]}"
            ) from None

    async def next_event(self, *kinds: str) -> PhoneEvent:
        """As `wait_event`, for as long as it takes."""
        async with self._changed:
            while True:
                while self._seen < self._count:
                    event = self._event(self._seen)
                    self._seen += 1
                    if event.kind in kinds:
                        return event
                await self._changed.wait()

    @property
    def heard(self) -> list[Path]:
        """What this phone received: one WAV per call, oldest first."""
        return sorted(self.directory.glob("dump-*-dec.wav"), key=_modified)

    @property
    def _me(self) -> str:
        return f"phone {self.extension}"

    def _refuse_taken_ports(self) -> None:
        """Somebody else's phone would obey our commands, and ours would not exist."""
        try:
            refuse_taken(
                Wanted(HOST, self._port + offset, udp=udp, option="local_port")
                for offset, udp in ((0, True), (0, False), (1, False), (CONTROL_OFFSET, False))
            )
        except UserError as error:
            raise SoftphoneError(f"{self._me}: {error}") from error

    def _event(self, number: int) -> PhoneEvent:
        return self.events[max(0, len(self.events) - (self._count - number))]

    def _write_config(self) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)
        name = "silence" if self._tone_hz is None else f"tone-{self._tone_hz}"
        tone = self._voice or write_tone(self._tones_dir / f"{name}.wav", self._tone_hz, TONE_S)
        config = _CONFIG.format(
            ip=HOST,
            port=self._port,
            control_port=self._port + CONTROL_OFFSET,
            rtp_first=self._port + RTP_OFFSETS[0],
            rtp_last=self._port + RTP_OFFSETS[1],
            tone=tone,
            directory=self.directory,
            modules=_modules_dir(),
            light="module_app mwi.so\n" if self._light else "",
        )
        (self.directory / "config").write_text(config, encoding="utf-8")

    async def _connect(self) -> asyncio.StreamReader:
        while True:
            if self._process is not None and self._process.returncode is not None:
                raise SoftphoneError(f"{self._me}: baresip ended; {self._last_words()}")
            try:
                reader, self._writer = await asyncio.open_connection(
                    HOST, self._port + CONTROL_OFFSET
                )
            except OSError:
                await asyncio.sleep(_POLL_S)
            else:
                return reader

    def _send(self, command: str, params: str, token: str) -> None:
        if self._writer is None:
            raise SoftphoneError(f"{self._me}: is not running")
        message = {"command": command, "params": params, "token": token}
        self._writer.write(encode(json.dumps(message).encode()))

    async def _read(self, reader: asyncio.StreamReader) -> None:
        frames = NetstringReader()
        while data := await reader.read(65536):
            for frame in frames.feed(data):
                await self._take(json.loads(frame.decode("utf-8", errors="replace"), strict=False))

    async def _take(self, message: Mapping[str, Any]) -> None:
        if message.get("response"):
            reply = self._replies.get(str(message.get("token", "")))
            if reply is not None and not reply.done():
                reply.set_result(message)
            return
        event = PhoneEvent(
            kind=str(message.get("type", "")),
            peer=str(message.get("peeruri", "")),
            detail=str(message.get("param", "")),
            at=asyncio.get_running_loop().time(),
        )
        async with self._changed:
            self.events.append(event)
            self._count += 1
            self._changed.notify_all()

    def _last_words(self) -> str:
        log = self.directory / "baresip.log"
        lines = log.read_text(errors="replace").splitlines() if log.exists() else []
        return " / ".join(lines[-3:])


def _modified(file: Path) -> tuple[float, str]:
    return (file.stat().st_mtime, file.name)


def _modules_dir() -> Path:
    """Debian keeps baresip's modules in one of these."""
    for directory in (Path("/usr/lib/baresip/modules"), Path("/usr/local/lib/baresip/modules")):
        if directory.is_dir():
            return directory
    raise SoftphoneError("baresip is not installed; run `make setup`, or install baresip-core")
