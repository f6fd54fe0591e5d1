"""One menu, by our server and by Asterisk's own dialplan: cost of a call, calls per second, memory.

    make bench ARGS="--only menu"

One Asterisk, one script of callers: a greeting, a menu answered by one key, a question answered by
five, and Asterisk hangs up. A call that is not hung up on in time has failed.
"""

import asyncio
import os
from dataclasses import dataclass, field
from datetime import UTC, datetime

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

from benchmarks.audio import write_tone
from benchmarks.centre import Centre, Documents, running_centre
from benchmarks.figures import Figure, goals, limit, ratio_within
from benchmarks.processes import cpu_s, resident_bytes
from benchmarks.sip import SipError
from benchmarks.sipp import ADDRESS, Press, Served, run_calls, scenario
from ivr.cli.setup import say
from ivr.settings import Settings

OURS, NATIVE = "7001", "7002"
LINE = "7003"
TITLES = {OURS: "ivr", NATIVE: "native dialplan"}

WELCOME, CHOICES, QUESTION = "welcome", "choices", "question"
SOUND_S = {WELCOME: 1.0, CHOICES: 4.0, QUESTION: 4.0}
"""Tones in place of speech: both ways play the same files."""
KEYS = (Press(2000, "1"), *(Press(700 if n == 0 else 150, str(n)) for n in range(5)))
"""Within the menu, a second after it began, then within the question."""
END_LIMIT_MS = 3000
CALL_S = 10.0

COST_CALLS, COST_PER_S, COST_TURNS = 200, 20.0, 3
"""Each way in turn, so that a noisy moment hits both."""
FAILED_MAX = 4
"""A machine that stood still for a second made a caller press too early."""
RAMP_FROM_PER_S, RAMP_BY, RAMP_S, RAMP_MAX_PER_S = 20.0, 1.25, 8.0, 300.0
WAITING_CALLS, WAITING_PER_S, WAITING_S = 300, 50.0, 14.0

BUSY_SHARE, BUSY_S = 0.7, 60.0
"""Of the highest rate; long enough for a hundred looks at the event loop, one every half second."""
LAG_GOAL_S, LAG_SHARE_GOAL = 0.01, 0.99
COST_GOAL, RATE_GOAL, MEMORY_GOAL_KIB = 1.35, 0.8, 20.0


@dataclass
class Cost:
    """Processor seconds over a number of calls."""

    calls: int = 0
    asterisk_s: float = 0.0
    server_s: float = 0.0

    @property
    def ms_per_call(self) -> float:
        return 1000 * (self.asterisk_s + self.server_s) / self.calls


@dataclass
class Measured:
    """What this part yields."""

    version: str
    cost: dict[str, Cost] = field(default_factory=lambda: {OURS: Cost(), NATIVE: Cost()})
    rate_per_s: dict[str, float] = field(default_factory=dict)
    waiting_bytes: float = 0.0
    within_lag: float = 0.0


