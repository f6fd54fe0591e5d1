"""y. An agent whose phone is the browser: sound both ways, measured, in a real one."""

import csv
import json
import os
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from ivr.provision.tones import write_tone
from tests.e2e.browser import (
    LIMIT_MS,
    accessible,
    account,
    microphone,
    open_browser,
    open_page,
    sign_in,
)
from tests.e2e.command import ivr_text
from tests.e2e.house import House
from tests.e2e.lines import OpenSite, replacing
from tests.e2e.people import Person, all_hear

DESKS = Path(__file__).parent / "desks"
IN_THE_BROWSER = replacing({"ann: {name: Ann,": "ann: {name: Ann, phone: browser,"})
RIG = """
window.connections = [];
window.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(...given) {
    super(...given);
    window.connections.push(this);
  }
};
window.sockets = [];
window.WebSocket = class extends WebSocket {
  constructor(...given) {
    super(...given);
    window.sockets.push(this);
  }
};
const media = navigator.mediaDevices;
const asked = media.getUserMedia.bind(media);
const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
window.unplugged = false;
media.getUserMedia = () =>
  window.unplugged ? Promise.reject(new Error("unplugged")) : asked({ audio: plain });
window.loudest = async (index, beside) => {
  const context = new AudioContext();
  const analyser = new AnalyserNode(context, { fftSize: 16384, smoothingTimeConstant: 0 });
  const { track } = window.connections.at(index).getReceivers()[0];
  context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
  await new Promise((done) => setTimeout(done, 1000));
  const levels = new Float32Array(analyser.frequencyBinCount);
  analyser.getFloatFrequencyData(levels);
  const bin = context.sampleRate / analyser.fftSize;
  levels.forEach((_, at) => Math.abs(at * bin - beside) < 30 && (levels[at] = -Infinity));
  const at = levels.indexOf(Math.max(...levels));
  await context.close();
  return { hz: at * bin, level: levels[at] };
};
"""
"""Hands to the test what the page made, takes care that a steady tone is not taken for noise, and
tells the loudest tone that a connection brings, beside one that is known."""
BELL = """
window.struck = 0;
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...given) {
  window.struck += 1;
  return start.apply(this, given);
};
"""
"""Counts the tones a page makes."""
HANDED_ON = """
async () => {
  const { OwnDesk } = await import("/static/owndesk.js");
  const own = Object.create(OwnDesk.prototype);
  Object.assign(own, { kept: {}, changed() {}, listen() {} });
  const shown = [];
  const told = (call, queue, collected, guidance) => {
    own.take({ now: 0, agent: { call }, queue, collected, guidance });
    shown.push([own.guidance?.script, own.collected.order].join());
  };
  told("c1", "Care", { order: "4711" }, { script: "care" });
  told("c1", "Care", {}, { script: "care, with nothing known" });
  told("c1", "", {}, null);
  told("c1", "Sales", {}, { script: "sales" });
  told("c2", "Sales", {}, { script: "sales, another call" });
  return shown;
}
"""
"""What the desk shows, telling by telling, of a call that comes back to it in another queue."""
SILENT_DB = -90.0
HEARD_DB = -50.0
BIN_HZ = 5.0
NOTE = "<b>bold</b> 4111 1111 1111 1111"
NOTE_KEPT = "<b>bold</b> •••• •••• •••• 1111"
CRM = "http://127.0.0.1:9"
REFUSED = {"error": "this agent's phone is in a call, or rings"}
NEWEST = -1
"""Connection: that of the call that began last."""


async def brings(
    page: Page, connection: int, who: Person | None, beside: Person | None = None
) -> None:
    """What this connection of the browser sounds of: their tone, or nothing."""
    known = beside.tone_hz if beside else 0
    found = await page.evaluate(f"window.loudest({connection}, {known})")
    if who is None:
        assert found["level"] < SILENT_DB, found
    else:
        assert found["level"] > HEARD_DB, found
        assert abs(found["hz"] - who.tone_hz) < BIN_HZ, found


