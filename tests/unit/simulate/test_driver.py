"""One replication over the real core: what comes out follows from what went in."""

from typing import Any

import pytest

from ivr.acd.messages import Enter, Input
from ivr.model.agents import QueueOutcome
from ivr.model.site import Break, Callback, Site
from ivr.simulate.driver import Driver, simulate
from ivr.simulate.record import Record
from ivr.simulate.summary import summarise
from tests.unit.simulate.scenarios import DEMAND, SITE, scenario


def _calls(record: Record, queue: str = "english") -> list[tuple[float, float, int]]:
    one = record.queues[queue]
    return list(zip(one.arrived_s, one.waits_s, one.outcomes, strict=True))


def test_same_seed_same_day_and_another_replication_another_day() -> None:
    first, again, other = (simulate(SITE, scenario(), number) for number in (1, 1, 2))
    assert _calls(first) == _calls(again)
    assert _calls(first) != _calls(other)


def test_every_call_leaves_exactly_once() -> None:
    demand = {**DEMAND, "patience": {"exponential": 30}, "retry": {"share": 0.5}}
    record = simulate(SITE, scenario(queues={"english": demand}), 1)
    queue = record.queues["english"]
    assert record.calls == len(queue.waits_s)
    assert record.calls == queue.count(QueueOutcome.ANSWERED) + queue.count(QueueOutcome.ABANDONED)
    assert 0 < queue.again < record.calls


def test_an_agent_s_time_adds_up_to_the_measured_time() -> None:
    record = simulate(SITE, scenario(warm_up="10m"), 1)
    assert record.agents["ana"].spent().logged_in == pytest.approx(50 * 60)
    assert record.agents["ben"].spent().busy == 0


def test_talk_and_wrap_up_make_the_handle_time() -> None:
    plan = scenario()
    figures = summarise(simulate(SITE, plan, 1), SITE, plan).figures["english"]
    assert figures["aht_s"] == pytest.approx(60)


def test_the_same_callers_come_whatever_the_policy() -> None:
    demand = {**DEMAND, "patience": {"exponential": 60}}
    slow = scenario(queues={"english": demand}, answering={"delay": {"fixed": 9}})
    quick = scenario(queues={"english": demand})
    one, other = (simulate(SITE, plan, 1) for plan in (slow, quick))
    assert sorted(one.queues["english"].arrived_s) == sorted(other.queues["english"].arrived_s)
    assert _calls(one) != _calls(other)


def test_an_agent_who_misses_a_call_is_paused_and_comes_back() -> None:
    answering = {"delay": {"fixed": 2}, "missed": 0.3, "back_after": "30s"}
    demand = {**DEMAND, "per_half_hour": [15]}
    record = simulate(SITE, scenario(queues={"english": demand}, answering=answering), 1)
    assert record.queues["english"].missed > 0
    paused_s = record.agents["ana"].spent().paused
    last_cut_by_the_end_s = 30
    assert paused_s == pytest.approx(
        30 * record.queues["english"].missed, abs=last_cut_by_the_end_s
    )


def test_who_needs_longer_than_the_phone_rings_misses_the_call() -> None:
    plan = scenario(answering={"delay": {"fixed": 15}}, length="30m")
    record = simulate(SITE, plan, 1)
    assert record.queues["english"].count(QueueOutcome.ANSWERED) == 0
    assert record.queues["english"].count(QueueOutcome.TIMEOUT) > 0


def test_a_shift_ends_and_the_line_waits_for_the_next() -> None:
    shifts = [
        {"agents": ["ana"], "start": 0, "end": "20m"},
        {"group": "more", "count": 2, "start": "40m"},
    ]
    groups = {"more": {"team": "care", "skills": {"en": 3}}}
    record = simulate(SITE, scenario(staffing=shifts, groups=groups), 1)
    nobody = [wait for at, wait, _ in _calls(record) if 25 * 60 < at < 30 * 60]
    assert min(nobody) > 10 * 60
    assert record.agents["more_2"].spent().logged_in == pytest.approx(20 * 60)
    assert record.agents["ana"].spent().logged_in == pytest.approx(20 * 60, abs=60)


