"""A caller who decides at random, at the terminal, and whose every decision is kept."""

import json
import random
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

from ivr.flow import Flow
from ivr.flow.node import NodeSpec
from ivr.model.agents import QueueOutcome
from ivr.nodes.base import KEYS, Visit
from ivr.nodes.walk import walk
from ivr.ports import Audio
from ivr.testing.clock import VirtualClock
from ivr.testing.console import Terminal
from ivr.testing.recording import FakeRecording
from ivr.testing.run import World, site_zone
from ivr.testing.steps import HangUp, Listen, Press, Step, Wait
from ivr.testing.suite import FlowTest, Given
from ivr.testing.terminal import TerminalCall, TerminalLookups, TerminalQueues
from ivr.testing.trace import EventList

CALLER = "5551234"
ACTS_MAX = 10
WAITS_MAX = 1
"""On a real telephone each takes a whole prompt and its time-out."""
ENDS = ("answered", "timeout", "overflow", "empty", "failed")
DIAL_ENDS = ("answered", "no_answer", "busy", "unreachable")

Answers = Mapping[str, Sequence[object]]
"""What other systems may answer: JSON, or a status, by target."""


def answer_to(path: str, answers: Sequence[object]) -> object:
    """The same for the same question, wherever it is asked."""
    return answers[zlib.crc32(path.encode()) % len(answers)]


@dataclass(frozen=True)
class Act:
    """Something the caller did, after so many nodes entered and inputs given."""

    step: Step
    kind: str
    """`keys`, `line`, `message`, `dial`: what the call was waiting for."""
    nodes: int
    inputs: int


@dataclass(frozen=True)
class Trace:
    """What must be the same everywhere."""

    entered: Sequence[tuple[str, str]]
    left: Sequence[tuple[str, str, str]]
    inputs: Sequence[tuple[str, str]]

    @classmethod
    def of(cls, events: EventList) -> "Trace":
        return cls(events.entered(), events.left(), events.inputs())


@dataclass(frozen=True)
class Walk:
    """One call as it was made at the terminal."""

    flow: str
    caller: str
    acts: Sequence[Act]
    test: FlowTest
    """The same call as a flow test."""
    trace: Trace
    seconds: float
    """How long it took, by the terminal's clock; about as long as on a telephone."""


