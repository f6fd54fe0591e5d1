"""The loopback network of a namespace that was made for this process, and what may befall it.

Packets of SIP and RTP (UDP) leave the kernel by a tunnel and come back into it from here: late, or
not at all. So may those of some TCP ports. Nothing outside the namespace is touched.
"""

import asyncio
import fcntl
import os
import random
import struct
import subprocess
from collections.abc import Iterable
from pathlib import Path

DEVICE = "slow"
TABLE = "100"
PACKET_MAX = 70_000
TUN = Path("/dev/net/tun")
_TUNSETIFF, _IFF_TUN, _IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
_PROTOCOL_AT, _TCP = 9, 6
_SETTINGS = {f"{DEVICE}/route_localnet": 1, f"{DEVICE}/accept_local": 1}
_SETTINGS |= {f"{DEVICE}/rp_filter": 0, "all/rp_filter": 0}
"""Loopback addresses may come in by the tunnel, too."""


class Network:
    """To be opened in a network namespace of one's own alone."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._loss = self._delay_s = 0.0
        self._cut: list[str] = []
        """Rules by which TCP packets come to us, who drop them."""
        self.seen = self.lost = 0
        """Packets of SIP and RTP."""

    def open(self) -> None:
        """OSError when there are no tunnels here."""
        self._tunnel = os.open(TUN, os.O_RDWR | os.O_NONBLOCK)
        wanted = struct.pack("16sH", DEVICE.encode(), _IFF_TUN | _IFF_NO_PI)
        fcntl.ioctl(self._tunnel, _TUNSETIFF, wanted)
        for device in ("lo", DEVICE):
            _ip("link", "set", device, "up")
        for name, value in _SETTINGS.items():
            Path("/proc/sys/net/ipv4/conf", name).write_text(str(value))
        _ip("route", "add", "127.0.0.0/8", "dev", DEVICE, "src", "127.0.0.1", "table", TABLE)
        _ip("rule", "add", "pref", "20", "lookup", "local")
        _ip("rule", "add", "pref", "10", "iif", "lo", "ipproto", "udp", "lookup", TABLE)
        _ip("rule", "del", "pref", "0", "lookup", "local")
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._tunnel, self._take)

    def close(self) -> None:
        self._loop.remove_reader(self._tunnel)
        os.close(self._tunnel)

    def worsen(self, *, loss: float, delay_s: float) -> None:
        """Of all packets of SIP and RTP this share is lost, and every one is so late."""
        self._loss, self._delay_s = loss, delay_s
        self.seen = self.lost = 0

    def part(self, ports: Iterable[int]) -> None:
        """Nothing passes any more from or to these TCP ports, and nobody is told."""
        for port in ports:
            for side in ("sport", "dport"):
                self._cut.append(f"iif lo ipproto tcp {side} {port} lookup {TABLE}")
        for rule in self._cut:
            _ip("rule", "add", "pref", "11", *rule.split())

    def heal(self) -> None:
        self._loss = self._delay_s = 0.0
        for rule in self._cut:
            _ip("rule", "del", "pref", "11", *rule.split())
        self._cut.clear()

    def _take(self) -> None:
        while True:
            try:
                packet = os.read(self._tunnel, PACKET_MAX)
            except BlockingIOError:
                return
            if packet[0] >> 4 == 4 and packet[_PROTOCOL_AT] != _TCP:
                self._pass(packet)

    def _pass(self, packet: bytes) -> None:
        self.seen += 1
        if self._random.random() < self._loss:
            self.lost += 1
        elif self._delay_s:
            self._loop.call_later(self._delay_s, os.write, self._tunnel, packet)
        else:
            os.write(self._tunnel, packet)


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)
