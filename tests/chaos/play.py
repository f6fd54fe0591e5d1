"""One fault played in a house of its own, and what came of it."""

import shutil
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from ivr.provision.instance import ServerProcess
from ivr.provision.paths import paths_of
from ivr.settings import Settings
from tests.chaos import books, crowd
from tests.chaos.fault import Fault, Scene
from tests.chaos.network import Network
from tests.chaos.proxy import Proxy
from tests.e2e.house import House
from tests.e2e.lines import copied
from tests.e2e.people import Person
from tests.e2e.ports import PortBlock
from tests.e2e.stack import Stack, settings_on

SITE = Path(__file__).parent / "site"
SAME_S = 0.01
IN_ORDER = ["first", "second", "called"]
"""Whose telephone call rings already is answered when Ben likes."""


@dataclass(frozen=True)
class Verdict:
    """What a fault cost; nothing but `recovery_s` should be anything."""

    fault: str
    calls_lost: int
    places_lost: int
    events_lost: int
    events_doubled: int
    recordings_damaged: int
    agents_stuck: int
    recovery_s: float
    ends_audio: bool
    spoils_recordings: bool
    notes: tuple[str, ...]

    @property
    def nothing_lost(self) -> bool:
        return not (
            self.calls_lost
            or self.places_lost
            or self.events_lost
            or self.events_doubled
            or self.recordings_damaged
            or self.agents_stuck
        )


async def play(fault: Fault, network: Network | None = None) -> Verdict:
    """What came of the fault. Files of a house that lost something are kept, to look into.

    `network` is there when it is played apart.
    """
    directory = Path(tempfile.mkdtemp(prefix="ivr-chaos-"))
    verdict = None
    try:
        async with _scene(directory, fault, network) as scene:
            verdict = await _play(fault, scene)
    finally:
        if verdict is not None and verdict.nothing_lost:
            shutil.rmtree(directory)
        else:
            print(f"kept for a look: {directory}", file=sys.stderr)
    return verdict


async def _play(fault: Fault, scene: Scene) -> Verdict:
    """Everybody is brought to where they shall be, the fault strikes, everybody is served."""
    people = scene.people
    await people.talk()
    offer = await people.ring()
    await people.stand_in_line()
    await people.stay_in_the_menu()

    await fault.strike(scene)
    if fault.ends_audio:
        await people.put_down()
    since = time.time()
    await fault.mend(scene)
    recovery_s = await people.recovers(since)
    if fault.ends_audio:
        await people.call_again()
    else:
        await people.goes_on_talking()
        await people.leaves_the_menu()
        if await people.ring_is_over(offer):
            await people.ben.rings()
            await people.ben.is_hung_up()
        await people.ann.hangs_up()
    await people.are_served()
    return await _verdict(fault, people, recovery_s)


async def _verdict(fault: Fault, people: crowd.Crowd, recovery_s: float) -> Verdict:
    house = people.house
    agents = (people.ann, people.ben)
    stuck = [f"{one.key} is stuck" for one in agents if not await _is_free(one, house)]
    found = await books.closed(house)
    damaged = [] if fault.ends_audio or fault.spoils_recordings else found.damaged
    untold = ["a recording with a hole is told to be whole"] * (
        fault.spoils_recordings == "must" and not found.damaged
    )
    misplaced = _misplaced(people, fault)
    return Verdict(
        fault.title,
        calls_lost=len(people.unheard),
        places_lost=len(misplaced),
        events_lost=len(found.lost),
        events_doubled=len(found.doubled),
        recordings_damaged=len(damaged) + len(untold),
        agents_stuck=len(stuck),
        recovery_s=recovery_s,
        ends_audio=fault.ends_audio,
        spoils_recordings=bool(fault.spoils_recordings),
        notes=(
            *people.unheard,
            *misplaced,
            *found.lost,
            *found.doubled,
            *found.damaged,
            *untold,
            *stuck,
        ),
    )


async def _is_free(person: Person, house: House) -> bool:
    try:
        await house.state(person, "available")
    except AssertionError:
        return False
    return True


def _misplaced(people: crowd.Crowd, fault: Fault) -> list[str]:
    """Who stood elsewhere than before, by time of entry and by who was served when."""
    found = [
        f"{key} entered at {people.entered_at[key]}, now {entry.entered_at}"
        for call, key in people.calls.items()
        for entry in people.house.journal.facts("queue.entered", call=call)
        if abs(entry.entered_at - people.entered_at[key]) > SAME_S
    ]
    if not fault.ends_audio and [key for key in people.served if key != "ringing"] != IN_ORDER:
        found.append(f"served in another order: {people.served}")
    return found


@asynccontextmanager
async def _scene(directory: Path, fault: Fault, network: Network | None) -> AsyncIterator[Scene]:
    ports, people = PortBlock(), directory / "people"
    people.mkdir()
    settings = settings_on(ports, directory / "state", copied(SITE, str, directory / "site"))
    proxy = Proxy(ports.for_server(), settings.ami_port)
    with fault.around(settings):
        stack = Stack(settings)
        stack.server = _Server(replace(settings, ami_port=proxy.port), fault)
        await proxy.start()
        try:
            await stack.start()
            house = House(stack, people, ports)
            try:
                yield Scene(house, proxy, await crowd.gathered(house), network)
            finally:
                await house.close()
        finally:
            await stack.stop()
            await proxy.close()
            ports.release()


class _Server(ServerProcess):
    """With what the fault wants to be in its environment."""

    def __init__(self, settings: Settings, fault: Fault) -> None:
        super().__init__(settings, paths_of(settings))
        self._more = fault.environment()

    async def spawn(
        self, *command: str, output: IO[bytes], env: Mapping[str, str] | None = None
    ) -> None:
        await super().spawn(*command, output=output, env={**(env or {}), **self._more})
