"""The same script of callers and agents under ivr and under app_queue, scored by the phones.

    make bench ARGS="--only skills"

Two classes of calls with overlapping agents, one scarce skill, bursts, agents who do not answer.
"""

import asyncio
import os
import time
from collections.abc import Sequence
from datetime import UTC, datetime

from benchmarks.audio import Audio
from benchmarks.centre import Centre, running_centre
from benchmarks.figures import Figure, compared
from benchmarks.scoring import Offer, Play, Score, Visit, score
from benchmarks.script import AGENTS, SEED, ScriptedAgent, ScriptedCall, scripted_calls
from benchmarks.sip import Dialog, Invitation, SipError, SipSocket
from benchmarks.skilled import (
    BEST,
    DEFAULT,
    OURS,
    TUNED,
    WAYS,
    SkilledWay,
    caller,
    documents,
    extension,
    number,
    with_app_queue,
)
from ivr.cli.setup import say

THRESHOLDS_S = (2.0, 5.0)
PLAY_LIMIT_S = 150.0
_READY_LIMIT_S = 15.0
_CLEAR_LIMIT_S = 30.0
_POLL_S = 0.1
_SETTLE_S = 2.0
"""Between two plays, for whatever the last one left to do."""


class Stage:
    """One way while it plays the script; times count from `start`."""

    def __init__(self, centre: Centre, sip: SipSocket, way: SkilledWay) -> None:
        self.centre = centre
        self.sip = sip
        self.way = way
        self.play = Play(AGENTS)
        self.start = time.monotonic()
        self.workers = {extension(way, agent): Worker(self, agent) for agent in AGENTS}

    def now_s(self) -> float:
        return time.monotonic() - self.start

    async def until(self, at_s: float) -> None:
        await asyncio.sleep(max(0.0, self.start + at_s - time.monotonic()))

    async def perform(self, calls: Sequence[ScriptedCall]) -> Play:
        """Everybody plays their part; returns when the last call is over."""
        self.start = time.monotonic()
        async with asyncio.timeout(PLAY_LIMIT_S), asyncio.TaskGroup() as group:
            for worker in self.workers.values():
                group.create_task(worker.goes_and_comes_back())
            for call in calls:
                group.create_task(self._call(call))
        await self._cleared()
        return self.play

    async def _call(self, call: ScriptedCall) -> None:
        await self.until(call.at_s)
        visit = self.play.visits[call.number] = Visit(call, self.now_s())
        me = caller(call)
        try:
            dialog = await self.sip.dial(
                me, self.centre.secrets.sip[me], number(self.way, call.skill)
            )
        except SipError as error:
            self.play.failed.append(str(error))
            visit.over_s = self.now_s()
            return
        visit.connected_s = self.now_s()
        try:
            async with asyncio.timeout(max(0.0, visit.dialled_s + call.patience_s - self.now_s())):
                await dialog.ended.wait()
        except TimeoutError:
            if not visit.agent:
                visit.over_s = self.now_s()
                await self.sip.hang_up(dialog)
        await dialog.ended.wait()
        visit.over_s = min(visit.over_s, self.now_s())

    async def _cleared(self) -> None:
        async with asyncio.timeout(_CLEAR_LIMIT_S):
            while True:
                await asyncio.gather(*(self.sip.hang_up(each) for each in self.sip.dialogs))
                count = await self.centre.instance.asterisk.cli("core show channels count")
                if count.startswith("0 active channels"):
                    return
                await asyncio.sleep(_POLL_S)


