"""What somebody sees of the board: agents of their teams, every caller, numbers by role."""

import json
from typing import Any

import pytest

from ivr.service.console.board import Changes
from ivr.service.console.viewpoint import Viewpoint, masked, told, without_numbers

TEAMS = {"ann": "north", "cem": "south"}
ALL = Viewpoint(numbers=True, teams=None)
NORTH = Viewpoint(numbers=False, teams=frozenset({"north"}), own="sue")
CALL = {"caller": "+4930123456", "ringing": ["ann", "cem"], "wanted": "cem"}
HOUSE: Changes = {
    ("agent", "ann"): {"state": "on_call"},
    ("agent", "cem"): {"state": "on_call"},
    ("talk", "cem"): {"caller": "+4930999999"},
    ("call", "c1"): CALL,
}


def seen(changes: Changes, viewpoint: Viewpoint) -> Any:
    return json.loads("{" + told(changes, viewpoint, TEAMS.get) + "}")


def test_who_sees_all_sees_all() -> None:
    everything = seen(HOUSE, ALL)
    assert set(everything["set"]["agent"]) == {"ann", "cem"}
    assert everything["set"]["call"]["c1"] == CALL


def test_agents_of_other_teams_are_not_there_not_even_as_rung_or_wanted() -> None:
    own = seen(HOUSE, NORTH)["set"]
    assert set(own["agent"]) == {"ann"}
    assert "talk" not in own
    assert own["call"]["c1"] == {"caller": "••••••••456", "ringing": ["ann"], "wanted": None}


def test_that_somebody_of_another_team_has_ended_a_talk_is_not_told() -> None:
    over: Changes = {("talk", "ann"): None, ("talk", "cem"): None}
    assert seen(over, NORTH) == {"set": {}, "gone": {"talk": ["ann"]}}


def test_everybody_sees_themselves() -> None:
    assert NORTH.sees("sue", TEAMS.get)


@pytest.mark.parametrize(
    ("number", "shown"),
    [("", ""), ("5", "•"), ("2001", "•••1"), ("123456", "••••56"), ("+4930123456", "••••••••456")],
)
def test_a_hidden_number_keeps_few_digits(number: str, shown: str) -> None:
    assert masked(number) == shown


def test_what_a_caller_sends_as_number_stays_text() -> None:
    nasty: Changes = {("call", "c1"): {**CALL, "caller": '</script>"\u2028\n\ndata: x'}}
    text = told(nasty, ALL, TEAMS.get)
    assert "\n" not in text
    assert json.loads("{" + text + "}")["set"]["call"]["c1"]["caller"].startswith("</script>")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("call 0049–170–1234567 back", "call •••••••••••••567 back"),
        ("0170 / 1234567", "•••••••••••567"),
        ("0170\xa01234567", "•••••••••567"),
        ("at 14:30, room 5\n22 people", "at 14:30, room 5\n22 people"),
    ],
)
def test_numbers_within_a_text_are_hidden(text: str, shown: str) -> None:
    assert without_numbers(text) == shown
