"""The instrument every end-to-end scenario measures with."""

import wave
from pathlib import Path

import numpy as np
import pytest

from tests.e2e.audio import RATE_HZ, Sound, longest_run, read_growing_wav, read_wav

CALLER, AGENT, SUPERVISOR = 1120, 1160, 2240
AS_SENT = 8000 / 32768


def tone(hz: int, seconds: float, level: float = AS_SENT) -> Sound:
    times = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    return Sound(level * np.sin(2 * np.pi * hz * times))


def silence(seconds: float) -> Sound:
    return Sound(np.zeros(round(seconds * RATE_HZ)))


def mixed(*sounds: Sound) -> Sound:
    return Sound(np.sum([sound.samples for sound in sounds], axis=0))


def joined(*sounds: Sound) -> Sound:
    return Sound(np.concatenate([sound.samples for sound in sounds]))


def over_the_telephone(sound: Sound) -> Sound:
    """Through mu-law and back, as every party hears every other."""
    magnitude = np.log1p(255 * np.abs(sound.samples)) / np.log1p(255)
    coded = np.round(np.sign(sound.samples) * magnitude * 127) / 127
    return Sound(np.sign(coded) * np.expm1(np.abs(coded) * np.log1p(255)) / 255)


def saved(sounds: list[Sound], file: Path) -> Path:
    frames = np.stack([sound.samples for sound in sounds], axis=1).ravel() * 32768
    with wave.open(str(file), "wb") as out:
        out.setnchannels(len(sounds))
        out.setsampwidth(2)
        out.setframerate(RATE_HZ)
        out.writeframes(frames.astype("<i2").tobytes())
    return file


def test_a_tone_is_told_from_its_nearest_neighbour_and_its_octave() -> None:
    heard = over_the_telephone(tone(CALLER, 2))
    assert heard.holds(CALLER)
    assert heard.lacks(AGENT)
    assert heard.lacks(SUPERVISOR)


def test_three_people_at_once_are_all_heard() -> None:
    heard = over_the_telephone(mixed(tone(CALLER, 2), tone(AGENT, 2), tone(SUPERVISOR, 2)))
    assert [heard.holds(hz) for hz in (CALLER, AGENT, SUPERVISOR)] == [True] * 3
    assert heard.lacks(1800)


def test_a_tone_in_half_of_the_time_is_neither_held_nor_lacking() -> None:
    heard = joined(tone(CALLER, 1), silence(1))
    assert not heard.holds(CALLER)
    assert not heard.lacks(CALLER)


def test_somebody_faintly_heard_does_not_count_as_absent() -> None:
    assert not mixed(tone(CALLER, 2), tone(AGENT, 2, level=AS_SENT / 20)).lacks(AGENT)


def test_a_click_is_not_a_voice() -> None:
    samples = silence(2).samples.copy()
    samples[8000:8040] = 0.5
    assert Sound(samples).lacks(CALLER)


def test_a_tone_begins_and_ends_where_it_was_put() -> None:
    heard = joined(silence(1.5), tone(CALLER, 2), silence(0.7))
    assert heard.first_heard_s(CALLER) == pytest.approx(1.5, abs=0.05)
    assert heard.last_heard_s(CALLER) == pytest.approx(3.5, abs=0.05)
    assert heard.first_heard_s(AGENT) is None
    assert heard.last_heard_s(AGENT) is None


def test_the_longest_silence_is_measured() -> None:
    heard = joined(tone(CALLER, 1), silence(0.4), tone(CALLER, 1), silence(1.3), tone(AGENT, 1))
    assert heard.longest_silence_s == pytest.approx(1.3, abs=0.11)
    assert tone(CALLER, 3).longest_silence_s == 0


def test_a_part_has_its_own_beginning() -> None:
    sound = joined(tone(CALLER, 1), tone(AGENT, 1))
    assert sound.part(0, 1).holds(CALLER)
    assert sound.part(0, 1).lacks(AGENT)
    assert sound.part(1).holds(AGENT)
    assert sound.part(1).seconds == pytest.approx(1)


def test_nothing_can_be_said_of_no_sound() -> None:
    with pytest.raises(ValueError, match="too short"):
        silence(0).lacks(CALLER)
    with pytest.raises(ValueError, match="too short"):
        silence(0).holds(CALLER)


def test_channels_of_a_file_stay_apart(tmp_path: Path) -> None:
    left, right = read_wav(saved([tone(CALLER, 1), tone(AGENT, 1)], tmp_path / "a.wav"))
    assert left.holds(CALLER)
    assert left.lacks(AGENT)
    assert right.holds(AGENT)
    assert right.lacks(CALLER)


def test_a_file_of_another_rate_is_refused(tmp_path: Path) -> None:
    with wave.open(str(tmp_path / "a.wav"), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(16000)
    with pytest.raises(ValueError, match="8 kHz"):
        read_wav(tmp_path / "a.wav")


def test_a_file_still_being_written_is_read_to_its_last_whole_sample(tmp_path: Path) -> None:
    file = saved([tone(CALLER, 1)], tmp_path / "a.wav")
    file.write_bytes(file.read_bytes() + tone(CALLER, 0.5).samples.astype("<i2").tobytes() + b"x")
    assert read_growing_wav(file).seconds == pytest.approx(1.5)


def test_the_report_shows_who_was_heard_when() -> None:
    report = joined(tone(CALLER, 0.3), silence(0.2)).report([CALLER, AGENT])
    assert "1120 Hz |###..|" in report
    assert "1160 Hz |.....|" in report


@pytest.mark.parametrize(
    ("flags", "length"), [([], 0), ([False], 0), ([True], 1), ([True, False, True, True], 2)]
)
def test_longest_run(flags: list[bool], length: int) -> None:
    assert longest_run(np.array(flags, dtype=bool)) == length


def test_a_word_is_caught_in_the_midst_of_others_and_a_vowel_is_no_word() -> None:
    word = joined(silence(1), tone(CALLER, 0.5), silence(1))
    vowel = joined(silence(1), tone(CALLER, 0.2), silence(1))
    assert mixed(word, Sound(babble(4, 2.5).samples * 0.3)).catches(CALLER)
    assert not vowel.catches(CALLER)
    assert not word.catches(AGENT)


def babble(seed: int, seconds: float) -> Sound:
    rng = np.random.default_rng(seed)
    return Sound(np.clip(rng.normal(0, 0.1, round(seconds * RATE_HZ)), -1, 1))


def test_what_was_said_is_found_again_behind_the_telephone() -> None:
    speech = babble(1, 2)
    heard = over_the_telephone(joined(silence(0.7), babble(2, 1.3), speech, tone(CALLER, 1)))
    assert heard.place_of(speech) == pytest.approx(2.0, abs=0.01)
    assert heard.place_of(babble(3, 2)) is None
    assert silence(0.2).place_of(speech) is None
    assert silence(3).place_of(speech) is None