class Worker:
    """One agent at the phone; away when the script says so, without telling anybody."""

    def __init__(self, stage: Stage, agent: ScriptedAgent) -> None:
        self._stage = stage
        self._agent = agent
        self._me = extension(stage.way, agent)
        self._busy = False
        self._missed = False
        self._back = asyncio.Event()
        self._back.set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def goes_and_comes_back(self) -> None:
        if self._agent.away is None:
            return
        leaves_s, returns_s = self._agent.away
        await self._stage.until(leaves_s)
        self._back.clear()
        await self._stage.until(returns_s)
        self._back.set()
        if self._missed and not self._busy and self._stage.way.pauses:
            await self.says_ready()
        self._stage.play.returned.append((self._agent.key, self._stage.now_s()))

    async def says_ready(self) -> None:
        """By the feature code with us; `app_queue` has none of its own, so it is done for them."""
        if self._stage.way.ours is None:
            await self._stage.centre.instance.asterisk.cli(f"queue unpause member PJSIP/{self._me}")
        else:
            await self.dials("*13")

    async def dials(self, code: str) -> None:
        dialog = await self._stage.sip.dial(
            self._me, self._stage.centre.secrets.sip[self._me], code
        )
        async with asyncio.timeout(_READY_LIMIT_S):
            await dialog.ended.wait()

    def invited(self, invitation: Invitation) -> None:
        now_s = self._stage.now_s()
        shown = invitation.caller
        visit = self._stage.play.visits.get(int(shown) - 9000 if shown.isdecimal() else 0)
        offer = Offer(self._agent.key, visit.call.number if visit else 0, now_s)
        self._stage.play.offers.append(offer)
        if self._busy or visit is None:
            offer.refused, offer.ended_s = True, now_s
            invitation.refuse("486 Busy Here")
            return
        self._busy = True
        task = asyncio.create_task(
            self._serve(invitation, offer, visit), name=f"agent {self._agent.key}"
        )
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, invitation: Invitation, offer: Offer, visit: Visit) -> None:
        invitation.ring()
        try:
            if await self._lets_ring(invitation, visit.call.answer_s):
                offer.answered = True
                await self._talk(invitation.answer(), offer, visit)
            else:
                offer.missed = not self._back.is_set() and visit.over_s > self._stage.now_s()
                self._missed |= offer.missed
        finally:
            offer.ended_s = min(offer.ended_s, self._stage.now_s())
            self._busy = False

    async def _lets_ring(self, invitation: Invitation, answer_s: float) -> bool:
        """Whether the agent may pick up: there at last, and it still rings."""
        cancelled = asyncio.create_task(invitation.cancelled.wait(), name="cancelled")
        back = asyncio.create_task(self._back.wait(), name="back")
        try:
            await asyncio.wait({cancelled, back}, return_when=asyncio.FIRST_COMPLETED)
            if not cancelled.done():
                await asyncio.wait({cancelled}, timeout=answer_s)
            return not cancelled.done()
        finally:
            cancelled.cancel()
            back.cancel()

    async def _talk(self, dialog: Dialog, offer: Offer, visit: Visit) -> None:
        offer.ended_s = since_s = self._stage.now_s()
        if not visit.agent and visit.over_s > since_s:
            visit.agent, visit.served_s = self._agent.key, since_s
        try:
            async with asyncio.timeout(visit.call.talk_s):
                await dialog.ended.wait()
        except TimeoutError:
            await self._stage.sip.hang_up(dialog)
        self._stage.play.talks.append((self._agent.key, since_s, self._stage.now_s()))


async def contest() -> tuple[dict[SkilledWay, Score], dict[SkilledWay, Play], str]:
    """Every way's score and what it comes from, and Asterisk's version."""
    calls = scripted_calls()
    ring: dict[str, Worker] = {}

    def invited(invitation: Invitation) -> None:
        worker = ring.get(invitation.request.user)
        if worker is None:
            invitation.refuse("480 Temporarily Unavailable")
        else:
            worker.invited(invitation)

    async with running_centre(documents(calls), lambda _: with_app_queue()) as centre:
        audio = Audio(lambda: [dialog.media for dialog in sip.dialogs])
        address = (centre.settings.sip_bind, centre.settings.sip_port)
        sip = SipSocket(address, audio.port, invited)
        await sip.open()
        audio.start()
        plays: dict[SkilledWay, Play] = {}
        try:
            for way in WAYS:
                stage = Stage(centre, sip, way)
                ring.update(stage.workers)
                await _staff(stage)
                say(f"playing {len(calls)} calls: {way.title}")
                plays[way] = await stage.perform(calls)
        finally:
            await audio.close()
            sip.close()
    return {way: score(play, THRESHOLDS_S) for way, play in plays.items()}, plays, centre.version


