"""`POST /api/reload` over real HTTP."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ivr.model.errors import UserError
from ivr.service.reload import Plan
from ivr.settings import Settings
from ivr.site.changes import Change
from ivr.web import Health, WebServer, make_app
from ivr.web.client import order
from ivr.web.reload import reload_route

SETTINGS = Settings(agi_port=4999, journal="postgresql://ivr:secret@db/ivr")
TOKEN = "0123456789abcdef"
PLAN = Plan((Change("agents.bob.skills.tech", "3", "9"), Change("voice", "en", "fr")), ("+ night",))


class House:
    """A server whose reload the test decides."""

    def __init__(self, tmp_path: Path) -> None:
        self.asked: list[bool] = []
        self.wrong = ""
        self.token_file = tmp_path / "api"
        self.token_file.write_text(TOKEN)
        health = Health(ami=True, journal=True, journal_backlog=0, uptime_s=1.0)
        app = make_app(lambda: b"", lambda: health, [reload_route(self.reload, SETTINGS)], TOKEN)
        self.server = WebServer(app, "127.0.0.1", 0)

    async def reload(self, dry_run: bool) -> Plan:
        self.asked.append(dry_run)
        if self.wrong:
            raise UserError(self.wrong)
        return PLAN

    async def order(self, path: str) -> dict[str, object]:
        address = f"127.0.0.1:{self.server.port}"
        return await asyncio.to_thread(order, address, self.token_file, path, 5.0)


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
        "for_telephony": False,
        "settings": SETTINGS.told(),
    }
    assert house.asked == [False]


async def test_a_dry_run_is_passed_on(house: House) -> None:
    await house.order("reload?dry_run=1")
    assert house.asked == [True]


async def test_what_is_wrong_with_the_files_comes_back_in_words(house: House) -> None:
    house.wrong = "site.yaml:3:5: team 'flor' is not declared"
    with pytest.raises(UserError, match="team 'flor' is not declared"):
        await house.order("reload")


async def test_nobody_reloads_without_the_token(house: House) -> None:
    house.token_file.write_text("wrong")
    with pytest.raises(UserError, match="401"):
        await house.order("reload")
    assert house.asked == []


def test_settings_told_are_heard_as_they_are_but_for_the_journals_address() -> None:
    heard = Settings.heard(SETTINGS.told())
    assert (heard.agi_port, heard.sip_bind, heard.journal) == (4999, "127.0.0.1", "")
    assert heard.site_file == SETTINGS.site_file.resolve()
    assert "secret" not in str(SETTINGS.told())
