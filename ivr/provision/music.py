"""Music on hold: our own (no licence to ask for, never near silence), and the site's classes."""

import math
import subprocess
import wave
from array import array
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from ivr.document import Document, Problem
from ivr.model.errors import UserError
from ivr.model.site import Site

RATE_HZ = 8000
_BAR_S = 3.2
_ARPEGGIO_NOTES = 8
_BARS: tuple[tuple[tuple[float, ...], tuple[float, ...]], ...] = (
    ((130.8, 196.0, 329.6), (523.3, 659.3, 784.0, 659.3)),
    ((110.0, 164.8, 261.6), (523.3, 659.3, 987.8, 659.3)),
    ((87.3, 174.6, 261.6), (523.3, 698.5, 1046.5, 698.5)),
    ((98.0, 196.0, 293.7), (493.9, 587.3, 784.0, 587.3)),
    ((130.8, 196.0, 329.6), (659.3, 784.0, 1046.5, 784.0)),
    ((82.4, 164.8, 246.9), (493.9, 659.3, 784.0, 659.3)),
    ((87.3, 174.6, 261.6), (523.3, 698.5, 784.0, 698.5)),
    ((98.0, 196.0, 246.9), (587.3, 784.0, 987.8, 784.0)),
)
"""Sustained chord and broken chord of each bar, in Hz: C, Am, F, G, C, Em, F, G."""
_PAD_LEVEL = 2200.0
_NOTE_LEVEL = 4200.0
_NOTE_DECAY_S = 0.35

OURS = "default"
"""The class every queue plays that names no other."""

MUSIC_SUFFIXES = frozenset({".wav", ".flac", ".ogg", ".mp3", ".gsm", ".aiff"})
CONVERT_LIMIT_S = 120.0


def write_music(directory: Path) -> Path:
    """Makes `directory/default/ivr-hold.wav` once (8 kHz mono, a loop of about 26 s)."""
    file = directory / "default" / "ivr-hold.wav"
    if file.exists():
        return file
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_suffix(".new")
    with wave.open(str(fresh), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE_HZ)
        for chord, notes in _BARS:
            out.writeframes(_bar(chord, notes))
    fresh.replace(file)
    return file


def _bar(chord: tuple[float, ...], notes: tuple[float, ...]) -> bytes:
    """One bar: a chord that swells and ebbs but never fades out, under plucked notes."""
    count = int(_BAR_S * RATE_HZ)
    note_count = count // _ARPEGGIO_NOTES
    samples = array("h", bytes(2 * count))
    for index in range(count):
        t = index / RATE_HZ
        swell = 0.6 + 0.4 * math.sin(math.pi * index / count)
        pad = sum(math.sin(math.tau * hz * t) for hz in chord) / len(chord)
        number, since = divmod(index, note_count)
        since_s = since / RATE_HZ
        pluck = math.exp(-since_s / _NOTE_DECAY_S) * min(1.0, since_s / 0.005)
        note = math.sin(math.tau * notes[number % len(notes)] * since_s)
        edge = min(1.0, index / 80, (count - index) / 80)
        samples[index] = int(edge * (_PAD_LEVEL * 2 * swell * pad + _NOTE_LEVEL * pluck * note))
    return samples.tobytes()


# --- the site's classes


def music_files(site: Site, dialplans: Path) -> dict[str, list[Path]]:
    """Class -> its files, in order; empty for one that plays ours.

    A class is what `music` in the site file says, or else the directory `music/NAME`.
    """
    names = {OURS} | site.music.keys() | {queue.music for queue in site.queues.values()}
    return {
        name: [
            file
            for source in site.music.get(name, [f"music/{name}"])
            for file in _files(dialplans / source)
        ]
        for name in sorted(names)
    }


def music_problems(site: Site, document: Document, dialplans: Path) -> Iterator[Problem]:
    """Sources without any music, and queues that name a class nobody has."""
    for name, sources in site.music.items():
        for position, source in enumerate(sources):
            if not list(_files(dialplans / source)):
                suffixes = ", ".join(sorted(MUSIC_SUFFIXES))
                path = ("music", name, position)
                at = path if document.get(path) is not None else path[:2]
                message = f"{source!r} is neither a sound file nor a directory with one"
                yield document.problem(at, message, f"one of {suffixes}, beside the site file")
    classes = music_files(site, dialplans)
    for name, queue in site.queues.items():
        if queue.music != OURS and not classes[queue.music] and queue.music not in site.music:
            message = f"there is no music class {queue.music!r}"
            hint = f"declare it under music, or put files into music/{queue.music}/"
            yield document.problem(("queues", name, "music"), message, hint)


def convert_music(classes: Mapping[str, Sequence[Path]], directory: Path) -> None:
    """Makes `directory/CLASS/NN-NAME.wav` (8 kHz mono) of every file that is not there yet.

    What is there stays until `drop_music`. Raises UserError for a file that cannot be read as
    sound.
    """
    for name, files in classes.items():
        for file, target in _targets(directory, name, files).items():
            target.parent.mkdir(parents=True, exist_ok=True)
            if not target.exists() or target.stat().st_mtime < file.stat().st_mtime:
                _convert(file, target)


def drop_music(classes: Mapping[str, Sequence[Path]], directory: Path) -> None:
    """Deletes what these classes do not play any more."""
    for name, files in classes.items():
        wanted = set(_targets(directory, name, files).values())
        for old in class_directory(directory, name).glob("*.wav"):
            if old not in wanted:
                old.unlink()


def _targets(directory: Path, name: str, files: Sequence[Path]) -> dict[Path, Path]:
    """File -> its converted one; in the class's order by name."""
    made = class_directory(directory, name)
    return {file: made / f"{n:03d}-{file.stem}.wav" for n, file in enumerate(files)}


def class_directory(directory: Path, name: str) -> Path:
    """Where a class's converted files lie."""
    return directory / "classes" / name


def _files(source: Path) -> Iterator[Path]:
    files = sorted(source.iterdir()) if source.is_dir() else [source]
    return (file for file in files if file.is_file() and file.suffix.lower() in MUSIC_SUFFIXES)


def _convert(file: Path, target: Path) -> None:
    fresh = target.with_suffix(".part.wav")
    form = ["-r", str(RATE_HZ), "-c", "1", "-b", "16", "-e", "signed-integer"]
    try:
        done = subprocess.run(
            ["sox", str(file.resolve()), *form, str(fresh)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=CONVERT_LIMIT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UserError(f"{file} cannot be converted: {error}") from error
    if done.returncode != 0:
        why = done.stderr.decode("utf-8", "replace").strip()
        raise UserError(f"{file} cannot be converted to music on hold: {why}")
    fresh.replace(target)