@dataclass(frozen=True)
class Bench:
    """The running centre, driven by SIPp."""

    centre: Centre

    async def calls(self, number: str, count: int, per_s: float) -> Served:
        settings = self.centre.settings
        xml = scenario(KEYS, limit_ms=END_LIMIT_MS)
        server = (settings.sip_bind, settings.sip_port)
        return await run_calls(xml, server, number, count=count, per_s=per_s, call_s=CALL_S)

    async def cost(self, number: str, into: Cost) -> None:
        """Some calls at a leisurely rate, nearly all of which have to be served."""
        instance = self.centre.instance
        pids = instance.asterisk.process.pid, instance.server.process.pid
        before = [cpu_s(pid) for pid in pids]
        served = await self.calls(number, COST_CALLS, COST_PER_S)
        if served.failed > FAILED_MAX:
            raise SipError(f"{served.failed} of {COST_CALLS} calls failed at {COST_PER_S:g} a s")
        asterisk_s, server_s = (cpu_s(pid) - was for pid, was in zip(pids, before, strict=True))
        into.calls += served.completed + served.failed
        into.asterisk_s += asterisk_s
        into.server_s += server_s

    async def rate(self, number: str) -> float:
        """The highest rate, in steps, at which no call fails."""
        held, rate = 0.0, RAMP_FROM_PER_S
        while rate <= RAMP_MAX_PER_S:
            served = await self.calls(number, round(rate * RAMP_S), rate)
            if served.failed:
                return held
            held, rate = rate, rate * RAMP_BY
        return held

    async def within_lag(self, rate: float) -> float:
        """The share of looks, while so many calls a second come, at which the server's event loop
        was late by less than the goal."""
        before = await self._lags()
        served = await self.calls(OURS, round(rate * BUSY_S), rate)
        if served.failed > FAILED_MAX:
            raise SipError(f"{served.failed} calls failed at {rate:.0f} a second")
        late, all_looks = (now - was for now, was in zip(await self._lags(), before, strict=True))
        return 1 - late / all_looks

    async def _lags(self) -> tuple[float, float]:
        """How many looks found the loop late by more than the goal; how many looks there were."""
        url = f"http://127.0.0.1:{self.centre.settings.http_port}/metrics"
        async with aiohttp.ClientSession() as client, client.get(url) as answer:
            text = await answer.text()
        (lags,) = (
            family
            for family in text_string_to_metric_families(text)
            if family.name == "callcenter_event_loop_lag_seconds"
        )
        within = {
            float(one.labels["le"]): one.value
            for one in lags.samples
            if one.name.endswith("_bucket")
        }
        return within[float("inf")] - within[LAG_GOAL_S], within[float("inf")]

    async def waiting_bytes(self) -> float:
        """What the server needs for one more caller in line."""
        settings = self.centre.settings
        server = (settings.sip_bind, settings.sip_port)
        pid = self.centre.instance.server.process.pid
        stays_ms = round(1000 * (WAITING_CALLS / WAITING_PER_S + WAITING_S))
        xml = scenario((), limit_ms=stays_ms, hangs_up=True)

        async def wait_in_line() -> Served:
            return await run_calls(
                xml,
                server,
                LINE,
                count=WAITING_CALLS,
                per_s=WAITING_PER_S,
                call_s=stays_ms / 1000 + CALL_S,
            )

        before = resident_bytes(pid)
        line = asyncio.create_task(wait_in_line(), name="callers in line")
        await asyncio.sleep(WAITING_CALLS / WAITING_PER_S + WAITING_S / 2)
        grown = resident_bytes(pid) - before
        served = await line
        if served.failed:
            raise SipError(f"{served.failed} of {WAITING_CALLS} callers could not wait")
        return grown / WAITING_CALLS


async def measure() -> Measured:
    async with running_centre(documents(), _native) as centre:
        measured, bench = Measured(centre.version), Bench(centre)
        say("warming up")
        for number in (NATIVE, OURS):
            await bench.calls(number, 20, 10.0)
        for turn in range(COST_TURNS):
            for number in (NATIVE, OURS):
                say(f"cost of a call, {TITLES[number]}, turn {turn + 1} of {COST_TURNS}")
                await bench.cost(number, measured.cost[number])
        say("memory of callers in line")
        measured.waiting_bytes = await bench.waiting_bytes()
        for number in (NATIVE, OURS):
            say(f"calls per second, {TITLES[number]}")
            measured.rate_per_s[number] = await bench.rate(number)
        say("event loop at seven tenths of that")
        measured.within_lag = await bench.within_lag(BUSY_SHARE * measured.rate_per_s[OURS])
        return measured


def documents() -> Documents:
    """The site, the menu, and a line in which nobody ever answers."""
    nodes = {
        "welcome": {"type": "say", "prompt": {"file": WELCOME}, "next": "menu"},
        "menu": {
            "type": "menu",
            "prompt": {"file": CHOICES},
            "choices": {"1": "ask"},
            "no_input": "end",
            "no_match": "end",
        },
        "ask": {
            "type": "collect",
            "prompt": {"file": QUESTION},
            "into": "number",
            "min": "5",
            "max": "5",
            "next": "end",
            "no_input": "end",
            "no_match": "end",
        },
        "end": {"type": "hangup"},
    }
    variables = {"number": {"type": "digits"}}
    line = {"type": "queue", "queue": "line", "next": "end", "otherwise": "end"}
    return {
        "site": _site(),
        "balance": {"flow": "balance", "start": "welcome", "variables": variables, "nodes": nodes},
        "line": {
            "flow": "line",
            "start": "line",
            "nodes": {"line": line, "end": {"type": "hangup"}},
        },
    }


