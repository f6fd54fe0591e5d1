"""How well queues were served in the last half hour."""

from ivr.model.agents import QueueOutcome
from ivr.service.console.levels import MINUTES, Levels

ANSWERED, ABANDONED = QueueOutcome.ANSWERED, QueueOutcome.ABANDONED


def test_short_abandonments_count_for_nothing() -> None:
    levels = Levels()
    for outcome, wait_s in ((ANSWERED, 5), (ANSWERED, 50), (ABANDONED, 50), (ABANDONED, 2)):
        levels.count("sales", outcome, wait_s, 20.0, 1000.0)
    level = levels.of(1000.0, "sales")
    assert level.service_level == 1 / 3
    assert level.abandoned == 1 / 3
    assert level.answered == 2


def test_who_left_by_key_is_neither_answered_nor_lost() -> None:
    levels = Levels()
    levels.count("sales", QueueOutcome.EXIT_KEY, 5.0, 20.0, 1000.0)
    assert levels.of(1000.0, "sales").service_level is None


def test_what_is_older_than_half_an_hour_is_forgotten() -> None:
    levels = Levels()
    levels.count("sales", ANSWERED, 5.0, 20.0, 0.0)
    assert levels.of((MINUTES - 1) * 60.0, "sales").answered == 1
    assert levels.of(MINUTES * 60.0, "sales").answered == 0


def test_queues_together() -> None:
    levels = Levels()
    levels.count("sales", ANSWERED, 5.0, 20.0, 0.0)
    levels.count("tech", ANSWERED, 50.0, 20.0, 0.0)
    assert levels.of(0.0, "sales", "tech", "unknown").service_level == 0.5
