"""Versions of site and flows that were in force: kept so that one command goes back.

Below the state directory, in `versions/`: one directory of YAML files for each version, `list.json`
(oldest first), and `pinned.json` while the server runs an earlier one than the files say.
"""

import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

import structlog

from ivr.model.errors import UserError
from ivr.service.reloading import Kept

T = TypeVar("T")

log = structlog.get_logger(__name__)

VERSIONS_MAX = 20


class Versions:
    """One writer, the server; others only ask what is pinned."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._list = directory / "list.json"
        self._pinned = directory / "pinned.json"

    def all(self) -> Sequence[Kept]:
        """Oldest first."""
        return _read(self._list, _kept) or []

    def yaml_of(self, version: str) -> Path:
        """The directory with its files."""
        return self._directory / version

    def keep(self, one: Kept, sources: Mapping[str, str]) -> None:
        """The newest from now on; the oldest go. UserError when it cannot be kept."""
        try:
            self._write_sources(one.version, sources)
            kept = [each for each in self.all() if each.version != one.version] + [one]
            _write(self._list, [asdict(each) for each in kept[-VERSIONS_MAX:]])
            for old in kept[:-VERSIONS_MAX]:
                shutil.rmtree(self.yaml_of(old.version), ignore_errors=True)
        except OSError as error:
            raise UserError(f"{error.filename}: {error.strerror}; make it writable") from error

    def pin(self, version: str, files: str) -> None:
        """Run this one for as long as the files are of version `files`."""
        try:
            _write(self._pinned, {"version": version, "files": files})
        except OSError as error:
            raise UserError(f"{error.filename}: {error.strerror}; make it writable") from error

    def unpin(self) -> None:
        """The files say what runs."""
        self._pinned.unlink(missing_ok=True)

    def pinned(self, files: str) -> str:
        """The version to run instead of these files; empty when the files say what runs."""
        found = _read(self._pinned, _pin)
        if found is None or found[1] != files or not self.yaml_of(found[0]).is_dir():
            return ""
        return found[0]

    def _write_sources(self, version: str, sources: Mapping[str, str]) -> None:
        target = self.yaml_of(version)
        if target.is_dir():
            return
        fresh = target.with_name(f"{version}.part")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        for name, text in sources.items():
            (fresh / name).write_bytes(text.encode())
        fresh.rename(target)


def _kept(said: Any) -> list[Kept]:
    return [Kept(one["version"], one["at"], tuple(one["changes"])) for one in said]


def _pin(said: Any) -> tuple[str, str]:
    return said["version"], said["files"]


def _read(file: Path, parse: Callable[[Any], T]) -> T | None:
    """What the file holds; a damaged one counts as none, because the files can always be run."""
    try:
        return parse(json.loads(file.read_text("utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError) as error:
        log.error("not readable, taken as empty", file=str(file), error=str(error))  # noqa: TRY400
        return None


def _write(file: Path, what: object) -> None:
    partial = file.with_suffix(".part")
    partial.write_text(json.dumps(what, indent=1) + "\n", "utf-8")
    partial.replace(file)
