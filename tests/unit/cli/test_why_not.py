"""`ivr why-not`, and `ivr explain` beside a running server: live, and afterwards."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ivr.cli import explain as explain_command
from ivr.cli import main
from ivr.cli import why_not as why_not_command
from ivr.journal.passed_by import passed_by
from ivr.model import events
from ivr.model.agents import AgentState, OfferOutcome, QueueOutcome
from ivr.model.site import Agent
from tests.unit.cli.test_calls import HISTORY, B, T, write

LIVE = {
    "call": {"queue": "billing", "skills": "billing >= 2"},
    "position": 2,
    "waited_s": 31.4,
    "estimate": {"position": 2, "low_s": 20.0, "high_s": 80.0},
    "relaxation": {"step": 1},
    "candidates": [
        {"agent": "mia", "excluded": "is on_call with call x", "rank": 1, "value": ""},
        {"agent": "noa", "excluded": "", "rank": 1, "value": "skilled 7, idle 2.0 s"},
    ],
}


def moved(at: float, before: AgentState, after: AgentState, reason: str) -> events.AgentChanged:
    return events.AgentChanged(
        at=at, agent="noa", before=before, after=after, reason=reason, seconds=1.0
    )


WAIT = [
    moved(T + 90, AgentState.AVAILABLE, AgentState.PAUSED, "lunch"),
    events.QueueEntered(
        at=T + 101, call=B, queue="billing", skills="billing >= 3", priority=0, entered_at=T + 101
    ),
    events.QueueRelaxed(at=T + 121, call=B, queue="billing", step=1, skills="billing >= 2"),
    events.OfferMade(
        at=T + 122,
        call=B,
        offer="o2",
        queue="billing",
        agent="mia",
        channel="1.3",
        reason="longest idle 3 s",
        step=1,
    ),
    events.OfferEnded(
        at=T + 125,
        call=B,
        offer="o2",
        queue="billing",
        agent="mia",
        outcome=OfferOutcome.ACCEPTED,
        ring_s=3,
    ),
    events.QueueLeft(
        at=T + 125, call=B, queue="billing", outcome=QueueOutcome.ANSWERED, wait_s=24, agent="mia"
    ),
    moved(T + 130, AgentState.PAUSED, AgentState.AVAILABLE, "ready"),
]


@pytest.fixture
def state(tmp_path: Path) -> Path:
    write(tmp_path, [*HISTORY, *WAIT])
    return tmp_path


def ivr(state: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, [*arguments, "--state-dir", str(state)])


def test_afterwards_the_journal_tells_offers_and_what_the_agent_did(state: Path) -> None:
    result = ivr(state, "why-not", "noa", B)
    assert result.exit_code == 0
    assert result.output.splitlines()[1] == "Rang mia (longest idle 3 s): noa was paused (lunch)."
    told = [line.split(maxsplit=3)[-1].strip() for line in result.output.splitlines()[2:]]
    assert told == [
        "noa: available to paused (lunch)",
        "waits in billing, needs billing >= 3, priority 0",
        "relaxation step 1: needs billing >= 2 now",
        "rings mia because longest idle 3 s, relaxation step 1",
        "mia: accepted, rang 3.0 s",
    ]


def test_the_same_as_json(state: Path) -> None:
    document = json.loads(ivr(state, "why-not", "noa", B, "--format", "json").output)
    assert document["live"] is None
    assert [(offer["outcome"], offer["excluded"]) for offer in document["offers"]] == [
        ("accepted", "was paused (lunch)")
    ]
    assert [move["state"] for move in document["states"]] == ["paused"]


@pytest.mark.parametrize(
    ("skills", "moves", "why"),
    [
        (
            {"billing": 1, "tech": 9},
            WAIT[:1],
            "does not meet `billing >= 2`: has billing 1, tech 9",
        ),
        ({}, WAIT[:1], "does not meet `billing >= 2`: has no skills"),
        ({"billing": 2}, WAIT[:1], "was paused (lunch)"),
        ({"billing": 2}, [], "was not logged in"),
        ({"billing": 2}, [WAIT[0], replace(WAIT[-1], at=T + 122)], "could have been rung as well"),
        (None, WAIT[:1], "was paused (lunch)"),
    ],
)
def test_each_offer_to_somebody_else_has_its_why(
    skills: dict[str, int] | None, moves: list[events.AgentChanged], why: str
) -> None:
    agent = None
    if skills is not None:
        agent = Agent(name="Noa", extension="1001", team="all", skills=skills)
    assert [said for _, said in passed_by("noa", agent, WAIT, moves)] == [why]
    assert list(passed_by("mia", agent, WAIT, moves)) == []


def test_while_the_call_waits_the_server_answers(
    state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, ...]] = []

    def answer(_settings: object, *path: str) -> dict[str, Any]:
        asked.append(path)
        return {"excluded": "is paused (lunch)"}

    monkeypatch.setattr(why_not_command, "ask_live", answer)
    result = ivr(state, "why-not", "noa", B[:6])
    assert result.output == "noa: is paused (lunch)\n"
    assert asked == [("agents", "noa", "why-not", B)]


def test_explaining_a_waiting_call_adds_who_could_serve_it(
    state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(explain_command, "ask_live", lambda *_: LIVE)
    output = ivr(state, "explain", B).output
    assert "place 2, expected wait 20 to 80 s; relaxation step 1, needs billing >= 2" in output
    assert "is on_call with call x" in output
    assert "skilled 7, idle 2.0 s" in output
    document = json.loads(ivr(state, "explain", B, "--format", "json").output)
    assert document["live"]["position"] == 2


@pytest.mark.parametrize(
    ("agent", "call", "message"),
    [
        ("noa", "", "which call?"),
        ("noa", "zz", "no call starts with 'zz'"),
        ("nobody", B, "knows an agent 'nobody'"),
    ],
)
def test_what_cannot_be_answered_says_why(state: Path, agent: str, call: str, message: str) -> None:
    result = ivr(state, "why-not", agent, call)
    assert result.exit_code == 1
    assert message in result.output


def test_a_call_that_never_waited_has_no_why_not(tmp_path: Path) -> None:
    write(tmp_path, HISTORY)
    result = ivr(tmp_path, "why-not", "mia", B)
    assert result.exit_code == 1
    assert "never waited in a queue" in result.output
