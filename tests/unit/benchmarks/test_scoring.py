"""What the scores of a played script mean."""

import pytest

from benchmarks.scoring import Offer, Play, Visit, score
from benchmarks.script import AGENTS, ScriptedAgent, ScriptedCall, scripted_calls

ALPHA = ScriptedAgent("alpha", ("alpha",))
BOTH = ScriptedAgent("both", ("alpha", "beta"), away=(5.0, 10.0))


def visit(number: int, skill: str, **seen: float) -> Visit:
    call = ScriptedCall(number, 0.0, skill, 3.0, 10.0, 0.5)
    return Visit(call, dialled_s=0.0, connected_s=0.0, **seen)


def play(*visits: Visit, offers: tuple[Offer, ...] = ()) -> Play:
    """With one call for the scarce skill, gone at once."""
    extra = visit(99, "scarce", served_s=0.0, over_s=0.0)
    return Play((ALPHA, BOTH), {v.call.number: v for v in (*visits, extra)}, list(offers))


def test_a_script_is_the_same_each_time_and_differs_by_seed() -> None:
    assert scripted_calls(1) == scripted_calls(1) != scripted_calls(2)


def test_every_skill_is_asked_for_and_the_scarce_one_is_had_by_one_agent() -> None:
    assert {call.skill for call in scripted_calls()} == {"alpha", "beta", "scarce"}
    assert sum("scarce" in agent.skills for agent in AGENTS) == 1


def test_idle_counts_each_caller_with_one_agent_while_no_phone_rings_for_them() -> None:
    waiting = visit(1, "alpha", served_s=3.0, over_s=4.0)
    waiting.agent = "alpha"
    ringing = Offer("alpha", 1, began_s=2.0, ended_s=3.0, answered=True)
    assert score(play(waiting, offers=(ringing,)), [2.0]).idle_s == pytest.approx(2.0)


def test_an_agent_who_is_away_or_lacks_the_skill_is_not_idle() -> None:
    alone = visit(1, "beta", over_s=8.0)
    assert score(play(alone), [2.0]).idle_s == pytest.approx(5.0)


def test_two_callers_for_one_agent_are_one_idle_agent() -> None:
    both = (visit(1, "beta", over_s=4.0), visit(2, "beta", over_s=4.0))
    assert score(play(*both), [2.0]).idle_s == pytest.approx(4.0)


def test_two_callers_with_different_agents_are_two_idle_agents() -> None:
    both = (visit(1, "alpha", over_s=4.0), visit(2, "beta", over_s=4.0))
    assert score(play(*both), [2.0]).idle_s == pytest.approx(8.0)


def test_an_offer_after_a_miss_counts_until_the_agent_is_back() -> None:
    offers = tuple(
        Offer("both", 1, began_s=at, ended_s=at + 1, missed=True) for at in (5.0, 7.0, 12.0, 90.0)
    )
    result = play(visit(1, "alpha", over_s=99.0), offers=offers[:2])
    assert score(result, [2.0]).after_miss == 1
    result = play(visit(1, "alpha", over_s=99.0), offers=(offers[0], offers[2]))
    result.returned.append(("both", 10.0))
    assert score(result, [2.0]).after_miss == 0
    late = play(visit(1, "alpha", over_s=99.0), offers=(offers[0], offers[3]))
    assert score(late, [2.0]).after_miss == 0, "more than a minute later"


def test_who_gave_up_is_not_answered_in_time_and_waited_all_the_while() -> None:
    result = score(play(visit(1, "alpha", over_s=1.0)), [2.0])
    assert (result.abandoned, result.within[2.0], result.p95_wait_s) == (2, 0.0, 1.0)


def test_a_connection_without_the_skill_is_counted() -> None:
    wrong = visit(1, "beta", served_s=1.0, over_s=4.0)
    wrong.agent = "alpha"
    right = visit(2, "alpha", served_s=1.0, over_s=4.0)
    right.agent = "alpha"
    assert score(play(wrong, right), [2.0]).wrong_skill == 1
