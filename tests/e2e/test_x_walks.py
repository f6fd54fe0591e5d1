"""x. A hundred random calls go as at the terminal and in a flow test, under reloads."""

import asyncio
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

import pytest

from ivr.cli.test import load_world
from ivr.testing.run import World, play, site_zone
from tests.e2e.command import ivr
from tests.e2e.crm import crm
from tests.e2e.house import House
from tests.e2e.lines import OpenSite, replacing
from tests.e2e.media import Media
from tests.e2e.sip import TRUNK_IP, Trunk
from tests.e2e.walked import Follower, Told, Walker
from tests.walks.callers import Trace, Walk, answer_to, at_the_terminal
from tests.walks.lines import ANSWERS, NODES

WALKS = 100
WALK_S_MAX = 20.0
WALKS_PER_S = 20.0

RELOADS = 10
RELOAD_EVERY_S = 1.5
RELOADS_LIMIT_S = 90.0
CALLS = 50
AT_ONCE = 10
"""Begin after each of the first reloads."""
SEES = 5
"""So many more reloads a caller stays: all calls are there at once for a moment."""
MOVING = "6199"
FLOW = """
flow: moving
start: asks
nodes:
  asks:
    type: menu
    prompt: Please press 1 when you are ready.
    timeout_s: 60s
    choices: {{"1": version_{n}}}
    no_input: version_{n}
    no_match: version_{n}
  version_{n}: {{type: hangup}}
"""


@pytest.mark.timeout(150)
async def test_calls_are_the_same_everywhere_and_ten_reloads_disturb_none(
    open_site: OpenSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IVR_SECRET_CRM_TOKEN", "of-the-test")
    world = load_world(NODES)
    numbers = {flow: str(6100 + n) for n, flow in enumerate(sorted({*world.flows} - {"return"}))}
    async with crm(lambda path: answer_to(path, ANSWERS["crm"])) as system:
        lines = "".join(f'  "{number}": {flow}\n' for flow, number in numbers.items())
        change = {
            '  "600": menu\n': lines,
            "https://crm.example.com/api": system.url,
            "outbound:\n": f"outbound:\n  trunk_host: {TRUNK_IP}\n",
        }
        house = await open_site(NODES, replacing(change))
        walks = await walked_at_the_terminal(world, sorted(numbers))
        reloads = Reloads(house)
        await reloads.first()
        async with following(house) as follower, Trunk(house.settings) as trunk:
            made, moved, _ = await asyncio.gather(
                walk_again(walks, numbers, trunk, follower),
                stay_over_reloads(trunk, follower, reloads),
                reloads.others(),
            )

    different = [
        f"{walk.flow}: {walk.acts}\n  at the terminal {walk.trace}\n  on Asterisk {told.trace}"
        for walk, told in zip(walks, made, strict=True)
        if told.trace != walk.trace
    ]
    assert not different, f"{len(different)} of {WALKS} calls differ\n" + "\n".join(different)
    assert {told.started.config for told in made} <= {*reloads.nodes}
    for told in moved:
        ended, node = told.ended, reloads.nodes[told.started.config]
        assert ended is not None
        assert (ended.result, ended.node) == ("completed", node)
        assert told.entered == [("moving", "asks"), ("moving", node)]
    assert len({told.started.config for told in moved}) >= 3
    assert house.journal.facts("site.refused") == house.journal.facts("flow.failed") == []


async def walked_at_the_terminal(world: World, flows: Sequence[str]) -> list[Walk]:
    """A hundred calls of people who call now, each the same in a flow test."""
    now = datetime.now(site_zone(world.site)).replace(tzinfo=None)
    walks: list[Walk] = []
    seed = 0
    while len(walks) < WALKS:
        flow, caller, seed = flows[seed % len(flows)], f"5551{seed:03}", seed + 1
        walk = await at_the_terminal(
            world, flow, ANSWERS, now, seed=seed, alone=True, caller=caller
        )
        if walk.seconds <= WALK_S_MAX:
            assert Trace.of((await play(world, flow, walk.test)).trace) == walk.trace
            walks.append(walk)
    return walks


@asynccontextmanager
async def following(house: House) -> AsyncIterator[Follower]:
    follower = Follower(house.journal)
    reading = asyncio.create_task(follower.follow(), name="journal")
    try:
        yield follower
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)


async def walk_again(
    walks: Sequence[Walk], numbers: dict[str, str], trunk: Trunk, follower: Follower
) -> list[Told]:
    """Every other caller is hasty."""

    async def one(place: int, walk: Walk) -> Told:
        await asyncio.sleep(place / WALKS_PER_S)
        walker = Walker(walk, follower, hasty=place % 2 == 0)
        return await walker.call(trunk, numbers[walk.flow])

    return await asyncio.gather(*(one(place, walk) for place, walk in enumerate(walks)))


async def stay_over_reloads(trunk: Trunk, follower: Follower, reloads: "Reloads") -> list[Told]:
    async def one(place: int) -> Told:
        begins = 1 + place // AT_ONCE
        await reloads.are_done(begins)
        caller, media = f"5552{place:03}", await Media.open(TRUNK_IP)
        call = await trunk.call(MOVING, user=caller.encode(), media=media)
        assert call.status == 200
        await reloads.are_done(min(begins + SEES, RELOADS))
        await media.press("1")
        told = await follower.is_over(caller)
        await media.close()
        return told

    return await asyncio.gather(*(one(place) for place in range(CALLS)))


@dataclass
class Reloads:
    """By command and by signal in turns; the last one takes back the one before."""

    house: House

    def __post_init__(self) -> None:
        self.nodes: dict[str, str] = {}
        """Version of site and flows -> the node in which callers of that version end."""
        self._done = 0
        self._one_more = asyncio.Condition()

    async def are_done(self, count: int) -> None:
        async with asyncio.timeout(RELOADS_LIMIT_S), self._one_more:
            await self._one_more.wait_for(lambda: self._done >= count)

    async def first(self) -> None:
        site = self.house.settings.site_file
        text = site.read_text("utf-8")
        site.write_text(text.replace("numbers:\n", f'numbers:\n  "{MOVING}": moving\n'), "utf-8")
        await self._reload(0)

    async def others(self) -> None:
        for number in range(1, RELOADS - 1):
            await asyncio.sleep(RELOAD_EVERY_S)
            await self._reload(number)
        await asyncio.sleep(RELOAD_EVERY_S)
        said = await ivr(self.house, "reload", "--rollback")
        assert self.nodes[said["version"]] == f"version_{RELOADS - 3}"
        kept = await ivr(self.house, "reload", "--versions")
        assert (kept["in_force"], kept["rolled_back"]) == (said["version"], True)
        assert self.nodes.keys() < {one["version"] for one in kept["versions"]}
        await self._another()

    async def _reload(self, number: int) -> None:
        file = self.house.settings.site_file.with_name("moving.yaml")
        file.write_text(FLOW.format(n=number), "utf-8")
        newest = self.house.journal.newest_id()
        if number % 2:
            self.house.stack.server.process.send_signal(signal.SIGHUP)
        else:
            await ivr(self.house, "reload")
        told = await self.house.journal.tells("site.reloaded", after=newest)
        self.nodes[told.config] = f"version_{number}"
        await self._another()

    async def _another(self) -> None:
        async with self._one_more:
            self._done += 1
            self._one_more.notify_all()
