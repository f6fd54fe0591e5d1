"""The site's own music: converted like prompts, and refused when it is not there."""

import wave
from pathlib import Path

import pytest

from ivr.document import Document, DocumentError, load_document, validate
from ivr.model.errors import UserError
from ivr.model.site import Site
from ivr.provision.music import (
    class_directory,
    convert_music,
    drop_music,
    music_files,
    music_problems,
)

SITE = """
numbers: {"600": main}
skills: {}
teams: {}
agents: {}
queues:
  sales: {title: Sales, music: jazz}
emergency: {say: Sorry., ring: []}
"""


def read(more: str = "") -> tuple[Site, Document]:
    document = load_document(SITE + more, "site.yaml")
    return validate(document, Site), document


def problems(directory: Path, more: str = "") -> list[str]:
    site, document = read(more)
    return [problem.message for problem in music_problems(site, document, directory)]


def write_tone(file: Path, rate_hz: int) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(file), "wb") as out:
        out.setparams((2, 2, rate_hz, 0, "NONE", ""))
        out.writeframes(b"\x10\x00\x10\x00" * rate_hz)


def test_a_class_that_is_not_there_is_refused(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path)
    assert "there is no music class 'jazz'" in problem


def test_a_class_is_a_directory_of_its_name_or_what_the_site_says(tmp_path: Path) -> None:
    write_tone(tmp_path / "music" / "jazz" / "b.wav", 8000)
    assert problems(tmp_path) == []
    write_tone(tmp_path / "own" / "a.wav", 8000)
    declared = "music: {jazz: [own, music/jazz/b.wav]}\n"
    assert problems(tmp_path, declared) == []
    files = music_files(read(declared)[0], tmp_path)
    assert [file.name for file in files["jazz"]] == ["a.wav", "b.wav"]
    assert files["default"] == []


def test_a_source_without_music_is_refused_where_it_stands(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, "music: {jazz: nowhere}\n")
    assert "'nowhere' is neither a sound file nor a directory with one" in problem


@pytest.mark.parametrize("path", ["/etc", "../secrets", "a/../../b"])
def test_music_comes_from_beside_the_site_file(path: str) -> None:
    with pytest.raises(DocumentError, match="lies outside"):
        read(f"music: {{jazz: {path}}}\n")


def test_music_is_brought_into_the_telephones_format_once(tmp_path: Path) -> None:
    source = tmp_path / "music" / "jazz" / "b.wav"
    write_tone(source, 44100)
    convert_music({"jazz": [source]}, tmp_path / "moh")
    (made,) = class_directory(tmp_path / "moh", "jazz").iterdir()
    with wave.open(str(made)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (8000, 1, 2)
    before = made.stat().st_mtime_ns
    convert_music({"jazz": [source]}, tmp_path / "moh")
    assert made.stat().st_mtime_ns == before
    convert_music({"jazz": []}, tmp_path / "moh")
    assert made.exists(), "it may still be playing"
    drop_music({"jazz": []}, tmp_path / "moh")
    assert not made.exists(), "what the site no longer has is not played"


def test_what_is_no_sound_is_named(tmp_path: Path) -> None:
    source = tmp_path / "noise.wav"
    source.write_text("no sound")
    with pytest.raises(UserError, match=r"noise\.wav cannot be converted to music on hold"):
        convert_music({"jazz": [source]}, tmp_path / "moh")
