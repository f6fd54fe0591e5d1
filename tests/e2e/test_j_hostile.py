"""j. Hostile input is data: nothing executes, and the call is served or ended politely."""

import asyncio
import contextlib

import pytest

from tests.e2e.house import House
from tests.e2e.people import Person, all_hear
from tests.e2e.sip import Trunk

NUMBER = "6900"
NAMES = {
    "shell": b"$(touch CANARY)`touch CANARY`;touch CANARY|touch CANARY&",
    "dialplan": b"${SHELL(touch CANARY)}${EVAL(${SHELL(touch CANARY)})},1)System(touch CANARY)",
    "escaped": b'\\"\\\\ ${SHELL(touch CANARY)} \\"',
    "agi": b"%0d%0aEXEC System touch%20CANARY%0d%0a",
    "ami": b"x%0d%0aAction: Command%0d%0aCommand: originate PJSIP/1101",
    "folded": b"x\r\n Action: Originate",
    "other phones": b"&PJSIP/1101&PJSIP/1102",
    "sql": b"'; DROP TABLE events; --",
    "controls": b"\x01\x02\x07\x08\x1b[2J\x7f",
    "not utf-8": b"\xff\xfe\x80\xc3\x28",
    "markup": b"<script>alert(1)</script>{{7*7}}",
    "1 kB": b"A" * 1000,
    "30 kB": b"B" * 30000,
}
POLITE = range(400, 700)


@pytest.mark.timeout(150)
async def test_no_name_does_more_than_be_shown(house: House) -> None:
    (yul,) = await house.agents("j_yul")
    canary = house.settings.state_dir / "canary"
    served = []
    async with Trunk(house.settings) as trunk:
        for title, name in NAMES.items():
            since = house.journal.newest_id()
            call = await trunk.call(NUMBER, name=name.replace(b"CANARY", bytes(canary)))
            if call.status != 200:
                # What cannot be SIP is answered with an error, or not at all.
                assert call.status == 0 or call.status in POLITE, title
                continue
            await yul.rings()
            await call.hang_up()
            await yul.is_hung_up()
            ended = await house.journal.tells("call.ended", after=since, flow="hostile")
            assert ended.result == "hangup", title
            offers = house.journal.facts("offer.made", call=ended.call)
            assert [offer.agent for offer in offers] == ["j_yul"], title
            await house.state(yul, "available")
            served.append(title)
    assert not canary.exists()
    assert len(served) >= len(NAMES) / 2, f"a test of names that reach us, but only {served} did"
    await a_call_is_served(house, yul)


@pytest.mark.parametrize(
    "user", [b"%24%7BSHELL(touch%20CANARY)%7D", b"5;touch%20CANARY", b"-%7C%26PJSIP%2F1101"]
)
async def test_no_number_does_more_than_be_shown(house: House, user: bytes) -> None:
    (yul,) = await house.agents("j_yul")
    canary = house.settings.state_dir / "canary"
    async with Trunk(house.settings) as trunk:
        call = await trunk.call(NUMBER, user=user.replace(b"CANARY", bytes(canary)))
        assert call.status == 200
        await yul.rings()
        await call.hang_up()
        await yul.is_hung_up()
    assert not canary.exists()


async def test_a_number_nobody_has_leads_nowhere(house: House) -> None:
    async with Trunk(house.settings) as trunk:
        for number in ("1901", "*10", "*151901", "s", "h", "${EXTEN}", "6900&PJSIP"):
            since = house.journal.newest_id()
            call = await trunk.call(number)
            if call.status == 200:  # "that number is not known", and goodbye
                await asyncio.wait_for(call.over.wait(), 10)
            assert not house.journal.facts_after(since, caller="5551234"), number


async def test_keys_no_flow_asks_for_change_nothing(house: House) -> None:
    (yul,) = await house.agents("j_yul")
    (caller,) = await house.people("j_caller")
    await caller.dials(NUMBER)
    await caller.presses("*#ABCD**##0123456789" * 2)
    await yul.rings()
    await yul.picks_up()
    await all_hear((caller, [yul]), (yul, [caller]))
    await caller.presses("*#ABCD0123456789")
    await all_hear((caller, [yul]), (yul, [caller]))
    await caller.hangs_up()


FASTAGI = {
    "nothing": b"",
    "no request": b"\n\n",
    "half a request": b"agi_network: yes\nagi_request: agi://x/call\n",
    "no token": b"agi_request: agi://x/call\nagi_uniqueid: 1\n\n",
    "a wrong token": b"agi_request: agi://x/call\nagi_arg_1: guess\nagi_uniqueid: 1\n\n",
    "1 MB without a line end": b"A" * 1_000_000,
    "1 MB of lines": b"agi_x: y\n" * 110_000,
    "not utf-8": b"agi_request: \xff\xfe\n\n",
}


async def test_whoever_knocks_at_the_agi_port_is_shown_out(house: House) -> None:
    address = (house.settings.agi_host, house.settings.agi_port)
    for title, said in FASTAGI.items():
        reader, writer = await asyncio.open_connection(*address)
        writer.write(said)
        if title == "nothing":
            writer.close()
        with contextlib.suppress(ConnectionError):
            answer = await asyncio.wait_for(reader.read(1000), 20)
            assert answer == b"", f"{title}: {answer!r}"
        writer.close()
    (yul,) = await house.agents("j_yul")
    await a_call_is_served(house, yul)


async def a_call_is_served(house: House, agent: Person) -> None:
    (caller,) = await house.people("j_caller")
    await house.calls_an_agent(caller, NUMBER, agent)
    await caller.hangs_up()
    await agent.is_hung_up()
