"""What became of calls in queues, event by event."""

from ivr.kpi import aht, routing_accuracy
from ivr.kpi.queue_history import QueueFigures, QueueHistory, together
from ivr.model import events
from ivr.model.agents import AgentState as S
from ivr.model.agents import QueueOutcome as Q
from tests.unit.kpi.stories import (
    HOUR,
    ended,
    entered,
    left,
    moved,
    talk_began,
    talk_ended,
    transferred,
)

T_S = {"billing": 20.0, "claims": 10.0}


def told(*history: events.Event) -> QueueHistory:
    found = QueueHistory(HOUR, T_S)
    for event in history:
        found.add(event)
    return found


def billing(*history: events.Event, period: int = 0) -> QueueFigures:
    return told(*history).figures[period, "billing"]


ANSWERED = (
    entered(10),
    left(30, 20, Q.ANSWERED),
    moved(30, S.RINGING, S.ON_CALL, 5, "a"),
    talk_began(30),
    moved(130, S.ON_CALL, S.WRAP_UP, 100, "a"),
    talk_ended(130, 90, hold_s=10),
    ended(130),
    moved(150, S.WRAP_UP, S.AVAILABLE, 20, "a"),
)


def test_an_answered_call_with_its_talk_hold_and_wrap_up() -> None:
    one = billing(*ANSWERED)
    assert one.counts.answered == one.counts.answered_in_time == 1
    assert (one.answered_wait_s, one.talk_s, one.hold_s, one.wrap_up_s) == (20, 90, 10, 20)
    assert aht(one.handled, one.spent) == 120


def test_within_the_threshold_means_not_longer() -> None:
    assert billing(entered(0), left(20.0, 20.0, Q.ANSWERED)).counts.answered_in_time == 1
    assert billing(entered(0), left(20.1, 20.1, Q.ANSWERED)).counts.answered_in_time == 0
    assert billing(entered(0), left(5.0, 5.0, Q.ABANDONED)).counts.abandoned_short == 1
    assert billing(entered(0), left(5.1, 5.1, Q.ABANDONED)).counts.abandoned_short == 0


def test_a_call_back_a_key_and_a_time_out_are_no_abandons() -> None:
    for outcome in set(Q) - {Q.ABANDONED, Q.ANSWERED}:
        one = billing(entered(0), left(9, 9, outcome))
        assert (one.counts.abandoned, one.counts.answered, one.outcomes[outcome]) == (0, 0, 1)


def test_a_call_counts_where_it_joined_whenever_it_was_answered() -> None:
    late = (entered(1790), left(1850, 60, Q.ANSWERED), talk_began(1850), talk_ended(2000, 150))
    found = told(*late)
    assert found.figures[0, "billing"].talk_s == 150
    assert (1, "billing") not in found.figures


def test_what_comes_after_the_last_period_still_belongs_to_the_call() -> None:
    found = told(entered(3590))
    assert found.unfinished
    assert found.figures[1, "billing"].waiting == 1
    for event in (
        left(3650, 60, Q.ANSWERED),
        moved(3650, S.RINGING, S.ON_CALL, 5, "a"),
        talk_began(3650),
        moved(3700, S.ON_CALL, S.WRAP_UP, 50, "a"),
        talk_ended(3700, 50),
        ended(3700),
    ):
        found.add(event)
    assert found.unfinished  # the agent still writes up
    found.add(moved(3710, S.WRAP_UP, S.AVAILABLE, 10, "a"))
    assert not found.unfinished
    assert found.figures[1, "billing"].wrap_up_s == 10
    assert found.figures[1, "billing"].waiting == 0


def test_a_call_of_before_or_after_the_periods_is_another_reports() -> None:
    before = told(left(10, 500, Q.ANSWERED), talk_began(10), talk_ended(60, 50))
    after = told(entered(3601), left(3610, 9, Q.ANSWERED), talk_began(3610), talk_ended(3620, 10))
    assert not before.figures
    assert not after.figures
    assert not after.unfinished


def test_a_place_taken_up_again_after_a_restart_is_no_new_entry() -> None:
    one = billing(entered(0), entered(50, resumed=True), left(60, 60, Q.ANSWERED))
    assert (one.entered, one.counts.answered) == (1, 1)


def test_a_transfer_to_another_queue_is_an_entry_there() -> None:
    found = told(
        entered(0),
        left(5, 5, Q.ANSWERED),
        talk_began(5),
        talk_ended(65, 60),
        transferred(65),
        entered(65, queue="claims", kept="transfer"),
        left(95, 30, Q.ANSWERED, queue="claims"),
        talk_began(95, agent="tom"),
        talk_ended(100, 5, agent="tom"),
        ended(100),
    )
    first, second = found.figures[0, "billing"], found.figures[0, "claims"]
    assert (first.entered, first.conversations, first.talk_s, first.transferred) == (1, 1, 60, 1)
    assert (second.entered, second.conversations, second.talk_s) == (1, 1, 5)
    whole = together([first, second])
    assert routing_accuracy(whole.transferred, whole.conversations) == 0.5


def test_a_customer_reached_by_a_call_back_is_handled_and_was_not_answered() -> None:
    one = billing(
        entered(0),
        left(30, 30, Q.CALLBACK),
        events.CallbackEnded(
            at=900, call="a", queue="billing", result="completed", attempts=1, wait_s=900
        ),
        talk_began(900),
        talk_ended(1000, 100),
        ended(1000),
    )
    assert (one.counts.answered, one.called_back, one.handled) == (0, 1, 1)
    assert aht(one.handled, one.spent) == 100


def test_a_call_still_talked_to_is_answered_and_not_yet_handled() -> None:
    under_way = [entered(10), left(30, 20, Q.ANSWERED), talk_began(30)]
    assert (billing(*under_way).counts.answered, billing(*under_way).handled) == (1, 0)
    assert billing(*under_way, talk_ended(60, 30)).handled == 1
    assert billing(entered(10), left(30, 20, Q.ANSWERED), ended(30)).handled == 1


def test_the_wrap_up_of_who_was_consulted_counts_with_the_caller() -> None:
    one = billing(
        entered(0),
        left(5, 5, Q.ANSWERED),
        talk_began(60, agent="tom"),
        moved(100, S.ON_CALL, S.WRAP_UP, 70, "a+line7", agent="tom"),
        talk_ended(100, 40, agent="tom"),
        moved(110, S.WRAP_UP, S.AVAILABLE, 10, "a+line7", agent="tom"),
    )
    assert one.wrap_up_s == 10


def test_a_restart_while_an_agent_talks_loses_no_wrap_up() -> None:
    one = billing(
        entered(0),
        left(5, 5, Q.ANSWERED),
        talk_began(5),
        moved(50, S.LOGGED_OUT, S.AVAILABLE, 0),
        moved(50, S.AVAILABLE, S.ON_CALL, 0, "a"),
        moved(90, S.ON_CALL, S.WRAP_UP, 40, "a"),
        talk_ended(90, 85),
        moved(100, S.WRAP_UP, S.AVAILABLE, 10, "a"),
    )
    assert one.wrap_up_s == 10


def test_nothing_is_held_of_calls_that_are_over() -> None:
    found = told(*ANSWERED)
    assert not found.unfinished
