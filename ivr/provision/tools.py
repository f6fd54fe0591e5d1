"""Programs beside Asterisk: speech for the server, phones and judges for tests."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from ivr.model.errors import UserError
from ivr.provision.packages import (
    SOFTPHONE,
    SPEECH,
    Say,
    ensure_programs,
    find_program,
    last_words,
    update_lists,
)
from ivr.provision.postgresql import ensure_postgresql
from ivr.provision.rootfs import cache_dir

TESTS = {
    **SOFTPHONE,
    "sipp": "sip-tester",
    "docker-compose": "docker-compose",
    "systemd-analyze": "systemd",
    "chromium-headless-shell": "chromium-headless-shell",
}
FAKETIME = "usr/lib/*/faketime/libfaketime.so.1"
_DOWNLOAD_TIMEOUT_S = 600


def ensure_server_tools(say: Say) -> None:
    ensure_programs(SPEECH, say)


def ensure_demo_tools(say: Say) -> None:
    ensure_programs(SOFTPHONE, say)


def ensure_test_tools(say: Say) -> None:
    """Phones, SIPp, docker-compose, a browser, PostgreSQL, and, below directories of their own,
    promtool, fail2ban and libfaketime."""
    ensure_programs(TESTS, say)
    ensure_promtool(say)
    ensure_fail2ban(say)
    ensure_faketime(say)
    ensure_postgresql(say)


def tools_dir() -> Path:
    """Holds `usr/bin/promtool` when the machine has none of its own."""
    return cache_dir() / "tools"


def fail2ban_dir() -> Path:
    """Holds `usr/bin/fail2ban-regex`, its modules and `etc/fail2ban`."""
    return cache_dir() / "fail2ban"


def faketime_library() -> Path:
    """To be preloaded into a program whose clock is to be moved."""
    return next((cache_dir() / "faketime").glob(FAKETIME))


def ensure_faketime(say: Say) -> None:
    target = cache_dir() / "faketime"
    if not list(target.glob(FAKETIME)):
        _ensure_unpacked("libfaketime", target, FAKETIME, say)


def ensure_promtool(say: Say) -> None:
    if find_program("promtool") is None:
        _ensure_unpacked("prometheus", tools_dir(), "usr/bin/promtool", say)


def ensure_fail2ban(say: Say) -> None:
    _ensure_unpacked("fail2ban", fail2ban_dir(), "usr/bin/fail2ban-regex", say)


def _ensure_unpacked(package: str, target: Path, proof: str, say: Say) -> None:
    """Unpacked, not installed: the package would start a service on the machine."""
    if (target / proof).exists():
        return
    say(f"fetching {package}")
    problem = _unpack_package(package, target)
    if problem:
        update_lists()
        problem = _unpack_package(package, target)
    if problem:
        raise UserError(
            f"{package} could not be fetched ({problem}); check the network and /etc/apt, "
            f"or unpack it yourself into {target}"
        )


def _unpack_package(package: str, target: Path) -> str:
    """What went wrong, or nothing."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".tools-") as name:
        fresh = Path(name)
        # apt gives up its rights for a download; it may not enter this user's directory.
        download = ["apt-get", "download", "-q", "-o", "APT::Sandbox::User=", package]
        problem = _run(download, fresh)
        if problem:
            return problem
        files = list(fresh.glob(f"{package}_*.deb"))
        if len(files) != 1:
            return f"apt-get fetched {len(files)} files for {package}"
        problem = _run(["dpkg-deb", "-x", str(files[0]), str(fresh / "unpacked")], fresh)
        if problem:
            return problem
        shutil.rmtree(target, ignore_errors=True)
        (fresh / "unpacked").rename(target)
    return ""


def _run(command: list[str], directory: Path) -> str:
    try:
        done = subprocess.run(
            command,
            cwd=directory,
            check=False,
            capture_output=True,
            text=True,
            timeout=_DOWNLOAD_TIMEOUT_S,
            env=os.environ | {"LC_ALL": "C"},
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return (last_words(done.stderr) or "no reason given") if done.returncode else ""
