"""w. A receiver that fails at first hears of a whole call in order, though the server is killed."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from tests.e2e.command import WHERE, ivr
from tests.e2e.lines import OpenSite
from tests.e2e.waiting import eventually
from tests.webhook_example import example

SMALL = Path(__file__).parent / "small"
MORNING = "Good morning, this is the office. To hear whether we are still here, press 1."
SECRET = "between-the-two"
SITE = """
http: {{crm: {{url: "{url}"}}}}
webhooks:
  crm_calls: {{target: crm, path: /hooks, secret: signing, events: [call.*, node.*, input.*]}}
"""


class Receiver:
    """Takes what is signed; refuses everything while it is `broken`."""

    def __init__(self) -> None:
        self.broken = True
        self.refused = 0
        self.taken: list[tuple[int, str, str, int]] = []
        """id, type, call, seq; as they came."""
        self._is_genuine = example()

    async def serve(self, request: web.Request) -> web.Response:
        body = await request.read()
        assert self._is_genuine(request.headers["X-Ivr-Signature"], body, SECRET)
        if self.broken:
            self.refused += 1
            return web.Response(status=503)
        told = json.loads(body)
        assert request.headers["X-Ivr-Event-Id"] == str(told["id"])
        self.taken.append((told["id"], told["type"], told["call"], told["seq"]))
        return web.Response()


@asynccontextmanager
async def listening(receiver: Receiver) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_post("/hooks", receiver.serve)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@pytest.mark.timeout(150)
async def test_a_call_is_told_whole_and_in_order_across_a_killed_server(
    open_site: OpenSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IVR_SECRET_SIGNING", SECRET)
    receiver = Receiver()
    async with listening(receiver) as url:
        house = await open_site(SMALL, lambda text: text + SITE.format(url=url))
        (caller,) = await house.people("caller")
        morning = await house.speech(MORNING)
        await caller.dials("600")
        await caller.hears_said(morning)
        call = await house.call_of(caller)
        await eventually(lambda: receiver.refused > 0, 10.0, "an attempt")

        await caller.presses("1")
        await caller.hears_said(morning)
        await house.stack.server.kill()
        receiver.broken = False
        seen = house.journal.newest_id()
        await house.stack.server.start()
        await house.journal.tells("node.entered", after=seen, call=call, node="welcome")
        await caller.presses("1")
        await caller.hears_said(morning, within_s=20)
        await caller.hangs_up()
        await house.journal.tells("call.ended", call=call)

        kinds = ("call", "node", "input")
        events = (await ivr(house, "explain", call))["events"]
        wanted = [(one["type"], one["seq"]) for one in events if one["type"].split(".")[0] in kinds]
        await eventually(lambda: len(set(receiver.taken)) >= len(wanted), 20.0, "all of it")
        told = list(dict.fromkeys(receiver.taken))
        assert [(kind, seq) for _, kind, of, seq in told if of == call] == wanted
        assert (wanted[0][0], wanted[-1][0]) == ("call.started", "call.ended")
        assert "call.resumed" in dict(wanted), "the server was killed within it"
        assert len({number for number, *_ in told}) == len(told)
        assert await house.metric("webhook_dead_total") == 0

        known = (*WHERE[:1], "DIALPLANS")
        (listed,) = (await ivr(house, "webhooks", "list", known=known))["webhooks"]
        assert (listed["waiting"], listed["dead"]) == (0, 0)
        assert (await ivr(house, "webhooks", "dead", known=known)) == {"dead": []}
