"""One text to one WAV file: espeak-ng speaks, sox brings it into the telephone's format."""

import asyncio
import subprocess
import wave
from pathlib import Path

from ivr.model.errors import UserError

RATE_HZ = 8000
WORDS_PER_MINUTE = 160
PEAK_DB = -3
TIMEOUT_S = 60.0


class SpeechError(UserError):
    """A text could not be made into sound."""


async def render(text: str, voice: str, out: Path) -> None:
    """Speaks `text` into `out`: WAV, 8 kHz, mono, 16 bit. SpeechError says what to mend.

    The text goes through standard input, so it is never a word of a command.
    """
    raw = out.with_suffix(".raw.wav")
    speed = str(WORDS_PER_MINUTE)
    said = text.encode("utf-8", "replace")
    await _run(text, said, "espeak-ng", "-v", voice, "-s", speed, "-b1", "--stdin", "-w", str(raw))
    if not has_sound(raw):
        raise SpeechError(f"the voice {voice} has nothing to say for the text {_short(text)}")
    form = ["-r", str(RATE_HZ), "-c", "1", "-b", "16", "-e", "signed-integer"]
    await _run(text, b"", "sox", str(raw), *form, str(out), "gain", "-n", str(PEAK_DB))
    raw.unlink()


def has_sound(file: Path) -> bool:
    """Whether it is a WAV file with at least one sample."""
    try:
        with wave.open(str(file), "rb") as opened:
            return opened.getnframes() > 0
    except (FileNotFoundError, EOFError, wave.Error):
        return False


async def _run(text: str, said: bytes, program: str, *arguments: str) -> None:
    """In a thread: no event loop's pipes mind a program that does not read its input."""
    try:
        done = await asyncio.to_thread(
            subprocess.run,
            [program, *arguments],
            input=said,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=TIMEOUT_S,
            check=False,
        )
    except OSError as error:
        raise SpeechError(
            f"{program} cannot be started ({error.strerror}): install the package {program}"
        ) from error
    except subprocess.TimeoutExpired:
        raise SpeechError(
            f"{program} took longer than {TIMEOUT_S:.0f} s for the text {_short(text)}"
        ) from None
    if done.returncode != 0:
        said_why = done.stderr.decode("utf-8", "replace").strip() or f"exit {done.returncode}"
        raise SpeechError(f"{program} failed for the text {_short(text)}: {said_why}")


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "...")
