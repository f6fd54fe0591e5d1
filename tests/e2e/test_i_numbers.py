"""i. Metrics and journal agree with what was done, call by call."""

import json
import os
import subprocess
import sys
from pathlib import Path

from ivr.provision.instance import settings_environment
from tests.e2e.house import House
from tests.e2e.ports import PortBlock
from tests.e2e.prometheus import Prometheus
from tests.e2e.waiting import eventually

NUMBER = "6850"
FLOW, QUEUE = {"flow": "counted"}, {"queue": "i_desk"}
COUNTED = {
    "served by Xia, hung up by the caller": ("calls_total", {**FLOW, "result": "hangup"}, 2),
    "ended by the flow": ("calls_total", {**FLOW, "result": "completed"}, 2),
    "entered the line": ("queue_calls_entered_total", QUEUE, 3),
    "answered": ("queue_calls_total", {**QUEUE, "outcome": "answered"}, 1),
    "left by key": ("queue_calls_total", {**QUEUE, "outcome": "exit_key"}, 1),
    "abandoned": ("queue_calls_total", {**QUEUE, "outcome": "abandoned"}, 1),
    "timed out": ("queue_calls_total", {**QUEUE, "outcome": "timeout"}, 0),
    "answered in time": ("queue_calls_answered_within_sla_total", QUEUE, 1),
    "waits measured": ("queue_wait_seconds_count", QUEUE, 3),
    "talks measured": ("queue_talk_seconds_count", QUEUE, 1),
    "offers accepted": ("offers_total", {**QUEUE, "outcome": "accepted"}, 1),
    "offers not answered": ("offers_total", {**QUEUE, "outcome": "no_answer"}, 0),
    "menu entered": ("ivr_node_entries_total", {**FLOW, "node": "choice"}, 4),
    "right keys": ("ivr_inputs_total", {**FLOW, "node": "choice", "result": "match"}, 3),
    "wrong keys": ("ivr_inputs_total", {**FLOW, "node": "choice", "result": "no_match"}, 2),
}
"""What is counted: metric, labels, and by how much the four calls below raise it."""


async def test_four_calls_are_counted_and_written_down_as_they_were(house: House) -> None:
    (xia,) = await house.agents("i_xia")
    served, leaver, quitter = await house.people("i_caller_1", "i_caller_2", "i_caller_3")
    before = await counts(house)

    await served.dials(NUMBER)
    await served.presses("1")
    await xia.rings()
    await xia.picks_up()
    await served.has_heard(4)
    await served.hangs_up()
    await xia.is_hung_up()
    await house.state(xia, "available")
    await xia.dials("*121")
    await xia.is_hung_up()
    await house.state(xia, "paused")

    await leaver.dials(NUMBER)
    await leaver.presses("1")
    await house.journal.tells("queue.entered", call=await house.call_of(leaver))
    await leaver.hears_something()
    await leaver.presses("0")
    await leaver.is_hung_up()

    await quitter.dials(NUMBER)
    await quitter.presses("1")
    await house.journal.tells("queue.entered", call=await house.call_of(quitter))
    await quitter.hangs_up()
    mistaken = [await house.call_of(person) for person in (served, leaver, quitter)]

    await leaver.dials(NUMBER)
    await leaver.presses("7")
    await house.journal.tells("input.received", call=await house.call_of(leaver), value="7")
    await leaver.presses("8")
    await leaver.is_hung_up()
    calls = [*mistaken, await house.call_of(leaver)]
    for call in calls:
        await house.journal.tells("call.ended", call=call)

    after = await counts(house)
    raised = {what: after[what] - before[what] for what in COUNTED}
    assert raised == {what: expected for what, (_, _, expected) in COUNTED.items()}
    told = {call: story(house, call) for call in calls}
    asked = ["call.started", "choice"]
    in_line = [*asked, "1 match", "line", "queue.entered"]
    assert list(told.values()) == [
        [*in_line, "answered", "i_xia", "hangup"],
        [*in_line, "exit_key", "goodbye", "completed"],
        [*in_line, "abandoned", "hangup"],
        [*asked, "7 no_match", "8 no_match", "goodbye", "completed"],
    ]


async def test_promtool_finds_nothing_to_say_about_the_metrics(house: House) -> None:
    text = await house.metrics_text()
    assert run(["promtool", "check", "metrics"], text=text) == (0, "")


async def test_prometheus_shows_the_line(house: House, ports: PortBlock, tmp_path: Path) -> None:
    address = f"{house.settings.bind}:{house.settings.http_port}"
    (caller,) = await house.people("i_caller_1")
    async with Prometheus(tmp_path, ports.for_server(), address) as prometheus:

        async def shows(callers: int) -> None:
            await eventually(
                lambda: prometheus.value('callcenter_queue_callers{queue="i_desk"}') == callers,
                20,
                lambda: f"{callers} in line; last scrape: {prometheus.describe()}",
            )

        await caller.dials(NUMBER)
        await caller.presses("1")
        await house.journal.tells("queue.entered", call=await house.call_of(caller))
        await shows(1)
        await caller.hangs_up()
        await shows(0)


async def test_the_command_line_tells_what_happened(house: House) -> None:
    (caller,) = await house.people("i_caller_1")
    await caller.dials(NUMBER)
    await caller.presses("7")
    call = await house.call_of(caller)
    await house.journal.tells("input.received", call=call)
    await caller.hangs_up()
    await house.journal.tells("call.ended", call=call)
    listed = ivr(house, "calls")
    assert call in listed
    explained = ivr(house, "explain", call)
    for word in (caller.extension, "counted", "choice", "7"):
        assert word in explained


async def test_why_nobody_is_rung_is_told_while_a_call_waits_and_afterwards(house: House) -> None:
    (caller,) = await house.people("i_caller_1")
    await caller.dials(NUMBER)
    await caller.presses("1")
    call = await house.call_of(caller)
    await house.journal.tells("queue.entered", call=call)
    assert "Waits in i_desk" in ivr(house, "explain", call)
    live = json.loads(ivr(house, "why-not", "i_xia", call, "--format", "json"))["live"]
    assert (live["call"]["call"], live["agent"]["agent"]) == (call, "i_xia")
    assert live["excluded"]
    await caller.hangs_up()
    await house.journal.tells("call.ended", call=call)
    assert json.loads(ivr(house, "explain", call, "--format", "json"))["live"] is None


async def counts(house: House) -> dict[str, float]:
    scrape = await house.scrape()
    return {what: scrape.total(name, **labels) for what, (name, labels, _) in COUNTED.items()}


def story(house: House, call: str) -> list[str]:
    """The call in short, as the journal has it."""
    told: list[str] = []
    for fact in house.journal.facts(call=call):
        match fact.type:
            case "call.started" | "queue.entered":
                told.append(fact.type)
            case "node.entered":
                told.append(fact.node)
            case "input.received":
                told.append(f"{fact.value} {fact.result}")
            case "queue.left":
                told.append(fact.outcome)
            case "conversation.started":
                told.append(fact.agent)
            case "call.ended":
                told.append(fact.result)
    return told


def ivr(house: House, *arguments: str) -> str:
    """What this command prints about the instance."""
    environment = os.environ | settings_environment(house.settings)
    code, output = run([sys.executable, "-m", "ivr", *arguments], environment=environment)
    assert code == 0, output
    return output


def run(
    command: list[str], *, text: str = "", environment: dict[str, str] | None = None
) -> tuple[int, str]:
    """Exit code and everything printed."""
    done = subprocess.run(
        command,
        input=text,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=30,
    )
    return done.returncode, done.stdout
