"""What phones do all the time: a packet of audio every 20 ms, from everybody who is in a call."""

import asyncio
import math
import socket
import struct
import wave
from collections.abc import Callable, Iterable
from pathlib import Path

from benchmarks.sip import Address

PACKET_S = 0.02
RATE_HZ = 8000
_SAMPLES = 160
_SILENCE = b"\xff" * _SAMPLES


class Audio:
    """Sends silence for every call under way; what arrives is left to the kernel to drop."""

    def __init__(self, receivers: Callable[[], Iterable[Address]]) -> None:
        self._receivers = receivers
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.bind(("127.0.0.1", 0))
        self._task: asyncio.Task[None] | None = None
        self.port: int = self._socket.getsockname()[1]

    def start(self) -> None:
        self._task = asyncio.create_task(self._send(), name="audio of all phones")

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._socket.close()

    async def _send(self) -> None:
        loop = asyncio.get_running_loop()
        number, due = 0, loop.time()
        while True:
            header = struct.pack("!BBHII", 0x80, 0, number % 65536, number * _SAMPLES % 2**32, 1)
            for receiver in self._receivers():
                self._socket.sendto(header + _SILENCE, receiver)
            number += 1
            due = max(due + PACKET_S, loop.time())
            await asyncio.sleep(due - loop.time())


def write_tone(file: Path, seconds: float, hz: float = 440.0) -> None:
    """A sound file as a telephone has it: WAV, 8 kHz, mono, 16 bit."""
    samples = (
        round(8000 * math.sin(2 * math.pi * hz * n / RATE_HZ))
        for n in range(round(seconds * RATE_HZ))
    )
    with wave.open(str(file), "wb") as opened:
        opened.setnchannels(1)
        opened.setsampwidth(2)
        opened.setframerate(RATE_HZ)
        opened.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))
