"""A taken port is told before anything starts, with the option that moves it."""

import socket
from collections.abc import Iterator
from contextlib import closing

import pytest

from ivr.model.errors import UserError
from ivr.provision.ports import Wanted, refuse_contradictions, refuse_taken, wanted_ports
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


def test_every_taken_port_stands_in_one_sentence_with_its_option(taken: Wanted) -> None:
    with pytest.raises(UserError) as refused:
        refuse_taken([taken, Wanted(taken.host, taken.port, taken.udp, "--y-port")])
    assert len(str(refused.value).splitlines()) == 1
    assert str(refused.value).endswith("choose another with --x-port, --y-port")


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid", "2001:db8::1"])
def test_address_that_is_not_ours_is_refused_once_with_its_option(host: str) -> None:
    settings = Settings(bind=host, sip_bind="127.0.0.1", sip_port=0)
    with pytest.raises(UserError) as refused:
        refuse_taken(wanted_ports(settings))
    (line,) = str(refused.value).splitlines()
    assert line.startswith(f"{host!r} is no address of this machine")
    assert "choose --bind" in line


def test_default_ports_contradict_nothing() -> None:
    refuse_contradictions(Settings())


def test_the_same_port_given_twice_is_refused_with_both_options() -> None:
    with pytest.raises(UserError, match=r"^port 5038 is given to --sip-port and --ami-port; "):
        refuse_contradictions(Settings(sip_port=5038))


@pytest.mark.parametrize(("first", "last"), [(22999, 20000), (20000, 20000), (20000, 20018)])
def test_too_few_rtp_ports_are_refused(first: int, last: int) -> None:
    with pytest.raises(UserError, match=r"--rtp-end at least 19 above --rtp-start$"):
        refuse_contradictions(Settings(rtp_start=first, rtp_end=last))


def test_ten_pairs_of_rtp_ports_are_enough() -> None:
    refuse_contradictions(Settings(rtp_start=20000, rtp_end=20019))


def test_sip_port_among_the_rtp_ports_is_refused() -> None:
    with pytest.raises(UserError, match="port 20100 of --sip-port lies among"):
        refuse_contradictions(Settings(sip_port=20100))


def test_every_port_of_an_instance_is_looked_at() -> None:
    settings = Settings(
        sip_port=1, ami_port=2, agi_port=3, http_port=4, ws_port=5, sip_bind="0.0.0.0"
    )
    assert {(w.option, w.host, w.port, w.udp) for w in wanted_ports(settings)} == {
        ("--sip-port", "0.0.0.0", 1, True),
        ("--ami-port", "127.0.0.1", 2, False),
        ("--agi-port", "127.0.0.1", 3, False),
        ("--http-port", "127.0.0.1", 4, False),
        ("--ws-port", "127.0.0.1", 5, False),
    }
