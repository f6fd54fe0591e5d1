"""x. The provider's line: an outage told by postal code, and a technician by the kind of line."""

import pytest

from tests.e2e.callbacks import starts_work
from tests.e2e.crm import crm
from tests.e2e.lines import LINES, OpenSite, replacing
from tests.e2e.people import all_hear

POSTAL_CODE = "Please enter your postal code, five digits."
FIRST_AID = "Look for the small white box where the fibre comes out of the wall."
TOLD = (
    "There is an outage in your area. Our technicians are at work.",
    "We expect everything to be back at",
    "six",
    "thirty",
)
OUTAGE = {"outage": True, "until": "18:30", "technology": "fibre"}


@pytest.mark.timeout(120)
async def test_an_outage_is_told_and_who_has_another_trouble_gets_a_technician(
    open_site: OpenSite,
) -> None:
    async with crm({"/v1/areas/60614": OUTAGE}.get) as network:
        house = await open_site(
            LINES / "provider", replacing({"https://network.example.com": network.url})
        )
        await house.agents("hugo")
        customer, amara = await house.people("lab", "amara")
        await customer.dials("600")
        call = await house.call_of(customer)
        await customer.presses("1")
        await customer.hears_said(await house.speech(POSTAL_CODE))
        await customer.presses("60614")
        for words in TOLD:
            await customer.hears_said(await house.speech(words))

        await house.journal.tells("node.entered", call=call, node="after_outage")
        await customer.presses("1")
        await house.journal.tells("node.entered", call=call, node="which_line")
        await customer.presses("1")
        await house.journal.tells("queue.entered", call=call, queue="fibre")
        await customer.presses("1")
        await customer.hears_said(await house.speech(FIRST_AID))
        await starts_work(amara)
        await amara.rings()
        await amara.picks_up()
        await all_hear((customer, [amara]), (amara, [customer]))
        assert house.journal.facts("offer.made", call=call, agent="hugo") == []
        await amara.hangs_up()
        await customer.hears_said(await house.speech("Thank you for calling Prairie Net. Goodbye."))
        await customer.is_hung_up()
