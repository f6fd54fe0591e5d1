"""Where agents' time went, event by event."""

import pytest

from ivr.kpi import occupancy
from ivr.kpi.agent_history import AgentHistory, together
from ivr.model import events
from ivr.model.agents import AgentState as S
from ivr.model.agents import OfferOutcome
from tests.unit.kpi.stories import HOUR, moved, talk_ended, transferred

DAY = [
    moved(100, S.LOGGED_OUT, S.AVAILABLE, 100),
    moved(400, S.AVAILABLE, S.RINGING, 300),
    moved(410, S.RINGING, S.ON_CALL, 10, "a"),
    moved(2010, S.ON_CALL, S.WRAP_UP, 1600, "a"),
    moved(2030, S.WRAP_UP, S.PAUSED, 20, reason="lunch"),
]


def told(*history: events.Event, now: float = 9999) -> AgentHistory:
    found = AgentHistory(HOUR)
    for event in history:
        found.add(event)
    found.close(now)
    return found


def seconds(found: AgentHistory, period: int) -> dict[S, float]:
    return dict(found.figures[period, "mia"].seconds)


def test_time_is_cut_at_the_edges_of_periods() -> None:
    found = told(*DAY)
    assert seconds(found, 0) == {S.AVAILABLE: 300, S.RINGING: 10, S.ON_CALL: 1390}
    assert seconds(found, 1) == {S.ON_CALL: 210, S.WRAP_UP: 20, S.PAUSED: 1570}
    assert found.figures[1, "mia"].pauses == {"lunch": 1570}


def test_a_state_lasts_until_now_at_most() -> None:
    assert seconds(told(*DAY, now=2100), 1)[S.PAUSED] == 70


def test_who_changed_nothing_was_what_they_were_before() -> None:
    found = AgentHistory(HOUR)
    found.begin_with([moved(-500, S.AVAILABLE, S.PAUSED, 10, reason="training")])
    found.close(3600)
    assert found.figures[0, "mia"].pauses == {"training": 1800}


def test_time_logged_out_is_no_time() -> None:
    assert told(moved(1000, S.LOGGED_OUT, S.AVAILABLE, 1000), now=1000).figures == {}


def test_the_first_change_tells_since_when() -> None:
    assert seconds(told(moved(1000, S.AVAILABLE, S.LOGGED_OUT, 400)), 0) == {S.AVAILABLE: 400}


def test_time_in_which_the_server_was_down_counts_for_nobody() -> None:
    stopped, started = events.ServerStopped(at=200), events.ServerStarted(at=1000, version="1")
    again = moved(1000, S.LOGGED_OUT, S.AVAILABLE, 0)
    found = told(moved(100, S.LOGGED_OUT, S.AVAILABLE, 100), stopped, started, again, now=1100)
    assert seconds(found, 0) == {S.AVAILABLE: 200}


def test_a_crash_ends_what_was_known_with_the_last_event() -> None:
    last = talk_ended(300, 10, agent="tom", call="b")
    started = events.ServerStarted(at=1000, version="1")
    found = told(moved(100, S.LOGGED_OUT, S.AVAILABLE, 100), last, started, now=1100)
    assert seconds(found, 0) == {S.AVAILABLE: 200}


def test_offers_conversations_and_transfers_count_when_they_end() -> None:
    def offer(at: float, outcome: OfferOutcome) -> events.Event:
        return events.OfferEnded(
            at=at, call="a", offer="o", queue="billing", agent="mia", outcome=outcome, ring_s=5
        )

    found = told(
        offer(5, OfferOutcome.NO_ANSWER),
        offer(20, OfferOutcome.ACCEPTED),
        offer(30, OfferOutcome.CANCELLED),
        talk_ended(1900, 1800, hold_s=60),
        transferred(1900),
    )
    first, second = found.figures[0, "mia"], found.figures[1, "mia"]
    assert (first.missed, first.offers.total(), first.conversations) == (1, 3, 0)
    assert (second.conversations, second.talk_s, second.hold_s, second.transferred) == (
        1,
        1800,
        60,
        1,
    )


def test_together_they_are_the_sum() -> None:
    found = told(*DAY)
    whole = together(found.figures.values())
    assert whole.spent.logged_in == 3500
    assert occupancy(whole.spent) == pytest.approx(1630 / 1930)
