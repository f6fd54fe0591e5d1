"""Survey answers, counted by mark."""

from ivr.metrics import Metrics
from ivr.model.events import SurveyAnswered
from ivr.nodes.survey import Survey
from tests.unit.metrics.conftest import FLOWS, SITE, Last, Live, Tree, series, value
from tests.unit.metrics.happenings import T


def asking(survey: str, kind: str) -> Tree:
    node = Survey.model_validate(
        {
            "survey": survey,
            "kind": kind,
            "prompt": "How was it?",
            "next": "bye",
            "no_input": "bye",
            "no_match": "bye",
        }
    )
    return Tree({"ask": node, "bye": Last()})


def answered(survey: str, score: int) -> SurveyAnswered:
    return SurveyAnswered(
        at=T,
        call="a",
        flow="f",
        node="ask",
        survey=survey,
        kind="nps",
        low=0,
        high=10,
        score=score,
        queue="billing",
        agent="mia",
    )


def test_every_mark_exists_at_0_and_counts(live: Live) -> None:
    metrics = Metrics(SITE, {**FLOWS, "f": asking("recommend", "nps")}, live)
    before = set(series(metrics))
    assert value(metrics, "survey_responses_total", survey="recommend", score="10") == 0
    metrics.record(answered("recommend", 0))
    metrics.record(answered("recommend", 10))
    metrics.record(answered("recommend", 10))
    assert value(metrics, "survey_responses_total", survey="recommend", score="0") == 1
    assert value(metrics, "survey_responses_total", survey="recommend", score="10") == 2
    assert set(series(metrics)) == before


def test_one_survey_in_two_flows_counts_together(live: Live) -> None:
    flows = {"f": asking("recommend", "nps"), "g": asking("recommend", "nps")}
    metrics = Metrics(SITE, flows, live)
    metrics.record(answered("recommend", 3))
    assert value(metrics, "survey_responses_total", survey="recommend", score="3") == 1


def test_after_a_reload_a_new_survey_begins_at_0(live: Live) -> None:
    metrics = Metrics(SITE, {"f": asking("recommend", "nps")}, live)
    assert value(metrics, "survey_responses_total", survey="effort", score="7") is None
    metrics.reconfigure(metrics.prepare(SITE, {"f": asking("effort", "ces")}))
    assert value(metrics, "survey_responses_total", survey="effort", score="7") == 0
    assert value(metrics, "survey_responses_total", survey="effort", score="8") is None


def test_the_answer_to_a_survey_nobody_configured_counts_as_other(live: Live) -> None:
    metrics = Metrics(SITE, {"f": asking("recommend", "nps")}, live)
    metrics.record(answered("gone", 3))
    assert value(metrics, "survey_responses_total", survey="other", score="3") == 1
