"""Surveys: how often each mark was given."""

from ivr.metrics.topic import Setup, Spec, Topic
from ivr.model.events import Event, SurveyAnswered
from ivr.nodes.survey import Survey

RESPONSES = Spec(
    "survey_responses_total",
    "counter",
    ("survey", "score"),
    "Answers to a survey, by the mark given. Who did not answer is in ivr_node_exits_total.",
)


class SurveysTopic(Topic):
    specs = (RESPONSES,)

    def __init__(self, setup: Setup) -> None:
        self._responses = setup.counter_of(
            RESPONSES,
            [
                (node.survey, mark)
                for shape in setup.flows.values()
                for node in shape.nodes.values()
                if isinstance(node, Survey)
                for mark in node.marks
            ],
        )

    def record(self, event: Event) -> None:
        if isinstance(event, SurveyAnswered):
            self._responses.of(event.survey, str(event.score)).inc()
