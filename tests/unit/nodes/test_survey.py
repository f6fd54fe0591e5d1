"""A survey: marks of one and two digits, where answers go, what is not counted."""

import pytest

from ivr.model.agents import QueueOutcome
from ivr.model.events import SurveyAnswered
from ivr.testing.steps import HangUp, Press, Wait
from tests.unit.nodes.support import Told, flow_of_node, tell

NPS = """
type: survey
survey: recommend
kind: nps
prompt: How likely?
no_match_prompt: From 0 to 10.
no_input_retries: 0
no_match_retries: 1
into: score
next: yes
no_input: silent
no_match: wrong
"""
VARIABLES = "{score: {type: digits, default: ''}}"
AFTER_TALK = """
  sales: {type: queue, queue: sales, next: ask, otherwise: no}
  ask:
    type: survey
    survey: service
    kind: csat
    prompt: How was it?
    next: yes
    no_input: no
    no_match: no
"""


def answers(told: Told) -> list[SurveyAnswered]:
    return [one for one in told.trace.events if isinstance(one, SurveyAnswered)]


@pytest.mark.parametrize("score", range(11))
async def test_every_mark_is_taken_as_typed(score: int) -> None:
    told = await tell(flow_of_node(NPS, VARIABLES), Press(str(score)))
    assert told.path == ["first", "yes"]
    assert [one.score for one in answers(told)] == [score]
    assert told.visit.variables["score"] == str(score)


@pytest.mark.parametrize(("keys", "waits"), [("9", False), ("1", True), ("1#", False)])
async def test_only_a_mark_that_begins_another_waits_for_more(keys: str, waits: bool) -> None:
    told = await tell(flow_of_node(NPS, VARIABLES), Press(keys))
    assert told.path == ["first", "yes"]
    assert (told.call.clock.now() - 1000.0 >= 2.0) is waits


@pytest.mark.parametrize("keys", ["11", "*", "#"])
async def test_what_is_no_mark_is_asked_again_and_counts_nothing(keys: str) -> None:
    told = await tell(flow_of_node(NPS, VARIABLES), Press(keys), Press(keys))
    assert told.path == ["first", "wrong"]
    assert "From 0 to 10. How likely?" in told.call.heard
    assert answers(told) == []
    assert told.visit.variables["score"] == ""


async def test_silence_counts_nothing() -> None:
    told = await tell(flow_of_node(NPS, VARIABLES), Wait())
    assert told.path == ["first", "silent"]
    assert answers(told) == []


async def test_hanging_up_in_the_survey_ends_the_call_there() -> None:
    told = await tell(flow_of_node(NPS, VARIABLES), HangUp())
    assert told.ending.result == "hangup"
    assert told.trace.left() == [("main", "first", "hangup")]
    assert answers(told) == []


async def test_the_answer_says_what_was_asked_on_which_scale() -> None:
    told = await tell(flow_of_node(NPS, VARIABLES), Press("10"))
    assert answers(told) == [
        SurveyAnswered(
            at=1000.0,
            call="call-1",
            flow="main",
            node="first",
            survey="recommend",
            kind="nps",
            low=0,
            high=10,
            score=10,
            queue="",
            agent="",
        )
    ]


async def test_after_a_conversation_the_answer_is_about_its_queue() -> None:
    plan = flow_of_node("type: say\nprompt: Hello.\nnext: sales", more=AFTER_TALK)
    told = await tell(plan, Wait(), Wait(), Press("4"))
    assert told.path == ["first", "sales", "ask", "yes"]
    assert [(one.queue, one.score) for one in answers(told)] == [("sales", 4)]


async def test_who_was_not_answered_is_not_asked() -> None:
    plan = flow_of_node("type: say\nprompt: Hello.\nnext: sales", more=AFTER_TALK)
    told = await tell(plan, Press("4"), queues={"sales": QueueOutcome.TIMEOUT})
    assert told.path == ["first", "sales", "no"]


async def test_a_scale_of_ones_own() -> None:
    plan = flow_of_node(NPS.replace("kind: nps", "kind: ces\nmin: 0\nmax: 3"), VARIABLES)
    assert [one.score for one in answers(await tell(plan, Press("0")))] == [0]
    assert answers(await tell(plan, Press("4"))) == []
