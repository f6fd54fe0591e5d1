"""From "the agent is free" to the INVITE at the phone, with callers waiting: ivr and app_queue.

    make bench ARGS="--only handover"

One Asterisk, one server, one clock. At each desk an agent talks and hangs up while callers wait;
the time runs from handing the BYE to the kernel to reading the next INVITE for the same phone.
"""

import asyncio
import os
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from benchmarks.audio import Audio
from benchmarks.centre import (
    BEST,
    CALLER,
    DEFAULT,
    OURS,
    SPARE,
    WAYS,
    Centre,
    Desk,
    Way,
    centre_of_desks,
    desks,
)
from benchmarks.figures import Figure, Series, below, goals, plain, table, times_better
from benchmarks.people import CALLERS, TALK_S, Gathered, Staff
from benchmarks.sip import Invitation, SipSocket
from ivr.asterisk.ami import AmiLink
from ivr.cli.setup import say

DESKS = 16
HAND_OVERS = 120
HAND_OVERS_MIN = 100
LIMIT_S = 120.0
"""For one way of distributing."""
SEED = 20261122
_POLL_S = 0.1
_ORDER_PAUSE_S = 0.05
_CLEAR_LIMIT_S = 20.0


@dataclass
class Bench:
    """The centre and everybody's phones."""

    centre: Centre
    sip: SipSocket
    ring: dict[str, Callable[[Invitation], None]]
    """Extension -> who answers that phone."""

    @classmethod
    async def open(cls, centre: Centre) -> tuple["Bench", Audio]:
        ring: dict[str, Callable[[Invitation], None]] = {}

        def invited(invitation: Invitation) -> None:
            phone = ring.get(invitation.request.user)
            if phone is None:
                invitation.refuse("480 Temporarily Unavailable")
            else:
                phone(invitation)

        server = (centre.settings.sip_bind, centre.settings.sip_port)
        audio = Audio(lambda: [dialog.media for dialog in sip.dialogs])
        sip = SipSocket(server, audio.port, invited)
        await sip.open()
        audio.start()
        return cls(centre, sip, ring), audio

    async def man_phones(self, desk_count: int) -> None:
        """Every phone registered, every agent of our server's desks logged in."""
        passwords = self.centre.secrets.sip
        for extension in (CALLER, SPARE):
            await self.sip.register(extension, passwords[extension])
        for way in WAYS:
            for desk in desks(way, desk_count):
                await self.sip.register(desk.agent, passwords[desk.agent])
            if way.queue is None:
                await asyncio.gather(*(self._log_in(desk) for desk in desks(way, desk_count)))

    async def _log_in(self, desk: Desk) -> None:
        dialog = await self.sip.dial(desk.agent, self.centre.secrets.sip[desk.agent], "*10")
        async with asyncio.timeout(15):
            await dialog.ended.wait()

    # --- hand-overs

    async def hand_overs(self, way: Way, desk_count: int, count: int) -> Gathered:
        """At least `count` of them, if time allows."""
        gathered = Gathered()
        passwords = self.centre.secrets.sip
        staffs: list[Staff] = []
        for desk in desks(way, desk_count):
            dice = random.Random(f"{SEED} {desk.name}")  # noqa: S311 - repeatable, not secret
            staff = Staff(desk, self.sip, passwords, gathered, dice)
            self.ring[desk.agent] = staff.invited
            staffs.append(staff)
            staff.start()
        deadline = time.monotonic() + LIMIT_S
        while len(gathered.hand_overs_s) < count and time.monotonic() < deadline:
            if any(staff.failed() for staff in staffs):
                break
            await asyncio.sleep(_POLL_S)
        self.ring.clear()
        for staff in staffs:
            await staff.close()
        await self._clear()
        return gathered

    async def _clear(self) -> None:
        """Everybody hangs up, so that the next measurement finds the centre empty."""
        async with asyncio.timeout(_CLEAR_LIMIT_S):
            while True:
                await asyncio.gather(*(self.sip.hang_up(each) for each in self.sip.dialogs))
                count = await self.centre.instance.asterisk.cli("core show channels count")
                if count.startswith("0 active channels"):
                    return
                await asyncio.sleep(_POLL_S)

    # --- the limit

    async def orders(self, count: int) -> list[float]:
        """From an order over AMI to the INVITE at a phone: what no server can be quicker than."""
        arrived: asyncio.Queue[float] = asyncio.Queue(1)

        def invited(invitation: Invitation) -> None:
            invitation.refuse("486 Busy Here")
            arrived.put_nowait(invitation.at)

        self.ring[SPARE] = invited
        logged_in = asyncio.Event()

        async def on_login() -> None:
            logged_in.set()

        settings = self.centre.settings
        link = AmiLink(
            settings.asterisk_host,
            settings.ami_port,
            "ivr",
            self.centre.secrets.ami,
            on_event=lambda _event: None,
            on_login=on_login,
            on_lost=lambda: None,
        )
        await link.start()
        try:
            async with asyncio.timeout(_CLEAR_LIMIT_S + count * 1.0):
                await logged_in.wait()
                return [await self._order(link, arrived) for _ in range(count)]
        finally:
            await link.close()
            del self.ring[SPARE]

    async def _order(self, link: AmiLink, arrived: "asyncio.Queue[float]") -> float:
        ordered_at = time.monotonic()
        await link.action(
            "Originate",
            {
                "Channel": f"PJSIP/{SPARE}",
                "Context": "ivr-leg",
                "Exten": "s",
                "Priority": "1",
                "Async": "true",
            },
        )
        took_s = await arrived.get() - ordered_at
        await asyncio.sleep(_ORDER_PAUSE_S)
        return took_s


