"""One text to one WAV file: espeak-ng speaks, sox brings it into the telephone's format."""

import asyncio
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
    try:
        process = await asyncio.create_subprocess_exec(
            program,
            *arguments,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
    except OSError as error:
        raise SpeechError(
            f"{program} cannot be started ({error.strerror}): install the package {program}"
        ) from error
    try:
        _, complaint = await asyncio.wait_for(process.communicate(said), TIMEOUT_S)
    except TimeoutError:
        raise SpeechError(
            f"{program} took longer than {TIMEOUT_S:.0f} s for the text {_short(text)}"
        ) from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0:
        said_why = complaint.decode("utf-8", "replace").strip() or f"exit {process.returncode}"
        raise SpeechError(f"{program} failed for the text {_short(text)}: {said_why}")


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "...")
