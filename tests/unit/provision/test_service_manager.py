"""What systemd is told: over a socket of the test's own, as it would listen."""

import asyncio
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from ivr.provision.service_manager import ServiceManager

LIMIT_S = 5.0


@pytest.fixture
def systemd(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.settimeout(LIMIT_S)
        yield listening


def told_by(systemd: socket.socket, **more: str) -> ServiceManager:
    return ServiceManager.of_environment({"NOTIFY_SOCKET": systemd.getsockname(), **more})


def heard(systemd: socket.socket) -> str:
    return systemd.recv(1000).decode()


def pings_left(systemd: socket.socket) -> bool:
    try:
        return bool(heard(systemd))
    except BlockingIOError:
        return False


def test_a_life_from_start_to_end(systemd: socket.socket) -> None:
    manager = told_by(systemd)
    manager.starting("prompts spoken: 100 of 300", 120)
    manager.ready()
    manager.stopping()
    assert heard(systemd) == "STATUS=prompts spoken: 100 of 300\nEXTEND_TIMEOUT_USEC=120000000"
    assert heard(systemd).startswith("READY=1\n")
    assert heard(systemd).startswith("STOPPING=1\n")


def test_an_abstract_socket_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        name = f"ivr-test-{os.getpid()}"
        listening.bind("\0" + name)
        listening.settimeout(LIMIT_S)
        monkeypatch.setenv("NOTIFY_SOCKET", f"@{name}")
        ServiceManager.of_environment().ready()
        assert heard(listening).startswith("READY=1")


async def test_a_watchdog_hears_of_a_live_event_loop_and_nothing_of_a_stuck_one(
    systemd: socket.socket,
) -> None:
    manager = told_by(systemd, WATCHDOG_USEC="60000", WATCHDOG_PID=str(os.getpid()))
    alive = asyncio.create_task(manager.keep_alive())
    for _ in range(4):
        assert await asyncio.to_thread(heard, systemd) == "WATCHDOG=1"
    systemd.settimeout(0)
    while pings_left(systemd):
        pass
    systemd.settimeout(0.2)
    with pytest.raises(TimeoutError):  # longer than the watchdog's time, in the loop itself
        heard(systemd)
    systemd.settimeout(LIMIT_S)
    assert await asyncio.to_thread(heard, systemd) == "WATCHDOG=1"
    alive.cancel()


@pytest.mark.parametrize(
    "environment",
    [{}, {"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"}, {"WATCHDOG_USEC": "soon"}],
)
async def test_nobody_who_asks_for_no_sign_of_life_gets_one(environment: dict[str, str]) -> None:
    manager = ServiceManager.of_environment(environment)
    assert manager.watchdog_s == 0
    async with asyncio.timeout(LIMIT_S):
        await manager.keep_alive()


def test_a_manager_that_is_gone_or_full_costs_nothing(systemd: socket.socket) -> None:
    ServiceManager("/nowhere/at/all").ready()
    manager = told_by(systemd)
    for _ in range(10_000):  # more than the socket takes
        manager.ready()
