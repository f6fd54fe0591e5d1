"""Preferences rank agents, and exclude nobody."""

from typing import Any

from ivr.acd.messages import Reconfigure, Ring
from ivr.acd.preference import make_tries
from ivr.acd.requirement import Profile, Requirements
from tests.unit.acd.centre import Centre, site

PEOPLE = {
    "plain": {"billing": 5},
    "tech": {"billing": 5, "tech": 5},
    "french": {"billing": 5, "french": 5},
    "both": {"billing": 5, "french": 5, "tech": 5},
}
QUEUE: dict[str, Any] = {"title": "S", "prefer": ["french >= 1", "tech >= 1"]}


def centre() -> Centre:
    return Centre(site(PEOPLE, {"support": QUEUE}))


def test_who_satisfies_more_important_preferences_comes_first_then_idleness() -> None:
    house = centre()
    house.log_in(0, *PEOPLE)
    rung = []
    for number in range(4):
        house.enter(1 + number, f"c{number}", "billing >= 1")
        rung.append(house.the(Ring).agent)
    assert rung == ["both", "french", "tech", "plain"]


def test_the_reason_names_the_rank() -> None:
    house = centre()
    house.log_in(0, "tech")
    house.enter(1, "c1", "billing >= 1")
    assert "preference 3 of 4" in house.the(Ring).reason


def test_an_explanation_ranks_in_the_same_order() -> None:
    house = centre()
    house.enter(0, "c1", "billing >= 1")
    house.at(1)
    ranks = {one.agent: one.rank for one in house.engine.explain("c1")}
    assert ranks == {"both": 1, "french": 2, "tech": 3, "plain": 4}


def test_three_preferences_make_eight_tries_from_all_to_none() -> None:
    known = Requirements(lambda _need: 0)
    asked = make_tries(known.get("a >= 1"), ["b >= 1", "c >= 1", "d >= 1 or e >= 1"], known)
    assert ["".join(one.scored) for one in asked] == [
        "abcde",
        "abc",
        "abde",
        "ab",
        "acde",
        "ac",
        "ade",
        "a",
    ]


def test_a_call_that_asks_for_nothing_asks_for_the_preference_alone() -> None:
    known = Requirements(lambda _need: 0)
    first, last = make_tries(known.get(""), ["b >= 1"], known)
    assert first.cover == {("b", 1)}
    assert last.cover is None
    assert not first.accepts(Profile(1, {"c": 9}, {}))


def test_after_a_reload_the_new_preferences_count() -> None:
    house = centre()
    house.log_in(0, "tech", "french")
    house.enter(1, "c1", "billing >= 1")
    assert house.rings == [("c1", "french")]
    house.leave(2, "c1")
    house.at(3, Reconfigure(site(PEOPLE, {"support": {**QUEUE, "prefer": ["tech >= 1"]}})))
    house.enter(4, "c2", "billing >= 1")
    assert house.rings == [("c2", "tech")]
