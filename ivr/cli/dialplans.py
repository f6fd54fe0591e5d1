"""Reading a dialplans directory: site.yaml and one file per flow."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from stat import S_ISDIR, S_ISREG

from ivr.document import DocumentError, Problem
from ivr.flow import Flow, read_flows
from ivr.model.errors import UserError
from ivr.model.site import Site
from ivr.nodes import NODE_TYPES
from ivr.provision.music import music_problems
from ivr.provision.sounds import is_sound_of_asterisk, sound_packages
from ivr.site import ReadSite, read_site
from ivr.speech.prompts import ASTERISK_PREFIX, SUFFIXES

SITE_FILE = "site.yaml"
TESTS_SUFFIX = ".test.yaml"
SOUNDS_DIR = "sounds"
VERSION_LENGTH = 10
FILE_BYTES_MAX = 4_000_000


@dataclass(frozen=True)
class Dialplans:
    """A checked directory: the site and its flows by name."""

    site: Site
    flows: Mapping[str, Flow]
    sources: Mapping[str, str]
    """File name -> text, of the site and every flow."""

    @property
    def version(self) -> str:
        """Of the whole tree: the same text, the same version."""
        return _digest({name: text.encode() for name, text in self.sources.items()})


@dataclass(frozen=True)
class ReadDialplans:
    """What was found in a directory, right or wrong; `dialplans` is there when nothing is wrong."""

    dialplans: Dialplans | None
    problems: tuple[Problem, ...]
    site: Site | None
    """There also when only its references are wrong."""


def load_dialplans(directory: Path, yaml: Path | None = None) -> Dialplans:
    """The site and flows of a directory; with `yaml`, those YAML files with its sounds and music.

    Raises DocumentError with every problem of every file, also of those that cannot be read.
    """
    read = read_dialplans(directory, yaml)
    if read.dialplans is None:
        raise DocumentError(read.problems)
    return read.dialplans


def read_dialplans(directory: Path, yaml: Path | None = None) -> ReadDialplans:
    """As `load_dialplans`, but returns what is wrong inside the files."""
    problems: list[Problem] = []
    site_file = (yaml or directory) / SITE_FILE
    site_text = read_text(site_file, problems)
    read = ReadSite(None, None, ()) if site_text is None else read_site(site_text, str(site_file))
    problems += read.problems
    texts = {str(path): read_text(path, problems) for path in flow_files(yaml or directory)}
    files = {name: text for name, text in texts.items() if text is not None}
    flows = read_flows(
        files,
        read.site,
        NODE_TYPES,
        sound_exists=lambda name: sound_exists(directory / SOUNDS_DIR, name),
        site_document=read.document,
        salvaged=read.salvaged,
        unread={name for name, text in texts.items() if text is None},
    )
    problems += flows.problems
    if read.site is not None and read.document is not None:
        problems += music_problems(read.site, read.document, directory)
    if problems or read.site is None or site_text is None:
        return ReadDialplans(None, tuple(sorted(set(problems))), read.site)
    sources = {SITE_FILE: site_text} | {Path(name).name: text for name, text in files.items()}
    return ReadDialplans(Dialplans(read.site, flows.flows, sources), (), read.site)


def files_version(directory: Path) -> str:
    """What the version of these files would be, were they right. UserError when unreadable."""
    try:
        files = [directory / SITE_FILE, *flow_files(directory)]
        return _digest({file.name: file.read_bytes() for file in files})
    except OSError as error:
        raise UserError(f"{error.filename} cannot be read: {error.strerror}") from error


def _digest(files: Mapping[str, bytes]) -> str:
    return hashlib.sha256(repr(sorted(files.items())).encode()).hexdigest()[:VERSION_LENGTH]


def flow_files(directory: Path) -> list[Path]:
    """The flow files of a directory: every YAML file but the site and the tests."""
    return sorted(
        path
        for path in directory.glob("*.yaml")
        if path.name != SITE_FILE and not path.name.endswith(TESTS_SUFFIX)
    )


def sound_exists(sounds_dir: Path, name: str) -> bool:
    """Whether a sound file of this name is there, in any format Asterisk plays.

    `asterisk/NAME` is one of Asterisk's own: which it has is known only on a machine that has one.
    """
    parts = PurePosixPath(name).parts
    if not parts or parts[0] == "/" or ".." in parts:
        return False
    if name.startswith(ASTERISK_PREFIX):
        own = name.removeprefix(ASTERISK_PREFIX)
        return len(parts) > 1 and is_sound_of_asterisk(own, sound_packages(), SUFFIXES)
    return any((sounds_dir / f"{name}{suffix}").is_file() for suffix in SUFFIXES)


def read_text(path: Path, problems: list[Problem]) -> str | None:
    """What stands in a file; None when it cannot be read. What is wrong is told as a problem."""
    try:
        why, hint = _unfit(path)
        data = b"" if why else path.read_bytes()
    except OSError as error:
        why, hint = f"cannot be read: {error.strerror}", ""
    if why:
        problems.append(Problem(str(path), 1, 1, why, hint))
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        problems.append(Problem(str(path), line, column, "not UTF-8 text", "save it as UTF-8"))
        return data.decode("utf-8", errors="replace")


def _unfit(path: Path) -> tuple[str, str]:
    """Why nobody should even begin to read it, and what to do; empty: nothing. OSError."""
    try:
        status = path.stat()
    except FileNotFoundError:
        if path.name == SITE_FILE and not path.is_symlink():
            return f"{SITE_FILE} is missing", "it describes numbers, agents and queues"
        return "this link leads to no file", "mend it, or take it away"
    if S_ISDIR(status.st_mode):
        return "this is a directory, not a file", "name it otherwise, or put the file in its place"
    if not S_ISREG(status.st_mode):
        return "this is no file", "a pipe or a device could be read for ever"
    if status.st_size > FILE_BYTES_MAX:
        return f"larger than {FILE_BYTES_MAX} bytes", "a flow of this size is several flows"
    return "", ""
