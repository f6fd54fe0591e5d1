"""One file with all that an instance cannot make again, taken while it runs; and an instance made
from such a file.

Order matters in a copy of what goes on changing: whatever points into the journal (events that wait
for its database, the audit's head, how far webhooks have read) is copied before it, so that the
copy never points past its end; the sound that the journal tells of is copied after it.
"""

import io
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import IO

from ivr.journal.database import sqlite_file
from ivr.model.errors import UserError
from ivr.provision.paths import private_files
from ivr.settings import Settings

FORMAT = 1
MANIFEST = "manifest.json"
JOURNAL = "journal.db"
STATE, DIALPLANS = "state", "dialplans"
MANIFEST_MAX = 256 * 1024 * 1024
"""Bytes; a million files take about half of it."""
CHUNK = 1024 * 1024

_MADE_AGAIN = ("asterisk", "run", "demo", "prompts")
"""Below the state directory: made by the next start."""
_ASTERISK_KEPT = "asterisk/log/cel-custom"
"""But Asterisk's own record of channels, which `ivr journal verify` reads."""
_FIRST = ("journal.spill", "audit.head", "webhooks.db")
_SQLITE = b"SQLite format 3\0"
_BESIDE_SQLITE = ("-wal", "-shm", "-journal")


@dataclass(frozen=True)
class Contents:
    """What a back-up holds."""

    files: Mapping[str, str]
    """Name in the back-up -> SHA-256 of the content."""
    size: int
    """Bytes of all files."""

    @property
    def journal(self) -> bool:
        """False: the journal is in a database server, which has a back-up of its own."""
        return JOURNAL in self.files


def back_up(settings: Settings, file: Path) -> Contents:
    """Writes the back-up, whole or not at all; UserError when it exists or cannot be written."""
    if not settings.state_dir.is_dir():
        raise UserError(f"{settings.state_dir}: no such state directory; give --state-dir")
    for inside in (settings.state_dir, settings.dialplans):
        if file.resolve().is_relative_to(inside.resolve()):
            raise UserError(f"{file}: lies in {inside}, which it would hold; choose another place")
    _refuse_existing(file)
    try:
        with private_files(), _scratch(file.parent) as scratch:
            whole = scratch / "whole"
            with whole.open("xb") as out:
                with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
                    contents = _Writer(tar, scratch).write(settings)
                out.flush()
                os.fsync(out.fileno())
            try:
                # Unlike a rename, fails when somebody else has made the file meanwhile.
                os.link(whole, file)
            except FileExistsError:
                _refuse_existing(file)
                raise
    except (OSError, sqlite3.Error) as error:
        raise UserError(f"{file}: no back-up was made: {error}") from error
    return contents


def check(file: Path) -> Contents:
    """Reads the back-up to its end; UserError for any file that is not what was put in."""
    with _opened(file) as tar:
        return _read(file, tar, None)


def restore(settings: Settings, file: Path) -> Contents:
    """Makes state directory, site and journal of a back-up; touches nothing when any of them is
    there already or the back-up is not whole (UserError)."""
    journal = sqlite_file(settings.journal_url)
    _refuse_filled(settings.state_dir, settings.dialplans)
    if journal is not None:
        _refuse_existing(journal)
    state = settings.state_dir
    try:
        state.parent.mkdir(parents=True, exist_ok=True)
        settings.dialplans.parent.mkdir(parents=True, exist_ok=True)
        with (
            private_files(),
            _scratch(state.parent) as scratch,
            _scratch(settings.dialplans.parent) as beside,
        ):
            places = {STATE: scratch / STATE, DIALPLANS: beside / DIALPLANS}
            for place in places.values():
                place.mkdir()
            places[JOURNAL] = scratch / JOURNAL
            with _opened(file) as tar:
                contents = _read(file, tar, places)
            if contents.journal and journal is None:
                raise UserError(f"{file}: holds an SQLite journal; restore it without --journal")
            # The state directory last: with it, a server would start, and without its journal anew.
            _put(places[DIALPLANS], settings.dialplans)
            if contents.journal and journal is not None:
                if journal.resolve().is_relative_to(state.resolve()):
                    target = places[STATE] / journal.resolve().relative_to(state.resolve())
                else:
                    target = journal
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.move(places[JOURNAL], target)
            _put(places[STATE], state)
    except OSError as error:
        raise UserError(f"{file}: cannot be restored: {error}") from error
    return contents


