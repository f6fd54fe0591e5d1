"""The command line that runs Asterisk: the machine's own, or one in a private root."""

from dataclasses import dataclass
from pathlib import Path

from ivr.provision.paths import Paths

_TOP_LINKS = ("bin", "sbin", "lib", "lib64")
"""Debian's merged /usr: these are links into it."""


@dataclass(frozen=True)
class AsteriskHome:
    """Which Asterisk to run."""

    version: str
    """As in `22.10.1`."""
    root: Path | None
    """Root of a private file system; None: the machine's own installation."""
    program: str = "asterisk"


def asterisk_command(home: AsteriskHome, paths: Paths, *arguments: str) -> list[str]:
    """Command that runs `asterisk -C <our configuration> ARGUMENTS`."""
    command = [home.program, "-C", str(paths.main_conf), *arguments]
    if home.root is None:
        return command
    return [*sandbox_command(home.root, paths), *command]


def sandbox_command(root: Path, paths: Paths) -> list[str]:
    """The bubblewrap prefix: host's network, read-only private root, only this instance writable.

    The host's name must resolve inside, or every call stalls on DNS: hence /etc/hosts.
    """
    command = ["bwrap", "--die-with-parent", "--unshare-pid"]
    for top in _TOP_LINKS:
        if (root / top).is_symlink():
            command += ["--symlink", f"usr/{top}", f"/{top}"]
    for directory in ("usr", "etc", "var"):
        command += ["--ro-bind", str(root / directory), f"/{directory}"]
    for file in ("/etc/hosts", "/etc/resolv.conf"):
        if Path(file).exists() and (root / file.lstrip("/")).exists():
            command += ["--ro-bind", str(Path(file).resolve()), file]
    command += ["--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp", "--tmpfs", "/run"]  # noqa: S108
    command += ["--bind", str(paths.state), str(paths.state)]
    command += ["--tmpfs", str(paths.state / "secrets")]
    if paths.dialplans.is_dir():
        command += ["--ro-bind", str(paths.dialplans), str(paths.dialplans)]
    return [*command, "--chdir", str(paths.state), "--"]
