"""x. The help desk's line: the CRM knows the caller, a ticket's state is told, somebody helps."""

import pytest

from tests.e2e.crm import crm
from tests.e2e.lines import ALWAYS_OPEN, LINES, OpenSite, replacing
from tests.e2e.people import all_hear

ANSWERS = {
    "/api/customers": {"contract": "premium"},
    "/api/tickets/471108": {"state": "in_work", "due": "2026-12-07"},
}


@pytest.mark.timeout(150)
async def test_a_premium_customer_hears_of_a_ticket_and_goes_ahead_to_the_first_level(
    open_site: OpenSite,
) -> None:
    async with crm(ANSWERS.get) as northwind:
        change = replacing({"https://crm.northwind.example": northwind.url, **ALWAYS_OPEN})
        house = await open_site(LINES / "helpdesk", change)
        sara, jonas = await house.agents("sara", "jonas")
        (customer,) = await house.people("customer")
        await customer.dials("600")
        call = await house.call_of(customer)
        await house.journal.tells("node.entered", call=call, node="main")
        await customer.presses("2")
        asked = "Please enter the ticket number of six digits."
        await customer.hears_said(await house.speech(asked))
        await customer.presses("471108")
        for words in ("We are working on ticket", "and expect to solve it by", "December"):
            await customer.hears_said(await house.speech(words))
        offered = "To speak with somebody, press 1. For another ticket, press 2."
        await customer.hears_said(await house.speech(offered))
        await customer.presses("1")
        said = "We are connecting you at once. To leave a message instead, press 1."
        await customer.hears_said(await house.speech(said))
        await jonas.rings()
        await jonas.picks_up()
        await all_hear((customer, [jonas]), (jonas, [customer]))
        await jonas.hangs_up()
        await customer.hears_said(await house.speech("Thank you for calling Northwind. Goodbye."))
        await customer.is_hung_up()

    entered = await house.journal.tells("queue.entered", call=call)
    assert entered.priority == 10, "premium customers go ahead"
    offers = house.journal.facts("offer.made", call=call)
    assert [offer.agent for offer in offers] == ["jonas"], f"{sara.key} is left to her tickets"
