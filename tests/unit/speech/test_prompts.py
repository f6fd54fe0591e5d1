"""Prompts are measured, not believed: every file is opened and its samples are looked at."""

# ruff: noqa: ASYNC240 - these tests look at small local files

import asyncio
import shutil
import wave
from pathlib import Path

import numpy as np
import pytest

from ivr.model.errors import UserError
from ivr.ports import SoundFile, Spoken
from ivr.speech import Prompts
from ivr.speech import prompts as prompts_module
from ivr.speech import run as run_module

WELCOME = "Welcome. Please press one."


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "prompts"


@pytest.fixture
def prompts(cache: Path, tmp_path: Path) -> Prompts:
    return Prompts(cache, tmp_path / "sounds")


def said(*texts: str) -> dict[Spoken, str]:
    return {Spoken(text): "en-us" for text in texts}


def samples(file: str) -> np.ndarray:
    with wave.open(f"{file}.wav", "rb") as opened:
        assert opened.getframerate() == 8000
        assert opened.getnchannels() == 1
        assert opened.getsampwidth() == 2
        return np.frombuffer(opened.readframes(opened.getnframes()), dtype="<i2")


async def test_a_text_becomes_telephone_audio_that_can_be_heard(prompts: Prompts) -> None:
    await prompts.prepare(said(WELCOME))
    heard = samples(prompts.path(Spoken(WELCOME))).astype(float) / 32768
    assert 1.0 < len(heard) / 8000 < 5.0
    assert 0.6 < np.abs(heard).max() <= 0.72, "peak normalised to -3 dB"
    assert np.sqrt(np.mean(heard**2)) > 0.02


async def test_different_texts_and_voices_have_files_of_their_own(
    cache: Path, tmp_path: Path
) -> None:
    said = [Spoken("One.", "en"), Spoken("Two.", "en"), Spoken("One.", "de")]
    prompts = Prompts(cache, tmp_path)
    await prompts.prepare(dict(zip(said, ("en-us", "en-us", "de"), strict=True)))
    assert len({prompts.path(one) for one in said}) == 3


async def test_who_heard_the_old_voice_goes_on_after_another_was_chosen(prompts: Prompts) -> None:
    await prompts.prepare({Spoken("One."): "en-us", Spoken("Two."): "en-us"})
    before = prompts.path(Spoken("One."))
    await prompts.prepare({Spoken("One."): "en-gb"})
    assert prompts.path(Spoken("One.")) != before
    assert samples(prompts.path(Spoken("Two."))).any()


