"""The walk: what is recorded, and how every call comes to a proper end."""

import asyncio

import pytest

from ivr.expression.values import as_text
from ivr.model.events import FlowFailed, NodeLeft
from ivr.nodes.base import Visit
from ivr.nodes.say import Say
from ivr.nodes.set import Set
from ivr.nodes.walk import walk
from ivr.spoken import WORDINGS
from ivr.testing.call import FakeCall
from ivr.testing.clock import VirtualClock
from ivr.testing.lookups import FakeLookups
from ivr.testing.queues import FakeQueues, FixedCalendars
from ivr.testing.steps import HangUp, Press
from ivr.testing.trace import EventList
from tests.unit.nodes.support import NoCalendars, Told, flow_of_node, flows, site, tell

SAY = "type: say\nprompt: Hello.\nnext: yes"


def failures(told: Told) -> list[FlowFailed]:
    return [one for one in told.trace.events if isinstance(one, FlowFailed)]


async def test_every_node_is_entered_and_left_with_its_exit_and_time() -> None:
    told = await tell(flow_of_node(SAY))
    assert told.trace.entered() == [("main", "first"), ("main", "yes")]
    assert told.trace.left() == [("main", "first", "next"), ("main", "yes", "end")]
    seconds = [one.seconds for one in told.trace.events if isinstance(one, NodeLeft)]
    assert seconds[0] == pytest.approx(len("Hello.") / 15)
    assert (told.ending.result, told.ending.node) == ("completed", "yes")
    assert told.call.gone


async def test_a_walk_may_begin_inside_a_flow() -> None:
    told = await tell(flow_of_node(SAY), node="yes")
    assert told.path == ["yes"]


async def test_a_hangup_ends_the_walk_in_its_node() -> None:
    told = await tell(flow_of_node(SAY), HangUp())
    assert told.trace.left() == [("main", "first", "hangup")]
    assert (told.ending.result, told.ending.node) == ("hangup", "first")
    assert failures(told) == []


async def test_a_bug_in_a_node_ends_with_an_apology(monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(self: Say, visit: object) -> str:
        raise RuntimeError("boom")

    monkeypatch.setattr(Say, "run", broken)
    told = await tell(flow_of_node(SAY))
    assert told.ending.result == "error"
    assert told.call.heard == [WORDINGS["en"].apology]
    assert told.call.gone
    assert [one.reason for one in failures(told)] == ["RuntimeError: boom"]
    assert told.trace.left() == [("main", "first", "error")]


async def test_an_exit_that_is_not_wired_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    async def lost(self: Say, visit: object) -> str:
        return "nowhere"

    monkeypatch.setattr(Say, "run", lost)
    told = await tell(flow_of_node(SAY))
    assert "'nowhere'" in failures(told)[0].reason
    assert told.ending.result == "error"


async def test_a_loop_nobody_foresaw_ends() -> None:
    node = """
    type: menu
    prompt: Again?
    choices: {"1": first}
    no_input: yes
    no_match: yes
    """
    told = await tell(flow_of_node(node), *[Press("1")] * 30, hops_max=20)
    assert told.ending.result == "error"
    assert len(told.path) == 21
    assert "20 nodes" in failures(told)[0].reason


async def test_a_failure_does_not_tell_what_was_sensitive(monkeypatch: pytest.MonkeyPatch) -> None:
    async def tactless(self: Set, visit: object) -> str:
        raise RuntimeError("cannot use 4711")

    monkeypatch.setattr(Set, "run", tactless)
    plan = flows(
        main="""
        start: ask
        variables: {pin: {type: digits}, copy: {type: digits}}
        nodes:
          ask:
            type: collect
            prompt: Pin.
            into: pin
            max: 4
            sensitive: true
            next: use
            no_input: bye
            no_match: bye
          use: {type: set, values: {copy: pin}, next: bye}
          bye: {type: hangup}
        """
    )
    told = await tell(plan, Press("4711"))
    assert failures(told)[0].reason == "RuntimeError: cannot use ****"
    assert "4711" not in repr(told.trace.events)


async def test_a_value_that_does_not_fit_its_variable_is_a_failure() -> None:
    plan = flow_of_node(
        "type: set\nvalues: {n: caller_name + 'x'}\nnext: yes", "{n: {type: digits}}"
    )
    told = await tell(plan)
    assert "'n' takes a value of type digits" in failures(told)[0].reason


@pytest.mark.parametrize("sign", ["", "-"])
async def test_a_number_that_grows_too_large_is_said_to_be_so(sign: str) -> None:
    plan = flow_of_node(
        f"type: set\nvalues: {{n: {sign}999999999999999, m: n + n}}\nnext: yes",
        "{n: {type: number}, m: {type: number}}",
    )
    [failure] = failures(await tell(plan))
    assert failure.reason == "variable 'm' would hold a number of more than 15 digits"


@pytest.mark.parametrize(
    ("formula", "text"),
    [("0.1 + 0.2", "0.3"), ("0.1 + 0.2 - 0.3", "0"), ("-0.0000001", "-0.0000001")],
)
async def test_a_number_with_a_fraction_is_kept_whatever_it_was_made_of(
    formula: str, text: str
) -> None:
    plan = flow_of_node(f"type: set\nvalues: {{n: '{formula}'}}\nnext: yes", "{n: {type: number}}")
    told = await tell(plan)
    assert failures(told) == []
    assert as_text(told.visit.variables["n"]) == text


async def test_a_caller_gone_during_the_apology_changes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def broken(self: Say, visit: object) -> str:
        raise RuntimeError("boom")

    monkeypatch.setattr(Say, "run", broken)
    told = await tell(flow_of_node(SAY), HangUp())
    assert told.ending.result == "error"
    assert len(failures(told)) == 1


async def test_cancellation_passes_through(monkeypatch: pytest.MonkeyPatch) -> None:
    async def cancelled(self: Say, visit: object) -> str:
        raise asyncio.CancelledError

    monkeypatch.setattr(Say, "run", cancelled)
    with pytest.raises(asyncio.CancelledError):
        await tell(flow_of_node(SAY))


@pytest.mark.parametrize(("resumed", "kept"), [(False, ["first", "bye"]), (True, ["bye"])])
async def test_every_node_that_takes_time_is_kept_for_a_later_server(
    resumed: bool, kept: list[str]
) -> None:
    """A node the call was taken over in is kept already, with its place in line."""
    clock, seen = VirtualClock(1000.0), []

    async def remember() -> None:
        seen.append(visit.node)

    more = """
  known: {type: set, values: {seen: "true"}, next: which}
  which: {type: branch, cases: [{when: seen, next: bye}], otherwise: end}
  bye: {type: say, prompt: Goodbye., next: end}
  end: {type: hangup}
"""
    node = "type: queue\nqueue: sales\nnext: known\notherwise: end"
    plans = flow_of_node(node, "{seen: {type: flag}}", more)
    visit = Visit(
        FakeCall(clock),
        FakeQueues(),
        FixedCalendars(NoCalendars()),
        clock,
        EventList(),
        site(),
        FakeLookups(clock),
        resumed=resumed,
        remember=remember,
    )
    await walk(plans, "main", visit)
    assert seen == kept
