"""The files of voice messages: one below the directory of its mailbox, named by the call's id."""

from array import array
from collections.abc import Iterator
from pathlib import Path

RATE = 8000
WINDOW = RATE // 10
"""Samples looked at together: a tenth of a second."""

QUIET = 128
"""Mean amplitude up to which a window is silent; Asterisk itself takes twice as much for that."""

MESSAGE_S_MIN = 0.5
"""Less is the click of a receiver."""


def kept_seconds(file: Path) -> float:
    """How long the message is that was just recorded; 0 for one in which nothing is said, which is
    deleted. Raises OSError."""
    try:
        samples = _samples(file)
    except FileNotFoundError:
        return 0.0
    seconds = len(samples) / RATE
    if seconds >= MESSAGE_S_MIN and any(_loudness(one) > QUIET for one in _windows(samples)):
        return seconds
    file.unlink()
    return 0.0


def file_of(mailbox: str, name: str) -> str:
    """A message's file, below the directory of all mailboxes."""
    return f"{mailbox}/{name}.wav"


def _samples(file: Path) -> "array[int]":
    """By the size of the file: its header is right only once it is closed."""
    data = file.read_bytes()[44:]
    return array("h", data[: len(data) // 2 * 2])


def _windows(samples: "array[int]") -> Iterator["array[int]"]:
    return (samples[at : at + WINDOW] for at in range(0, len(samples), WINDOW))


def _loudness(samples: "array[int]") -> float:
    return sum(map(abs, samples)) / len(samples)
