"""Music on hold of our own: no licence to ask for, and never a second of near silence."""

import math
import wave
from array import array
from pathlib import Path

RATE_HZ = 8000
_BAR_S = 3.2
_ARPEGGIO_NOTES = 8
_BARS: tuple[tuple[tuple[float, ...], tuple[float, ...]], ...] = (
    ((130.8, 196.0, 329.6), (523.3, 659.3, 784.0, 659.3)),
    ((110.0, 164.8, 261.6), (523.3, 659.3, 987.8, 659.3)),
    ((87.3, 174.6, 261.6), (523.3, 698.5, 1046.5, 698.5)),
    ((98.0, 196.0, 293.7), (493.9, 587.3, 784.0, 587.3)),
    ((130.8, 196.0, 329.6), (659.3, 784.0, 1046.5, 784.0)),
    ((82.4, 164.8, 246.9), (493.9, 659.3, 784.0, 659.3)),
    ((87.3, 174.6, 261.6), (523.3, 698.5, 784.0, 698.5)),
    ((98.0, 196.0, 246.9), (587.3, 784.0, 987.8, 784.0)),
)
"""Sustained chord and broken chord of each bar, in Hz: C, Am, F, G, C, Em, F, G."""
_PAD_LEVEL = 2200.0
_NOTE_LEVEL = 4200.0
_NOTE_DECAY_S = 0.35


def write_music(directory: Path) -> Path:
    """Makes `directory/default/ivr-hold.wav` once (8 kHz mono, a loop of about 26 s)."""
    file = directory / "default" / "ivr-hold.wav"
    if file.exists():
        return file
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_suffix(".new")
    with wave.open(str(fresh), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE_HZ)
        for chord, notes in _BARS:
            out.writeframes(_bar(chord, notes))
    fresh.replace(file)
    return file


def _bar(chord: tuple[float, ...], notes: tuple[float, ...]) -> bytes:
    """One bar: a chord that swells and ebbs but never fades out, under plucked notes."""
    count = int(_BAR_S * RATE_HZ)
    note_count = count // _ARPEGGIO_NOTES
    samples = array("h", bytes(2 * count))
    for index in range(count):
        t = index / RATE_HZ
        swell = 0.6 + 0.4 * math.sin(math.pi * index / count)
        pad = sum(math.sin(math.tau * hz * t) for hz in chord) / len(chord)
        number, since = divmod(index, note_count)
        since_s = since / RATE_HZ
        pluck = math.exp(-since_s / _NOTE_DECAY_S) * min(1.0, since_s / 0.005)
        note = math.sin(math.tau * notes[number % len(notes)] * since_s)
        edge = min(1.0, index / 80, (count - index) / 80)
        samples[index] = int(edge * (_PAD_LEVEL * 2 * swell * pad + _NOTE_LEVEL * pluck * note))
    return samples.tobytes()