async def answer(page: Page, then: str = "talks to you") -> None:
    """By keyboard alone, once the button has the focus; what the page says then."""
    await page.get_by_role("button", name="Answer").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("region", name="Phone")).to_contain_text(then)


async def is_helped(page: Page, console: Page, caller: Person, ann: Person, sue: Person) -> None:
    """A bell at the supervisor's, until the agent needs no help, or the supervisor is there."""
    bell = console.get_by_role("alert", name="Calls for help")
    ask = page.get_by_role("button", name="Ask for help")
    await ask.click()
    await expect(bell).to_contain_text("Ann asks for help with a caller of Care")
    assert await console.evaluate("window.struck") > 0
    await accessible(console)
    await accessible(page)
    await shown(page, "desk-script")
    await shown(console, "console-help")
    await page.get_by_role("button", name="No help needed").click()
    await expect(bell).to_be_empty()
    await ask.click()
    await bell.get_by_role("button", name="Listen to Ann").click()
    await sue.rings()
    await sue.picks_up()
    await expect(bell).to_be_empty()
    await expect(ask).to_be_visible()
    await all_hear((sue, [caller, ann]))  # a key that comes before she listens is lost
    await console.get_by_role("button", name="Whisper").click()
    await all_hear((sue, [caller, ann]), (caller, [ann]))
    await brings(page, NEWEST, sue, beside=caller)
    await brings(page, NEWEST, caller, beside=sue)
    await console.get_by_role("button", name="End listening to Ann").click()
    await sue.is_hung_up()


async def works_for_care(
    page: Page, console: Page, house: House, caller: Person, ann: Person, sue: Person
) -> None:
    """A call of a queue that wants to know what became of it."""
    you = page.get_by_role("region", name="You")
    about = page.get_by_role("region", name="What became of it")
    await expect(about).to_have_count(0)
    await page.context.route(f"{CRM}/**", lambda route: route.fulfill(body="the CRM"))
    await caller.dials("601")
    async with page.context.expect_page() as popped:
        await answer(page)
    customer = await popped.value
    assert customer.url == f"{CRM}/find?phone={caller.extension}&order=4711%20%26%20%3Cb%3E"
    assert await customer.evaluate("window.opener") is None
    await customer.close()
    link = page.get_by_role("link", name="Open the customer's page")
    assert await link.get_attribute("href") == customer.url
    script = page.get_by_role("region", name="What to say")
    await expect(script.get_by_role("heading", name="Hello")).to_be_visible()
    await expect(script.get_by_role("listitem").nth(1)).to_have_text(
        "Never read <b>card data</b> out."
    )
    await expect(script.locator("strong")).to_have_text("order")
    await caller.hears_only(ann)
    await is_helped(page, console, caller, ann, sue)
    await caller.hangs_up()
    await expect(you).to_contain_text("Writing up")
    await expect(about).to_contain_text("Care asks for this before you are ready again.")
    await page.get_by_role("button", name="Ready").click()
    await expect(page.get_by_text("ann has to give a disposition first")).to_be_visible()
    await accessible(page)
    await about.get_by_label("Disposition").select_option("Calls again")
    await about.get_by_label("Note").fill(NOTE)
    await shown(page, "desk-disposition")
    await about.get_by_role("button", name="Save").click()
    await house.state(ann, "available")
    await expect(about).not_to_contain_text("asks for this")
    told = await house.journal.tells("disposition.given", code="calls_again")
    assert (told.queue, told.group, told.note) == ("care", "Not solved", NOTE_KEPT)
    agents = await ivr_text(house, "report", "agents", "--format", "csv")
    own = next(one for one in csv.DictReader(agents.splitlines()) if one["agent"] == "ann")
    figures = page.get_by_role("group", name="Today").get_by_role("definition")
    for place, name in ((0, "conversations"), (-1, "missed")):
        assert int(own[name]) > 1
        await expect(figures.nth(place)).to_have_text(own[name])
    report = await ivr_text(house, "report", "dispositions", "--format", "csv")
    assert "care,calls_again,Calls again,Not solved,1,1.0," in report
    assert "calls_again" in await ivr_text(house, "calls", "--last", "1")
    await page.get_by_label("Number or code").fill("*191")
    await page.get_by_role("button", name="Call", exact=True).click()
    dialled = await house.journal.tells("disposition.given", by=ann.extension)
    assert (dialled.call, dialled.note) == (told.call, NOTE_KEPT)
    assert dialled.code != told.code
    await expect(page.get_by_role("region", name="Phone")).to_contain_text("Nobody is on the line.")


