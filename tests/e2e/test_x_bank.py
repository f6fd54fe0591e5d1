"""x. The bank's line: who knows the PIN hears the balance, and neither is recorded anywhere."""

import re
from pathlib import Path

import pytest

from tests.e2e.crm import crm
from tests.e2e.lines import LINES, OpenSite, replacing
from tests.e2e.people import all_hear
from tests.e2e.test_p_private import covers, paused_between

CUSTOMER, PIN = "12345674", "860413"
TOKEN = "of-the-test"
SESSION = "s-81f2-of-the-test"
ANSWERS = {"/telephone/logins": {"session": SESSION}, "/telephone/balance": {"balance": 1204.5}}
ALWAYS_OPEN = {
    'days: [mon, tue, wed, thu, fri], open: "8:00", close: "20:00"': (
        'days: [mon, tue, wed, thu, fri, sat, sun], open: "0:00", close: "24:00"'
    ),
    "    holidays:": "    # holidays:",
}


def files_telling(value: str, directory: Path) -> list[str]:
    """Files that hold this value; digits that are part of a longer number, or of a time, do not."""
    wanted = re.compile(rb"(?<![0-9.])" + value.encode() + rb"(?![0-9])")
    files = [file for file in directory.rglob("*") if file.is_file()]
    assert len(files) > 10
    return [str(file) for file in files if wanted.search(file.read_bytes())]


@pytest.mark.timeout(150)
async def test_a_balance_is_told_to_who_knows_the_pin_and_neither_is_on_record(
    open_site: OpenSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IVR_SECRET_CORE_TOKEN", TOKEN)
    async with crm(ANSWERS.get, f"Bearer {TOKEN}") as core:
        change = replacing({"https://core.harbour-bank.example": core.url, **ALWAYS_OPEN})
        house = await open_site(LINES / "bank", change)
        (claire,) = await house.agents("claire")
        (customer,) = await house.people("customer")
        await customer.dials("600")
        call = await house.call_of(customer)
        await house.journal.tells("node.entered", call=call, node="consent")
        await customer.presses("1")
        await customer.hears_said(await house.speech("For your accounts, press 2."), within_s=15)
        await customer.presses("2")
        asked = "Please enter your customer number of eight digits."
        await customer.hears_said(await house.speech(asked))
        await customer.presses(CUSTOMER)
        asked = "Now enter your telephone PIN of six digits."
        await customer.hears_said(await house.speech(asked), within_s=20)
        await customer.presses(PIN)
        offered = "For the balance of your current account, press 1."
        await customer.hears_said(await house.speech(offered), within_s=20)
        await customer.presses("1")
        for words in ("Your balance is", "thousand", "two hundred", "four", "pounds", "fifty"):
            await customer.hears_said(await house.speech(words))
        await customer.hears_said(await house.speech(offered), within_s=20)
        await customer.presses("2")
        await claire.rings()
        await claire.picks_up()
        await all_hear((customer, [claire]), (claire, [customer]))
        await claire.hangs_up()
        goodbye = "Thank you for calling Harbour Bank. Goodbye."
        await customer.hears_said(await house.speech(goodbye))
        await customer.is_hung_up()
        asked_for = ["/telephone/logins", "/telephone/balance"]
        assert [path for path, _ in core.posted] == asked_for
        assert core.posted[0][1] == {"customer": CUSTOMER, "pin": PIN}

    first, second, *_ = house.journal.facts("recording.started", call=call, queue="")
    balance_told, menu = await house.speech("Your balance is"), await house.speech(offered)
    for one in (first, second):
        await house.journal.tells("recording.finished", recording=one.recording)
        sides = house.recording(one.recording)
        assert any(side.place_of(menu) is not None for side in sides), "prompts are on it"
        assert all(side.place_of(balance_told) is None for side in sides)
    pause = await paused_between(house, call, first.recording)
    covers(house, first.recording, pause, customer)
    state = house.settings.state_dir
    assert files_telling(CUSTOMER, state), "what is not sensitive is in the journal"
    assert files_telling(PIN, state) == []
    assert files_telling(SESSION, state) == []
