"""A real browser, headless, as somebody at a desk uses it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, Page, async_playwright

from ivr.provision.packages import find_program

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
LIMIT_MS = 10_000
"""Whatever is waited for in a page comes within this time."""


@asynccontextmanager
async def open_browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        program = find_program(PROGRAM)
        assert program is not None, f"no {PROGRAM} on this machine; run `ivr setup --tests`"
        browser = await playwright.chromium.launch(executable_path=program, args=FLAGS)
        try:
            yield browser
        finally:
            await browser.close()


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
