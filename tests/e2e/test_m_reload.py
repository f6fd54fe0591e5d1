"""m. The site is changed under running calls: skills, people, numbers, and a broken file."""

import asyncio
import json
import os
import sys
from typing import Any

import pytest

from ivr.provision.instance import settings_environment
from ivr.provision.tones import write_tone
from tests.e2e.house import House
from tests.e2e.people import all_hear

NUMBER = "6700"
QUEUE = "  g_desk: {title: Desk in a restart"
HUM_HZ = 700
"""A note that our own music does not hold."""
VAL = "  g_val: {name: Val, extension: 1701, team: floor, skills: {g: 5}}\n"
VAL_WITHOUT = VAL.replace("g: 5", "b: 5")
WIM = "  m_wim: {name: Wim, extension: 1965, team: floor, skills: {g: 5}}\n"


def change(house: House, before: str, after: str) -> None:
    file = house.settings.site_file
    text = file.read_text("utf-8")
    assert before in text
    file.write_text(text.replace(before, after), "utf-8")


async def reload(house: House, *options: str) -> tuple[int, str]:
    """Exit code and output. The command is told where the server answers, and no more."""
    settings = settings_environment(house.settings)
    known = {f"IVR_{name}": settings[f"IVR_{name}"] for name in ("STATE_DIR", "BIND", "HTTP_PORT")}
    process = await asyncio.create_subprocess_exec(
        *[sys.executable, "-m", "ivr", "reload", *options],
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env=os.environ | known,
    )
    async with asyncio.timeout(60):
        output, _ = await process.communicate()
    return process.returncode or 0, output.decode()


@pytest.mark.timeout(120)
async def test_a_skill_learnt_while_somebody_waits_rings_the_agent(own_house: House) -> None:
    house = own_house
    change(house, VAL, VAL_WITHOUT)
    assert (await reload(house))[0] == 0
    (val,) = await house.agents("g_val")
    (caller,) = await house.people("g_caller_1")
    await caller.dials(NUMBER)
    call = await house.call_of(caller)
    entered = await house.journal.tells("queue.entered", call=call)

    change(house, VAL_WITHOUT, VAL)
    code, said = await reload(house, "--format", "json")
    assert code == 0
    paths = [one["path"] for one in json.loads(said)["changes"]]
    assert paths == ["agents.g_val.skills.b", "agents.g_val.skills.g"]
    await val.rings(5)
    await val.picks_up()
    await all_hear((caller, [val]), (val, [caller]))
    left = await house.journal.tells("queue.left", call=call)
    assert left.outcome == "answered"
    assert left.wait_s == pytest.approx(left.at - entered.entered_at, abs=0.1)


@pytest.mark.timeout(120)
async def test_somebody_new_gets_a_phone_and_callers_new_music_while_others_talk(
    own_house: House,
) -> None:
    house = own_house
    change(house, WIM, "")
    assert (await reload(house))[1].startswith("- agents.m_wim: Wim\nin force: ")
    assert "Unable to find" in await house.stack.asterisk.cli("pjsip show endpoint 1965")
    (val,) = await house.agents("g_val")
    talker, waiter = await house.people("g_caller_1", "g_caller_2")
    await house.calls_an_agent(talker, NUMBER, val)

    write_tone(house.settings.dialplans / "sounds" / "hum.wav", HUM_HZ, 5)
    change(house, VAL, VAL + WIM)
    change(house, QUEUE, QUEUE.replace("{", "{music: hum, "))
    change(house, "queues:\n", "music: {hum: [sounds/hum.wav]}\nqueues:\n")
    said = (await reload(house))[1].splitlines()
    assert said[0] == "+ agents.m_wim: Wim"
    assert said[1] == "~ queues.g_desk.music: default -> hum"
    assert said[2].startswith("+ music.hum")
    await waiter.dials(NUMBER)
    await waiter.hears_tone(HUM_HZ)
    (wim,) = await house.agents("m_wim")
    await wim.rings()
    await wim.picks_up()
    await all_hear((waiter, [wim]), (wim, [waiter]))
    assert waiter.sound.part(waiter.sound.seconds - 1).lacks(HUM_HZ)
    await all_hear((talker, [val]), (val, [talker]))


@pytest.mark.timeout(120)
async def test_a_broken_file_changes_nothing_and_is_told_by_its_line(own_house: House) -> None:
    house = own_house
    change(house, VAL, VAL.replace("team: floor", "team: flor"))
    code, said = await reload(house)
    assert code == 1
    assert "team 'flor' is not declared" in said
    assert "did you mean 'floor'?" in said
    change(house, VAL.replace("team: floor", "team: flor"), VAL)
    assert (await reload(house))[1].startswith("nothing has changed\n")
    (val,) = await house.agents("g_val")
    (caller,) = await house.people("g_caller_1")
    await house.calls_an_agent(caller, NUMBER, val)


@pytest.mark.timeout(120)
async def test_a_dry_run_shows_and_does_nothing(own_house: House) -> None:
    house = own_house
    change(house, VAL, VAL_WITHOUT)
    first: Any = await reload(house, "--dry-run")
    assert first == await reload(house, "--dry-run")
    assert first[1].splitlines()[-1].endswith("is not in force yet")