async def calls_out(page: Page, house: House, caller: Person, ann: Person) -> None:
    """By a click: the agent's own phone first, which is busy from then on."""
    number = page.get_by_label("Customer's number")
    await number.fill("+49 30 123")
    await page.get_by_role("button", name="Call out").click()
    await expect(page.get_by_text("this number may not be dialled")).to_be_visible()
    await number.fill(caller.extension)
    await page.get_by_role("button", name="Call out").click()
    await caller.rings()
    agent = json.loads(await ivr_text(house, "agent", "ann", "--format", "json"))["agents"][0]
    assert (agent["state"], agent["busy"]) == ("available", True)
    await caller.picks_up()
    await caller.hears_only(ann)
    await brings(page, NEWEST, caller)
    await shown(page, "desk-called-out")
    await caller.hangs_up()
    ended = await house.journal.tells("outbound.ended", number=caller.extension)
    assert (ended.agent, ended.outcome) == ("ann", "answered")
    await expect(page.get_by_role("region", name="Phone")).to_contain_text("Nobody is on the line.")


async def is_refused(page: Page, caller: Person) -> None:
    """What was asked for in vain is waited for no more: their own call rings, as any."""
    await page.route("**/api/click-to-call", lambda route: route.fulfill(status=409, json=REFUSED))
    await page.get_by_label("Customer's number").fill(caller.extension)
    await page.get_by_role("button", name="Call out").click()
    await expect(page.get_by_text(REFUSED["error"])).to_be_visible()
    await page.unroute("**/api/click-to-call")


async def shown(page: Page, name: str) -> None:
    """Keeps a picture when `IVR_PICTURES` names a directory."""
    if directory := os.environ.get("IVR_PICTURES"):
        await page.screenshot(path=Path(directory) / f"{name}.png", full_page=True)


