"""Every route and every role: who may, who may not, and that no route is without a permission."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from ivr.model.access import LEAST, Permission, Role, has
from ivr.web import Gate, make_app
from ivr.web.routes import Route, Scope
from ivr.web.server import TABLE
from tests.unit.web.house import SECRET, TOKENS, WELL, House
from tests.unit.web.recorded import OF_ANN, sound_of

PERMISSIONS = {
    "GET /metrics": "anybody",
    "GET /health": "anybody",
    "GET /api/calls": "watch",
    "GET /api/agents": "watch",
    "GET /api/queues": "watch",
    "GET /api/calls/{call}/explain": "watch",
    "GET /api/agents/{agent}/why-not/{call}": "watch",
    "POST /api/agents/{agent}/log-in": "work",
    "POST /api/agents/{agent}/log-out": "work",
    "POST /api/agents/{agent}/ready": "work",
    "POST /api/agents/{agent}/pause": "work",
    "POST /api/agents/{agent}/extend-wrap-up": "work",
    "POST /api/agents/{agent}/disposition": "work",
    "POST /api/agents/{agent}/ask-for-help": "work",
    "POST /api/agents/{agent}/withdraw-help": "work",
    "POST /api/calls/{call}/priority": "direct",
    "GET /api/voicemail": "review",
    "POST /api/voicemail/{mailbox}/{message}/heard": "review",
    "POST /api/voicemail/{mailbox}/{message}/new": "review",
    "POST /api/voicemail/{mailbox}/{message}/delete": "review",
    "POST /api/reload": "configure",
    "GET /api/versions": "configure",
    "POST /api/session": "anybody",
    "GET /api/session": "signed_in",
    "DELETE /api/session": "signed_in",
    "POST /api/session/password": "signed_in",
    "GET /api/openapi.json": "signed_in",
    "GET /api/users": "administer",
    "GET /api/audit": "audit",
    "GET /api/closures": "watch",
    "POST /api/closures/{closure}/close": "close",
    "POST /api/closures/{closure}/open": "close",
    "GET /api/live": "watch",
    "POST /api/calls/{call}/hang-up": "direct",
    "POST /api/agents/{agent}/listen": "supervise",
    "POST /api/supervision/mode/{mode}": "supervise",
    "POST /api/supervision/end": "supervise",
    "GET /api/recordings": "review",
    "GET /api/recordings/{recording}/sound": "review",
    "POST /api/prune": "configure",
    "GET /api/holds": "keep",
    "POST /api/calls/{call}/hold": "keep",
    "POST /api/calls/{call}/lift-hold": "keep",
    "POST /api/click-to-call": "work",
    "GET /api/desk": "work",
    "GET /api/desk/phone": "work",
    "GET /api/desk/numbers": "work",
    "GET /ws/phone": "work",
    "GET /": "anybody",
    "GET /recordings": "anybody",
    "GET /desk": "anybody",
    "GET /wallboard": "anybody",
    "GET /sign-in": "anybody",
    **{
        f"GET /static/{name}": "anybody"
        for name in (
            "agents.js",
            "api.js",
            "desk.js",
            "dialog.js",
            "help.js",
            "house.js",
            "icon.svg",
            "line.js",
            "lines.js",
            "live.js",
            "numbers.js",
            "owndesk.js",
            "parts.js",
            "phone.js",
            "player.js",
            "pop.js",
            "recordings.js",
            "ringer.js",
            "script.js",
            "session.js",
            "signin.js",
            "style.css",
            "supervisor.js",
            "talks.js",
            "time.js",
            "vendor/jssip.js",
            "vendor/preact-htm.js",
            "waiting.js",
            "wallboard.js",
            "words.js",
            "wrapup.js",
        )
    },
}
"""What each route asks for. A new route is written down here, too: on purpose."""

NAMES = {
    "agent": "ann",
    "call": "c1",
    "recording": "c1-00000001",
    "closure": "house",
    "mailbox": "north",
    "message": "m1",
    "mode": "listen",
}
"""What stands in paths."""

LEAST_ROLE = {
    "anybody": None,
    "signed_in": "agent",
    "work": "agent",
    "watch": "supervisor",
    "direct": "supervisor",
    "supervise": "supervisor",
    "close": "supervisor",
    "review": "supervisor",
    "keep": "manager",
    "report": "supervisor",
    "configure": "admin",
    "audit": "admin",
    "administer": "admin",
}


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    house = House(sounds=tmp_path)
    sound_of(tmp_path, OF_ANN)
    await house.server.start()
    yield house
    house.board.close()  # whoever looks on is let go, as when a server ends
    house.desks.close()
    await house.server.close()


def test_every_route_declares_the_permission_written_down_here(house: House) -> None:
    table = house.app[TABLE]
    assert set(table) == set(house.app.router.routes())
    declared = {f"{one.method} {one.path}": one.permission.value for one in table.values()}
    assert declared == PERMISSIONS


def test_every_permission_has_the_least_role_written_down_here() -> None:
    assert {one.value: least and least.value for one, least in LEAST.items()} == LEAST_ROLE
    assert set(LEAST) == set(Permission)


@pytest.mark.parametrize("role", [None, *Role])
@pytest.mark.parametrize("route", PERMISSIONS)
async def test_who_may_and_who_may_not(house: House, route: str, role: Role | None) -> None:
    method, path = route.split()
    path = path.format(**NAMES)
    status, said = await house.ask(method, path, TOKENS[role] if role else "")
    if has(role, Permission(PERMISSIONS[route])):
        check_shape(house, route, status, said)
        assert status not in (401, 403, 404, 405, 500)
        assert house.refused == []
    else:
        assert status == (403 if role else 401)
        assert len(house.refused) == (1 if role else 0)


def check_shape(house: House, route: str, status: int, said: Any) -> None:
    """What is answered is what the description says."""
    declared = next(one for one in house.app[TABLE].values() if f"{one.method} {one.path}" == route)
    if status == 200 and declared.answer is not None:
        declared.answer.model_validate(said)
        assert set(said) == set(declared.answer.model_fields)
    elif status != 200:
        assert set(said) == {"error"}


@pytest.mark.parametrize("route", PERMISSIONS)
async def test_the_secret_of_the_machine_opens_everything(house: House, route: str) -> None:
    method, path = route.split()
    named = path.format(**NAMES | {"agent": "cem"})
    status, _ = await house.ask(method, named, SECRET)
    assert status not in (401, 403)


async def answer(_request: web.Request) -> web.Response:
    return web.json_response({})


@pytest.mark.parametrize("undeclared", [web.get("/api/x", answer), None])
def test_a_route_without_a_permission_makes_no_application(undeclared: object) -> None:
    with pytest.raises(TypeError, match="declares no permission"):
        make_app(lambda: b"", lambda: WELL, [undeclared], Gate())  # type: ignore[list-item]
    with pytest.raises(TypeError, match="declares no permission"):
        make_app(lambda: b"", lambda: WELL, [Route("GET", "/x", undeclared, answer)])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "routes",
    [
        [Route("GET", "/api/x", Permission.WATCH, answer, Scope.AGENT)],
        [Route("GET", "/api/x", Permission.WATCH, answer)] * 2,
    ],
)
def test_a_route_that_contradicts_itself_makes_no_application(routes: list[Route]) -> None:
    with pytest.raises(ValueError, match="/api/x"):
        make_app(lambda: b"", lambda: WELL, routes, Gate())


async def test_a_path_nobody_serves_says_so_only_to_who_is_known(house: House) -> None:
    assert (await house.ask("GET", "/api/nothing"))[0] == 401
    assert (await house.ask("GET", "/api/nothing", SECRET))[0] == 404
    assert (await house.ask("DELETE", "/api/calls", SECRET))[0] == 405
