"""A program of another's making: it gets the text on standard input and has a limited time."""

import asyncio
import subprocess
import wave
from pathlib import Path

from ivr.model.errors import UserError

TIMEOUT_S = 60.0


class SpeechError(UserError):
    """A text could not be made into sound."""


async def run(text: str, said: bytes, install: str, program: str, *arguments: str) -> None:
    """Runs it to its end; SpeechError, with what to install, when that is not possible.

    In a thread: no event loop's pipes mind a program that does not read its input.
    """
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
        raise SpeechError(f"{program} cannot be started ({error.strerror}): {install}") from error
    except subprocess.TimeoutExpired:
        raise SpeechError(
            f"{program} took longer than {TIMEOUT_S:.0f} s for the text {short(text)}"
        ) from None
    if done.returncode != 0:
        said_why = done.stderr.decode("utf-8", "replace").strip() or f"exit {done.returncode}"
        raise SpeechError(f"{program} failed for the text {short(text)}: {said_why}")


def has_sound(file: Path) -> bool:
    """Whether it is a WAV file with at least one sample."""
    try:
        with wave.open(str(file), "rb") as opened:
            return opened.getnframes() > 0
    except (FileNotFoundError, EOFError, wave.Error):
        return False


def short(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "...")
