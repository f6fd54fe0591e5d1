"""piper: a neural engine, which sounds like a person and takes a second for each text."""

from pathlib import Path

from ivr.speech.run import SpeechError, run

INSTALL = "install it, for example with `pipx install piper-tts`, where the server finds it"


class Piper:
    """One voice of piper, by its model."""

    def __init__(self, model: str) -> None:
        self._model = Path(model)

    @property
    def name(self) -> str:
        return f"piper {self._model}"

    async def speak(self, text: str, out: Path) -> None:
        """On one line: piper takes every line for a text of its own."""
        for file in (self._model, Path(f"{self._model}.json")):
            if not file.is_file():
                raise SpeechError(f"there is no {file}: a voice of piper is a model and its .json")
        said = " ".join(text.split()).encode("utf-8", "replace") + b"\n"
        await run(text, said, INSTALL, "piper", "-m", str(self._model), "-f", str(out))
