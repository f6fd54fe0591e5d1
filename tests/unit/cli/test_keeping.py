"""`ivr prune` and `ivr hold`, against a server of the test's own."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ivr.cli import hold as hold_command
from ivr.cli import live as live_module
from ivr.cli import main
from ivr.web.client import NotLiveError

HELD = {"call": "c1", "reason": "complaint [4711]", "by": "max", "at": 1.0}


class Server:
    """What the commands ask and order, instead of HTTP."""

    def __init__(self) -> None:
        self.orders: list[str] = []
        self.failed = 0
        self.nothing_set = False

    def ask(self, _address: str, _token: Path, *path: str) -> dict[str, Any]:
        assert path == ("holds",)
        return {"holds": [HELD]}

    def order(self, _address: str, _token: Path, path: str, _timeout_s: float) -> dict[str, Any]:
        self.orders.append(path)
        if path.startswith("calls/x"):
            raise NotLiveError("there is no call 'x'")
        if path.startswith("calls/"):
            return {"done": True}
        counts = {
            "recordings": 2,
            "bytes": 1_500_000,
            "messages": 1,
            "calls": 4,
            "events": 90,
            "held": 3,
        }
        return counts | {"failed": self.failed, "nothing_set": self.nothing_set}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    server = Server()
    monkeypatch.setattr(hold_command, "ask", server.ask)
    monkeypatch.setattr(live_module, "order", server.order)
    return server


def ivr(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def test_pruning_tells_what_is_gone(server: Server) -> None:
    assert ivr("prune").output == (
        "recordings deleted: 2 (1.5 MB)\nvoice messages deleted: 1\n"
        "events deleted: 90 (4 calls)\nleft alone, on hold: 3\n"
    )
    assert ivr("prune", "--dry-run").output.startswith("recordings would be deleted: 2")
    assert server.orders == ["prune?dry_run=0", "prune?dry_run=1"]
    assert json.loads(ivr("prune", "--format", "json").output)["bytes"] == 1_500_000


def test_a_site_that_keeps_everything_is_told_so(server: Server) -> None:
    server.nothing_set = True
    result = ivr("prune")
    assert (result.exit_code, len(result.output.splitlines())) == (0, 1)
    assert "the site in force sets no `retention`" in result.output


def test_what_could_not_be_deleted_is_a_failure(server: Server) -> None:
    server.failed = 1
    result = ivr("prune")
    assert (result.exit_code, "1 files could not" in result.stderr) == (1, True)


def test_a_call_is_held_and_the_hold_lifted(server: Server) -> None:
    assert ivr("hold", "c1", "--reason", "a & b").output == "c1: on hold\n"
    assert ivr("hold", "c1", "--lift").output == "c1: kept no longer than others\n"
    assert server.orders == ["calls/c1/hold?reason=a+%26+b", "calls/c1/lift-hold"]
    assert "there is no call 'x'" in ivr("hold", "x", "--lift").stderr


def test_the_list_shows_text_as_it_is(server: Server) -> None:
    assert "complaint [4711]" in ivr("hold", "--list").output
    assert json.loads(ivr("hold", "--list", "--format", "json").output) == {"holds": [HELD]}


@pytest.mark.parametrize(
    "words",
    [
        ("c1",),
        (),
        ("--list", "c1"),
        ("--lift",),
        ("c1", "--lift", "--reason", "x"),
        ("c1", "--reason", ""),
    ],
)
def test_what_makes_no_sense_is_a_usage_error(server: Server, words: tuple[str, ...]) -> None:
    result = ivr("hold", *words)
    assert (result.exit_code, server.orders) == (2, [])
