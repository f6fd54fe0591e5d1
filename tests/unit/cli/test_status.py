"""`ivr status`: what it prints and how it ends, against a web side of the test's own."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ivr.cli import main
from ivr.web import Gate, Health, WebServer, make_app

TOKEN = "t" * 43
WELL = Health(
    ami=True,
    journal=True,
    journal_backlog=0,
    uptime_s=3725.0,
    calls=3,
    calls_max=200,
    turned_away=7,
    used={"calls": 0.015, "lag": 0.04},
)


class Running:
    """A server whose health the test decides."""

    def __init__(self, state: Path) -> None:
        self.state = state
        (state / "secrets").mkdir()
        (state / "secrets" / "api").write_text(TOKEN)
        self.health = WELL
        app = make_app(lambda: b"", lambda: self.health, gate=Gate(TOKEN))
        self.web = WebServer(app, "127.0.0.1", 0)

    async def status(self, *more: str) -> Result:
        where = ["--state-dir", str(self.state), "--http-port", str(self.web.port)]
        arguments = ["status", *where, *more]
        return await asyncio.to_thread(CliRunner().invoke, main, arguments)


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Running]:
    running = Running(tmp_path)
    await running.web.start()
    yield running
    await running.web.close()


async def test_it_tells_links_calls_and_how_much_room_is_left(running: Running) -> None:
    result = await running.status()
    assert result.exit_code == 0
    assert result.output.splitlines() == [
        "status: ok, up for 1 h 2 min",
        "Asterisk: connected",
        "journal: written, 0 events to be written",
        "calls: 3 of 200 in the house, 7 turned away since the start",
        "used of what is allowed: calls 2%, lag 4%",
    ]


async def test_turning_callers_away_is_told_with_the_reason_and_by_the_exit_code(
    running: Running,
) -> None:
    running.health = replace(WELL, turning_away=("lag",))
    result = await running.status()
    assert result.exit_code == 3
    assert result.output.startswith("status: overloaded")
    assert result.output.endswith("new callers are turned away: the server is late\n")


async def test_asterisk_out_of_reach_is_exit_code_1(running: Running) -> None:
    running.health = replace(WELL, ami=False, turning_away=("lag",))
    result = await running.status("--format", "json")
    assert (result.exit_code, json.loads(result.output)["status"]) == (1, "down")


async def test_another_instances_server_is_not_taken_for_ours(running: Running) -> None:
    (running.state / "secrets" / "api").write_text("another's")
    result = await running.status()
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"does not belong to the state directory {running.state}: give" in result.stderr
    assert "--http-port" in result.stderr


async def test_a_state_directory_that_is_none_has_no_server(running: Running) -> None:
    result = await running.status("--state-dir", str(running.state / "two"))
    assert (result.exit_code, result.stdout) == (1, "")
    assert "name the instance with --state-dir" in result.stderr


def test_no_server_is_told_so() -> None:
    result = CliRunner().invoke(main, ["status", "--http-port", "9"])
    assert result.exit_code == 1
    assert "no server answers at 127.0.0.1:9" in result.output
