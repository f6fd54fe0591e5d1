"""Absolute places inside one instance's state directory, as Asterisk and its templates see them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ivr.settings import Settings

CEL = "cel.jsonl"


@dataclass(frozen=True)
class Paths:
    """Every path is absolute and the same inside and outside the sandbox."""

    state: Path
    etc: Path
    """Rendered configuration: a link to the newest complete set."""
    run: Path
    log: Path
    spool: Path
    db: Path
    agi_bin: Path
    moh: Path
    """Music on hold: one directory per class."""
    prompts: Path
    recordings: Path
    voicemail: Path
    dialplans: Path
    sounds: Path
    """The site's own sound files, below the dialplans."""
    emergency_file: Path
    server_run: Path
    """Where the server leaves its `server.ready`."""
    agi_url: str
    """Where the dialplan finds the server."""

    @property
    def main_conf(self) -> Path:
        return self.etc / "asterisk.conf"

    @property
    def messages(self) -> Path:
        """Asterisk's own log file."""
        return self.log / "messages"

    @property
    def cel(self) -> Path:
        """Asterisk's own record of channels, for `ivr journal verify`."""
        return self.log / "cel-custom" / CEL

    @property
    def server_ready(self) -> Path:
        """Exists while a server of this instance takes calls."""
        return self.server_run / "server.ready"

    @property
    def server_progress(self) -> Path:
        """What a server that is not ready yet is doing, in one line."""
        return self.server_run / "server.progress"


def paths_of(settings: Settings) -> Paths:
    home = settings.asterisk_dir.resolve()
    dialplans = settings.dialplans.resolve()
    return Paths(
        state=settings.state_dir.resolve(),
        etc=home / "etc",
        run=home / "run",
        log=home / "log",
        spool=home / "spool",
        db=home / "db",
        agi_bin=home / "agi-bin",
        moh=home / "moh",
        prompts=settings.prompts_dir.resolve(),
        recordings=settings.recordings_dir.resolve(),
        voicemail=settings.voicemail_dir.resolve(),
        dialplans=dialplans,
        sounds=dialplans / "sounds",
        emergency_file=settings.emergency_file.resolve(),
        server_run=settings.state_dir.resolve() / "run",
        agi_url=f"agi://{settings.agi_host}:{settings.agi_port}",
    )


@contextmanager
def private_files() -> Iterator[None]:
    """What this process and its children create meanwhile, other users can neither read nor enter.

    Not around the installation of packages: those are for everybody.
    """
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


def make_directories(paths: Paths) -> None:
    """Creates what Asterisk writes to, and closes to others what an earlier version left open.

    The state directory itself keeps the mode it has if somebody made it before us: it may be
    shared on purpose.
    """
    ours = (
        paths.etc.parent,
        paths.run,
        paths.log,
        paths.cel.parent,
        paths.spool,
        paths.db,
        paths.agi_bin,
        paths.moh,
        paths.prompts,
        paths.recordings,
        paths.voicemail,
        paths.server_run,
    )
    with private_files():
        for directory in (paths.state, *ours):
            directory.mkdir(parents=True, exist_ok=True)
    for each in (*ours, paths.emergency_file, *paths.state.glob("journal.*")):
        if each.exists() and each.stat().st_mode & 0o077:
            each.chmod(each.stat().st_mode & 0o700)
