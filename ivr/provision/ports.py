"""Ports that are taken, found before anything starts."""

import errno
import socket
from collections.abc import Iterable
from dataclasses import dataclass

from ivr.model.errors import UserError
from ivr.settings import Settings


@dataclass(frozen=True)
class Wanted:
    """One port something is about to bind."""

    host: str
    port: int
    udp: bool
    option: str
    """What the user changes to move it, e.g. `--sip-port`."""


def wanted_ports(settings: Settings) -> tuple[Wanted, ...]:
    return (
        Wanted(settings.sip_bind, settings.sip_port, udp=True, option="--sip-port"),
        Wanted(settings.bind, settings.ami_port, udp=False, option="--ami-port"),
        Wanted(settings.bind, settings.agi_port, udp=False, option="--agi-port"),
        Wanted(settings.bind, settings.http_port, udp=False, option="--http-port"),
    )


def refuse_taken(ports: Iterable[Wanted]) -> None:
    """Raises UserError naming the first port that cannot be bound, and its option."""
    for wanted in ports:
        problem = _problem(wanted)
        if problem == errno.EADDRINUSE:
            raise UserError(
                f"{'UDP' if wanted.udp else 'TCP'} port {wanted.port} on {wanted.host} is taken "
                f"by another program; stop it, or choose another with {wanted.option}"
            )
        if problem:
            raise UserError(
                f"{wanted.host}:{wanted.port} cannot be used ({errno.errorcode[problem]}); "
                f"choose another address or another {wanted.option}"
            )


def _problem(wanted: Wanted) -> int:
    kind = socket.SOCK_DGRAM if wanted.udp else socket.SOCK_STREAM
    family = socket.AF_INET6 if ":" in wanted.host else socket.AF_INET
    with socket.socket(family, kind) as probe:
        if not wanted.udp:
            # Connections of a run that has just ended must not block the next one.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((wanted.host, wanted.port))
            if not wanted.udp:
                probe.listen(1)
        except OSError as error:
            return error.errno or errno.EADDRNOTAVAIL
        except OverflowError:
            return errno.EADDRNOTAVAIL
    return 0
