"""piper behind the same port: a program with its command line stands in, models cannot be had."""

# ruff: noqa: ASYNC240 - these tests look at small local files

import shutil
import sys
import wave
from pathlib import Path

import pytest

from ivr.model.errors import UserError
from ivr.model.site import PiperVoice
from ivr.ports import Spoken
from ivr.site import load_site
from ivr.speech import Prompts
from tests.unit.nodes.support import SITE

STAND_IN = """#!{python}
import argparse, math, struct, sys, wave
parser = argparse.ArgumentParser()
parser.add_argument("-m", "--model", required=True)
parser.add_argument("-f", "--output-file", "--output_file", required=True)
given = parser.parse_args()
lines = sys.stdin.read().splitlines()
open({heard!r}, "w").write(repr((given.model, lines)))
if "cannot" in lines[0]:
    sys.exit("no such speaker")
with wave.open(given.output_file, "wb") as out:
    out.setnchannels(1), out.setsampwidth(2), out.setframerate(22050)
    tone = (int(9000 * math.sin(n / 8)) for n in range(22050))
    out.writeframes(b"".join(struct.pack("<h", one) for one in tone))
"""


@pytest.fixture
def model(tmp_path: Path) -> Path:
    model = tmp_path / "fr_FR-siwis-medium.onnx"
    for file in (model, Path(f"{model}.json")):
        file.touch()
    return model


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory for programs, beside which there is only sox."""
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "sox").symlink_to(shutil.which("sox") or "")
    monkeypatch.setenv("PATH", str(programs))
    return programs


@pytest.fixture
def heard(programs: Path, tmp_path: Path) -> Path:
    """What the stand-in was told."""
    heard, program = tmp_path / "heard", programs / "piper"
    program.write_text(STAND_IN.format(python=sys.executable, heard=str(heard)))
    program.chmod(0o755)
    return heard


async def spoken(text: str, model: Path) -> Path:
    prompts = Prompts(model.parent / "prompts", model.parent)
    await prompts.prepare({Spoken(text): PiperVoice(engine="piper", model=str(model))})
    return Path(prompts.path(Spoken(text)) + ".wav")


async def test_a_text_is_spoken_by_the_model_in_the_telephones_format(
    model: Path, heard: Path
) -> None:
    file = await spoken("Bonjour\n--help $(id) à tous.", model)
    with wave.open(str(file), "rb") as sound:
        assert (sound.getframerate(), sound.getnchannels(), sound.getsampwidth()) == (8000, 1, 2)
        assert sound.getnframes() == pytest.approx(8000, abs=10)
    assert heard.read_text() == repr((str(model), ["Bonjour --help $(id) à tous."])), "one line"


@pytest.mark.usefixtures("programs")
async def test_a_missing_program_says_what_to_install(model: Path) -> None:
    with pytest.raises(UserError, match=r"piper cannot be started.*pipx install piper-tts"):
        await spoken("Bonjour.", model)


@pytest.mark.usefixtures("heard")
async def test_a_missing_model_is_named(model: Path) -> None:
    Path(f"{model}.json").unlink()
    with pytest.raises(UserError, match=r"there is no .*medium\.onnx\.json"):
        await spoken("Bonjour.", model)


@pytest.mark.usefixtures("heard")
async def test_what_the_program_complains_of_is_told(model: Path) -> None:
    with pytest.raises(UserError, match=r"piper failed for the text 'I cannot\.'.*no such speaker"):
        await spoken("I cannot.", model)


def test_a_site_names_the_model_and_its_language_follows() -> None:
    voice = "voice: {engine: piper, model: /var/voices/fr_FR-siwis-medium.onnx}"
    site = load_site(SITE + voice, "site.yaml")
    assert site.voices == {
        "fr": PiperVoice(engine="piper", model="/var/voices/fr_FR-siwis-medium.onnx")
    }


@pytest.mark.parametrize(
    ("voice", "problem"),
    [
        ("{engine: piper}", "'model' is missing"),
        ("{engine: festival, model: /a.onnx}", "'festival' is not one of piper"),
        ("{engine: piper, model: voices/a.onnx}", "is not the full path of a model, which ends"),
    ],
)
def test_a_voice_that_cannot_be_is_refused(voice: str, problem: str) -> None:
    with pytest.raises(UserError, match=problem):
        load_site(f"{SITE}voice: {voice}", "site.yaml")
