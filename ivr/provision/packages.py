"""Debian packages the machine lacks: named, installed, or refused in one sentence."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence

from ivr.model.errors import UserError

SANDBOX = {"bwrap": "bubblewrap"}
ROOT_BUILDING = {"mmdebstrap": "mmdebstrap"}
UNSHARE = {"newuidmap": "uidmap"}
SPEECH = {"espeak-ng": "espeak-ng", "sox": "sox"}
SOFTPHONE = {"baresip": "baresip-core"}
"""Program -> package that holds it."""

_INSTALL_TIMEOUT_S = 900
_SAID_LINES = 2

Say = Callable[[str], None]


def ensure_programs(wanted: Mapping[str, str], say: Say) -> None:
    """Installs the packages of those programs that are not found; UserError when it cannot."""
    missing = sorted({pkg for program, pkg in wanted.items() if not find_program(program)})
    if not missing:
        return
    say(f"installing {' '.join(missing)}")
    install(missing)
    absent = sorted(program for program in wanted if not find_program(program))
    if absent:
        raise UserError(f"{' '.join(missing)} installed, but {' '.join(absent)} is not found")


def find_program(name: str) -> str | None:
    """Full path; /usr/sbin is searched too, which an ordinary user's PATH may lack."""
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/local/sbin:/usr/sbin:/sbin")


def install(packages: Sequence[str]) -> None:
    """`apt-get install`, with sudo where not root; asks for a password only on a terminal."""
    by_hand = f"install them yourself: apt-get install {' '.join(packages)}"
    if shutil.which("apt-get") is None:
        raise UserError(f"This needs {' '.join(packages)}, and there is no apt-get here; {by_hand}")
    prefix = _as_root(by_hand)
    command = [*prefix, "apt-get", "install", "-y", "-q", "--no-install-recommends", *packages]
    if _run(command) is None:
        return
    # A fresh machine has no package lists yet, an old one has stale ones.
    _run([*prefix, "apt-get", "update", "-q"])
    problem = _run(command)
    if problem is not None:
        raise UserError(
            f"apt-get could not install {' '.join(packages)} ({problem}); "
            f"check the network and /etc/apt, or {by_hand}"
        )


def update_lists() -> None:
    """`apt-get update`; what follows tells whether it helped."""
    _run([*_as_root("apt-get update"), "apt-get", "update", "-q"])


def _as_root(by_hand: str) -> list[str]:
    environment = ["env", "DEBIAN_FRONTEND=noninteractive"]
    if os.geteuid() == 0:
        return environment
    if shutil.which("sudo") is None:
        raise UserError(f"Packages are missing and there is no sudo; {by_hand}")
    quiet = [] if sys.stdin.isatty() else ["-n"]
    if subprocess.run(["sudo", *quiet, "-v"], check=False, stderr=subprocess.DEVNULL).returncode:
        raise UserError(f"Packages are missing and sudo refused; {by_hand}")
    return ["sudo", *quiet, *environment]


def _run(command: Sequence[str]) -> str | None:
    """None when it went well, else its last words."""
    try:
        done = subprocess.run(
            command,
            check=False,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_INSTALL_TIMEOUT_S,
        )
    except subprocess.TimeoutExpired:
        return f"no end after {_INSTALL_TIMEOUT_S} s"
    if done.returncode == 0:
        return None
    return last_words(done.stderr or done.stdout) or f"exit code {done.returncode}"


def last_words(output: str) -> str:
    """The last lines that say something, on one line."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return " / ".join(lines[-_SAID_LINES:])
