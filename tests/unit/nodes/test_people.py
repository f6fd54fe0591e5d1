"""Nodes that bring the caller to somebody: queue, dial, voicemail."""

import pytest

from ivr.model.agents import QueueOutcome
from ivr.model.errors import TelephonyError
from ivr.model.events import Dialled, MessageLeft, MessageRefused
from ivr.model.site import Outbound
from ivr.nodes.dial import dial_target
from ivr.ports import DialTarget, Message, QueueRequest, Spoken
from ivr.testing.call import FakeCall
from ivr.testing.mailboxes import FullMailboxes
from ivr.testing.steps import HangUp, Press
from tests.unit.nodes.support import flow_of_node, site, tell

QUEUE = """
type: queue
queue: sales
prompt: Please hold.
skills: sales >= 3
priority: 2
wait_s_max: 1m
keys: {"1": no}
next: yes
timeout: silent
otherwise: wrong
"""


async def test_queue_asks_for_what_the_flow_says() -> None:
    told = await tell(flow_of_node(QUEUE))
    assert told.queues.requests == [
        QueueRequest(
            "sales", "sales >= 3", 2, "1", 60.0, prompt=(Spoken("Please hold."),), language="en"
        )
    ]
    assert told.path == ["first", "yes"]


@pytest.mark.parametrize(
    ("urgency", "written", "asked"),
    [
        ("7", "urgency + 5", 12),
        ("7", "-urgency", -7),
        ("2.5", "urgency", 2),
        ("98", "urgency + 5", 100),
        ("98", "0 - urgency - 5", -100),
        ("0", '"-20"', -20),
    ],
)
async def test_the_priority_asked_for_is_computed_and_stays_within_its_limits(
    urgency: str, written: str, asked: int
) -> None:
    node = QUEUE.replace("priority: 2", f"priority: {written}")
    variables = {"urgency": {"type": "number", "default": urgency}}
    told = await tell(flow_of_node(node, variables))
    assert told.queues.requests[0].priority == asked


@pytest.mark.parametrize(
    ("outcome", "end"),
    [
        (QueueOutcome.TIMEOUT, "silent"),
        (QueueOutcome.EMPTY, "wrong"),
        (QueueOutcome.OVERFLOW, "wrong"),
        (QueueOutcome.WITHDRAWN, "wrong"),
        (QueueOutcome.FAILED, "wrong"),
    ],
)
async def test_queue_leaves_by_the_outcome_or_otherwise(outcome: QueueOutcome, end: str) -> None:
    told = await tell(flow_of_node(QUEUE), queues={"sales": outcome})
    assert told.path == ["first", end]


async def test_queue_is_left_by_key() -> None:
    assert (await tell(flow_of_node(QUEUE), Press("1"))).path == ["first", "no"]


async def test_a_call_taken_over_in_line_does_not_hear_the_greeting_again() -> None:
    told = await tell(flow_of_node(QUEUE), resumed=True)
    assert told.call.heard == ["went to yes"]


async def test_abandoning_the_queue_is_a_hangup() -> None:
    told = await tell(flow_of_node(QUEUE), queues={"sales": QueueOutcome.ABANDONED})
    assert told.ending.result == "hangup"
    assert told.trace.left() == [("main", "first", "hangup")]


DIAL = """
type: dial
extension: "1001"
prompt: One moment.
next: yes
no_answer: no
busy: silent
failed: wrong
"""


@pytest.mark.parametrize(
    ("outcome", "end"),
    [
        ("answered", "yes"),
        ("no_answer", "no"),
        ("busy", "silent"),
        ("rejected", "silent"),
        ("unreachable", "wrong"),
        ("refused", "wrong"),
    ],
)
async def test_dial_leaves_by_how_it_ended(outcome: str, end: str) -> None:
    told = await tell(flow_of_node(DIAL), dials={"1001": outcome})
    assert told.path == ["first", end]
    [record] = [one for one in told.trace.events if isinstance(one, Dialled)]
    assert (record.target, record.outcome) == ("1001", outcome)


@pytest.mark.parametrize(
    ("typed", "target"),
    [
        ("2001", DialTarget(extension="2001")),
        ("112", DialTarget(number="112")),
        ("15551", None),
        ("9999", None),
    ],
)
async def test_dial_by_variable_reaches_the_house_and_allowed_numbers_only(
    typed: str, target: DialTarget | None
) -> None:
    node = "type: dial\nvariable: who\nnext: yes\nno_answer: no"
    told = await tell(flow_of_node(node, f"{{who: {{type: digits, default: '{typed}'}}}}"))
    assert told.call.dialled_targets == ([target] if target else [])
    assert told.path == ["first", "yes" if target else "no"]


