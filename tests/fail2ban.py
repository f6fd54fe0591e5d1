"""The real fail2ban on our filters and jails, without a running one."""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

from ivr.provision.tools import fail2ban_dir

OURS = Path(__file__).parents[1] / "asterisk-config" / "fail2ban"


def banned(name: str, log: Path) -> list[str]:
    """The addresses our filter of this name finds in a log, one for each line that matches."""
    said = _run("fail2ban-regex", "-o", "<ip>", str(log), str(OURS / "filter.d" / f"{name}.conf"))
    return said.split()


def jails(directory: Path) -> dict[str, dict[str, str]]:
    """What a fail2ban of Debian with our files makes of its configuration: settings by jail."""
    whole = directory / "fail2ban"
    shutil.copytree(fail2ban_dir() / "etc/fail2ban", whole)
    shutil.copytree(OURS, whole, dirs_exist_ok=True)
    found: dict[str, dict[str, str]] = {}
    for line in _run("fail2ban-client", "-c", str(whole), "--dp").splitlines():
        command = ast.literal_eval(line) if line.startswith("['set', 'ivr-") else []
        if len(command) == 4:
            found.setdefault(command[1], {})[command[2]] = str(command[3])
    return found


def _run(program: str, *words: str) -> str:
    root = fail2ban_dir()
    done = subprocess.run(
        [sys.executable, str(root / "usr/bin" / program), *words],
        env=os.environ | {"PYTHONPATH": str(root / "usr/lib/python3/dist-packages")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
