"""espeak-ng: small, quick, speaks every language; the default."""

from pathlib import Path

from ivr.speech.run import run

WORDS_PER_MINUTE = 160


class Espeak:
    """One voice of espeak-ng."""

    def __init__(self, voice: str) -> None:
        self._voice = voice

    @property
    def name(self) -> str:
        return f"espeak-ng {WORDS_PER_MINUTE} {self._voice}"

    async def speak(self, text: str, out: Path) -> None:
        said = text.encode("utf-8", "replace")
        how = ["-v", self._voice, "-s", str(WORDS_PER_MINUTE), "-b1", "--stdin", "-w", str(out)]
        await run(text, said, "install the package espeak-ng", "espeak-ng", *how)
