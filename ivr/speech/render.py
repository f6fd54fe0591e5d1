"""One text to one WAV file: a voice speaks, sox brings it into the telephone's format."""

from pathlib import Path

from ivr.model.site import PiperVoice, Voice
from ivr.ports import Speaker
from ivr.speech.espeak import Espeak
from ivr.speech.piper import Piper
from ivr.speech.run import SpeechError, has_sound, run, short

RATE_HZ = 8000
PEAK_DB = -3


def speaker_of(voice: Voice) -> Speaker:
    """The engine behind a voice of the site."""
    return Piper(voice.model) if isinstance(voice, PiperVoice) else Espeak(voice)


async def render(text: str, speaker: Speaker, out: Path) -> None:
    """Speaks `text` into `out`: WAV, 8 kHz, mono, 16 bit. SpeechError says what to mend."""
    raw = out.with_suffix(".raw.wav")
    await speaker.speak(text, raw)
    if not has_sound(raw):
        raise SpeechError(f"{speaker.name} has nothing to say for the text {short(text)}")
    form = ["-r", str(RATE_HZ), "-c", "1", "-b", "16", "-e", "signed-integer"]
    arguments = [str(raw), *form, str(out), "gain", "-n", str(PEAK_DB)]
    await run(text, b"", "install the package sox", "sox", *arguments)
    raw.unlink()
