"""Ports and addresses that cannot work, found before anything starts."""

import errno
import socket
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from ivr.model.errors import UserError
from ivr.settings import Settings

RTP_PAIRS_MIN = 10
"""Every call with an agent takes two pairs of ports, an announcement or a supervisor one more."""


@dataclass(frozen=True)
class Wanted:
    """One port something is about to bind."""

    host: str
    port: int
    udp: bool
    option: str
    """What the user changes to move it, e.g. `--sip-port`."""
    host_option: str = "another address"
    """What the user changes when the address is no good, e.g. `--sip-bind`."""

    def __str__(self) -> str:
        return f"{'UDP' if self.udp else 'TCP'} port {self.port} on {self.host}"


def wanted_ports(settings: Settings) -> tuple[Wanted, ...]:
    bind = settings.bind
    return (
        Wanted(settings.sip_bind, settings.sip_port, True, "--sip-port", "--sip-bind"),
        Wanted(bind, settings.ami_port, False, "--ami-port", "--bind"),
        Wanted(bind, settings.agi_port, False, "--agi-port", "--bind"),
        Wanted(bind, settings.ws_port, False, "--ws-port", "--bind"),
        Wanted(bind, settings.http_port, False, "--http-port", "--bind"),
    )


def refuse_contradictions(settings: Settings) -> None:
    """Raises UserError, one line each, for port settings that cannot work on any machine."""
    wanted = wanted_ports(settings)
    times = Counter(each.port for each in wanted)
    problems = [
        f"port {port} is given to {' and '.join(w.option for w in wanted if w.port == port)}; "
        "give each its own"
        for port, count in times.items()
        if count > 1
    ]
    first, last = settings.rtp_start, settings.rtp_end
    if (last - first + 1) // 2 < RTP_PAIRS_MIN:
        problems.append(
            f"RTP ports {first} to {last} are too few for calls: every stream takes two; "
            f"choose --rtp-end at least {2 * RTP_PAIRS_MIN - 1} above --rtp-start"
        )
    if first <= settings.sip_port <= last:
        problems.append(
            f"port {settings.sip_port} of --sip-port lies among the RTP ports {first} to {last}; "
            "move it, or --rtp-start and --rtp-end"
        )
    if problems:
        raise UserError("\n".join(problems))


def refuse_taken(ports: Iterable[Wanted]) -> None:
    """Raises UserError naming every port that cannot be bound, and the options that move them."""
    taken: list[Wanted] = []
    problems: list[str] = []
    for wanted in ports:
        try:
            _try(wanted)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                taken.append(wanted)
            else:
                problems.append(_sentence(wanted, error))
    if taken:
        verb = "is" if len(taken) == 1 else "are"
        problems.append(
            f"{', '.join(map(str, taken))} {verb} taken by another program (or another instance); "
            f"stop it, or choose another with {', '.join(wanted.option for wanted in taken)}"
        )
    if problems:
        raise UserError("\n".join(dict.fromkeys(problems)))


def _sentence(wanted: Wanted, error: OSError) -> str:
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        return (
            f"{wanted.host!r} is no address of this machine ({error.strerror}); "
            f"choose {wanted.host_option}, for example 127.0.0.1"
        )
    return f"{wanted} cannot be used ({error.strerror}); choose another with {wanted.option}"


def _try(wanted: Wanted) -> None:
    """Binds it for a moment; OSError when that does not work."""
    kind = socket.SOCK_DGRAM if wanted.udp else socket.SOCK_STREAM
    family, _, _, _, address = socket.getaddrinfo(wanted.host, wanted.port, type=kind)[0]
    with socket.socket(family, kind) as probe:
        if not wanted.udp:
            # Connections of a run that has just ended must not block the next one.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(address)
        if not wanted.udp:
            probe.listen(1)