async def measure(desk_count: int, count: int) -> tuple[dict[Way, Gathered], list[float], str]:
    """What every way yields, the limit, and Asterisk's version."""
    async with centre_of_desks(desk_count) as centre:
        bench, audio = await Bench.open(centre)
        try:
            say("registering phones")
            await bench.man_phones(desk_count)
            gathered: dict[Way, Gathered] = {}
            for way in WAYS:
                say(f"measuring {way.title}")
                gathered[way] = await bench.hand_overs(way, desk_count, count)
            say("measuring Asterisk alone")
            return gathered, await bench.orders(count), centre.version
        finally:
            await audio.close()
            bench.sip.close()


def rows(gathered: dict[Way, Gathered], orders_s: list[float]) -> dict[str, Series]:
    result = {
        way.key: Series(way.title, each.hand_overs_s, _remark(each))
        for way, each in gathered.items()
    }
    byes_s = [took_s for each in gathered.values() for took_s in each.byes_s]
    result["bye"] = Series("part of it: BYE answered by Asterisk", byes_s)
    result["order"] = Series("part of it: AMI order to INVITE, nothing else going on", orders_s)
    return result


def _remark(gathered: Gathered) -> str:
    remarks = []
    if gathered.rung_while_talking:
        remarks.append(f"rang {gathered.rung_while_talking} times while the agent talked")
    if gathered.nobody_waiting:
        remarks.append(f"{gathered.nobody_waiting} left out: nobody was waiting")
    return "; ".join(remarks)


def judged(series: dict[str, Series]) -> list[Figure]:
    """Every number with its goal, if it has one."""
    ours, best, default = (series[way.key] for way in (OURS, BEST, DEFAULT))
    figures = [
        below("hand-over p50", ours.p50_ms, 5),
        below("hand-over p99", ours.p99_ms, 25),
        times_better("hand-over p50 against app_queue's defaults", ours.p50_ms, default.p50_ms, 50),
        times_better("hand-over p50 against app_queue's best", ours.p50_ms, best.p50_ms, 10),
    ]
    for key, each in series.items():
        if key != OURS.key:
            figures += [plain(f"{key} p50", each.p50_ms), plain(f"{key} p99", each.p99_ms)]
    return figures


def report(desk_count: int, count: int) -> tuple[list[Figure], str]:
    """Measures and prints; all figures, and what is wrong with them, if anything is."""
    gathered, orders_s, version = asyncio.run(measure(desk_count, count))
    series = rows(gathered, orders_s)
    figures = judged(series)
    print(_heading(version, desk_count))
    print(table(list(series.values()), series[OURS.key]))
    print("\n" + goals(figures))
    short = [way.title for way in WAYS if len(gathered[way].hand_overs_s) < HAND_OVERS_MIN]
    if short:
        return figures, f"fewer than {HAND_OVERS_MIN} hand-overs of: {', '.join(short)}"
    return figures, ""


def _heading(version: str, desk_count: int) -> str:
    return (
        "\nFrom the agent's BYE to the next INVITE at the same phone, callers waiting\n"
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, Asterisk {version}, {os.cpu_count()} cores, load "
        f"{os.getloadavg()[0]:.1f}; {desk_count} desks, {CALLERS} callers each, "
        f"talks of {TALK_S[0]:g} to {TALK_S[1]:g} s\n"
    )
