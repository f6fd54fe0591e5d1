"""What a call's story says of callers handed on."""

import pytest

from ivr.journal.timeline import timeline
from ivr.model import events

MOVED = {"at": 0.0, "call": "c1", "agent": "ann", "queue": "sales"}


@pytest.mark.parametrize(
    ("event", "text"),
    [
        (
            events.Transferred(**MOVED, kind="blind", target="queue", to="billing"),
            "ann hands the caller on to queue billing (blind)",
        ),
        (
            events.Transferred(**MOVED, kind="attended", target="number", to="1952"),
            "ann hands the caller on to number 1952 (attended)",
        ),
        (events.Parked(**MOVED, slot="7"), "ann parks the caller in slot 7"),
        (
            events.Unparked(at=0.0, call="c1", slot="7", result="retrieved", by="ben", seconds=4.0),
            "leaves slot 7: retrieved by ben after 4.0 s",
        ),
        (
            events.Unparked(at=0.0, call="c1", slot="7", result="returned", by="", seconds=120.0),
            "leaves slot 7: returned after 2 min 00 s",
        ),
    ],
)
def test_who_hands_on_whom_and_how_parking_ended(event: events.Event, text: str) -> None:
    (step,) = timeline([event])
    assert (step.topic, step.text) == ("transfer", text)


def test_an_order_about_the_call_is_told_with_what_came_of_it() -> None:
    given = events.OrderGiven(at=0.0, by="api", order="priority 3", target="c1", call="c1")
    refused = events.OrderGiven(
        at=1.0, by="api", order="priority 4", target="c1", call="c1", refusal="it rings"
    )
    assert [(step.topic, step.text) for step in timeline([given, refused])] == [
        ("order", "priority 3, by api"),
        ("order", "priority 4, by api; refused: it rings"),
    ]


@pytest.mark.parametrize(
    ("agent", "after"), [("ann", ", after talking to ann"), ("", "")], ids=["served", "not served"]
)
def test_an_answer_to_a_survey_is_told_with_its_scale(agent: str, after: str) -> None:
    where = {"at": 0.0, "call": "c1", "flow": "f", "node": "n", "queue": "", "agent": agent}
    answered = events.SurveyAnswered(**where, survey="help", kind="csat", low=1, high=5, score=4)
    (step,) = timeline([answered])
    assert (step.topic, step.text) == ("survey", f"help: gives 4 (csat, 1 to 5){after}")