@pytest.mark.timeout(150)
async def test_an_agent_whose_phone_is_the_browser(open_site: OpenSite, tmp_path: Path) -> None:
    house = await open_site(DESKS, str)
    address = f"http://{house.settings.bind}:{house.settings.http_port}"
    password = await account(house, "ann", "--role", "agent", "--agent", "ann")
    roles = ("--role", "supervisor", "--team", "floor", "--agent", "sue")
    sues = await account(house, "sue", *roles)
    ann = house.in_a_browser("ann")
    (caller,) = await house.people("caller")
    (sue,) = await house.agents("sue")
    voice = write_tone(tmp_path / "ann.wav", ann.tone_hz, 10)
    async with open_browser(*microphone(voice)) as browser:
        page, wrong = await open_page(browser, address)
        await page.add_init_script(RIG)
        await sign_in(page, "ann", password, "phone on your desk")
        file = house.settings.site_file
        file.write_text(IN_THE_BROWSER(file.read_text("utf-8")), "utf-8")
        assert "agents.ann.phone: sip -> browser" in await ivr_text(house, "reload")
        await page.reload()
        await expect(page.get_by_role("status")).to_have_text("phone ready")
        you = page.get_by_role("region", name="You")
        phone = page.get_by_role("region", name="Phone")
        await page.get_by_role("button", name="Log in").click()
        await house.state(ann, "available")
        await page.get_by_label("Reason").select_option("lunch")
        await page.get_by_role("button", name="Pause").click()
        await expect(you).to_contain_text("Paused lunch")

        await caller.dials("600")
        await page.evaluate("window.unplugged = true")
        await page.get_by_role("button", name="Ready").click()
        await answer(page, "Nobody is on the line.")
        await expect(page.get_by_text("No microphone")).to_be_visible()
        await expect(you).to_contain_text("Paused after a call that was not taken")
        await page.evaluate("window.unplugged = false")
        await page.get_by_role("button", name="Ready").click()
        await page.get_by_role("button", name="Decline").click()
        await house.journal.tells("offer.ended", outcome="rejected")
        await page.get_by_role("button", name="Ready").click()
        await expect(phone).to_contain_text("rings")
        told = phone.get_by_role("definition")
        await expect(told.first).to_have_text("Sales")
        await expect(told.last).to_have_text("4711")
        await accessible(page)
        await answer(page)
        await caller.hears_only(ann)
        await brings(page, NEWEST, caller)

        await page.get_by_role("button", name="Mute").click()
        await caller.hears_only()
        await page.get_by_role("button", name="Unmute").click()
        await caller.hears_only(ann)
        await page.get_by_role("button", name="Keypad").click()
        await accessible(page)

        await page.get_by_label("Hand on to").fill(sue.extension)
        await page.get_by_role("button", name="Consult").click()
        await sue.rings()
        await sue.picks_up()
        await sue.hears_only(ann)
        await brings(page, NEWEST - 1, None)
        await brings(page, NEWEST, sue)
        await page.get_by_role("button", name="Bring the caller in").click()
        await all_hear((caller, [ann, sue]), (sue, [ann, caller]))
        await page.get_by_role("button", name="Hand over").click()
        await all_hear((caller, [sue]), (sue, [caller]))
        await expect(phone).to_contain_text("Nobody is on the line.")
        await house.state(ann, "available")
        await caller.hangs_up()
        await house.state(sue, "available")

        await caller.dials("600")
        await answer(page)
        await caller.hears_only(ann)
        await house.stack.server.stop()
        status = page.get_by_role("status")
        await expect(status).to_contain_text("no connection")
        await caller.hears_only(ann)
        await house.stack.server.start()
        await expect(status).to_have_text("phone ready", timeout=2 * LIMIT_MS)
        await caller.hears_only(ann)
        await caller.hangs_up()
        await expect(phone).to_contain_text("Nobody is on the line.")
        await house.state(ann, "available")

        await is_refused(page, caller)
        await caller.dials("600")
        await answer(page)
        await page.get_by_role("button", name="Hang up").click()
        await caller.is_hung_up()
        await house.state(ann, "available")

        assert await page.evaluate(HANDED_ON) == [
            "care,4711",
            "care,4711",
            "care,4711",
            "sales,4711",
            "sales, another call,",
        ]
        await calls_out(page, house, caller, ann)
        console, wrong_there = await open_page(browser, address)
        await console.add_init_script(BELL)
        await sign_in(console, "sue", sues, "live")
        await works_for_care(page, console, house, caller, ann, sue)
        await console.context.close()

        other = await page.context.new_page()
        await other.goto("/desk")
        await expect(other.get_by_role("status")).to_have_text("phone ready")
        await expect(status).to_have_text("phone: opened in another page")
        await page.get_by_role("button", name="Use it here").click()
        await expect(status).to_have_text("phone ready")
        await caller.dials("600")
        await answer(page)
        await other.get_by_role("button", name="Use it here").click()
        await expect(other.get_by_role("status")).to_have_text("phone: opened in another page")
        await caller.hears_only(ann)
        page.on("dialog", lambda asked: asked.accept())
        await page.reload()
        await caller.is_hung_up()
        await house.state(ann, "available")
        await expect(status).to_have_text("phone ready")

        await page.get_by_role("button", name="Sign out").click()
        await page.get_by_label("Password").wait_for()
        listed = await house.stack.asterisk.cli("pjsip show contacts")
        assert "2001/" in listed
        assert "1001/" not in listed
        assert wrong == wrong_there == []
