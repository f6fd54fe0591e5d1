"""Which Asterisk runs here: the machine's own, else one in a private root shared by instances."""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ivr.model.errors import UserError
from ivr.provision.apt_sources import debian_mirror
from ivr.provision.packages import (
    ROOT_BUILDING,
    SANDBOX,
    UNSHARE,
    Say,
    ensure_programs,
    find_program,
    last_words,
)
from ivr.provision.sandbox import AsteriskHome

VERSION_MIN = 20
SUITE = "forky"
"""The Debian release with a current Asterisk; older ones have none."""
PACKAGES = ("asterisk", "asterisk-core-sounds-en-gsm", "python3")
ROOT_NAME = "asterisk-22"
PROGRAM = "usr/sbin/asterisk"
_BUILD_TIMEOUT_S = 1800
_ASK_TIMEOUT_S = 10


def ensure_asterisk(say: Say) -> AsteriskHome:
    """The Asterisk to run, provided if need be (about half a minute, once per machine)."""
    program = find_program("asterisk")
    if program is not None:
        own = asterisk_version([program])
        if own is not None and int(own.split(".")[0]) >= VERSION_MIN:
            return AsteriskHome(version=own, root=None, program=program)
        say(
            f"this machine's Asterisk {own or '(of unknown version)'} is older than {VERSION_MIN} "
            "and is left alone; a private one is used"
        )
    ensure_programs(SANDBOX, say)
    root = ensure_root(ROOT_NAME, PACKAGES, PROGRAM, say)
    version = asterisk_version(_inside(root, f"/{PROGRAM}"))
    if version is None:
        raise UserError(_sandbox_problem(root))
    return AsteriskHome(version=version, root=root)


def present_asterisk() -> AsteriskHome | None:
    """The Asterisk to run, if it was provided already; installs nothing."""
    if find_program("asterisk") is None and not (_root(ROOT_NAME, PACKAGES) / PROGRAM).exists():
        return None
    return ensure_asterisk(_silent)


def _silent(_text: str) -> None:
    """It is there: there is nothing to say."""


def asterisk_version(command: Sequence[str]) -> str | None:
    """`22.10.1`, or None when that program does not tell."""
    try:
        done = subprocess.run(
            [*command, "-V"], check=False, capture_output=True, text=True, timeout=_ASK_TIMEOUT_S
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = re.match(r"Asterisk (?:certified[/-])?(\d+(?:\.\d+)*)", done.stdout)
    return match.group(1) if match else None


def cache_dir() -> Path:
    """Shared by all instances of this user."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "ivr"


def ensure_root(name: str, packages: Sequence[str], proof: str, say: Say) -> Path:
    """A root file system with `packages`, made once; two runs at a time do not collide.

    It appears under its name only when it is complete. `proof` is a file it must hold.
    """
    root = _root(name, packages)
    if (root / proof).exists():
        return root
    try:
        root.parent.mkdir(parents=True, exist_ok=True)
        with _locked(root.with_suffix(".lock"), say):
            if not (root / proof).exists():
                _build(root, packages, say)
    except OSError as error:
        raise UserError(
            f"{error.filename}: {error.strerror}; free some space, or set XDG_CACHE_HOME"
        ) from error
    if not (root / proof).exists():
        raise UserError(f"{root} lacks {proof}; delete that directory and try again")
    return root


def _root(name: str, packages: Sequence[str]) -> Path:
    recipe = hashlib.sha256(repr((SUITE, sorted(packages))).encode()).hexdigest()[:8]
    return cache_dir() / f"{name}-{recipe}"


@contextmanager
def _locked(file: Path, say: Say) -> Iterator[None]:
    with file.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("waiting for another run that is preparing the same Asterisk")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _build(root: Path, packages: Sequence[str], say: Say) -> None:
    mirror = debian_mirror()
    if mirror is None:
        raise UserError(
            "No Debian source in /etc/apt/sources.list or sources.list.d to get Asterisk from; "
            f"add one, or install Asterisk {VERSION_MIN} or newer yourself"
        )
    wanted = ROOT_BUILDING if os.geteuid() == 0 else {**ROOT_BUILDING, **UNSHARE}
    ensure_programs(wanted, say)
    say(f"fetching {packages[0]} from {mirror} (half a minute, once per machine)")
    fresh = root.with_name(f"{root.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o755)
    problem = _bootstrap(mirror, packages, fresh)
    if problem:
        shutil.rmtree(fresh)
        raise UserError(
            f"{packages[0]} could not be fetched from {mirror} ({problem}); "
            "check the network and try again"
        )
    _make_mountable(fresh)
    shutil.rmtree(root, ignore_errors=True)
    fresh.rename(root)


def _bootstrap(mirror: str, packages: Sequence[str], target: Path) -> str:
    """Unpacks the packages and all they need into `target`; what went wrong, or nothing.

    By way of a tar stream, so that every file belongs to this user, who can then delete it.
    """
    bootstrap = subprocess.Popen(
        _bootstrap_command(mirror, packages),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=False,
    )
    unpack = subprocess.Popen(
        ["tar", "-x", "-C", str(target), "--no-same-owner", "--exclude=./dev/*"],
        stdin=bootstrap.stdout,
        stderr=subprocess.PIPE,
    )
    if bootstrap.stdout is not None:
        bootstrap.stdout.close()
    try:
        _, said = bootstrap.communicate(timeout=_BUILD_TIMEOUT_S)
        _, tar_said = unpack.communicate(timeout=_BUILD_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        bootstrap.kill()
        unpack.kill()
        return f"no end after {_BUILD_TIMEOUT_S} s"
    if bootstrap.returncode:
        return last_words(said.decode(errors="replace")) or "mmdebstrap failed"
    if unpack.returncode:
        return last_words(tar_said.decode(errors="replace")) or "tar failed"
    return ""


def _bootstrap_command(mirror: str, packages: Sequence[str]) -> list[str]:
    command = ["mmdebstrap", "--variant=apt", "--components=main", "--format=tar"]
    if os.geteuid() != 0:
        command.append("--mode=unshare")
    # A frozen mirror's Release may have passed its date; signatures are checked all the same.
    options = ['Acquire::Check-Valid-Until "false"', *_apt_network_options()]
    command += [f"--aptopt={option}" for option in options]
    return [*command, f"--include={','.join(packages)}", SUITE, "-", mirror]


def _apt_network_options() -> list[str]:
    """The machine's own proxies and certificates for apt, which mmdebstrap does not look at."""
    done = subprocess.run(
        ["apt-config", "dump", "--no-empty"], check=False, capture_output=True, text=True
    )
    wanted = ("Acquire::http::", "Acquire::https::")
    return [line.rstrip(";") for line in done.stdout.splitlines() if line.startswith(wanted)]


def _make_mountable(root: Path) -> None:
    """Files the sandbox lays the machine's own over."""
    for name in ("hosts", "resolv.conf"):
        file = root / "etc" / name
        file.unlink(missing_ok=True)
        file.touch()


def _inside(root: Path, *command: str) -> list[str]:
    return ["bwrap", "--ro-bind", str(root), "/", "--dev", "/dev", "--proc", "/proc", *command]


def _sandbox_problem(root: Path) -> str:
    done = subprocess.run(_inside(root, "/bin/true"), check=False, capture_output=True, text=True)
    return (
        f"bubblewrap cannot run here ({last_words(done.stderr) or 'no reason given'}); allow user "
        f"namespaces, or install Asterisk {VERSION_MIN} or newer on this machine"
    )
