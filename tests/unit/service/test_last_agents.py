"""Who talked to whom last."""

from ivr.model import events
from ivr.ports import LastTalk
from ivr.service.last_agents import CALLERS_MAX, LastAgents


def visit(call: str, caller: str, *agents: str) -> list[events.Event]:
    started = events.CallStarted(
        at=1.0, call=call, caller=caller, caller_name="", dialled="1", flow="f", channel="c"
    )
    talks = [
        events.ConversationStarted(at=2.0, call=call, queue="q", agent=agent, channel="l")
        for agent in agents
    ]
    ended = events.CallEnded(
        at=3.0, call=call, flow="f", result="completed", duration_s=2.0, node="n"
    )
    return [started, *talks, ended]


def test_nobody_has_talked_to_a_new_caller() -> None:
    assert LastAgents().of("100") == ""


def test_the_last_of_several_agents_counts() -> None:
    known = LastAgents()
    known.learn(visit("c1", "100", "ann", "bob"))
    known.learn(visit("c2", "200", "ann"))
    assert (known.of("100"), known.of("200")) == ("bob", "ann")


def test_anonymous_callers_have_nobody() -> None:
    known = LastAgents()
    known.learn(visit("c1", "", "ann"))
    assert known.of("") == ""


def test_a_conversation_of_an_unknown_call_says_nothing() -> None:
    known = LastAgents()
    known.learn(visit("c1", "100", "ann")[1:])
    assert known.of("100") == ""


def test_only_the_latest_callers_are_kept() -> None:
    known = LastAgents()
    for number in range(CALLERS_MAX + 1):
        known.learn(visit(f"c{number}", f"{number}", "ann"))
    assert (known.of("0"), known.of("1")) == ("", "ann")


def test_a_call_knows_its_last_conversation_until_it_ends() -> None:
    known = LastAgents()
    *under_way, ended = visit("c1", "", "ann", "bob")
    known.learn(under_way)
    assert known.talk_of("c1") == LastTalk("q", "bob"), "anonymous callers, too"
    assert known.talk_of("c2") == LastTalk()
    known.record(ended)
    assert known.talk_of("c1") == LastTalk()
