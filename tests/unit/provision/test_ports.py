"""A taken port is told before anything starts, with the option that moves it."""

import socket
from collections.abc import Iterator
from contextlib import closing

import pytest

from ivr.model.errors import UserError
from ivr.provision.ports import Wanted, refuse_taken, wanted_ports
from ivr.settings import Settings


@pytest.fixture(params=[False, True], ids=["tcp", "udp"])
def taken(request: pytest.FixtureRequest) -> Iterator[Wanted]:
    kind = socket.SOCK_DGRAM if request.param else socket.SOCK_STREAM
    with closing(socket.socket(socket.AF_INET, kind)) as other:
        other.bind(("127.0.0.1", 0))
        if not request.param:
            other.listen(1)
        yield Wanted("127.0.0.1", other.getsockname()[1], request.param, "--x-port")


def test_taken_port_is_named_with_its_option(taken: Wanted) -> None:
    with pytest.raises(UserError, match=rf"port {taken.port} .* is taken .* with --x-port$"):
        refuse_taken([taken])


def test_other_protocol_on_the_same_number_does_not_matter(taken: Wanted) -> None:
    refuse_taken([Wanted(taken.host, taken.port, not taken.udp, taken.option)])


def test_address_of_another_machine_is_refused() -> None:
    with pytest.raises(UserError, match=r"192\.0\.2\.1:5060 cannot be used .*--sip-port"):
        refuse_taken([Wanted("192.0.2.1", 5060, udp=True, option="--sip-port")])


def test_port_number_out_of_range_is_refused() -> None:
    with pytest.raises(UserError, match="70000 cannot be used"):
        refuse_taken([Wanted("127.0.0.1", 70000, udp=False, option="--http-port")])


def test_every_port_of_an_instance_is_looked_at() -> None:
    settings = Settings(sip_port=1, ami_port=2, agi_port=3, http_port=4, sip_bind="0.0.0.0")
    assert {(w.option, w.host, w.port, w.udp) for w in wanted_ports(settings)} == {
        ("--sip-port", "0.0.0.0", 1, True),
        ("--ami-port", "127.0.0.1", 2, False),
        ("--agi-port", "127.0.0.1", 3, False),
        ("--http-port", "127.0.0.1", 4, False),
    }
