"""Absolute places inside one instance's state directory, as Asterisk and its templates see them."""

from dataclasses import dataclass
from pathlib import Path

from ivr.settings import Settings


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
    def server_ready(self) -> Path:
        """Exists while a server of this instance takes calls."""
        return self.server_run / "server.ready"


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


def make_directories(paths: Paths) -> None:
    """Creates what Asterisk writes to; the state directory is nobody else's business."""
    paths.state.mkdir(parents=True, exist_ok=True, mode=0o700)
    for directory in (
        paths.run,
        paths.log,
        paths.spool,
        paths.db,
        paths.agi_bin,
        paths.moh,
        paths.prompts,
        paths.recordings,
        paths.voicemail,
        paths.server_run,
    ):
        directory.mkdir(parents=True, exist_ok=True)
