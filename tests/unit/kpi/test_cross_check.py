"""Our journal against Asterisk's record: a story that agrees, and all ways in which it can not."""

from collections.abc import Sequence

import pytest

from ivr.kpi.cross_check import Checked, Difference, Kind, cross_check
from ivr.kpi.seen import ChannelEvent
from ivr.kpi.told import record_of
from ivr.model import events
from ivr.model.events import Event

CALLER, LEG = "10.1", "leg-a-00000001"
LIFE = (
    events.ServerStarted(at=0, version="1"),
    events.AmiConnected(at=1),
)


def began(at: float = 100, call: str = "a", channel: str = CALLER) -> Event:
    return events.CallStarted(
        at=at, call=call, caller="2001", caller_name="", dialled="600", flow="f", channel=channel
    )


def over(at: float = 160, call: str = "a") -> Event:
    return events.CallEnded(at=at, call=call, flow="f", result="hangup", duration_s=60, node="n")


def talk(at: float = 110, leg: str = LEG, agent: str = "ann", call: str = "a") -> Event:
    return events.ConversationStarted(at=at, call=call, queue="q", agent=agent, channel=leg)


def talked(at: float = 150, agent: str = "ann", call: str = "a") -> Event:
    return events.ConversationEnded(
        at=at, call=call, queue="q", agent=agent, talk_s=40, hold_s=0, ended_by="caller"
    )


def dialled(at: float) -> Event:
    return events.Dialled(at=at, call="a", target="phone", outcome="answered", seconds=40)


TOLD = (*LIFE, began(), talk(), talked(), over())


def saw(
    kind: str, at: float, channel: str = CALLER, context: str = "ivr-call", bridge: str = ""
) -> ChannelEvent:
    return ChannelEvent(kind, at, channel, f"PJSIP/{channel}", context, "600", bridge)


def visit(
    begin: float, end: float, channel: str = CALLER, context: str = "ivr-call"
) -> list[ChannelEvent]:
    return [
        saw("CHAN_START", begin, channel, "ivr-callers"),
        saw("ANSWER", begin, channel, context),
        saw("CHAN_END", end, channel, context),
    ]


def stay(begin: float, end: float, channel: str, bridge: str = "b") -> list[ChannelEvent]:
    return [
        saw("BRIDGE_ENTER", begin, channel, bridge=bridge),
        saw("BRIDGE_EXIT", end, channel, bridge=bridge),
    ]


TALK = (*stay(110, 150, CALLER), *stay(110, 150, LEG))
SEEN = (*visit(100, 160), *visit(105, 150, LEG, "ivr-leg"), *TALK)


def check(told: Sequence[Event], seen: Sequence[ChannelEvent], until: float = 10_000) -> Checked:
    return cross_check(record_of(told, until), sorted(seen, key=lambda one: one.at), 50, until)


def only(checked: Checked) -> Difference:
    (one,) = checked.differences
    return one


def without(events: Sequence[Event], *left_out: type[Event]) -> list[Event]:
    return [one for one in events if not isinstance(one, left_out)]


def test_what_agrees_makes_no_difference() -> None:
    checked = check(TOLD, SEEN)
    assert (checked.calls, checked.talks, list(checked.differences)) == (1, 1, [])


def test_what_is_still_under_way_on_both_sides_makes_none() -> None:
    told = without(TOLD, events.CallEnded, events.ConversationEnded)
    seen = [one for one in SEEN if one.kind not in ("CHAN_END", "BRIDGE_EXIT")]
    assert list(check(told, seen).differences) == []


def test_agents_on_their_own_phones_are_no_callers() -> None:
    code = visit(200, 203, "11.1", "ivr-agents")
    assert list(check(TOLD, [*SEEN, *code]).differences) == []


def test_who_was_turned_away_is_no_call() -> None:
    told = events.CallRefused(
        at=200, call="b", caller="1", dialled="6", channel="10.9", reason="calls", overflow=""
    )
    assert list(check([*TOLD, told], [*SEEN, *visit(199, 205, "10.9")]).differences) == []


@pytest.mark.parametrize(
    ("kind", "told", "seen"),
    [
        (Kind.NO_CALL, without(TOLD, events.CallStarted), SEEN),
        (Kind.NO_CHANNEL, [*TOLD, began(200, "b", "10.9"), over(210, "b")], SEEN),
        (Kind.CALL_START, [*LIFE, began(103), talk(), talked(), over()], SEEN),
        (Kind.CALL_END, [*LIFE, began(), talk(), talked(), over(157)], SEEN),
        (Kind.CALL_END, without(TOLD, events.CallEnded), SEEN),
        (Kind.CALL_END, TOLD, [one for one in SEEN if (one.kind, one.at) != ("CHAN_END", 160)]),
        (Kind.NO_TALK, without(TOLD, events.ConversationStarted), SEEN),
        (Kind.NO_BRIDGE, TOLD, [one for one in SEEN if one.kind[:6] != "BRIDGE"]),
        (Kind.TALK_START, [*LIFE, began(), talk(113), talked(), over()], SEEN),
        (Kind.TALK_END, [*LIFE, began(), talk(), talked(147), over()], SEEN),
        (Kind.TALK_END, without(TOLD, events.ConversationEnded), SEEN),
    ],
)
def test_every_difference_is_told_alone_and_unexplained(
    kind: Kind, told: Sequence[Event], seen: Sequence[ChannelEvent]
) -> None:
    checked = check(told, seen)
    assert only(checked).kind is kind
    assert checked.unexplained == [only(checked)]