async def test_what_is_there_is_not_rendered_again(
    prompts: Prompts, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await prompts.prepare(said(WELCOME))

    async def refuse(text: str, speaker: object, out: Path) -> None:
        raise AssertionError(f"rendered again: {text}")

    monkeypatch.setattr(prompts_module, "render", refuse)
    restarted = Prompts(cache, tmp_path / "sounds")
    await restarted.prepare(said(WELCOME))
    assert restarted.path(Spoken(WELCOME)) == prompts.path(Spoken(WELCOME))


async def test_a_damaged_file_is_rendered_anew(prompts: Prompts) -> None:
    await prompts.prepare(said(WELCOME))
    file = Path(prompts.path(Spoken(WELCOME)) + ".wav")
    file.write_bytes(file.read_bytes()[:30])
    await prompts.prepare(said(WELCOME))
    assert len(samples(prompts.path(Spoken(WELCOME)))) > 8000


async def test_text_is_never_a_word_of_a_command(prompts: Prompts, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    hostile = [
        f"$(touch {victim}) one",
        f"; touch {victim}",
        f"-w {victim}",
        "`id` | two",
        "--help",
    ]
    await prompts.prepare(said(*hostile))
    assert not victim.exists()
    assert all(len(samples(prompts.path(Spoken(text)))) > 1000 for text in hostile)


async def test_nothing_but_finished_files_remains(prompts: Prompts, cache: Path) -> None:
    texts = ["One.", "Two.", "Three."]
    await prompts.prepare(said(*texts))
    expected = {Path(prompts.path(Spoken(text)) + ".wav").name for text in texts}
    assert {file.name for file in cache.iterdir()} == expected


async def test_a_failure_leaves_no_half_made_file(
    prompts: Prompts, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def break_off(text: str, speaker: object, out: Path) -> None:
        out.write_bytes(b"RIFF")
        raise run_module.SpeechError("the disk is full")

    monkeypatch.setattr(prompts_module, "render", break_off)
    with pytest.raises(UserError, match="the disk is full"):
        await prompts.prepare(said(WELCOME))
    assert list(cache.iterdir()) == []


async def test_who_waits_for_the_start_can_see_how_far_it_is(prompts: Prompts) -> None:
    told: list[tuple[int, int]] = []
    await prompts.prepare(said("One."))
    await prompts.prepare(said("One.", "Two.", "Three."), lambda *at: told.append(at))
    assert told == [(1, 2), (2, 2)]


async def test_no_more_than_two_are_rendered_at_once(
    prompts: Prompts, monkeypatch: pytest.MonkeyPatch
) -> None:
    running, most = 0, 0

    async def count(text: str, speaker: object, out: Path) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1
        out.touch()

    monkeypatch.setattr(prompts_module, "render", count)
    await prompts.prepare(said(*(f"text {n}" for n in range(7))))
    assert most == 2


def test_a_text_never_prepared_is_a_mistake_not_silence(prompts: Prompts) -> None:
    with pytest.raises(ValueError, match="never prepared"):
        prompts.path(Spoken("surprise"))


async def test_an_unknown_voice_is_named(cache: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"espeak-ng failed for the text 'Hello\.'.*voice"):
        await Prompts(cache, tmp_path).prepare({Spoken("Hello."): "tlh-klingon"})


async def test_a_text_without_a_word_is_refused(prompts: Prompts) -> None:
    with pytest.raises(UserError, match="nothing to say"):
        await prompts.prepare(said(""))


async def test_a_missing_program_says_what_to_install(
    prompts: Prompts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(UserError, match="install the package espeak-ng"):
        await prompts.prepare(said(WELCOME))


async def test_a_hanging_program_is_ended(
    prompts: Prompts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    sleep = shutil.which("sleep")
    (programs / "espeak-ng").write_text(f"#!/bin/sh\nexec {sleep} 60\n")
    (programs / "espeak-ng").chmod(0o755)
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.setattr(run_module, "TIMEOUT_S", 0.1)
    with pytest.raises(UserError, match="took longer"):
        await prompts.prepare(said(WELCOME))


def test_sounds_are_found_by_name(prompts: Prompts, tmp_path: Path) -> None:
    own = tmp_path / "sounds" / "jingle.gsm"
    own.parent.mkdir()
    own.touch()
    assert prompts.path(SoundFile("jingle")) == str(own.with_suffix(""))
    assert prompts.path(SoundFile("asterisk/vm-goodbye")) == "vm-goodbye"
    assert prompts.path(SoundFile("beep")) == "beep"


def test_a_sound_is_looked_for_once_a_second(
    prompts: Prompts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 100.0
    monkeypatch.setattr("ivr.speech.prompts.time.monotonic", lambda: now)
    assert prompts.path(SoundFile("jingle")) == "jingle"
    file = tmp_path / "sounds" / "jingle.wav"
    file.parent.mkdir(exist_ok=True)
    file.touch()
    assert prompts.path(SoundFile("jingle")) == "jingle"
    now += prompts_module.FOUND_S
    assert prompts.path(SoundFile("jingle")) == str(file.with_suffix(""))


def test_a_language_has_files_of_its_own(prompts: Prompts, tmp_path: Path) -> None:
    for name in ("hello", "fr/hello"):
        file = tmp_path / "sounds" / f"{name}.wav"
        file.parent.mkdir(exist_ok=True)
        file.touch()
    assert prompts.path(SoundFile("hello", "fr")) == str(tmp_path / "sounds" / "fr" / "hello")
    assert prompts.path(SoundFile("hello", "de")) == str(tmp_path / "sounds" / "hello")


def test_a_sound_cannot_lie_elsewhere(prompts: Prompts) -> None:
    with pytest.raises(UserError, match="outside"):
        prompts.path(SoundFile("../../etc/passwd"))
