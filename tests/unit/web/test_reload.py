"""`POST /api/reload` over real HTTP."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ivr.model.errors import UserError
from ivr.service.reload import Plan
from ivr.service.reloading import Kept, Reloaded
from ivr.site.changes import Change
from ivr.web import Gate, Health, WebServer, make_app
from ivr.web.client import ask, order
from ivr.web.reload import reload_routes

TOKEN = "0123456789abcdef"
PLAN = Plan((Change("agents.bob.skills.tech", "3", "9"), Change("voice", "en", "fr")), ("+ night",))


class House:
    """A server whose reload the test decides."""

    in_force = "bbbb"
    rolled_back = False

    def __init__(self, tmp_path: Path) -> None:
        self.asked: list[tuple[bool, bool]] = []
        self.wrong = ""
        self.token_file = tmp_path / "api"
        self.token_file.write_text(TOKEN)
        health = Health(ami=True, journal=True, journal_backlog=0, uptime_s=1.0)
        app = make_app(lambda: b"", lambda: health, reload_routes(self), Gate(TOKEN))
        self.server = WebServer(app, "127.0.0.1", 0)

    async def reload(self, *, dry_run: bool, rollback: bool, by: str) -> Reloaded:
        self.asked.append((dry_run, rollback))
        if self.wrong:
            raise UserError(self.wrong)
        return Reloaded(PLAN, "bbbb", asterisk=False)

    def versions(self) -> tuple[Kept, ...]:
        return (Kept("aaaa", 1.5, ()), Kept("bbbb", 2.5, ("+ flow night: 3 nodes",)))

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server.port}"

    async def order(self, path: str) -> dict[str, object]:
        return await asyncio.to_thread(order, self.address, self.token_file, path, 5.0)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    house = House(tmp_path)
    await house.server.start()
    yield house
    await house.server.close()


async def test_what_has_changed_is_answered(house: House) -> None:
    assert await house.order("reload") == {
        "changes": [
            {"path": "agents.bob.skills.tech", "before": "3", "after": "9"},
            {"path": "voice", "before": "en", "after": "fr"},
        ],
        "flows": ["+ night"],
        "version": "bbbb",
        "for_telephony": False,
        "asterisk": False,
    }
    assert house.asked == [(False, False)]


async def test_a_dry_run_and_a_rollback_are_passed_on(house: House) -> None:
    await house.order("reload?dry_run=1")
    await house.order("reload?rollback=1")
    assert house.asked == [(True, False), (False, True)]


async def test_the_versions_kept_are_told_and_which_is_in_force(house: House) -> None:
    assert await asyncio.to_thread(ask, house.address, house.token_file, "versions") == {
        "in_force": "bbbb",
        "rolled_back": False,
        "versions": [
            {"version": "aaaa", "at": 1.5, "changes": []},
            {"version": "bbbb", "at": 2.5, "changes": ["+ flow night: 3 nodes"]},
        ],
    }


async def test_what_is_wrong_with_the_files_comes_back_in_words(house: House) -> None:
    house.wrong = "site.yaml:3:5: team 'flor' is not declared"
    with pytest.raises(UserError, match="team 'flor' is not declared"):
        await house.order("reload")


async def test_nobody_reloads_without_the_token(house: House) -> None:
    house.token_file.write_text("wrong")
    with pytest.raises(UserError, match="does not belong to the state directory"):
        await house.order("reload")
    assert house.asked == []
