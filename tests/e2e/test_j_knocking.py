"""j. Whoever knocks at our ports with no business there is shown out, and disturbs nobody."""

import asyncio
import contextlib

from tests.e2e.house import House
from tests.e2e.sip import Trunk

NUMBER = "6950"
STRANGER = b"5559876"
NOT_THE_TRUNK = "127.0.0.97"


async def test_a_number_nobody_has_leads_nowhere(house: House) -> None:
    async with Trunk(house.settings) as trunk:
        for number in ("1902", "*10", "*151902", "s", "h", "${EXTEN}", "6950&PJSIP"):
            since = house.journal.newest_id()
            call = await trunk.call(number, user=STRANGER)
            if call.status == 200:  # "that number is not known", and goodbye
                await asyncio.wait_for(call.over.wait(), 10)
            assert not house.journal.facts_after(since, caller=STRANGER.decode()), number


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
    (zoe,) = await house.agents("j_zoe")
    (caller,) = await house.people("j_caller_2")
    await house.calls_an_agent(caller, NUMBER, zoe)


REFUSED = (b"HTTP/1.0 4", b"HTTP/1.1 4")
WEB = {
    "a header of 1 MB": b"GET /metrics HTTP/1.1\r\nHost: x\r\nX: " + b"A" * 1_000_000 + b"\r\n\r\n",
    "not HTTP": b"\x16\x03\x01\x00\xff\xfe\r\n\r\n",
    "another method": b"DELETE /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    "a path out of it": b"GET /../../etc/passwd HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
}


async def test_whoever_knocks_at_the_metrics_port_gets_an_error(house: House) -> None:
    for title, said in WEB.items():
        reader, writer = await asyncio.open_connection(
            house.settings.bind, house.settings.http_port
        )
        answer = b""
        with contextlib.suppress(ConnectionError):
            writer.write(said)
            answer = await asyncio.wait_for(reader.read(1000), 20)
        assert not answer or answer[:10] in REFUSED, f"{title}: {answer!r}"
        writer.close()
    assert await house.metric("ami_connected") == 1


async def test_who_claims_to_be_an_agent_is_asked_for_a_password(house: House) -> None:
    async with Trunk(house.settings, NOT_THE_TRUNK) as stranger:
        for number in ("*10", NUMBER, "1902"):
            call = await stranger.call(number, user=b"1902")
            assert call.status == 401


async def test_a_caller_outside_may_have_the_number_of_an_extension(house: House) -> None:
    """A telephone system before this one has extensions of its own. They may no more for that."""
    (zoe,) = await house.agents("j_zoe")
    async with Trunk(house.settings) as trunk:
        for number in ("*11", "1902"):  # nobody logs Zoe out, or rings her past the queue
            call = await trunk.call(number, user=b"1902")
            if call.status == 200:
                await asyncio.wait_for(call.over.wait(), 10)
        call = await trunk.call(NUMBER, user=b"1902")
        assert call.status == 200
        await zoe.rings()
        await call.hang_up()
    started = await house.journal.tells("call.started", caller="1902", flow="undisturbed")
    await house.journal.tells("call.ended", call=started.call)
