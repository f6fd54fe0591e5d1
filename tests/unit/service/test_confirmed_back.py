"""A called-back customer who still waits for an agent when the server dies is a call-back after."""

from collections.abc import Sequence

import pytest

from ivr.model import events
from ivr.model.agents import QueueOutcome
from ivr.ports import Memo
from ivr.service.legs import LiveChannel, Snapshot
from tests.unit.service.fakes import settle
from tests.unit.service.test_callbacks import CONFIRMED, Centre, centre, first

__all__ = ["centre", "first"]  # fixtures

MEMO = Memo("c1", "waiting", "main", "wait", "sales", 999_100.0)


async def taken_over(centre: Centre, memo: Memo | None) -> None:
    customer = LiveChannel("back-old", "1001", True, False, memo, is_customer=True)
    here: Sequence[LiveChannel] = (customer,) if memo else ()
    await centre.callbacks.take_over(Snapshot(tuple(here), frozenset()), {"c1": CONFIRMED})


async def test_the_customer_stands_in_the_place_and_enters_no_queue(centre: Centre) -> None:
    await taken_over(centre, MEMO)
    assert centre.of(events.CallbackEnded) == []
    one = centre.callbacks.back("back-old")
    assert one is not None
    assert one.place is not None
    assert (one.confirmed, one.attempts) == (True, 1)
    assert centre.house.engine.call("c1").entered_at == 999_100.0
    assert centre.house.engine.call("c1").callback
    assert centre.callbacks.back("back-old") is None

    centre.house.log_in("bob")
    await settle()
    leg, extension = centre.house.telephony.rung[-1]
    assert extension == "1002"
    assert centre.customers.called == []
    centre.house.dispatcher.accept(leg)
    await settle()
    (ended,) = centre.of(events.CallbackEnded)
    assert (ended.result, ended.attempts) == ("completed", 1)
    assert centre.of(events.QueueEntered) == centre.of(events.QueueLeft) == []


async def test_who_hangs_up_before_the_session_is_back_is_no_abandoned_caller(
    centre: Centre,
) -> None:
    await taken_over(centre, MEMO)
    centre.callbacks.customer_gone("back-old")
    assert [one.result for one in centre.of(events.CallbackEnded)] == ["cancelled"]
    assert centre.callbacks.back("back-old") is None
    assert centre.of(events.QueueLeft) == []


async def test_who_hangs_up_after_that_is_none_either(centre: Centre) -> None:
    await taken_over(centre, MEMO)
    centre.callbacks.back("back-old")
    centre.callbacks.cancel("c1")
    assert [one.result for one in centre.of(events.CallbackEnded)] == ["cancelled"]
    assert not centre.house.engine.is_waiting("c1")
    outcomes = {one.outcome for one in centre.of(events.QueueLeft)}
    assert outcomes <= {QueueOutcome.CALLBACK}


@pytest.mark.parametrize(
    ("memo", "result"),
    [(None, "cancelled"), (Memo("c1", "talking", "main", "wait", "sales"), "completed")],
)
async def test_nobody_else_is_waited_for(centre: Centre, memo: Memo | None, result: str) -> None:
    await taken_over(centre, memo)
    assert [one.result for one in centre.of(events.CallbackEnded)] == [result]
    assert centre.callbacks.back("back-old") is None
