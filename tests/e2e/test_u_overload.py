"""u. A full house: who calls is told so at no cost, who is inside notices nothing of it."""

import asyncio
from pathlib import Path

import pytest

from ivr.provision.paths import paths_of
from ivr.service.pins import ENTER_PIN, WRONG_PIN
from ivr.spoken import WORDINGS
from tests.e2e.command import ivr, ivr_text
from tests.e2e.guessing import ADDRESS, knocks_at_fastagi, registers, signs_in
from tests.e2e.house import House
from tests.e2e.lines import OpenSite
from tests.e2e.people import Person, all_hear
from tests.e2e.service_manager import ServiceManager
from tests.fail2ban import banned

FULL = Path(__file__).parent / "full"
WELCOME = "There is room for you. Press 1 to talk to somebody."
BUSY = WORDINGS["en"].lines_busy
BUSY_IN_GERMAN = "Hier ist gerade kein Platz mehr."
SOMEBODY_ELSE = "192.0.2.9"
OVERLOADED = 3
"""Exit code of `ivr status`."""


@pytest.mark.timeout(120)
async def test_the_fourth_hears_that_all_lines_are_busy_until_somebody_leaves(
    open_site: OpenSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with ServiceManager(tmp_path / "notify") as systemd:
        monkeypatch.setenv("NOTIFY_SOCKET", str(systemd.place))
        monkeypatch.setenv("WATCHDOG_USEC", "2000000")
        house = await open_site(FULL, str)
        await systemd.hears("READY=1")
        await asyncio.gather(the_fourth_is_turned_away(house), fail2ban_sees_who_guesses(house))
        await systemd.hears("WATCHDOG=1")
        await house.stack.server.stop()
        await systemd.hears("STOPPING=1")


async def the_fourth_is_turned_away(house: House) -> None:
    (ann,) = await house.agents("ann")
    talker, waiter, chooser, fourth, fifth, elsewhere = await house.people(
        "talker", "waiter", "chooser", "fourth", "fifth", "elsewhere"
    )
    await talks_to(house, talker, ann)
    await waiter.dials("600")
    await waiter.presses("1")
    await house.journal.tells("queue.entered", call=await house.call_of(waiter))
    await chooser.dials("600")
    await chooser.hears_said(await house.speech(WELCOME))

    await asyncio.gather(
        is_turned_away(house, fourth, "600", BUSY),
        is_turned_away(house, fifth, "601", BUSY_IN_GERMAN, "de"),
        all_hear((talker, [ann]), (ann, [talker])),
    )
    found = await ivr(house, "status", status=OVERLOADED)
    assert (found["status"], found["calls"], found["calls_max"]) == ("overloaded", 3, 3)
    assert found["turning_away"] == ["calls"]
    assert found["turned_away"] == 2
    scrape = await house.scrape()
    assert scrape.total("calls_refused_total", reason="calls") == 2
    assert scrape.total("calls_refusing", reason="calls") == 1
    assert scrape.total("calls_refusing_ratio", reason="calls") == 1
    assert scrape.total("calls_active") == 3

    site = house.settings.dialplans / "site.yaml"
    text = site.read_text("utf-8")
    more = '{calls_max: 3, overflow: "2009", cause: busy}'
    site.write_text(text.replace("{calls_max: 3}", more), "utf-8")
    await ivr_text(house, "reload")
    await fifth.starts_dialling("600")
    fifth.visits -= 1
    await elsewhere.rings()
    await elsewhere.picks_up()
    await fifth.comes_through()
    await all_hear((fifth, [elsewhere]), (elsewhere, [fifth]), (talker, [ann]), (ann, [talker]))
    await elsewhere.hangs_up()
    await fifth.is_hung_up()
    told = await house.journal.tells("call.refused", overflow="2009")
    assert (told.caller, told.dialled, told.reason) == ("2005", "600", "calls")

    await chooser.hangs_up()
    await house.journal.tells("call.ended", call=await house.call_of(chooser))
    await fourth.dials("600")
    await fourth.hears_said(await house.speech(WELCOME))
    await ann.hangs_up()
    await talker.is_hung_up()
    await ann.rings()
    await ann.picks_up()
    await all_hear((waiter, [ann]), (ann, [waiter]))
    await waiter.hangs_up()
    await ann.is_hung_up()
    await fourth.hangs_up()
    assert (await ivr(house, "journal", "verify", known=HISTORY))["differences"] == []


HISTORY = ("STATE_DIR", "JOURNAL", "DIALPLANS")


async def talks_to(house: House, caller: Person, agent: Person) -> None:
    await caller.dials("600")
    await house.journal.tells("node.entered", call=await house.call_of(caller), node="menu")
    await caller.presses("1")
    await agent.rings()
    await agent.picks_up()
    await all_hear((caller, [agent]), (agent, [caller]))


async def is_turned_away(
    house: House, caller: Person, number: str, words: str, language: str = ""
) -> None:
    await caller.starts_dialling(number)
    caller.visits -= 1
    await caller.hears_unanswered(await house.speech(words, language))
    assert await caller.is_refused() == "503 Service Unavailable"


async def fail2ban_sees_who_guesses(house: House) -> None:
    """Each filter on what server and Asterisk have written: him, and nobody else."""
    settings = house.settings
    (sue,) = await house.people("sue")
    wrong = f"{(int(house.pin(sue)) + 1) % 1000000:06d}"
    await sue.dials("*16")
    await sue.hears_said(await house.speech(ENTER_PIN.text))
    await sue.presses(f"{wrong}#")
    await sue.hears_said(await house.speech(WRONG_PIN.text))
    await sue.hangs_up()
    for _ in range(3):
        await knocks_at_fastagi(settings)
        assert await signs_in(settings, f'x", "address": "{SOMEBODY_ELSE}') == 401
    for user in ("1001", "nobody", SOMEBODY_ELSE):
        assert b"401" in await registers(settings, user) or user != "1001"
    paths = paths_of(settings)
    said = paths.server_run / "server.log"
    assert banned("ivr-pin", said) == ["127.0.0.1"]
    assert banned("ivr-agi", said) == [ADDRESS] * 3
    assert banned("ivr-web", said) == [ADDRESS] * 3
    assert banned("ivr-sip", paths.log / "security") == [ADDRESS] * 3
