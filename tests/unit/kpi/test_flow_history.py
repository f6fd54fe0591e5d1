"""Visits and nodes, callers and surveys, event by event."""

from collections import Counter

import pytest

from ivr.kpi.caller_history import CallerHistory
from ivr.kpi.flow_history import FlowHistory, FlowKey, NodeKey
from ivr.kpi.formulas import FORMULAS, told
from ivr.kpi.survey_history import SurveyHistory, figure
from ivr.metrics.ivr import SESSION_OUTCOMES
from ivr.metrics.ivr import _outcome as counted
from ivr.metrics.ivr import _Session as Counted
from ivr.model import events
from ivr.model.agents import QueueOutcome
from tests.unit.kpi.stories import HOUR, ended, left, started, talk_began

DAY_S = 86400.0


def came(at: float, node: str, call: str = "a") -> events.Event:
    return events.NodeEntered(at=at, call=call, flow="main", node=node)


def went(at: float, node: str, outcome: str, seconds: float, call: str = "a") -> events.Event:
    return events.NodeLeft(
        at=at, call=call, flow="main", node=node, outcome=outcome, seconds=seconds
    )


def walked(*history: events.Event) -> FlowHistory:
    found = FlowHistory(HOUR, {("main", "paid")})
    for event in history:
        found.add(event)
    return found


def test_where_callers_go_stay_and_hang_up() -> None:
    found = walked(
        started(0),
        came(0, "menu"),
        went(8, "menu", "choices:1", 8),
        came(8, "wait"),
        went(68, "wait", "hangup", 60),
        ended(68),
        started(10, "b"),
        came(10, "menu", "b"),
        events.InputReceived(
            at=14, call="b", flow="main", node="menu", value="", result="no_input"
        ),
        went(16, "menu", "hangup", 6, "b"),
        ended(16, "b"),
    )
    menu = found.nodes[NodeKey(0, "main", "v1", "menu")]
    assert (menu.entries, menu.seconds) == (2, 14)
    assert menu.exits == Counter({"choices:1": 1, "hangup": 1})
    assert menu.inputs == Counter({"no_input": 1})
    assert found.flows[FlowKey(0, "main", "v1")].outcomes == Counter({"abandoned": 2})
    assert not found.unfinished


def test_versions_are_kept_apart() -> None:
    found = walked(started(0), started(1, "b", version="v2"), came(1, "menu", "b"))
    assert {key.version for key in found.flows} == {"v1", "v2"}
    assert list(found.nodes) == [NodeKey(0, "main", "v2", "menu")]


def test_a_call_that_began_outside_of_the_periods_is_not_counted() -> None:
    found = walked(came(5, "menu"), ended(9), started(4000), came(4000, "menu"))
    assert not found.nodes
    assert not found.flows


SUCCESS, AGENT = came(5, "paid"), talk_began(6)
ANSWERED = left(6, 1, QueueOutcome.ANSWERED)
RESUMED = events.CallResumed(at=6, call="a", state="talking")


@pytest.mark.parametrize(
    ("walk", "result", "outcome"),
    [
        ([SUCCESS], "completed", "contained"),
        ([SUCCESS], "hangup", "contained"),
        ([SUCCESS, AGENT], "hangup", "agent"),
        ([ANSWERED], "hangup", "agent"),
        ([RESUMED], "hangup", "agent"),
        ([], "completed", "completed"),
        ([], "hangup", "abandoned"),
        ([], "error", "error"),
        ([], "lost", "lost"),
    ],
)
def test_what_came_of_a_visit_and_metrics_say_the_same(
    walk: list[events.Event], result: str, outcome: str
) -> None:
    found = walked(started(0), *walk, ended(20, result=result))
    assert found.flows[FlowKey(0, "main", "v1")].outcomes == Counter({outcome: 1})
    assert outcome in SESSION_OUTCOMES
    session = Counted(success=SUCCESS in walk, agent=bool(set(walk) - {SUCCESS}))
    assert counted(session, result) == outcome


def test_who_calls_again_within_seven_days_is_a_repeat_caller() -> None:
    found = CallerHistory(HOUR)
    for event in (
        started(-8 * DAY_S, caller="long ago"),
        started(-6 * DAY_S, caller="last week"),
        started(1, caller="long ago"),
        started(2, caller="last week"),
        started(3, caller="twice"),
        started(4, caller="twice"),
        started(5, caller=""),
        started(6, caller=""),
    ):
        found.add(event)
    one = found.figures[0]
    assert (one.calls, one.unknown) == (6, 2)
    assert one.callers == {"long ago", "last week", "twice"}
    assert one.returned == {"last week", "twice"}


def test_marks_by_survey_and_queue() -> None:
    found = SurveyHistory(HOUR)
    for score, queue in ((5, "billing"), (4, "billing"), (1, "")):
        found.add(
            events.SurveyAnswered(
                at=9,
                call="a",
                flow="main",
                node="ask",
                survey="service",
                kind="csat",
                low=1,
                high=5,
                score=score,
                queue=queue,
                agent="",
            )
        )
    figures = {key.queue: figure(key, marks) for key, marks in found.marks.items()}
    assert figures == {"billing": 1.0, "": 0.0}


@pytest.mark.parametrize("name", sorted(FORMULAS))
def test_every_formula_says_what_it_is(name: str) -> None:
    assert len(told(name)) > 20
    assert "  " not in told(name)
