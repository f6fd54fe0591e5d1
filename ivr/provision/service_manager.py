"""What systemd is told of this process: `sd_notify(3)` and `sd_watchdog_enabled(3)`."""

import asyncio
import os
import socket
from collections.abc import Mapping
from contextlib import suppress

PINGS = 3
"""Signs of life in the time after which systemd takes this process for dead."""
US = 1_000_000


class ServiceManager:
    """Says nothing when nobody listens: started by hand, all of this does nothing."""

    def __init__(self, address: str = "", watchdog_s: float = 0.0) -> None:
        """`watchdog_s`: within it a sign of life is expected; 0: none is."""
        self._address = "\0" + address[1:] if address.startswith("@") else address
        self.watchdog_s = watchdog_s

    @classmethod
    def of_environment(cls, environment: Mapping[str, str] = os.environ) -> "ServiceManager":
        """As systemd says it, if that was said to this process and not to its parent."""
        told = environment.get("WATCHDOG_USEC", "")
        mine = environment.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        watchdog_s = int(told) / US if told.isdecimal() and mine else 0.0
        return cls(environment.get("NOTIFY_SOCKET", ""), watchdog_s)

    def starting(self, status: str, within_s: float) -> None:
        """Not ready yet, and getting on: give it this much more time."""
        self._say(f"STATUS={status}", f"EXTEND_TIMEOUT_USEC={round(within_s * US)}")

    def ready(self) -> None:
        self._say("READY=1", "STATUS=takes calls")

    def stopping(self) -> None:
        self._say("STOPPING=1", "STATUS=ends; conversations go on in Asterisk")

    async def keep_alive(self) -> None:
        """Signs of life from the event loop itself: one that does not come round gives none."""
        while self.watchdog_s:
            self._say("WATCHDOG=1")
            await asyncio.sleep(self.watchdog_s / PINGS)

    def _say(self, *lines: str) -> None:
        if not self._address:
            return
        # A manager that does not listen is no reason to fail a call.
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as to:
            to.setblocking(False)
            to.sendto("\n".join(lines).encode(), self._address)
