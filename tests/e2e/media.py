"""The audio of a call that no telephone makes: keys, a voice, and whether anything is heard."""

import asyncio
import struct
from collections.abc import Callable

PACKET_S = 0.02
_SAMPLES = 160
_KEYS = "0123456789*#"
_KEY_S = 0.1
"""How long a key is held."""
_GAP_S = 0.06
_ULAW, _EVENT = 0, 101
_MARKER = 0x80
_END, _VOLUME = 0x80, 10
_LOUD = 0x30
"""Seven bits of a byte of G.711 above which it is no silence."""
_LOUDNESS = bytes(0x7F - (byte & 0x7F) for byte in range(256))
_VOICE = bytes((0x80 if n % 8 < 4 else 0x00) | 0x10 for n in range(_SAMPLES))
"""A loud square wave of 1 kHz."""
_SILENCE = b"\xff" * _SAMPLES


class Media(asyncio.DatagramProtocol):
    """RTP of one call (RFC 3550, RFC 4733). It sends nothing but what it is told to."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._transport: asyncio.DatagramTransport | None = None
        self._peer = ("", 0)
        self._sequence = 0
        self._timestamp = 0
        self._closed = asyncio.Event()
        self.loud_at = 0.0
        """When something was heard last, by the clock given."""

    @classmethod
    async def open(cls, address: str) -> "Media":
        loop = asyncio.get_running_loop()
        _, media = await loop.create_datagram_endpoint(
            lambda: cls(loop.time), local_addr=(address, 0)
        )
        return media

    async def close(self) -> None:
        if self._transport is not None:
            self._transport.close()
            await self._closed.wait()

    @property
    def port(self) -> int:
        assert self._transport is not None
        return int(self._transport.get_extra_info("sockname")[1])

    def send_to(self, host: str, port: int) -> None:
        """Where the other side wants its audio."""
        self._peer = host, port

    async def heard(self, since: float, within_s: float) -> bool:
        """Whether something is heard after that moment, as soon as it is."""
        return await self._until(lambda: self.loud_at > since, within_s)

    async def quiet(self, seconds: float, within_s: float) -> bool:
        """Whether nothing is heard for so long, as soon as it was not."""
        return await self._until(lambda: self._now() - self.loud_at >= seconds, within_s)

    async def press(self, keys: str) -> None:
        """One after the other, as fast as a quick hand."""
        for key in keys:
            await self._press(_KEYS.index(key))
            await asyncio.sleep(_GAP_S)

    async def talk(self, seconds: float) -> None:
        await self._send_for(seconds, _VOICE)

    async def keep_silent(self, seconds: float) -> None:
        """As telephones do: packets of silence."""
        await self._send_for(seconds, _SILENCE)

    # --- the wire

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        self._transport = transport

    def connection_lost(self, _error: Exception | None) -> None:
        self._closed.set()

    def datagram_received(self, data: bytes, _addr: tuple[str, int]) -> None:
        audio = data[12:]
        if data[1] & 0x7F == _ULAW and audio and max(audio.translate(_LOUDNESS)) > _LOUD:
            self.loud_at = self._now()

    async def _press(self, event: int) -> None:
        """One event: its packets have one time stamp, the last one is sent three times."""
        steps = round(_KEY_S / PACKET_S)
        for step in range(1, steps + 1):
            last = step == steps
            flags = (_END if last else 0) | _VOLUME
            payload = struct.pack("!BBH", event, flags, step * _SAMPLES)
            for _ in range(3 if last else 1):
                self._send(_EVENT | (_MARKER if step == 1 else 0), payload)
            await asyncio.sleep(PACKET_S)
        self._timestamp += (steps + 1) * _SAMPLES

    async def _send_for(self, seconds: float, audio: bytes) -> None:
        """Paced by the clock: what a late turn missed is sent at once."""
        began, sent = self._now(), 0
        while sent < round(seconds / PACKET_S):
            self._send(_ULAW, audio)
            self._timestamp += _SAMPLES
            sent += 1
            await asyncio.sleep(max(0.0, began + sent * PACKET_S - self._now()))

    def _send(self, kind: int, payload: bytes) -> None:
        assert self._transport is not None
        head = struct.pack("!BBHII", 0x80, kind, self._sequence & 0xFFFF, self._timestamp, 7)
        self._sequence += 1
        self._transport.sendto(head + payload, self._peer)

    async def _until(self, look: Callable[[], bool], within_s: float) -> bool:
        deadline = self._now() + within_s
        while not look():
            if self._now() > deadline:
                return False
            await asyncio.sleep(PACKET_S)
        return True
