"""The server's clock of the day is put forward by an hour, and back again."""

import asyncio
import tempfile
import time
import urllib.request
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from pathlib import Path

from ivr.provision.tools import faketime_library
from tests.chaos.fault import Fault, Scene
from tests.e2e.house import House

STEP_S = 3600
LASTS_S = 6.0
_file = Path(tempfile.gettempdir()) / "ivr-chaos-clock"


def environment() -> Mapping[str, str]:
    """By libfaketime; what counts seconds (CLOCK_MONOTONIC) goes on as it is, as in a step."""
    _file.write_text("+0\n", "ascii")
    return {
        "LD_PRELOAD": str(faketime_library()),
        "FAKETIME_TIMESTAMP_FILE": str(_file),
        "FAKETIME_CACHE_DURATION": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }


async def strike(scene: Scene) -> None:
    _file.write_text(f"+{STEP_S}\n", "ascii")
    await asyncio.sleep(LASTS_S)
    ahead_s = await asyncio.to_thread(_time_of_server, scene.house) - time.time()
    assert abs(ahead_s - STEP_S) < LASTS_S, f"the server's clock is {ahead_s:.0f} s ahead"


def _time_of_server(house: House) -> float:
    """As it dates its answers."""
    url = f"http://{house.settings.bind}:{house.settings.http_port}/health"
    with urllib.request.urlopen(url, timeout=5) as answer:
        return parsedate_to_datetime(answer.headers["Date"]).timestamp()


async def mend(_scene: Scene) -> None:
    _file.write_text("+0\n", "ascii")


FAULT = Fault(
    f"clock of the day an hour forward, {LASTS_S:g} s later back",
    strike,
    mend,
    environment=environment,
)
