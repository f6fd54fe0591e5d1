"""`ivr agent` and `ivr prioritise`, against a server of the test's own."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ivr.cli import agent as agent_command
from ivr.cli import live as live_module
from ivr.cli import main
from ivr.journal import JournalReader
from ivr.model.events import OrderGiven

ANN = {
    "agent": "ann",
    "state": "paused",
    "reason": "lunch",
    "since": 1.0,
    "call": None,
    "later": "",
}
BOB = {**ANN, "agent": "bob", "state": "logged_out", "reason": "", "since": None}


class Reader:
    """The journal, which knows one call."""

    def find_call(self, prefix: str) -> str:
        assert "c1".startswith(prefix)
        return "c1"

    def orders_about(self, agent: str, latest: int) -> list[OrderGiven]:
        assert latest > 1
        return [
            OrderGiven(at=1.0, by="1001", order="ready", target=agent, agent=agent),
            OrderGiven(
                at=2.0, by="api", order="log-out", target=agent, agent=agent, refusal="she talks"
            ),
        ]

    def close(self) -> None:
        """Nothing is open."""


class Server:
    """What the commands ask and order, instead of HTTP."""

    def __init__(self) -> None:
        self.orders: list[str] = []

    def ask(self, _address: str, _token: Path, *path: str) -> dict[str, Any]:
        assert path == ("agents",)
        return {"agents": [ANN, BOB]}

    def order(self, _address: str, _token: Path, path: str, _timeout_s: float) -> dict[str, Any]:
        self.orders.append(path)
        return {"done": True}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    server = Server()
    monkeypatch.setattr(agent_command, "ask", server.ask)
    monkeypatch.setattr(live_module, "order", server.order)
    return server


def ivr(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def test_everybody_is_shown(server: Server) -> None:
    result = ivr("agent")
    assert result.exit_code == 0
    assert [line.split()[:2] for line in result.output.splitlines()[1:]] == [
        ["ann", "paused"],
        ["bob", "logged_out"],
    ]


def test_one_agent_is_shown_to_machines(server: Server) -> None:
    shown = json.loads(ivr("agent", "bob", "--format", "json").stdout)
    assert shown == {"agents": [BOB], "orders": []}


def test_one_agent_is_shown_with_the_latest_orders(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(JournalReader, "open", lambda _url: Reader())
    last = ivr("agent", "ann").output.splitlines()[-2:]
    assert last[0].split()[:1] + last[0].split()[-2:] == ["ready", "1001", "accepted"]
    assert last[1].split()[-4:] == ["api", "refused:", "she", "talks"]


def test_without_the_journal_the_state_is_shown_all_the_same(server: Server) -> None:
    result = ivr("agent", "bob", "--journal", "sqlite:///nowhere.db")
    assert result.exit_code == 0
    assert "logged_out" in result.stdout
    assert "orders given before are not known" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "order"),
    [
        (["ann", "log-in"], "agents/ann/log-in"),
        (["ann", "pause", "--reason", "a b"], "agents/ann/pause?reason=a%20b"),
        (["ann", "extend-wrap-up", "--seconds", "90"], "agents/ann/extend-wrap-up?seconds=90"),
    ],
)
def test_an_order_is_given(server: Server, arguments: list[str], order: str) -> None:
    assert ivr("agent", *arguments).exit_code == 0
    assert server.orders == [order]


def test_nobody_of_that_name(server: Server) -> None:
    result = ivr("agent", "eve")
    assert result.exit_code == 1
    assert "no agent 'eve'" in result.output


@pytest.mark.parametrize("points", [["3"], ["--", "-1"]])
@pytest.mark.parametrize("call", ["c1", "c"])
def test_a_call_named_by_its_beginning_is_given_another_priority(
    server: Server, monkeypatch: pytest.MonkeyPatch, call: str, points: list[str]
) -> None:
    monkeypatch.setattr(JournalReader, "open", lambda _url: Reader())
    assert ivr("prioritise", call, *points).exit_code == 0
    assert server.orders == [f"calls/c1/priority?points={points[-1]}"]
