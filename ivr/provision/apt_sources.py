"""Reads the machine's own apt sources: where it gets Debian from is where we get it too."""

import shlex
from collections.abc import Iterator
from pathlib import Path

_DEBIAN_SUITES = ("bullseye", "bookworm", "trixie", "forky", "stable", "testing", "sid", "unstable")


def debian_mirror(apt_dir: Path = Path("/etc/apt")) -> str | None:
    """URI of the first enabled binary source of a Debian release, or None."""
    files = [apt_dir / "sources.list", *sorted((apt_dir / "sources.list.d").glob("*"))]
    for file in files:
        if not file.is_file():
            continue
        text = file.read_text(encoding="utf-8", errors="replace")
        if file.suffix == ".list":
            found = one_line_sources(text)
        elif file.suffix == ".sources":
            found = deb822_sources(text)
        else:
            continue
        for uri, suite in found:
            if suite in _DEBIAN_SUITES and uri.split(":")[0] in ("http", "https", "file"):
                return uri
    return None


def one_line_sources(text: str) -> Iterator[tuple[str, str]]:
    """(URI, suite) of every `deb [options] URI SUITE COMPONENT...` line."""
    for line in text.splitlines():
        words = shlex.split(line.split("#", 1)[0].replace("[", " [ ").replace("]", " ] "))
        if not words or words[0] != "deb":
            continue
        rest = words[1:]
        if rest[:1] == ["["] and "]" in rest:
            rest = rest[rest.index("]") + 1 :]
        if len(rest) >= 2:
            yield rest[0], rest[1]


def deb822_sources(text: str) -> Iterator[tuple[str, str]]:
    """(URI, suite), every combination, of every enabled stanza with `Types: deb`."""
    for stanza in _stanzas(text):
        if "deb" not in stanza.get("types", "").split():
            continue
        if stanza.get("enabled", "yes").strip().lower() in ("no", "false", "0", "off"):
            continue
        for uri in stanza.get("uris", "").split():
            for suite in stanza.get("suites", "").split():
                yield uri, suite


def _stanzas(text: str) -> Iterator[dict[str, str]]:
    fields: dict[str, str] = {}
    last = ""
    for line in [*text.splitlines(), ""]:
        if line.startswith("#"):
            continue
        if not line.strip():
            if fields:
                yield fields
            fields, last = {}, ""
        elif line[0] in " \t" and last:
            fields[last] += " " + line.strip()
        elif ":" in line:
            name, value = line.split(":", 1)
            last = name.strip().lower()
            fields[last] = value.strip()
