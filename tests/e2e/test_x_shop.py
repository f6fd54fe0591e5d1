"""x. The shop's line: an order's status, a call-back, and a survey that outlives the server."""

import asyncio

import pytest

from tests.e2e.crm import crm
from tests.e2e.lines import ALWAYS_OPEN, LINES, OpenSite, replacing
from tests.e2e.people import all_hear

ORDER = {"status": "shipped", "delivery_date": "2026-12-07"}
TOKEN = "of-the-test"
ORDER_NUMBER = "Please enter your order number, six digits."
ON_ITS_WAY = "Your order is on its way. It will be with you on"
RECOMMEND = "We have two short questions. How likely is it that you will recommend us to a friend?"
SETTLED = "Did we settle what you called for? For yes, press 1. For no, press 2."
ASKED_AGAIN_S = 1.0
"""Within the question, which a key cuts short."""
GOODBYE = "Thank you for calling Birch and Oak. Goodbye."


@pytest.mark.timeout(150)
async def test_an_order_is_told_and_the_customer_called_back_and_asked(
    open_site: OpenSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IVR_SECRET_SHOP_TOKEN", TOKEN)
    async with crm({"/api/orders/471108": ORDER}.get, f"Bearer {TOKEN}") as shop:
        change = replacing({"https://shop.example.com": shop.url, **ALWAYS_OPEN})
        house = await open_site(LINES / "shop", change)
        (iris,) = await house.agents("iris")
        await iris.dials("*121")
        await iris.is_hung_up()
        (customer,) = await house.people("warehouse")
        await customer.dials("600")
        call = await house.call_of(customer)
        await customer.presses("1")
        await customer.hears_said(await house.speech(ORDER_NUMBER))
        await customer.presses("471108")
        for words in (ON_ITS_WAY, "December", "seventh"):
            await customer.hears_said(await house.speech(words))

        await customer.presses("0")
        await house.journal.tells("queue.entered", call=call)
        await customer.presses("1")
        await house.journal.tells("node.entered", call=call, node="call_back")
        await customer.presses("1")
        await customer.hears_said(await house.speech(house.stack.site.words().callback_accepted))
        await customer.is_hung_up()

        await iris.dials("*13")
        await iris.is_hung_up()
        await iris.rings()
        await iris.picks_up()
        await customer.rings()
        await customer.picks_up()
        await customer.hears_something()
        await customer.presses("1")
        await all_hear((customer, [iris]), (iris, [customer]))
        await iris.hangs_up()

        await customer.hears_said(await house.speech(RECOMMEND))
        await house.stack.server.kill()
        await house.stack.server.start()
        back = await house.journal.tells("call.resumed", call=call)
        await house.journal.tells("node.entered", call=call, node="recommend", after=back.id)
        await asyncio.sleep(ASKED_AGAIN_S)
        await customer.presses("10")
        await customer.hears_said(await house.speech(SETTLED))
        await customer.presses("1")
        await customer.hears_said(await house.speech(GOODBYE))
        await customer.is_hung_up()
        answers = {"caller": "2001", "order": "471108", "score": "10", "solved": "yes"}
        assert shop.posted == [("/api/surveys", answers)]
        (answered,) = house.journal.facts("survey.answered", call=call, survey="recommend")
        said = (answered.kind, answered.low, answered.high, answered.score)
        assert said == ("nps", 0, 10, 10)
        assert (answered.agent, answered.queue) == ("iris", "service")
        counted = {"survey": "recommend", "score": "10"}
        assert await house.metric("survey_responses_total", **counted) == 1
        assert await house.metric("survey_responses_total", survey="recommend") == 1
