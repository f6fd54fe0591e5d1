"""The scripted caller does exactly what the script says, in virtual time."""

import pytest

from ivr.model.agents import QueueOutcome
from ivr.model.errors import CallerGoneError
from ivr.ports import DialTarget, QueueRequest, Spoken
from ivr.testing.call import FakeCall
from ivr.testing.clock import VirtualClock
from ivr.testing.queues import FakeQueues
from ivr.testing.steps import HangUp, Listen, Press, Step, Wait

HELLO = (Spoken("Hello."),)


def caller(*steps: Step) -> FakeCall:
    return FakeCall(VirtualClock(), steps)


async def test_a_key_that_may_stop_a_prompt_does() -> None:
    call = caller(Press("1"))
    assert await call.play(HELLO, keys="12") == "1"
    assert call.heard == ["Hello."]
    assert call.clock.now() == 0


async def test_a_key_that_may_not_stop_a_prompt_comes_after_it() -> None:
    call = caller(Press("1"))
    assert await call.play(HELLO, keys="9") == ""
    assert call.clock.now() > 0
    assert await call.wait_key(5) == "1"


async def test_listening_hears_one_prompt_out() -> None:
    call = caller(Listen(), Press("1"))
    assert await call.play(HELLO, keys="1") == ""
    assert await call.play(HELLO, keys="1") == "1"


async def test_a_pause_separates_two_presses() -> None:
    call = caller(Press("12"), Press("3"))
    assert [await call.wait_key(2) for _ in range(4)] == ["1", "2", "", "3"]


async def test_waiting_lets_one_timeout_pass() -> None:
    call = caller(Wait(), Press("1"))
    assert await call.wait_key(5) == ""
    assert call.clock.now() == 5
    assert await call.wait_key(5) == "1"


async def test_waiting_after_a_press_is_a_timeout_of_its_own() -> None:
    call = caller(Press("1"), Wait(), Press("2"))
    assert [await call.wait_key(2) for _ in range(4)] == ["1", "", "", "2"]


async def test_after_the_script_the_caller_is_silent() -> None:
    call = caller()
    assert await call.wait_key(5) == ""
    assert await call.play(HELLO, keys="1") == ""


async def test_hanging_up_reaches_every_operation_from_then_on() -> None:
    call = caller(HangUp())
    with pytest.raises(CallerGoneError):
        await call.play(HELLO)
    assert call.heard == ["Hello."]
    for operation in (
        call.answer(),
        call.wait_key(1),
        call.dial(DialTarget(extension="1001"), ring_timeout_s=5),
        call.record_message("office", seconds_max=5, silence_s=1, finish_keys="#"),
        call.hangup(),
        FakeQueues().serve(call, QueueRequest("sales")),
    ):
        with pytest.raises(CallerGoneError):
            await operation


async def test_hanging_up_while_recording_keeps_the_message() -> None:
    call = caller(HangUp())
    message = await call.record_message("office", seconds_max=5, silence_s=1, finish_keys="#")
    assert message.seconds == 5
    with pytest.raises(CallerGoneError):
        await call.play(HELLO)


async def test_queues_answer_unless_told_otherwise() -> None:
    queues = FakeQueues({"sales": QueueOutcome.TIMEOUT})
    outcomes = [
        (await queues.serve(caller(), QueueRequest(name))).outcome for name in ("sales", "other")
    ]
    assert outcomes == [QueueOutcome.TIMEOUT, QueueOutcome.ANSWERED]
    assert [one.queue for one in queues.requests] == ["sales", "other"]


async def test_an_exit_key_leaves_the_queue_and_another_does_not() -> None:
    request = QueueRequest("sales", exit_keys="1")
    assert (await FakeQueues().serve(caller(Press("1")), request)).key == "1"
    result = await FakeQueues().serve(caller(Press("2")), request)
    assert result.outcome == QueueOutcome.ANSWERED


async def test_who_waits_in_line_presses_the_next_key_after_it() -> None:
    waiting = caller(Wait(), Press("1"))
    result = await FakeQueues().serve(waiting, QueueRequest("sales", exit_keys="1", away_keys="2"))
    assert (result.key, waiting.script.left) == ("", (Press("1"),))


async def test_who_hangs_up_after_keys_lets_the_pause_end_the_input_first() -> None:
    call = caller(Press("1"), HangUp())
    assert [await call.wait_key(2) for _ in range(2)] == ["1", ""]
    with pytest.raises(CallerGoneError):
        await call.wait_key(2)


async def test_who_waits_while_it_rings_does_what_comes_next_after_it() -> None:
    call = caller(Wait(), HangUp())
    assert (await call.dial(DialTarget(extension="1001"), ring_timeout_s=5)).outcome == "answered"
    with pytest.raises(CallerGoneError):
        await call.play(HELLO)
