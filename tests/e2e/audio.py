"""What a recording holds: which tones, when, how loud, and how long it was silent.

Every party sends a steady tone of its own, so the spectrum of what somebody heard tells whom they
heard. Times are seconds from the start of the sound, levels are dB below full scale of a sine.
"""

import wave
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

RATE_HZ = 8000
WINDOW_S = 0.1
"""One reading per window; tones of whole multiples of 10 Hz fall right onto its bins."""
HEARD_DB = -30.0
"""A party's tone is sent at -12 dB; whoever receives it well above this hears that party."""
UNHEARD_DB = -40.0
"""Below this a tone is not there: distortion of the others' tones by the codec lies lower."""
SILENCE_DB = -50.0
CLICK_S = 0.2
"""A shorter stretch is the click of a path being switched, which holds every frequency."""
WORD_S = 0.4
STEADY = 0.9
"""Share of windows in which a tone must be heard to count as present throughout."""
PATTERN_S = 1.0
"""So much of a speech tells it from any other."""
ALIKE = 0.7
"""A speech is like itself behind the telephone's codec to 0.99, like any other to below 0.3."""
_HEADER_BYTES = 44
_WINDOW = int(RATE_HZ * WINDOW_S)
_HANN = np.hanning(_WINDOW + 1)[:-1]

Samples = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Sound:
    """One channel of 8 kHz sound, samples in -1..1."""

    samples: Samples

    @property
    def seconds(self) -> float:
        return len(self.samples) / RATE_HZ

    def part(self, from_s: float = 0.0, to_s: float | None = None) -> "Sound":
        end = None if to_s is None else round(to_s * RATE_HZ)
        return Sound(self.samples[round(from_s * RATE_HZ) : end])

    def levels(self, hz: int) -> Samples:
        """The tone's level in every window, in dB."""
        windows = self._windows() * _HANN
        wave_of = np.exp(-2j * np.pi * hz * np.arange(_WINDOW) / RATE_HZ)
        amplitudes = 2 * np.abs(windows @ wave_of) / _HANN.sum()
        return _decibels(amplitudes)

    def timeline(self, tones: Iterable[int]) -> Mapping[int, Samples]:
        """Every tone's levels, window by window."""
        return {hz: self.levels(hz) for hz in tones}

    def holds(self, hz: int) -> bool:
        """The tone is heard throughout."""
        self._refuse_nothing()
        return float(np.mean(self.levels(hz) >= HEARD_DB)) >= STEADY

    def lacks(self, hz: int) -> bool:
        """The tone is nowhere to be heard. Neither this nor `holds` is true for half and half."""
        self._refuse_nothing()
        return longest_run(self.levels(hz) > UNHEARD_DB) * WINDOW_S < CLICK_S

    def catches(self, hz: int) -> bool:
        """Somewhere the tone is heard as steadily as no speech sounds; for sound with speech in it,
        whose vowels touch every frequency for a moment."""
        return longest_run(self.levels(hz) >= HEARD_DB) * WINDOW_S >= WORD_S

    def first_heard_s(self, hz: int) -> float | None:
        """Where the tone begins, to a window's accuracy; None when it never does."""
        heard = np.flatnonzero(self.levels(hz) >= HEARD_DB)
        return float(heard[0]) * WINDOW_S if len(heard) else None

    def last_heard_s(self, hz: int) -> float | None:
        """Where the tone ends, to a window's accuracy; None when it never begins."""
        heard = np.flatnonzero(self.levels(hz) >= HEARD_DB)
        return float(heard[-1] + 1) * WINDOW_S if len(heard) else None

    def place_of(self, speech: "Sound") -> float | None:
        """Where the beginning of `speech` is heard, in seconds; None when it is not."""
        pattern = speech.samples[: int(RATE_HZ * PATTERN_S)]
        count = len(self.samples) - len(pattern) + 1
        if count <= 0:
            return None
        size = len(self.samples) + len(pattern)
        product = np.fft.rfft(self.samples, size) * np.conj(np.fft.rfft(pattern, size))
        likeness = np.fft.irfft(product, size)[:count]
        energy = np.concatenate(([0.0], np.cumsum(self.samples**2)))
        local = np.sqrt(np.maximum(energy[len(pattern) :] - energy[: -len(pattern)], 1e-6))
        score = likeness / (local[:count] * max(np.linalg.norm(pattern), 1e-6))
        best = int(np.argmax(score))
        return best / RATE_HZ if score[best] >= ALIKE else None

    @property
    def longest_silence_s(self) -> float:
        """The longest stretch of windows without any sound."""
        loudness = _decibels(np.sqrt(2 * np.mean(self._windows() ** 2, axis=1)))
        return longest_run(loudness < SILENCE_DB) * WINDOW_S

    def report(self, tones: Iterable[int]) -> str:
        """One line per tone, for the message of a failed assertion."""
        lines = [f"{self.seconds:.1f} s of sound, longest silence {self.longest_silence_s:.1f} s"]
        for hz, levels in self.timeline(tones).items():
            heard = "".join(
                "#" if db >= HEARD_DB else "+" if db > UNHEARD_DB else "." for db in levels
            )
            lines.append(f"  {hz:5d} Hz |{heard}|")
        return "\n".join(lines)

    def _windows(self) -> Samples:
        count = len(self.samples) // _WINDOW
        return self.samples[: count * _WINDOW].reshape(count, _WINDOW)

    def _refuse_nothing(self) -> None:
        """Of no sound at all, anything could be said."""
        if len(self.samples) < _WINDOW:
            raise ValueError(f"{self.seconds:.2f} s is too short to tell what it holds")


def read_wav(file: Path) -> list[Sound]:
    """Every channel of a finished 8 kHz 16-bit WAV file."""
    with wave.open(str(file), "rb") as source:
        if source.getframerate() != RATE_HZ or source.getsampwidth() != 2:
            raise ValueError(f"{file} is not 8 kHz, 16 bit")
        channels = source.getnchannels()
        data = np.frombuffer(source.readframes(source.getnframes()), dtype="<i2")
    return [Sound(data[channel::channels] / 32768.0) for channel in range(channels)]


def read_growing_wav(file: Path) -> Sound:
    """What has been written so far to a mono file whose header is not up to date yet."""
    data = file.read_bytes()[_HEADER_BYTES:]
    return Sound(np.frombuffer(data[: len(data) // 2 * 2], dtype="<i2") / 32768.0)


def longest_run(flags: npt.NDArray[Any]) -> int:
    """Length of the longest run of true values."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], flags.astype(np.int8), [0]))))
    return int((edges[1::2] - edges[::2]).max(initial=0))


def _decibels(amplitudes: Samples) -> Samples:
    return np.asarray(20 * np.log10(np.maximum(amplitudes, 1e-6)))
