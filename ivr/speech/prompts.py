"""The prompt cache: which file says what."""

import asyncio
import hashlib
import itertools
import os
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from ivr.model.errors import UserError
from ivr.model.site import Voice
from ivr.ports import Audio, SoundFile, Spoken
from ivr.speech.render import RATE_HZ, render, speaker_of
from ivr.speech.run import SpeechError, has_sound

RENDERERS = 2
"""Texts rendered at the same time."""

FORMAT = f"{RATE_HZ} s16 1"
"""Part of every file's name: a different way of rendering never meets old files."""

SUFFIXES = (".wav", ".wav16", ".gsm", ".ulaw", ".alaw", ".g722", ".sln", ".sln16")
"""Sound files Asterisk plays without converting them first."""

ASTERISK_PREFIX = "asterisk/"

FOUND_S = 1.0
"""So long nobody looks again where a sound is: a busy line plays the same ones at every call."""


Progress = Callable[[int, int], None]
"""Told after each text: so many are spoken, of so many that were missing."""


def in_silence(_done: int, _of: int) -> None:
    """For who does not ask how far it is."""


class Prompts:
    """Speech as files, one per text and voice, kept across restarts."""

    def __init__(self, cache_dir: Path, sounds_dir: Path) -> None:
        self._cache_dir = cache_dir.absolute()
        self._sounds_dir = sounds_dir.absolute()
        self._ready: dict[Spoken, str] = {}
        self._found: dict[SoundFile, tuple[str, float]] = {}
        """What Asterisk plays for a sound, and until when that counts; sounds are few."""

    async def prepare(
        self, wanted: Mapping[Spoken, Voice], progress: Progress = in_silence
    ) -> None:
        """Renders what is missing, so that `path` can name it. SpeechError says what to mend.

        What was prepared before and is not asked for any more can still be played.
        """
        names = {spoken: _name(spoken.text, voice) for spoken, voice in wanted.items()}
        self._cache_dir.mkdir(parents=True, exist_ok=True)
        missing = {
            name: (spoken.text, wanted[spoken])
            for spoken, name in names.items()
            if not has_sound(self._file(name))
        }
        if missing:
            with TemporaryDirectory(prefix=".rendering-", dir=self._cache_dir) as workshop:
                await self._render_all(missing, Path(workshop), progress)
        self._ready.update(names)

    def path(self, audio: Audio) -> str:
        """What Asterisk plays: absolute and without suffix, or the bare name of its own sound.

        ValueError for a text never prepared; UserError for a name outside the sounds directory.
        """
        if isinstance(audio, Spoken):
            if audio not in self._ready:
                raise ValueError(f"{audio} was never prepared")
            return str(self._cache_dir / self._ready[audio])
        return self._sound(audio)

    def _sound(self, audio: SoundFile) -> str:
        if audio.name.startswith(ASTERISK_PREFIX):
            return audio.name.removeprefix(ASTERISK_PREFIX)
        place, until = self._found.get(audio, ("", 0.0))
        if time.monotonic() >= until:
            place = self._look_for(audio)
            self._found[audio] = (place, time.monotonic() + FOUND_S)
        return place

    def _look_for(self, audio: SoundFile) -> str:
        for directory in (self._sounds_dir / audio.language, self._sounds_dir):
            file = Path(os.path.normpath(directory / audio.name))
            if not file.is_relative_to(directory):
                raise UserError(f"sound {audio.name!r} lies outside {directory}: move it there")
            if any(file.with_name(file.name + suffix).is_file() for suffix in SUFFIXES):
                return str(file)
        return audio.name

    async def _render_all(
        self, missing: dict[str, tuple[str, Voice]], workshop: Path, progress: Progress
    ) -> None:
        done = itertools.count(1)
        todo = iter(missing.items())

        async def renderer(todo: Iterator[tuple[str, tuple[str, Voice]]]) -> None:
            for name, (text, voice) in todo:
                fresh = workshop / f"{name}.wav"
                await render(text, speaker_of(voice), fresh)
                fresh.replace(self._file(name))
                progress(next(done), len(missing))

        try:
            async with asyncio.TaskGroup() as group:
                for number in range(min(RENDERERS, len(missing))):
                    group.create_task(renderer(todo), name=f"render prompts {number}")
        except ExceptionGroup as group_of_errors:
            failed, other = group_of_errors.split(SpeechError)
            if failed is None or other is not None:
                raise
            raise failed.exceptions[0] from None

    def _file(self, name: str) -> Path:
        return self._cache_dir / f"{name}.wav"


def _name(text: str, voice: Voice) -> str:
    said = "\0".join((FORMAT, speaker_of(voice).name, text)).encode("utf-8", "replace")
    return hashlib.sha256(said).hexdigest()[:32]
