"""Sounds for simulated people: a pure tone each, so that it can be told who hears whom."""

import math
import wave
from array import array
from pathlib import Path

RATE_HZ = 8000
_LEVEL = 8000


def write_tone(file: Path, hz: int | None, seconds: int) -> Path:
    """8 kHz mono WAV with a steady tone of whole `hz`, or digital silence for None."""
    if file.exists():
        return file
    if hz is None:
        second = array("h", bytes(2 * RATE_HZ))
    else:
        step = math.tau * hz / RATE_HZ
        second = array("h", (int(_LEVEL * math.sin(step * i)) for i in range(RATE_HZ)))
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(f".{file.name}.new")
    with wave.open(str(fresh), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE_HZ)
        out.writeframes(second.tobytes() * seconds)
    fresh.replace(file)
    return file