@dataclass
class RandomCaller:
    """Sits at the terminal. With `alone` nobody works there: no agent, no other telephone."""

    flows: Mapping[str, Flow]
    dice: random.Random
    answers: Answers
    alone: bool
    events: EventList = field(default_factory=EventList)
    acts: list[Act] = field(default_factory=list)
    steps: list[tuple[Step, int]] = field(default_factory=list)
    """With the nodes entered by then."""
    queues: dict[str, QueueOutcome] = field(default_factory=dict)
    dials: dict[str, str] = field(default_factory=dict)
    http: dict[str, list[dict[str, object]]] = field(default_factory=dict)
    shown: list[str] = field(default_factory=list)

    @property
    def node(self) -> NodeSpec:
        flow, node = self.events.entered()[-1]
        return self.flows[flow].nodes[node]

    def listened(self) -> None:
        self.steps.append((Listen(), len(self.events.entered())))

    def ask(self, question: str) -> str:
        """What a person would type; TerminalCall asks."""
        if "JSON" in question:
            return self._system()
        if question.strip() == ">":
            return self._keys()
        if "ends the message" in question:
            return self._message()
        return self._dialled() if self.node.type == "dial" else self._in_line(question)

    def _keys(self) -> str:
        waits = sum(isinstance(one.step, Wait) and one.kind == "keys" for one in self.acts)
        chance = self.dice.random()
        if len(self.acts) >= ACTS_MAX or chance < 0.05:
            return self._does(HangUp(), "keys", "hangup")
        if chance < 0.2 and waits < WAITS_MAX:
            return self._does(Wait(), "keys", "wait")
        keys = self._likely_keys()
        return self._does(Press(keys), "keys", keys)

    def _likely_keys(self) -> str:
        choices = getattr(self.node, "choices", None)
        likely = self.dice.random() < 0.8
        if choices:
            return self.dice.choice(sorted(choices)) if likely else self.dice.choice(KEYS)
        longest = getattr(self.node, "max", 0)
        if not longest or "press 1" in self.shown[-1]:
            return self.dice.choice("12" if likely else KEYS)
        if likely:
            return "".join(self.dice.choices("0123456789", k=longest))
        return "".join(self.dice.choices("0123456789", k=max(1, longest - 2))) + "#"

    def _message(self) -> str:
        stays = self.dice.random() < 0.8
        step: Step = Wait() if stays else HangUp()
        return self._does(step, "message", "" if stays else "hangup")

    def _dialled(self) -> str:
        target = self.shown[-1].split()[-1]
        end = "unreachable" if self.alone else self.dice.choice(DIAL_ENDS)
        return self._does(Wait(), "dial", self.dials.setdefault(target, end))

    def _in_line(self, question: str) -> str:
        if self.alone and getattr(self.node, "empty", None):
            return self._leaves_line("empty")  # at once, before any key
        keys = sorted(set(question.partition("key")[2]) & set(KEYS))
        if keys and self.dice.random() < 0.7:
            key = self.dice.choice(keys)
            return self._does(Press(key), "line", key)
        if self.alone:
            return self._does(HangUp(), "line", "hangup")
        return self._leaves_line(self.dice.choice(ENDS))

    def _leaves_line(self, end: str) -> str:
        queue = str(getattr(self.node, "queue", ""))
        ended = self.queues.setdefault(queue, QueueOutcome(end))
        return self._does(Wait(), "line", ended.value)

    def _system(self) -> str:
        _, method, target, path = self.shown[-1].split()[:4]
        retries = getattr(self.node, "retries", 0)
        told = method == "POST" and not getattr(self.node, "extract", {})
        given = 201 if told else answer_to(path, self.answers[target])
        text = str(given) if isinstance(given, int) else json.dumps(given)
        kept: dict[str, object] = {"status": given} if isinstance(given, int) else {"json": text}
        assert kept.get("status") != 500 or not retries
        self.http.setdefault(target, []).append(kept)
        return text

    def _does(self, step: Step, kind: str, line: str) -> str:
        nodes, inputs = len(self.events.entered()), len(self.events.inputs())
        self.acts.append(Act(step, kind, nodes, inputs))
        self.steps.append((step, nodes))
        return line


@dataclass
class AttentiveCall(TerminalCall):
    """Tells which prompts the caller heard out."""

    person: RandomCaller = field(kw_only=True)

    async def play(self, audio: Sequence[Audio], *, keys: str = "") -> str:
        typing = bool(self.script.left)
        key = await super().play(audio, keys=keys)
        if not typing:
            self.person.listened()
        return key


async def at_the_terminal(
    world: World,
    flow: str,
    answers: Answers,
    at: datetime,
    *,
    seed: int,
    alone: bool,
    caller: str = CALLER,
) -> Walk:
    """Plays the flow as `ivr call` does, with a caller at random."""
    dice = random.Random(seed)
    person = RandomCaller(world.flows, dice, answers, alone)
    terminal = Terminal(show=person.shown.append, ask=person.ask)
    clock = VirtualClock(at.replace(tzinfo=site_zone(world.site)).timestamp())
    began = clock.now()
    call = AttentiveCall(clock, caller=caller, terminal=terminal, person=person)
    visit = Visit(
        call,
        TerminalQueues(terminal),
        world.calendars,
        clock,
        person.events,
        world.site,
        TerminalLookups(call),
        recording=FakeRecording(),
    )
    await walk(world.flows, flow, visit)
    given = {
        "time": at.strftime("%Y-%m-%d %H:%M"),
        "caller": caller,
        "queues": person.queues,
        "dials": person.dials,
        "http": person.http,
    }
    steps = _hasty(person.steps) if dice.random() < 0.5 else [one for one, _ in person.steps]
    test = FlowTest.model_construct(
        name=f"{flow} {seed}", given=Given.model_validate(given), steps=steps
    )
    seconds = clock.now() - began
    return Walk(flow, caller, person.acts, test, Trace.of(person.events), seconds)


def _hasty(steps: Sequence[tuple[Step, int]]) -> list[Step]:
    """The same without hearing a question out before answering it."""
    return [
        step
        for (step, node), (after, then) in pairwise([*steps, (HangUp(), 0)])
        if not (isinstance(step, Listen) and isinstance(after, Press) and node == then)
    ]
