"""A fault that needs a network and mounts of its own, played in namespaces made for it.

python -m tests.chaos.apart FAULT FILE   in there; the verdict goes into the file
"""

import asyncio
import json
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from tests.chaos.faults import FAULTS
from tests.chaos.network import TUN, Network
from tests.chaos.play import Verdict, play

SEED = 7
NAMESPACES = ("unshare", "--user", "--map-root-user", "--net", "--mount", "--")


def play_apart(name: str, limit_s: float) -> Verdict:
    """What came of it; RuntimeError when it could not be played here."""
    with tempfile.TemporaryDirectory(prefix="ivr-apart-") as directory:
        file = Path(directory) / "verdict.json"
        inside = [sys.executable, "-m", "tests.chaos.apart", name, str(file)]
        subprocess.run([*NAMESPACES, *inside], check=False, timeout=limit_s)
        if not file.exists():
            raise RuntimeError(
                f"{name} was not played: it needs user namespaces (kernel.unprivileged_userns_clone"
                f", kernel.apparmor_restrict_unprivileged_userns) and {TUN}, readable"
            )
        told = json.loads(file.read_text("utf-8"))
        return Verdict(**{**told, "notes": tuple(told["notes"])})


async def _play(name: str) -> Verdict:
    network = Network(SEED)
    network.open()
    try:
        return await play(FAULTS[name], network)
    finally:
        network.close()


if __name__ == "__main__":
    verdict = asyncio.run(_play(sys.argv[1]))
    Path(sys.argv[2]).write_text(json.dumps(asdict(verdict)), "utf-8")
