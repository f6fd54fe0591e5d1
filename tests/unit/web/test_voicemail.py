"""Voice messages over real HTTP."""

from asyncio import to_thread
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from ivr.model import events
from ivr.model.access import Role
from ivr.model.errors import UserError
from ivr.web import Gate, Health, WebServer, make_app
from ivr.web.client import NotLiveError, ask, order
from ivr.web.voicemail import voicemail_routes
from tests.unit.service.fakes import House
from tests.unit.service.voicemail import Voicemail
from tests.unit.web.house import TOKENS
from tests.unit.web.house import House as TwoTeams

TOKEN = "0123456789abcdef"
WELL = Health(ami=True, journal=True, journal_backlog=0, uptime_s=1.0)


class Served:
    """The messages of a house, and what a program says and hears of them."""

    def __init__(self, directory: Path) -> None:
        self.house = House(directory)
        self.voicemail = Voicemail(self.house)
        self.token_file = directory / "api"
        self.token_file.write_text(TOKEN)
        routes = voicemail_routes(self.voicemail.service)
        app = make_app(lambda: b"", lambda: WELL, routes, Gate(TOKEN))
        self.server = WebServer(app, "127.0.0.1", 0)

    async def order(self, path: str) -> dict[str, Any]:
        address = f"127.0.0.1:{self.server.port}"
        return await to_thread(order, address, self.token_file, f"voicemail/{path}", 5.0)

    async def messages(self) -> list[dict[str, Any]]:
        address = f"127.0.0.1:{self.server.port}"
        found = await to_thread(ask, address, self.token_file, "voicemail")
        return list(found["messages"])


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    served = Served(tmp_path)
    await served.server.start()
    yield served
    await served.server.close()
    await served.house.close()


async def test_a_program_sees_marks_and_deletes_messages(served: Served) -> None:
    await served.voicemail.left("c1")
    assert await served.messages() == [
        {
            "message": "sales/c1",
            "mailbox": "sales",
            "call": "c1",
            "caller": "2001",
            "at": 1_000_000.0,
            "seconds": 1.0,
            "heard": False,
        }
    ]
    assert await served.order("sales/c1/heard") == {"message": "sales/c1", "changed": True}
    assert await served.order("sales/c1/heard") == {"message": "sales/c1", "changed": False}
    assert [one["heard"] for one in await served.messages()] == [True]
    assert (await served.order("sales/c1/new"))["changed"]
    assert (await served.order("sales/c1/delete"))["changed"]
    assert await served.messages() == []
    assert served.voicemail.files == []
    (deleted,) = served.house.events.of(events.MessageDeleted)
    assert deleted.by == "api"


@pytest.mark.parametrize("what", ["heard", "new", "delete"])
async def test_an_order_about_no_message_is_refused(served: Served, what: str) -> None:
    with pytest.raises(NotLiveError, match="no message 'sales/c9'"):
        await served.order(f"sales/c9/{what}")
    with pytest.raises(NotLiveError):
        await served.order(f"..%2Fsales/c9/{what}")


async def test_a_file_that_stays_is_said(served: Served) -> None:
    file = served.voicemail.directory / await served.voicemail.left("c1")
    file.unlink()
    file.mkdir()
    with pytest.raises(UserError, match="the message stays"):
        await served.order("sales/c1/delete")


async def test_without_the_token_no_message_is_told(served: Served) -> None:
    served.token_file.write_text("guessed")
    with pytest.raises(Exception, match="does not belong to the state directory"):
        await served.messages()


async def test_a_supervisor_meets_only_messages_of_the_own_teams() -> None:
    house = TwoTeams()
    await house.server.start()
    token = TOKENS[Role.SUPERVISOR]
    _, told = await house.ask("GET", "/api/voicemail", token)
    assert [one["message"] for one in told["messages"]] == ["north/m1"]
    for path in ("south/m1/heard", "south/m1/new", "south/m1/delete", "nowhere/m1/delete"):
        status, said = await house.ask("POST", f"/api/voicemail/{path}", token)
        assert (status, said["error"][:12]) == (403, "this mailbox")
    assert [(who, path) for who, path, _ in house.refused] == [
        ("Sue", "/api/voicemail/south/m1/heard"),
        ("Sue", "/api/voicemail/south/m1/new"),
        ("Sue", "/api/voicemail/south/m1/delete"),
        ("Sue", "/api/voicemail/nowhere/m1/delete"),
    ]
    _, everything = await house.ask("GET", "/api/voicemail", TOKENS[Role.MANAGER])
    assert [one["message"] for one in everything["messages"]] == ["north/m1", "south/m1"]
    await house.server.close()


@pytest.mark.parametrize(
    ("role", "number"),
    [
        (Role.SUPERVISOR, "••••••100"),
        (Role.MANAGER, "+15550100"),
        (Role.ADMIN, "+15550100"),
    ],
)
async def test_only_who_sees_numbers_sees_who_left_a_message(role: Role, number: str) -> None:
    house = TwoTeams()
    await house.server.start()
    _, told = await house.ask("GET", "/api/voicemail", TOKENS[role])
    await house.server.close()
    assert {one["caller"] for one in told["messages"]} == {number}
