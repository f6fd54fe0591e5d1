"""A real browser, headless, as somebody at a desk uses it."""

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, async_playwright, expect

from ivr.provision.instance import settings_environment
from ivr.provision.packages import find_program
from tests.e2e.house import House

PROGRAM = "chromium-headless-shell"
FLAGS = [
    "--no-sandbox",  # its own would need rights that a container's root has not
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PASSWORD = "a house with one queue"
LIMIT_MS = 10_000
"""Whatever is waited for in a page comes within this time."""


@asynccontextmanager
async def open_browser(*more: str) -> AsyncIterator[Browser]:
    """`more` are flags beside the usual ones."""
    async with async_playwright() as playwright:
        program = find_program(PROGRAM)
        assert program is not None, f"no {PROGRAM} on this machine; run `ivr setup --tests`"
        browser = await playwright.chromium.launch(executable_path=program, args=[*FLAGS, *more])
        try:
            yield browser
        finally:
            await browser.close()


def microphone(sound: Path) -> Sequence[str]:
    """Flags by which a browser has one, which hears this over and over; leave is given."""
    return (
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-audio-capture={sound}",
        # A browser that was given a microphone tells its addresses; one without a screen does not.
        "--disable-features=WebRtcHideLocalIpsWithMdns",
    )


async def open_page(browser: Browser, address: str) -> tuple[Page, list[str]]:
    """A page with nothing kept from before, and everything that goes wrong in it."""
    context = await browser.new_context(base_url=address, viewport={"width": 1440, "height": 900})
    page = await context.new_page()
    page.set_default_timeout(LIMIT_MS)
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if _is_violation(said.text) else None)
    return page, wrong


def _is_violation(text: str) -> bool:
    return "Content Security Policy" in text


async def account(house: House, *words: str) -> str:
    """Adds somebody; their one-time password."""
    process = await asyncio.create_subprocess_exec(
        *[sys.executable, "-m", "ivr", "user", "add", *words],
        stdout=asyncio.subprocess.PIPE,
        env=os.environ | settings_environment(house.settings),
    )
    async with asyncio.timeout(60):
        output, _ = await process.communicate()
    assert process.returncode == 0
    found = re.search(r"one-time password\s+(\S+)", output.decode())
    assert found is not None, output
    return found[1]


async def accessible(page: Page) -> None:
    """In the light, and in the dark."""
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme)
        found = (await Axe().run(page)).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []


async def sign_in(page: Page, name: str, password: str, status: str) -> None:
    """With a one-time password, which has to be changed; the page then says this."""
    await page.goto("/")
    await page.get_by_label("Name").wait_for()
    await accessible(page)
    await page.get_by_label("Name").fill(name)
    await page.get_by_label("Password").fill(password)
    await page.get_by_role("button", name="Sign in").click()
    await page.get_by_label("New password").fill(PASSWORD)
    await page.get_by_label("Once more").fill(PASSWORD)
    await page.get_by_role("button", name="Change").click()
    await expect(page.get_by_role("status")).to_have_text(status)
