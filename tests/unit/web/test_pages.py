"""The console's pages: complete, from this server alone, with nothing written into them to run."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

import ivr.web
from ivr.web.pages import PAGES
from tests.unit.web.house import House

STATIC = Path(ivr.web.__file__).parent / "static"
SCRIPTS = list(STATIC.glob("*.js"))


@pytest.fixture
async def house() -> AsyncIterator[House]:
    house = House()
    await house.server.start()
    yield house
    await house.server.close()


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_runs_only_what_this_server_sends_as_a_file(house: House, path: str) -> None:
    headers, text = await house.fetch(path)
    policy = headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=|https?://", text)


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_loads_nothing_there_is_not(house: House, path: str) -> None:
    _, text = await house.fetch(path)
    loaded = re.findall(r'(?:src|href)="([^"]+)"', text)
    assert loaded
    for file in loaded:
        assert (await house.ask("GET", file))[0] == 200


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda file: file.name)
def test_a_script_imports_nothing_there_is_not(script: Path) -> None:
    text = script.read_text("utf-8")
    for name in re.findall(r'from "([^"]+)"', text):
        assert name.startswith("/static/"), name
        assert (STATIC / name.removeprefix("/static/")).is_file(), name
    assert "innerHTML" not in text
    assert "dangerouslySet" not in text


async def test_a_file_that_was_kept_is_not_sent_again_and_its_policy_stays(house: House) -> None:
    """A browser takes the policy of the short answer for the page it has kept."""
    headers, _ = await house.fetch("/")
    again, text = await house.fetch("/", {"If-None-Match": headers["ETag"]})
    assert text == ""
    assert again["Content-Security-Policy"] == headers["Content-Security-Policy"]
    changed, text = await house.fetch("/", {"If-None-Match": '"other"'})
    assert text != ""
    assert changed["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    "path",
    [
        "/static/../pages.py",
        "/static/%2e%2e/pages.py",
        "/static/..%2fpages.py",
        "/static/vendor/README.md",
        "/static/",
        "/static/index.html",
    ],
)
async def test_nothing_else_is_served(house: House, path: str) -> None:
    assert (await house.ask("GET", path))[0] == 404
