"""`ivr close` and `ivr open`, against a server of the test's own."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ivr.cli import close as close_command
from ivr.cli import live as live_module
from ivr.cli import main
from ivr.web.client import NotLiveError

HOUSE = {"closure": "house", "closed": False, "since": None, "by": ""}
OFFICE = {"closure": "office", "closed": True, "since": 1.0, "by": "1009"}


class Server:
    """What the commands ask and order, instead of HTTP."""

    def __init__(self) -> None:
        self.orders: list[str] = []
        self.changed = True

    def ask(self, _address: str, _token: Path, *path: str) -> dict[str, Any]:
        assert path == ("closures",)
        return {"closures": [HOUSE, OFFICE]}

    def order(self, _address: str, _token: Path, path: str, _timeout_s: float) -> dict[str, Any]:
        self.orders.append(path)
        _, closure, order = path.split("/")
        if closure not in ("house", "office"):
            raise NotLiveError("nothing to close is named that")
        return {"closure": closure, "closed": order == "close", "changed": self.changed}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    server = Server()
    monkeypatch.setattr(close_command, "ask", server.ask)
    monkeypatch.setattr(live_module, "order", server.order)
    return server


def ivr(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def test_closing_and_opening_say_what_is_now(server: Server) -> None:
    assert (ivr("close", "house").output, ivr("open", "office").output) == (
        "house: closed\n",
        "office: not closed any more\n",
    )
    assert server.orders == ["closures/house/close", "closures/office/open"]


def test_closing_or_opening_twice_is_no_error(server: Server) -> None:
    server.changed = False
    result = ivr("close", "house")
    assert (result.exit_code, result.output) == (0, "house: closed already\n")
    again = ivr("open", "house")
    assert (again.exit_code, again.output) == (0, "house: was not closed\n")


def test_for_programs_the_answer_comes_as_json(server: Server) -> None:
    assert json.loads(ivr("close", "house", "--format", "json").output) == {
        "closure": "house",
        "closed": True,
        "changed": True,
    }
    assert json.loads(ivr("close", "--list", "--format", "json").output) == {
        "closures": [HOUSE, OFFICE]
    }
    assert server.orders == ["closures/house/close"]


def test_the_list_shows_what_is_closed_and_by_whom(server: Server) -> None:
    lines = [line.split() for line in ivr("close", "--list").output.splitlines()]
    assert [line[:2] for line in lines[1:]] == [["house", "no"], ["office", "yes"]]
    assert lines[2][-1] == "1009"
    assert server.orders == []


@pytest.mark.parametrize(
    ("words", "code"),
    [(["close"], 2), (["close", "house", "--list"], 2), (["open"], 2), (["close", "offce"], 1)],
)
def test_what_says_too_little_or_something_unknown_fails(
    server: Server, words: list[str], code: int
) -> None:
    assert ivr(*words).exit_code == code
