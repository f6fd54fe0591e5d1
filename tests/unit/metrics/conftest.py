"""A small site, two flows, a live state that the test sets, and a way to read samples."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

import pytest
from pydantic import Field

from ivr.flow.node import NodeSpec
from ivr.metrics import Metrics
from ivr.model.agents import AgentState
from ivr.model.site import Agent, Emergency, Hook, Mailbox, Queue, Site
from ivr.ports import QueueNow


class Step(NodeSpec):
    """A node with whatever exits it is given."""

    type: ClassVar[str] = "step"
    to: Mapping[str, str] = Field(default_factory=dict)

    def exits(self) -> Mapping[str, str]:
        return self.to


class Ask(Step):
    takes_input: ClassVar[bool] = True


class Last(Step):
    ends_walk: ClassVar[bool] = True


class Tree:
    """A flow, as far as metrics look at one."""

    def __init__(self, nodes: Mapping[str, NodeSpec]) -> None:
        self.nodes = nodes


FLOWS = {
    "company": Tree(
        {
            "menu": Ask(to={"choices:1": "hours", "no_input": "bye"}),
            "hours": Step(to={"next": "bye"}, success=True),
            "bye": Last(),
        }
    ),
    "night": Tree({"closed": Last()}),
}

SITE = Site(
    numbers={"100": "company"},
    skills={"billing": "Billing"},
    teams={"east": "East"},
    agents={"mia": Agent(name="Mia", extension="1001", team="east")},
    queues={
        "billing": Queue(title="Billing", service_level_s=17, service_level_target=0.9),
        "support": Queue(title="Support"),
    },
    mailboxes={
        "office": Mailbox(title="Office", agents=["mia"], notify=Hook(target="tickets")),
        "desk": Mailbox(title="Desk", agents=["mia"]),
    },
    pause_reasons={"1": "lunch"},
    emergency=Emergency(say="Sorry.", ring=["1001"]),
)


class Live:
    """The live state, set by the test."""

    def __init__(self) -> None:
        self.queues_now: list[QueueNow] = [
            QueueNow("billing", 0, 0.0, {}),
            QueueNow("support", 0, 0.0, {}),
        ]
        self.agents_now: dict[AgentState, int] = {}
        self.active = 0
        self.callbacks_now: dict[str, int] = {}
        self.closures_now: dict[str, bool] = {"house": False}
        self.messages_now: dict[str, tuple[int, int]] = {"office": (0, 0), "desk": (0, 0)}

    def queues(self) -> Sequence[QueueNow]:
        return self.queues_now

    def agents(self) -> Mapping[AgentState, int]:
        return self.agents_now

    def callbacks(self) -> Mapping[str, int]:
        return self.callbacks_now

    def closures(self) -> Mapping[str, bool]:
        return self.closures_now

    def messages(self) -> Mapping[str, tuple[int, int]]:
        return self.messages_now

    def calls_active(self) -> int:
        return self.active


@pytest.fixture
def live() -> Live:
    return Live()


@pytest.fixture
def metrics(live: Live) -> Metrics:
    return Metrics(SITE, FLOWS, live)


def value(metrics: Metrics, name: str, **labels: str) -> float | None:
    """One sample of a scrape; None when there is no such series."""
    return metrics.registry.get_sample_value("callcenter_" + name, labels)


def series(metrics: Metrics) -> dict[str, float]:
    """All samples of a scrape by name and labels."""
    return {
        f"{sample.name}{sorted(sample.labels.items())}": sample.value
        for family in metrics.registry.collect()
        for sample in family.samples
    }
