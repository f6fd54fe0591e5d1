"""The queue node's line: prompt and announcements, and the way through other nodes and back."""

import asyncio

import pytest

from ivr.document import DocumentError
from ivr.model.agents import QueueOutcome
from ivr.model.events import FlowFailed
from ivr.ports import Announcement, Spoken
from ivr.testing.queues import FakeQueues
from ivr.testing.steps import Press, Wait
from tests.unit.nodes.support import flows, tell

FLOW = """
start: line
variables: {{account: {{type: digits, default: ""}}}}
nodes:
  line:
    type: queue
    queue: sales
    prompt: Please hold.
    announce:
      - {{after: 20s, every: 60s, say: Still here.}}
      - {{every: 45s, position: true}}
    self_service: {{"1": info}}
    keys: {{"*": bye}}
    next: bye
    otherwise: bye
  info: {info}
  bye: {{type: hangup}}
"""
SAY = "{type: say, prompt: Open from eight to six., next: line}"


async def test_what_is_told_in_line_is_asked_of_the_queue() -> None:
    told = await tell(flows(main=FLOW.format(info=SAY)))
    (request,) = told.queues.requests
    assert request.announcements == (
        Announcement(20, 60, audio=(Spoken("Still here."),)),
        Announcement(45, 45, "position"),
    )
    assert (request.away_keys, request.exit_keys) == ("1", "*")
    assert told.call.heard == ["Please hold.", "Still here."]


async def test_a_key_leads_through_other_nodes_and_back_into_the_same_line() -> None:
    told = await tell(flows(main=FLOW.format(info=SAY)), Press("1"))
    assert told.path == ["line", "info", "line", "bye"]
    assert ("main", "line", "self_service:1") in told.trace.left()
    assert told.call.heard == ["Please hold.", "Still here.", "Open from eight to six."]
    assert len(told.queues.requests) == 1


async def test_after_self_service_the_line_can_be_left_by_key() -> None:
    told = await tell(flows(main=FLOW.format(info=SAY)), Press("1"), Press("*"))
    assert told.path == ["line", "info", "line", "bye"]
    assert told.trace.left()[2] == ("main", "line", "keys:*")


@pytest.mark.parametrize(
    "info",
    [
        "{type: hangup}",
        "{type: queue, queue: sales, next: line, otherwise: line}",
        "{type: voicemail, mailbox: box, prompt: Speak., next: line}",
        '{type: dial, extension: "1001", next: line, no_answer: line, failed: line}',
        "{type: goto, flow: main}",
    ],
)
def test_nothing_on_the_way_may_leave_the_line(info: str) -> None:
    with pytest.raises(DocumentError, match="'info', on the way from here, would leave the line"):
        flows(main=FLOW.format(info=info))


def test_a_key_has_one_meaning() -> None:
    text = FLOW.format(info=SAY).replace('{"*": bye}', '{"1": bye}')
    with pytest.raises(DocumentError, match="key 1 stands under keys and under self_service"):
        flows(main=text)


@pytest.mark.parametrize(
    ("entry", "complaint"),
    [
        ("{after: 5s}", "exactly one of say, position"),
        ("{position: true}", "say when: after, every, or both"),
        ("{after: 5s, position: true, estimate: true}", "exactly one of say, position"),
    ],
)
def test_an_announcement_says_one_thing_at_some_time(entry: str, complaint: str) -> None:
    text = FLOW.format(info=SAY).replace("{every: 45s, position: true}", entry)
    with pytest.raises(DocumentError, match=complaint):
        flows(main=text)


async def test_a_failure_on_the_way_costs_nobody_the_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plan = flows(main=FLOW.format(info=SAY))

    async def broken(_self: object, _visit: object) -> str:
        raise ZeroDivisionError

    monkeypatch.setattr(type(plan["main"].nodes["info"]), "run", broken)
    told = await tell(plan, Press("1"), Wait(), queues={"sales": QueueOutcome.ANSWERED})
    assert told.path == ["line", "info", "line", "bye"]
    assert told.ending.result == "completed"
    assert [one.node for one in told.trace.events if isinstance(one, FlowFailed)] == ["info"]


async def test_an_agent_found_breaks_off_whatever_the_caller_is_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plan = flows(main=FLOW.format(info=SAY))

    async def for_ever(_self: object, _visit: object) -> str:
        await asyncio.get_running_loop().create_future()
        raise AssertionError("nobody ends it")

    async def at_once(_self: object) -> None:
        pass

    monkeypatch.setattr(type(plan["main"].nodes["info"]), "run", for_ever)
    monkeypatch.setattr(FakeQueues, "called_back", at_once)
    told = await tell(plan, Press("1"))
    assert told.trace.left() == [
        ("main", "line", "self_service:1"),
        ("main", "info", "called_back"),
        ("main", "line", "next"),
        ("main", "bye", "end"),
    ]
