"""x. What a caller types is heard, key by key, also by a server that stands still meanwhile."""

import asyncio
import signal

import pytest

from ivr.nodes.collect import luhn_valid
from tests.e2e.lines import OpenSite, replacing
from tests.e2e.media import Media
from tests.e2e.sip import TRUNK_IP, Trunk
from tests.walks.lines import NODES

NUMBER = "6100"
CHANGE = {
    '  "600": menu\n': f'  "{NUMBER}": collect\n',
    "outbound:\n": f"outbound:\n  trunk_host: {TRUNK_IP}\n",
}


CARD = next(number for digit in range(10) if luhn_valid(number := f"400000000000000000{digit}"))
"""As long as one may be, which is less than some people type."""


async def test_keys_typed_while_the_server_stands_still_all_count_in_order(
    open_site: OpenSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IVR_SECRET_CRM_TOKEN", "of-the-test")
    house = await open_site(NODES, replacing(CHANGE))
    server, loop = house.stack.server.process, asyncio.get_running_loop()
    async with Trunk(house.settings) as trunk:
        media = await Media.open(TRUNK_IP)
        call = await trunk.call(NUMBER, user=b"5551001", media=media)
        assert call.status == 200
        assert await media.heard(loop.time(), 5)

        await media.press("99")
        server.send_signal(signal.SIGSTOP)
        try:
            await media.press("0170")
        finally:
            server.send_signal(signal.SIGCONT)
        await media.press("26")
        told = await house.journal.tells("input.received")
        assert told.value == "99017026"

        asked_again = loop.time()
        assert await media.heard(asked_again, 5)
        server.send_signal(signal.SIGSTOP)
        try:
            await media.press("31121980")
        finally:
            server.send_signal(signal.SIGCONT)
        entered = await house.journal.tells("node.entered", node="card")
        assert entered.flow == "collect"

        assert await media.heard(loop.time(), 5)
        await media.press(f"{CARD}7777")
        await house.journal.tells("input.received", value="*" * len(CARD))
        assert await media.heard(loop.time(), 5)
        await media.press("1")
        left = await house.journal.tells("node.left", node="card")
        inputs = house.journal.facts("input.received", call=left.call)
        assert [one.value for one in inputs][-2:] == ["*" * len(CARD), "1"]
        await call.hang_up()
        await media.close()