def test_nobody_there_everybody_leaves_in_the_end() -> None:
    plan = scenario(staffing=[{"agents": ["ben"]}])
    record = simulate(SITE, plan, 1)
    assert record.queues["english"].count(QueueOutcome.TIMEOUT) == record.calls > 0


def test_kinds_of_calls_ask_for_more_than_the_queue() -> None:
    kinds = [{"share": 1}, {"share": 1, "skills": "fr >= 1"}]
    record = simulate(SITE, scenario(queues={"english": {**DEMAND, "kinds": kinds}}), 1)
    queue = record.queues["english"]
    assert queue.count(QueueOutcome.TIMEOUT) == pytest.approx(record.calls / 2, rel=0.3)


def test_who_writes_up_until_ready_says_so() -> None:
    ana = SITE.agents["ana"].model_copy(update={"wrap_up": "until_ready"})
    site = SITE.model_copy(update={"agents": {**SITE.agents, "ana": ana}})
    demand = {**DEMAND, "per_half_hour": [20]}
    answering = {"delay": {"fixed": 0}, "write_up": {"fixed": 25}}
    plan = scenario(queues={"english": demand}, answering=answering)
    figures = summarise(simulate(site, plan, 1), site, plan).figures["english"]
    assert figures["aht_s"] == pytest.approx(75)


def test_a_break_comes_by_itself_and_ends() -> None:
    lunch = Break(days=["mon"], start="08:20", length_s=600, reason="lunch")
    ana = SITE.agents["ana"].model_copy(update={"breaks": [lunch]})
    site = SITE.model_copy(update={"agents": {**SITE.agents, "ana": ana}})
    demand = {**DEMAND, "per_half_hour": [5]}
    record = simulate(site, scenario(queues={"english": demand}), 1)
    longest_talk_s = 50
    assert 600 - longest_talk_s <= record.agents["ana"].spent().paused <= 600
    assert max(record.queues["english"].waits_s) > 60


def test_the_core_is_told_when_a_day_begins() -> None:
    morning, midnight = (
        simulate(SITE, scenario(begin=f"2026-01-05 {clock}"), 1) for clock in ("08:00", "23:30")
    )
    assert midnight.queues["english"].arrived_s == morning.queues["english"].arrived_s
    assert midnight.messages == morning.messages + 1


def _site_that_calls_back(**terms: object) -> Site:
    queue = SITE.queues["english"].model_copy(update={"callback": Callback(**terms)})
    return SITE.model_copy(update={"queues": {**SITE.queues, "english": queue}})


@pytest.mark.parametrize(("reached", "unreached"), [(1, 0), (0, 1)])
def test_callers_who_hang_up_to_be_called_back_are_called(reached: int, unreached: int) -> None:
    offer = {"share": 0.5, "after": "30s", "reached": reached}
    demand = {**DEMAND, "per_half_hour": [30], "callback": offer}
    site = _site_that_calls_back(attempts_max=2)
    queue = simulate(site, scenario(queues={"english": demand}), 1).queues["english"]
    asked = queue.count(QueueOutcome.CALLBACK)
    assert asked > 0
    assert (queue.reached, queue.unreached) == (asked * reached, asked * unreached)
    assert queue.count(QueueOutcome.ABANDONED) == 0


def test_a_call_back_that_is_too_old_is_given_up() -> None:
    demand = {**DEMAND, "callback": {"share": 1, "after": "30s"}}
    plan = scenario(queues={"english": demand}, staffing=[{"agents": ["ben"]}])
    queue = simulate(_site_that_calls_back(), plan, 1).queues["english"]
    assert queue.unreached == queue.count(QueueOutcome.CALLBACK) == len(queue.waits_s) > 0


def test_who_is_idle_till_the_end_is_counted_till_the_end() -> None:
    demand = {**DEMAND, "per_half_hour": [10, 0]}
    record = simulate(SITE, scenario(queues={"english": demand}), 1)
    assert record.agents["ana"].spent().logged_in == pytest.approx(3600)


