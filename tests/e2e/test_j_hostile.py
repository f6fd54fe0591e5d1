"""j. Hostile input is data: nothing executes, and the call is served or ended politely."""

import pytest

from tests.e2e.house import House
from tests.e2e.people import all_hear
from tests.e2e.sip import Trunk

NUMBER = "6900"
NAMES = {
    # Asterisk cuts names at 80 bytes: each of these must do its harm within them.
    "shell": b"$(touch CANARY)",
    "backquotes": b"`touch CANARY`",
    "semicolon": b";touch CANARY;",
    "pipe": b"x|touch CANARY",
    "quote": b"';touch CANARY;'",
    "dialplan": b"${SHELL(touch CANARY)}",
    "priority": b"x,1)System(touch CANARY)",
    "escaped": b'\\"\\\\${SHELL(touch CANARY)}\\"',
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
    (caller,) = await house.people("j_caller")
    await house.calls_an_agent(caller, NUMBER, yul)


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
