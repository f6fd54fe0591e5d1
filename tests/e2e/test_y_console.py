"""y. A supervisor at a desk: sees who waits, directs, listens in by a click, in a real browser."""

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.e2e.browser import LIMIT_MS, accessible, account, open_browser, open_page, sign_in
from tests.e2e.lines import OpenSite
from tests.e2e.people import all_hear

DESKS = Path(__file__).parent / "desks"
SOON_S = 1.0
"""From the event on record to the page; a machine that is busy with tests is given time."""
FIRST_SEEN = """
window.firstSeen = {};
const look = () => {
  for (const row of document.querySelectorAll(".waiting tbody tr"))
    window.firstSeen[row.cells[1].innerText.trim()] ??= Date.now() / 1000;
};
new MutationObserver(look).observe(document, { childList: true, subtree: true });
"""
"""When each caller came to be in the list."""


async def order(page: Page, agent: str, choice: str) -> None:
    """By keyboard alone, once the button has the focus."""
    await page.get_by_role("button", name=f"Change the state of {agent}").focus()
    await page.keyboard.press("Enter")
    await page.get_by_role("radio", name=choice).focus()
    await page.keyboard.press("Space")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog")).to_have_count(0)


@pytest.mark.timeout(180)
async def test_a_supervisor_at_a_desk(open_site: OpenSite) -> None:
    house = await open_site(DESKS, str)
    address = f"http://{house.settings.bind}:{house.settings.http_port}"
    words = ("sue", "--role", "supervisor", "--team", "floor", "--agent", "sue")
    password = await account(house, *words)
    async with open_browser() as browser:
        page, wrong = await open_page(browser, address)
        await page.add_init_script(FIRST_SEEN)
        await sign_in(page, "sue", password, "live")
        (ann,) = await house.agents("ann")
        caller, sue = await house.people("caller", "sue")
        agents = page.get_by_role("region", name="Agents")
        await expect(agents).to_contain_text("Ann")
        await expect(agents).not_to_contain_text("Bob")  # of another team

        await order(page, "Ann", "Pause: lunch")
        await house.state(ann, "paused")
        await caller.dials("600")
        waiting = page.get_by_role("region", name="Callers waiting")
        row = waiting.get_by_role("row", name="•••1")
        await expect(row).to_contain_text("1 paused")
        entered = await house.journal.tells("queue.entered", queue="sales")
        seen = (await page.evaluate("window.firstSeen"))["•••1"]
        print(f"event to screen: {1000 * (seen - entered.at):.0f} ms")
        assert seen - entered.at < SOON_S
        await accessible(page)

        await order(page, "Ann", "Ready")
        await ann.rings()
        await expect(row).to_contain_text("rings Ann")
        await ann.picks_up()
        talks = page.get_by_role("region", name="Conversations")
        await expect(talks.get_by_role("row", name="Ann")).to_contain_text("Sales")
        await expect(row).to_have_count(0)

        await talks.get_by_role("button", name="Listen to Ann").click()
        await sue.rings()
        await expect(talks).to_contain_text("your phone rings")
        await sue.picks_up()
        await all_hear((sue, [caller, ann]), (caller, [ann]), (ann, [caller]))
        await talks.get_by_role("button", name="Whisper").click()
        await all_hear((ann, [caller, sue]), (caller, [ann]))
        await sue.presses("6")
        barge = talks.get_by_role("button", name="Barge in")
        await expect(barge).to_have_attribute("aria-pressed", "true")
        await all_hear((ann, [caller, sue]), (caller, [ann, sue]))
        await talks.get_by_role("button", name="End listening to Ann").click()
        await sue.is_hung_up()
        await all_hear((caller, [ann]), (ann, [caller]))

        await house.stack.server.stop()
        status = page.get_by_role("status")
        await expect(status).to_contain_text("no connection")
        await house.stack.server.start()
        await expect(status).to_have_text("live", timeout=2 * LIMIT_MS)
        await expect(talks.get_by_role("row", name="Ann")).to_contain_text("•••1")

        await talks.get_by_role("button", name="Hang up on •••1").click()
        await page.get_by_role("dialog").get_by_role("button", name="Hang up").click()
        await caller.is_hung_up()
        await expect(talks).to_contain_text("Nobody talks to a caller.")

        await page.get_by_role("button", name="Close The whole house").click()
        await page.get_by_role("dialog").get_by_role("button", name="Close", exact=True).click()
        change = await house.journal.tells("closure.changed", closure="house")
        assert (change.closed, change.by) == (True, "sue")
        await page.goto("/wallboard")
        await expect(page.get_by_text("Closed in an emergency")).to_be_visible()
        await accessible(page)
        assert wrong == []