def _site() -> dict[str, object]:
    ana = {"name": "Ana", "extension": "1001", "team": "all", "skills": {"line": "5"}}
    return {
        "numbers": {OURS: "balance", LINE: "line"},
        "skills": {"line": "Line"},
        "teams": {"all": "All"},
        "agents": {"ana": ana},
        "queues": {"line": {"title": "Line", "skills": "line >= 1"}},
        "outbound": {"trunk_host": ADDRESS},
        "emergency": {"say": "Sorry.", "ring": ["1001"]},
    }


def _native(settings: Settings) -> dict[str, str]:
    """The same menu in Asterisk's own words, and the sounds for both."""
    sounds = (settings.dialplans / "sounds").resolve()
    sounds.mkdir()
    for name, seconds in SOUND_S.items():
        write_tone(sounds / f"{name}.wav", seconds)
    lines = [
        "[ivr-callers](+)",
        f"exten => {NATIVE},1,Answer()",
        f" same => n,Playback({sounds / WELCOME})",
        f" same => n,Read(CHOICE,{sounds / CHOICES},1,,1,5)",
        ' same => n,GotoIf($["${CHOICE}" != "1"]?end)',
        f" same => n,Read(NUMBER,{sounds / QUESTION},5,,1,5)",
        " same => n(end),Hangup()",
    ]
    return {"extensions.conf": "\n".join(lines) + "\n"}


def report() -> tuple[list[Figure], str]:
    """Measures and prints; all figures, and what is wrong with them (nothing)."""
    measured = asyncio.run(measure())
    figures = judged(measured)
    print(_heading(measured.version))
    print(_table(measured))
    print(f"\nServer memory for one more caller in line: {measured.waiting_bytes / 1024:.1f} KiB\n")
    print(goals(figures))
    return figures, ""


def judged(measured: Measured) -> list[Figure]:
    ours, native = (measured.cost[way].ms_per_call for way in (OURS, NATIVE))
    rate, native_rate = (measured.rate_per_s[way] for way in (OURS, NATIVE))
    return [
        ratio_within("processor time per call", ours, "ms", native, at_most=COST_GOAL),
        ratio_within("calls per second", rate, "1/s", native_rate, at_least=RATE_GOAL),
        limit("memory per waiting call", measured.waiting_bytes / 1024, "KiB", MEMORY_GOAL_KIB),
        Figure(
            "event loop less than 10 ms late at 70 % of that rate",
            round(measured.within_lag, 4),
            "of looks",
            None,
            None,
            f">= {LAG_SHARE_GOAL:g} of looks",
            measured.within_lag >= LAG_SHARE_GOAL,
        ),
    ]


def _heading(version: str) -> str:
    return (
        "\nOne menu: a greeting, one key, five keys, hang-up; calls by SIPp, keys by SIP INFO\n"
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, Asterisk {version}, {os.cpu_count()} cores, load "
        f"{os.getloadavg()[0]:.1f}; {COST_TURNS} x {COST_CALLS} calls each at {COST_PER_S:g} a s\n"
    )


def _table(measured: Measured) -> str:
    lines = [
        "| | calls | Asterisk, ms a call | server, ms a call | together | calls/s, none failed |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for way, title in TITLES.items():
        cost = measured.cost[way]
        asterisk_ms, server_ms = (
            1000 * each / cost.calls for each in (cost.asterisk_s, cost.server_s)
        )
        lines.append(
            f"| {title} | {cost.calls} | {asterisk_ms:.2f} | {server_ms:.2f} "
            f"| {cost.ms_per_call:.2f} | {measured.rate_per_s[way]:.0f} |"
        )
    return "\n".join(lines)
