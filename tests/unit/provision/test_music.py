"""Music on hold: right for Asterisk, and never near silence."""

import wave
from pathlib import Path

import numpy as np
import pytest

from ivr.provision.music import write_music
from ivr.provision.tones import write_tone


def samples(file: Path) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    with wave.open(str(file)) as source:
        assert (source.getframerate(), source.getnchannels(), source.getsampwidth()) == (8000, 1, 2)
        return np.frombuffer(source.readframes(source.getnframes()), "<i2").astype(np.float64)


def test_no_quarter_of_a_second_is_near_silent_and_nothing_clips(tmp_path: Path) -> None:
    sound = samples(write_music(tmp_path))
    windows = sound[: len(sound) // 2000 * 2000].reshape(-1, 2000)
    loudness = np.sqrt((windows**2).mean(axis=1))
    assert len(sound) > 20 * 8000
    assert loudness.min() > 500
    assert np.abs(sound).max() < 30000


def test_music_is_made_once(tmp_path: Path) -> None:
    file = write_music(tmp_path)
    before = file.stat().st_mtime_ns
    assert write_music(tmp_path).stat().st_mtime_ns == before


@pytest.mark.parametrize("hz", [440, 1300])
def test_tone_is_pure_and_continuous_across_seconds(tmp_path: Path, hz: int) -> None:
    sound = samples(write_tone(tmp_path / "tone.wav", hz, 3))
    spectrum = np.abs(np.fft.rfft(sound))
    assert np.argmax(spectrum) * 8000 / len(sound) == hz
    peak = spectrum.max()
    assert np.sort(spectrum)[-2] < peak / 1000


def test_no_tone_is_digital_silence(tmp_path: Path) -> None:
    assert not samples(write_tone(tmp_path / "silence.wav", None, 2)).any()