def _site_with_chat(at_once: int) -> Site:
    web = SITE.queues["english"].model_copy(update={"title": "Web", "channel": "chat"})
    queues = {**SITE.queues, "web": web}
    return SITE.model_copy(update={"queues": queues, "channels": {"chat": at_once}})


def test_chats_share_an_agent_and_calls_do_not() -> None:
    """One a minute, each taking a minute: too much for one agent, and easy three at a time."""
    plan = scenario(queues={"web": DEMAND}, length="3h")
    alone, shared = (simulate(_site_with_chat(at_once), plan, 1) for at_once in (1, 3))
    voice = simulate(SITE, scenario(length="3h"), 1)
    assert max(voice.queues["english"].waits_s) > 300
    assert max(alone.queues["web"].waits_s) > 300
    assert max(shared.queues["web"].waits_s) < 120


def test_every_chat_s_talk_and_wrap_up_are_counted() -> None:
    site, plan = _site_with_chat(3), scenario(queues={"web": DEMAND})
    record = simulate(site, plan, 1)
    figures = summarise(record, site, plan).figures["web"]
    assert figures["answered"] == record.agents["ana"].calls == record.calls
    assert figures["aht_s"] == pytest.approx(60, abs=3)


def test_calls_and_chats_wait_for_each_other() -> None:
    demand = {**DEMAND, "per_half_hour": [8]}
    plan = scenario(queues={"english": demand, "web": demand})
    record = simulate(_site_with_chat(3), plan, 1)
    for queue in record.queues.values():
        assert queue.count(QueueOutcome.ANSWERED) == len(queue.waits_s) > 0
        assert max(queue.waits_s) > 0


def test_an_agent_who_misses_a_chat_comes_back_after_the_others() -> None:
    answering = {"delay": {"fixed": 2}, "missed": 0.3, "back_after": "30s"}
    plan = scenario(queues={"web": DEMAND}, answering=answering)
    record = simulate(_site_with_chat(3), plan, 1)
    assert record.queues["web"].missed > 0
    assert record.agents["ana"].spent().paused > 0
    assert record.queues["web"].count(QueueOutcome.ANSWERED) == record.calls


def test_who_calls_again_within_the_grace_has_the_old_place() -> None:
    retry = {"share": 0.6, "after": {"fixed": 10}}
    demand = {**DEMAND, "patience": {"exponential": 90}, "retry": retry}
    plan = scenario(queues={"english": demand})
    english = SITE.queues["english"].model_copy(update={"redial_grace_s": 30.0})
    site = SITE.model_copy(update={"queues": {**SITE.queues, "english": english}})
    plain, graced = (simulate(one, plan, 1).queues["english"] for one in (SITE, site))
    assert plain.again > 0
    assert plain.kept == 0
    assert graced.kept == graced.again > 0


def test_a_full_queue_turns_nobody_away_who_calls_again_in_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As on the live server."""
    told: list[Input] = []
    tell = Driver._tell

    def telling(driver: Driver, message: Input, *more: Any) -> None:
        told.append(message)
        tell(driver, message, *more)

    monkeypatch.setattr(Driver, "_tell", telling)
    demand = {**DEMAND, "patience": {"exponential": 90}}
    demand["retry"] = {"share": 0.6, "after": {"fixed": 10}}
    english = SITE.queues["english"].model_copy(update={"redial_grace_s": 30.0})
    site = SITE.model_copy(update={"queues": {**SITE.queues, "english": english}})
    queue = simulate(site, scenario(queues={"english": demand}), 1).queues["english"]
    assert sum(isinstance(one, Enter) and one.has_place for one in told) >= queue.kept > 0


def test_who_calls_again_after_the_grace_begins_at_the_end() -> None:
    retry = {"share": 0.6, "after": {"fixed": 31}}
    demand = {**DEMAND, "patience": {"exponential": 90}, "retry": retry}
    english = SITE.queues["english"].model_copy(update={"redial_grace_s": 30.0})
    site = SITE.model_copy(update={"queues": {**SITE.queues, "english": english}})
    queue = simulate(site, scenario(queues={"english": demand}), 1).queues["english"]
    assert queue.again > 0
    assert queue.kept == 0
