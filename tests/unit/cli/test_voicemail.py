"""`ivr voicemail`, against a server of the test's own."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ivr.cli import live as live_module
from ivr.cli import main
from ivr.cli import voicemail as voicemail_command

NEW = {
    "message": "sales/c1",
    "mailbox": "sales",
    "call": "c1",
    "caller": "+49301",
    "at": 1.0,
    "seconds": 12.34,
    "heard": False,
}
HEARD = {**NEW, "message": "front/c2", "mailbox": "front", "call": "c2", "heard": True}


class Server:
    """What the commands ask and order, instead of HTTP."""

    def __init__(self) -> None:
        self.orders: list[str] = []
        self.changed = True

    def ask(self, _address: str, _token: Path, *path: str) -> dict[str, Any]:
        assert path == ("voicemail",)
        return {"messages": [NEW, HEARD]}

    def order(self, _address: str, _token: Path, path: str, _timeout_s: float) -> dict[str, Any]:
        self.orders.append(path)
        return {"message": "sales/c1", "changed": self.changed}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    server = Server()
    monkeypatch.setattr(voicemail_command, "ask", server.ask)
    monkeypatch.setattr(live_module, "order", server.order)
    return server


def ivr(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["voicemail", *arguments])


def listed(*arguments: str) -> list[list[str]]:
    return [line.split() for line in ivr("list", *arguments).output.splitlines()[1:]]


@pytest.mark.usefixtures("server")
def test_the_list_shows_each_message_and_whether_it_was_heard() -> None:
    rows = listed()
    assert [row[0] for row in rows] == ["sales/c1", "front/c2"]
    assert [row[-3:] for row in rows] == [["+49301", "12.3", "new"], ["+49301", "12.3", "heard"]]
    assert [row[0] for row in listed("front")] == ["front/c2"]
    assert [row[0] for row in listed("--new")] == ["sales/c1"]
    as_json = json.loads(ivr("list", "sales", "--format", "json").output)
    assert as_json == {"messages": [NEW]}


def test_marking_and_deleting_say_what_is_now(server: Server) -> None:
    assert ivr("mark", "sales/c1", "heard").output == "sales/c1: heard\n"
    assert ivr("delete", "sales/c1").output == "sales/c1: deleted\n"
    server.changed = False
    assert ivr("mark", "sales/c1", "new").output == "sales/c1: new already\n"
    assert server.orders == [
        "voicemail/sales/c1/heard",
        "voicemail/sales/c1/delete",
        "voicemail/sales/c1/new",
    ]
    answer = json.loads(ivr("delete", "sales/c1", "--format", "json").output)
    assert answer == {"message": "sales/c1", "changed": False}


@pytest.mark.usefixtures("server")
def test_a_message_is_exported_once(tmp_path: Path) -> None:
    sound = tmp_path / "voicemail" / "sales" / "c1.wav"
    sound.parent.mkdir(parents=True)
    sound.write_bytes(b"sound")
    where = ["--state-dir", str(tmp_path)]
    copy = tmp_path / "copy.wav"
    assert ivr("path", "sales/c1", *where).output == f"{sound}\n"
    assert ivr("export", "sales/c1", str(copy), *where).output == f"sales/c1: {copy}\n"
    assert copy.read_bytes() == b"sound"
    again = ivr("export", "sales/c1", str(copy), *where)
    assert (again.exit_code, "File exists" in again.output) == (1, True)


@pytest.mark.parametrize(
    "words",
    [
        ["path", "sales/../../secrets/api"],
        ["path", "c1"],
        ["export", "sales/gone", "x.wav"],
        ["delete", "sales"],
        ["mark", "sales/", "new"],
    ],
)
def test_what_names_no_message_fails_and_orders_nothing(server: Server, words: list[str]) -> None:
    result = ivr(*words)
    assert (result.exit_code, "`ivr voicemail list`" in result.output) == (1, True)
    assert server.orders == []


def test_marking_needs_to_know_as_what(server: Server) -> None:
    assert ivr("mark", "sales/c1").exit_code == 2
    assert server.orders == []