async def _staff(stage: Stage) -> None:
    """Every phone registered; with us, every agent logged in."""
    for user in stage.workers:
        await stage.sip.register(user, stage.centre.secrets.sip[user])
    if stage.way.ours is not None:
        await asyncio.gather(*(worker.dials("*10") for worker in stage.workers.values()))
    await asyncio.sleep(_SETTLE_S)


def rows(scores: dict[SkilledWay, Score]) -> list[tuple[str, str, dict[SkilledWay, float], bool]]:
    """Name, unit, each way's value, and whether more is better."""

    def row(
        name: str, unit: str, more: bool, **values: float
    ) -> tuple[str, str, dict[SkilledWay, float], bool]:
        return name, unit, {way: values[way.key] for way in scores}, more

    by_key = {way.key: each for way, each in scores.items()}

    def of(name: str) -> dict[str, float]:
        return {key: getattr(each, name) for key, each in by_key.items()}

    levels = [
        row(
            f"service level ({limit:g} s, formula offered)",
            "%",
            True,
            **{key: 100 * each.within[limit] for key, each in by_key.items()},
        )
        for limit in THRESHOLDS_S
    ]
    return [
        *levels,
        row("mean wait", "s", False, **of("mean_wait_s")),
        row("p95 wait", "s", False, **of("p95_wait_s")),
        row("mean wait for the scarce skill", "s", False, **of("scarce_mean_wait_s")),
        row("agents idle while somebody waits", "agent-s", False, **of("idle_s")),
        row("abandoned", "calls", False, **of("abandoned")),
        row("wrong-skill connections", "calls", False, **of("wrong_skill")),
        row("offers to an agent who has just missed", "offers", False, **of("after_miss")),
        row("offers to a phone in use", "offers", False, **of("refused")),
    ]


def table(scores: dict[SkilledWay, Score]) -> str:
    """Markdown, one column per way, then ours against theirs: tuned and best, plain and plain."""
    titles = [way.title for way in scores]
    lines = [
        "| | " + " | ".join(titles) + " | best / tuned | defaults / ivr |",
        "| --- |" + " ---: |" * (len(titles) + 2),
    ]
    for name, unit, values, _ in rows(scores):
        cells = [f"{name}, {unit}", *(f"{values[way]:.3g}" for way in scores)]
        cells += [_times(values[BEST], values[TUNED]), _times(values[DEFAULT], values[OURS])]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _times(peer: float, value: float) -> str:
    return f"{peer / value:.3g}" if value else "-"


def report() -> tuple[list[Figure], str]:
    """Plays and prints; all figures, and what is wrong with them, if anything is."""
    scores, plays, version = asyncio.run(contest())
    calls = next(iter(scores.values())).calls
    print(
        "\nThe same script of callers and agents by skills\n"
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, Asterisk {version}, {os.cpu_count()} cores, load "
        f"{os.getloadavg()[0]:.1f}; {calls} calls for {len(AGENTS)} agents, seed {SEED}\n"
    )
    print(table(scores))
    judged = figures(scores)
    missed = [figure for figure in judged if not figure.met]
    for figure in missed:
        print(f"WORSE  {figure.name}: {figure.value:g}, peer {figure.peer:g} {figure.unit}")
    print(f"\nno worse than app_queue: {len(judged) - len(missed)} of {len(judged)}")
    failed = [line for play in plays.values() for line in play.failed]
    return judged, f"{len(failed)} calls failed, the first: {failed[0]}" if failed else ""


def figures(scores: dict[SkilledWay, Score]) -> list[Figure]:
    return [
        compared(f"{name}, {ours.title}", values[ours], unit, values[theirs], more=more)
        for name, unit, values, more in rows(scores)
        for ours, theirs in ((OURS, DEFAULT), (TUNED, BEST))
    ]
