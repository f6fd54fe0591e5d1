"""The card shows an address a phone can be given, whatever the server was bound to."""

import ipaddress
import socket

import pytest

from ivr.provision import address
from ivr.provision.address import UNKNOWN, own_address, reached_at


@pytest.mark.parametrize(
    ("bind", "shown"),
    [
        ("127.0.0.1", "127.0.0.1:5060"),
        ("::1", "[::1]:5060"),
        ("localhost", "localhost:5060"),
    ],
)
def test_one_address_is_shown_as_it_is(bind: str, shown: str) -> None:
    assert reached_at(bind, 5060) == shown


@pytest.mark.parametrize("bind", ["0.0.0.0", "::"])
def test_every_address_is_shown_as_this_machines_own(
    bind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(address, "own_address", lambda _family: "198.51.100.7")
    assert reached_at(bind, 5060) == "198.51.100.7:5060"


def test_machine_with_ipv6_only_shows_that(monkeypatch: pytest.MonkeyPatch) -> None:
    found = {socket.AF_INET6: "2001:db8::7"}
    monkeypatch.setattr(address, "own_address", found.get)
    assert reached_at("::", 5060) == "[2001:db8::7]:5060"
    assert reached_at("0.0.0.0", 5060) == f"{UNKNOWN}, port 5060"


def test_own_address_is_one_or_none() -> None:
    found = own_address(socket.AF_INET)
    assert found is None or not ipaddress.ip_address(found).is_unspecified
