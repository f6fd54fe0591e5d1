"""A past day as a scenario."""

from random import Random

import pytest

from ivr.model.agents import QueueOutcome
from ivr.model.events import ConversationEnded, QueueEntered, QueueLeft
from ivr.simulate.driver import simulate
from ivr.simulate.profile import Profile, patience, quantiles, scenario_text
from ivr.simulate.reading import load_scenario
from tests.unit.simulate.scenarios import SITE

BEGIN = 1_000_000.0


def _entered(after_s: float, **more: object) -> QueueEntered:
    at = BEGIN + after_s
    given = {"skills": "", "priority": 0, "entered_at": at, **more}
    return QueueEntered(at=at, call="c", queue="english", **given)


def _left(after_s: float, outcome: QueueOutcome, wait_s: float) -> QueueLeft:
    return QueueLeft(at=BEGIN + after_s, call="c", queue="english", outcome=outcome, wait_s=wait_s)


def _talked(after_s: float, talk_s: float) -> ConversationEnded:
    return ConversationEnded(
        at=BEGIN + after_s,
        call="c",
        queue="english",
        agent="ana",
        talk_s=talk_s,
        hold_s=5,
        ended_by="caller",
    )


def test_calls_are_counted_by_half_hour_and_once() -> None:
    profile = Profile(BEGIN, BEGIN + 3600)
    for after_s in (-1, 0, 10, 1800, 3600):
        profile.add(_entered(after_s))
    profile.add(_entered(20, resumed=True))
    profile.add(_entered(20, kept="transfer"))
    assert profile.queues["english"].per_half_hour == [2, 1]


def test_patience_without_answers_is_what_was_seen() -> None:
    assert patience([(10, True), (20, True)]) == [(0, 0), (0.5, 10), (1, 20)]


def test_who_was_answered_counts_until_then() -> None:
    """Of four, one hangs up at 10; one is answered at 15; of the two left one hangs up at 20."""
    found = patience([(10, True), (15, False), (20, True), (30, False)])
    assert found == [(0, 0), (0.25, 10), (pytest.approx(1 - 0.75 / 2), 20)]


def test_nobody_hung_up() -> None:
    assert patience([(10, False)]) == []


def test_patience_is_found_again_behind_the_answers() -> None:
    dice = Random(4)
    waits = [(dice.expovariate(1 / 60), dice.expovariate(1 / 90)) for _ in range(5000)]
    found = patience([(min(answer, tired), tired < answer) for answer, tired in waits])
    median = next(value for share, value in found if share >= 0.5)
    assert median == pytest.approx(90 * 0.693, rel=0.15)


def test_quantiles_reach_from_the_least_to_the_greatest() -> None:
    assert quantiles([3, 1, 2]) == [(0, 1), (0.5, 2), (1, 3)]
    assert quantiles([7]) == [(0, 7), (1, 7)]


def test_the_scenario_written_can_be_simulated() -> None:
    profile = Profile(BEGIN, BEGIN + 3600)
    for number in range(40):
        at_s = number * 60
        profile.add(_entered(at_s))
        outcome = QueueOutcome.ABANDONED if number % 5 == 0 else QueueOutcome.ANSWERED
        profile.add(_left(at_s + 20, outcome, 20 + number))
        profile.add(_talked(at_s + 50, 30 + number))
    text = scenario_text(profile, "site.yaml", "2026-01-05 08:00")
    scenario = load_scenario(text, "yesterday.yaml", SITE)
    assert scenario.queues["english"].per_half_hour == [30, 10]
    record = simulate(SITE, scenario, 1)
    assert 20 < record.calls < 70
