"""Nodes and the recording of the call: begun, ended, agreed to, silent while secrets are typed."""

import pytest

from ivr.model.events import ConsentAnswered
from ivr.nodes.base import Visit
from ivr.nodes.walk import walk
from ivr.testing.call import FakeCall
from ivr.testing.clock import VirtualClock
from ivr.testing.lookups import FakeLookups
from ivr.testing.queues import FakeQueues, FixedCalendars
from ivr.testing.recording import FakeRecording
from ivr.testing.steps import HangUp, Press, Step, Wait
from ivr.testing.trace import EventList
from tests.unit.nodes.support import NoCalendars, flow_of_node, site

CONSENT = """
type: consent
prompt: May we?
given: yes
refused: no
"""
SENSITIVE = """
type: collect
sensitive: true
prompt: Your card.
into: card
max: 4
next: NEXT
no_input: silent
no_match: silent
"""
CARD = "{card: {type: digits, default: ''}}"


async def heard_by(plan, *steps: Step) -> tuple[FakeRecording, Visit]:
    clock, recording, trace = VirtualClock(1000.0), FakeRecording(), EventList()
    calendars = FixedCalendars(NoCalendars(), {})
    call = FakeCall(clock, steps)
    visit = Visit(
        call,
        FakeQueues({}),
        calendars,
        clock,
        trace,
        site(),
        FakeLookups(clock),
        recording=recording,
    )
    await walk(plan, "main", visit)
    return recording, visit


@pytest.mark.parametrize(
    ("steps", "answer", "by", "node"),
    [
        ([Press("1")], "given", "key", "yes"),
        ([Press("2")], "refused", "key", "no"),
        ([Press("7"), Press("1")], "given", "key", "yes"),
        ([Wait(), Wait()], "refused", "silence", "no"),
    ],
)
async def test_consent_is_what_the_caller_says(steps, answer, by, node) -> None:
    recording, visit = await heard_by(flow_of_node(CONSENT), *steps)
    (told,) = [one for one in visit.recorder.events if isinstance(one, ConsentAnswered)]
    assert (recording.answer, told.answer, told.by) == (answer, answer, by)
    assert visit.node == node


async def test_who_hears_an_announcement_out_has_agreed() -> None:
    node = "type: consent\nprompt: This call is recorded.\nask: false\ngiven: yes"
    recording, visit = await heard_by(flow_of_node(node))
    assert (recording.answer, visit.node) == ("given", "yes")


async def test_who_hangs_up_meanwhile_has_said_nothing() -> None:
    recording, _ = await heard_by(flow_of_node(CONSENT), HangUp())
    assert recording.answer == ""


async def test_record_begins_and_ends() -> None:
    plan = flow_of_node(
        "type: record\nnext: end", more="\n  end: {type: record, action: stop, next: yes}"
    )
    assert (await heard_by(plan))[0].orders == ["start", "stop"]


async def test_nothing_is_recorded_from_the_prompt_until_the_node_is_left() -> None:
    plan = flow_of_node(SENSITIVE.replace("NEXT", "yes"), CARD)
    assert (await heard_by(plan, Press("1234")))[0].orders == ["pause", "resume"]


async def test_two_sensitive_nodes_in_a_row_are_one_pause() -> None:
    second = SENSITIVE.replace("NEXT", "yes").strip().replace("\n", ", ")
    plan = flow_of_node(SENSITIVE.replace("NEXT", "two"), CARD, more=f"\n  two: {{{second}}}")
    assert (await heard_by(plan, Press("1234"), Press("5678")))[0].orders == ["pause", "resume"]


async def test_a_hang_up_in_it_leaves_the_pause() -> None:
    plan = flow_of_node(SENSITIVE.replace("NEXT", "yes"), CARD)
    assert (await heard_by(plan, HangUp()))[0].orders == ["pause"]