class _Writer:
    """Puts files into the archive and notes the hash of what went in."""

    def __init__(self, tar: tarfile.TarFile, scratch: Path) -> None:
        self._tar = tar
        self._copy = scratch / "copy.db"
        self._hashes: dict[str, str] = {}
        self._size = 0

    def write(self, settings: Settings) -> Contents:
        state = settings.state_dir
        journal = sqlite_file(settings.journal_url)
        for name in _FIRST:
            self._add(f"{STATE}/{name}", state / name)
        if journal is not None:
            if not journal.exists():
                raise UserError(f"{journal}: there is no journal; give --journal or --state-dir")
            self._add(JOURNAL, journal)
        for path in _files(state, _MADE_AGAIN):
            inside = path.relative_to(state)
            if inside.as_posix() not in _FIRST and not (journal and _same(path, journal)):
                self._add(f"{STATE}/{inside.as_posix()}", path)
        for path in _files(state / _ASTERISK_KEPT):
            self._add(f"{STATE}/{path.relative_to(state).as_posix()}", path)
        for path in _files(settings.dialplans):
            self._add(f"{DIALPLANS}/{path.relative_to(settings.dialplans).as_posix()}", path)
        text = json.dumps({"format": FORMAT, "files": self._hashes}, indent=1).encode()
        entry = tarfile.TarInfo(MANIFEST)
        entry.size = len(text)
        self._tar.addfile(entry, io.BytesIO(text))
        return Contents(self._hashes, self._size)

    def _add(self, name: str, path: Path) -> None:
        """A file that goes meanwhile, e.g. a recording past its retention, is left out."""
        try:
            source = path.open("rb")
        except FileNotFoundError:
            return
        with source:
            if source.read(len(_SQLITE)) != _SQLITE:
                source.seek(0)
                self._add_open(name, source)
                return
        with closing(sqlite3.connect(path)) as live, closing(sqlite3.connect(self._copy)) as copy:
            live.backup(copy)
            [(said,)] = copy.execute("PRAGMA quick_check(1)").fetchall()
        if said != "ok":
            raise UserError(f"{path}: the database is damaged: {said}")
        with self._copy.open("rb") as source:
            self._add_open(name, source)
        self._copy.unlink()

    def _add_open(self, name: str, source: IO[bytes]) -> None:
        """As long as it is now: a recording may be growing."""
        entry = self._tar.gettarinfo(arcname=name, fileobj=source)
        entry.type, entry.linkname = tarfile.REGTYPE, ""
        entry.size = os.fstat(source.fileno()).st_size
        hashing = _Hashing(source)
        self._tar.addfile(entry, hashing)
        self._hashes[name] = hashing.hash.hexdigest()
        self._size += entry.size


class _Hashing(io.RawIOBase):
    """Reads through, and hashes what was read."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self.hash = sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._source.read(size)
        self.hash.update(data)
        return data


def _files(root: Path, without: tuple[str, ...] = ()) -> Iterator[Path]:
    """Every regular file, through links, which may lead to another disk; each directory once."""
    seen = set()
    for directory, names, files in os.walk(root, followlinks=True):
        real = os.path.realpath(directory)
        if real in seen:
            names.clear()
            continue
        seen.add(real)
        if Path(directory) == root:
            names[:] = [name for name in names if name not in without]
        names.sort()
        for name in sorted(files):
            path = Path(directory, name)
            if path.is_file() and not name.endswith(_BESIDE_SQLITE):
                yield path


def _read(file: Path, tar: tarfile.TarFile, places: Mapping[str, Path] | None) -> Contents:
    """Checks every file and puts it into its place, if there are places."""
    found: dict[str, str] = {}
    size = 0
    manifest = None
    for entry in tar:
        source = tar.extractfile(entry) if entry.isreg() else None
        parts = PurePosixPath(entry.name).parts
        known = len(parts) > 1 if parts[:1] in ((STATE,), (DIALPLANS,)) else len(parts) == 1
        if source is None or ".." in parts or not known or entry.name in found:
            raise UserError(f"{file}: {entry.name!r} has no place in a back-up; take another file")
        if entry.name == MANIFEST:
            if entry.size > MANIFEST_MAX:
                raise UserError(f"{file}: its list of files is too long; take another file")
            manifest = source.read()
            continue
        if parts[0] not in (STATE, DIALPLANS, JOURNAL):
            raise UserError(f"{file}: {entry.name!r} has no place in a back-up; take another file")
        target = places[parts[0]].joinpath(*parts[1:]) if places is not None else None
        found[entry.name] = _take(source, target, entry.mode)
        size += entry.size
    wanted = _wanted(file, manifest)
    for name in sorted(wanted.keys() | found.keys()):
        if wanted.get(name) != found.get(name):
            what = "is missing" if name not in found else "is not what was backed up"
            raise UserError(f"{file}: {name} {what}; take another back-up")
    return Contents(found, size)


def _take(source: IO[bytes], target: Path | None, mode: int) -> str:
    """Copies; the SHA-256 of what there was."""
    hashed = sha256()
    if target is not None:
        target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("xb") if target is not None else Path(os.devnull).open("wb") as out:
        while data := source.read(CHUNK):
            hashed.update(data)
            out.write(data)
        if target is not None:
            out.flush()
            os.fsync(out.fileno())
            os.fchmod(out.fileno(), mode & 0o755 | 0o600)
    return hashed.hexdigest()


def _wanted(file: Path, manifest: bytes | None) -> dict[str, str]:
    if manifest is None:
        raise UserError(f"{file}: ends too early, it has no list of its files; take another file")
    try:
        said = json.loads(manifest)
        form, files = said["format"], dict(said["files"])
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(f"{file}: its list of files is damaged; take another file") from error
    if form != FORMAT:
        raise UserError(f"{file}: of format {form}, this version reads {FORMAT}; use its version")
    return files


@contextmanager
def _opened(file: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(file, "r:") as tar:
            yield tar
    except tarfile.TarError as error:
        raise UserError(f"{file}: is no whole back-up: {error}; take another file") from error
    except FileNotFoundError as error:
        raise UserError(f"{error.filename}: no such file") from error


@contextmanager
def _scratch(parent: Path) -> Iterator[Path]:
    """A private directory on the same disk, gone at the end."""
    with tempfile.TemporaryDirectory(prefix=".ivr-backup-", dir=parent) as directory:
        yield Path(directory)


def _same(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve()


def _refuse_existing(file: Path) -> None:
    if os.path.lexists(file):
        raise UserError(f"{file}: exists already, and nothing is overwritten; name another")


def _refuse_filled(*directories: Path) -> None:
    for directory in directories:
        if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
            raise UserError(
                f"{directory}: is there already, and nothing is overwritten; name another or move "
                "it away"
            )


def _put(made: Path, target: Path) -> None:
    """In the place of nothing, or of an empty directory."""
    os.replace(made, target)