def test_a_difference_tells_both_times_and_where() -> None:
    one = only(check([*LIFE, began(103.5), talk(), talked(), over()], SEEN))
    assert (one.call, one.channel, one.at) == ("a", CALLER, 100)
    assert (one.journal, one.asterisk) == (103.5, 100)
    assert one.what == f"PJSIP/{CALLER}: +3.5 s in the journal"


def test_a_talk_to_somebody_elses_caller_is_none_with_this_one() -> None:
    other = "10.2"
    told = [*TOLD, began(100, "b", other), over(160, "b")]
    seen = [*visit(100, 160), *visit(100, 160, other), *visit(105, 150, LEG, "ivr-leg")]
    seen += [*stay(110, 150, other), *stay(110, 150, LEG)]
    assert only(check(told, seen)).kind is Kind.NO_BRIDGE


def test_two_agents_one_after_the_other_each_have_their_time() -> None:
    second = "leg-a-00000002"
    told = [*LIFE, began(), talk(), talked(130), talk(131, second, "ben"), talked(150, "ben")]
    seen = [*visit(100, 160), *stay(110, 130, CALLER, "b"), *stay(110, 130, LEG, "b")]
    seen += [*stay(131, 150, CALLER, "c"), *stay(120, 131, second, "x")]
    seen += stay(131, 150, second, "c")
    assert list(check([*told, over()], seen).differences) == []


def test_somebody_called_back_has_another_channel() -> None:
    wish = events.CallbackRequested(
        at=120,
        call="a",
        queue="q",
        number="2001",
        skills="",
        priority=0,
        entered_at=100,
        expires_at=900,
        flow="f",
        node="n",
        variables="{}",
    )
    told = [*LIFE, began(), wish, talk(210), talked(250), over(260)]
    seen = [*visit(100, 125), *stay(210, 250, "back-a-00000001"), *stay(210, 250, LEG)]
    assert list(check(told, seen).differences) == []


def test_a_talk_to_who_is_no_agent_is_no_conversation() -> None:
    told = [*LIFE, began(), dialled(150), over()]
    assert list(check(told, SEEN).differences) == []


def test_a_moment_together_is_no_talk() -> None:
    seen = [*visit(100, 160), *stay(110, 110.4, CALLER), *stay(110, 110.4, LEG)]
    assert list(check([*LIFE, began(), over()], seen).differences) == []


@pytest.mark.parametrize(
    ("back", "why"),
    [
        ([events.ServerStarted(at=300, version="1")], "the server was away"),
        (
            [events.ServerStopped(at=170), events.ServerStarted(at=300, version="1")],
            "the server was stopped",
        ),
        ([events.AmiLost(at=170)], "the link to Asterisk was lost"),
    ],
)
def test_who_calls_while_nobody_writes_is_told_with_the_reason(
    back: Sequence[Event], why: str
) -> None:
    told = [*TOLD, *back, events.AmiConnected(at=301)]
    checked = check(told, [*SEEN, *visit(200, 230, "10.2")])
    assert (only(checked).kind, only(checked).because) == (Kind.NO_CALL, why)
    assert checked.unexplained == []
    later = check(told, [*SEEN, *visit(400, 430, "10.2")])
    assert only(later).because == ""


def test_a_call_that_ended_while_the_server_was_away_is_told_with_the_reason() -> None:
    told = [*LIFE, began(), talk(), talked(), events.ServerStarted(at=300, version="1")]
    checked = check([*told, events.AmiConnected(at=301), over(302)], SEEN)
    assert (only(checked).kind, only(checked).because) == (Kind.CALL_END, "the server was away")


def test_what_a_server_that_is_back_does_not_tell_is_not_explained() -> None:
    started = (events.ServerStarted(at=95, version="1"), events.AmiConnected(at=96))
    checked = check([*started, began(99)], visit(99, 99.5))
    assert (only(checked).kind, only(checked).because) == (Kind.CALL_END, "")


def test_a_server_that_never_came_back_explains_until_now() -> None:
    told = [*TOLD, events.ServerStopped(at=170)]
    checked = check(told, [*SEEN, *visit(200, 230, "10.2")])
    assert only(checked).because == "the server was stopped"


def test_only_what_lies_in_the_time_asked_for_is_told() -> None:
    seen = [*SEEN, *visit(30, 40, "10.2"), *visit(300, 310, "10.3")]
    assert list(check(TOLD, seen, until=250).differences) == []
