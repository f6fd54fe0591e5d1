"""The address others reach this machine at, for people to type."""

import ipaddress
import socket

_DOCUMENTATION = {socket.AF_INET: "192.0.2.1", socket.AF_INET6: "2001:db8::1"}
"""Far addresses of nobody: the way there starts at the interface of the default route."""
UNKNOWN = "this machine's address"


def reached_at(bind: str, port: int) -> str:
    """`ADDRESS:PORT` for something bound to `bind`; the machine's own address for 'every'."""
    try:
        address = ipaddress.ip_address(bind)
    except ValueError:
        return f"{bind}:{port}"
    if not address.is_unspecified:
        return _with_port(bind, port)
    # Whoever listens on every IPv6 address is reached by IPv4 too.
    families = (socket.AF_INET, socket.AF_INET6)[: 1 if address.version == 4 else 2]
    own = next((found for family in families if (found := own_address(family))), None)
    return _with_port(own, port) if own else f"{UNKNOWN}, port {port}"


def own_address(family: socket.AddressFamily) -> str | None:
    """This machine's address on the way out, or None without one. Nothing is sent."""
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((_DOCUMENTATION[family], 9))
            return str(probe.getsockname()[0])
    except OSError:
        return None


def _with_port(address: str, port: int) -> str:
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
