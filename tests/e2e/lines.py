"""Dialplans directories that are shipped as examples, each in an instance of its own."""

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Protocol

from tests.e2e.house import House

LINES = Path(__file__).parents[2] / "dialplans" / "examples"

ALWAYS_OPEN: Mapping[str, str] = {
    "    open:\n": (
        "    open:\n"
        '      - {days: [mon, tue, wed, thu, fri, sat, sun], open: "0:00", close: "24:00"}\n'
    ),
    "    holidays:": "    # holidays:",
}
"""Changes to a site file by which it is open whenever the scenario runs."""

Change = Callable[[str], str]
"""What becomes of the text of a site file."""


class OpenSite(Protocol):
    """Starts an instance on a copy of a dialplans directory, its site file changed.

    `journal` is the URL of a database other than its own SQLite file.
    """

    def __call__(self, directory: Path, change: Change, journal: str = "") -> Awaitable[House]: ...


def replacing(changes: Mapping[str, str]) -> Change:
    """Each of these texts becomes another one."""

    def change(text: str) -> str:
        for old, new in changes.items():
            assert old in text, f"there is no {old!r} to replace"
            text = text.replace(old, new)
        return text

    return change


def copied(directory: Path, change: Change, copy: Path) -> Path:
    """The copy, changed."""
    copy.mkdir()
    for file in directory.glob("*.yaml"):
        text = file.read_text("utf-8")
        (copy / file.name).write_text(change(text) if file.name == "site.yaml" else text, "utf-8")
    return copy