def test_a_prefix_allows_only_what_begins_with_it() -> None:
    assert Outbound(allow=["+1555*"]).permits("+15551234")
    assert not Outbound(allow=["+1555*"]).permits("+1655")
    assert not Outbound(allow=["112"]).permits("1123")
    assert not Outbound().permits("112")


VOICEMAIL = "type: voicemail\nmailbox: office\nprompt: After the tone.\nseconds_max: 5s\nnext: yes"


async def test_a_message_is_kept_and_told() -> None:
    told = await tell(flow_of_node(VOICEMAIL), Press("#"))
    [left] = [one for one in told.trace.events if isinstance(one, MessageLeft)]
    assert (left.mailbox, left.file, left.seconds) == ("office", "office-1", 5.0)
    assert told.path == ["first", "yes"]


DIAL_1001 = "type: dial\nextension: 1001\nprompt: After the tone.\nnext: yes\nno_answer: no"


@pytest.mark.parametrize("wired", [True, False])
async def test_a_full_mailbox_is_told_before_the_caller_speaks(wired: bool) -> None:
    plan = flow_of_node(VOICEMAIL + ("\nerror: no" if wired else ""))
    told = await tell(plan, mailboxes=FullMailboxes(["office"]))
    assert told.path == (["first", "no"] if wired else ["first"])
    assert told.ending.result == ("completed" if wired else "error")
    assert told.call.messages == []
    assert "After the tone." not in told.call.heard
    [refused] = [one for one in told.trace.events if isinstance(one, MessageRefused)]
    assert (refused.mailbox, refused.reason) == ("office", "full")


async def test_a_message_that_cannot_be_recorded_takes_the_error_exit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def refuse(*_: object, **__: object) -> Message:
        raise TelephonyError("the disk is full")

    monkeypatch.setattr(FakeCall, "record_message", refuse)
    told = await tell(flow_of_node(VOICEMAIL + "\nerror: no"))
    assert told.path == ["first", "no"]
    [refused] = [one for one in told.trace.events if isinstance(one, MessageRefused)]
    assert refused.reason == "failed"


@pytest.mark.parametrize("hung_up", [True, False])
async def test_an_empty_message_is_none_and_the_call_goes_on(
    monkeypatch: pytest.MonkeyPatch, hung_up: bool
) -> None:
    async def say_nothing(*_: object, **__: object) -> Message:
        return Message("office/c1.wav", 0.0, hung_up)

    monkeypatch.setattr(FakeCall, "record_message", say_nothing)
    told = await tell(flow_of_node(VOICEMAIL))
    assert told.path == (["first"] if hung_up else ["first", "yes"])
    assert told.ending.result == ("hangup" if hung_up else "completed")
    assert not [one for one in told.trace.events if isinstance(one, MessageLeft)]


@pytest.mark.parametrize("node", [VOICEMAIL, DIAL_1001])
@pytest.mark.parametrize(("barge_in", "saved_s"), [("true", 1.0), ("false", 0.0)])
async def test_a_key_cuts_the_prompt_short_and_does_no_more(
    node: str, barge_in: str, saved_s: float
) -> None:
    plan = flow_of_node(f"{node}\nbarge_in: {barge_in}")
    cut, whole = await tell(plan, Press("1")), await tell(plan)
    assert cut.path == whole.path == ["first", "yes"]
    spared_s = whole.call.clock.now() - cut.call.clock.now()
    assert spared_s == pytest.approx(saved_s, abs=0.1)


async def test_hanging_up_after_the_message_keeps_it() -> None:
    plan = flow_of_node(VOICEMAIL)
    hung_up = await tell(plan, Press("1"), HangUp())
    assert [one.type for one in hung_up.trace.events].count("voicemail.left") == 1


@pytest.mark.parametrize("text", ["+44123,30,e", "+44&PJSIP/1001", "+44 1", "+44\n1", "+44a", ""])
def test_a_callers_own_text_is_dialled_only_if_it_is_a_number(text: str) -> None:
    outbound = site().outbound.model_copy(update={"allow": ["+44*"]})
    house = site().model_copy(update={"outbound": outbound})
    assert dial_target(house, "+44123") == DialTarget(number="+44123")
    assert dial_target(house, text) is None
