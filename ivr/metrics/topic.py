"""What a topic is: its metrics described as data, and the bounded metrics made from that."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any, ClassVar, Generic, Protocol, TypeVar

import structlog
from prometheus_client.core import GaugeMetricFamily, Metric

from ivr.flow.node import NodeSpec
from ivr.metrics.series import Count, Family, Labels, Level, Spread
from ivr.model.events import Event
from ivr.model.site import Site
from ivr.ports import LiveState

PREFIX = "callcenter_"
OTHER = "other"
"""Stands for a label value nobody configured, e.g. a queue that was renamed during a call."""

SETS_MAX = 10_000
"""Label sets one metric may have."""

log = structlog.get_logger(__name__)

_S = TypeVar("_S", Count, Level, Spread)


class FlowShape(Protocol):
    """What metrics need to know of a flow."""

    @property
    def nodes(self) -> Mapping[str, NodeSpec]: ...


@dataclass(frozen=True)
class Spec:
    """One metric, as the reference page shows it. `name` comes without prefix."""

    name: str
    kind: str
    """`counter`, `gauge` or `histogram`."""
    labels: tuple[str, ...]
    help: str


class Bounded(Generic[_S]):
    """A metric whose label sets are known beforehand."""

    def __init__(
        self, spec: Spec, make: Callable[[Labels], _S], sets: Iterable[tuple[str, ...]]
    ) -> None:
        name = PREFIX + spec.name.removesuffix("_total")
        self.family: Family[_S] = Family(name, spec.kind, spec.help, spec.labels)
        self._make: Callable[[Labels], _S] = make
        self._children: dict[tuple[str, ...], _S] = {}
        self._known: list[set[str]] = []
        self.extend(sets)

    @property
    def sets(self) -> Iterable[tuple[str, ...]]:
        """Every label set there is."""
        return self._children.keys()

    def extend(self, sets: Iterable[tuple[str, ...]]) -> None:
        """These exist as well from now on, at 0; what is too much counts as `other`."""
        beyond = 0
        for labels in sets:
            if labels in self._children:
                continue
            if len(self._children) >= SETS_MAX:
                beyond += 1
                continue
            self._add(labels)
            self._known = self._known or [set() for _ in labels]
            for values, value in zip(self._known, labels, strict=True):
                values.add(value)
        if beyond:
            log.warning(
                "metrics.too_many_labels",
                metric=self.family.name,
                label_sets_max=SETS_MAX,
                counted_as_other=beyond,
            )

    def of(self, *labels: str) -> _S:
        """The one with these labels; values not known beforehand count as `other`."""
        child = self._children.get(labels)
        if child is not None:
            return child
        bounded = tuple(
            value if value in known else OTHER
            for value, known in zip(labels, self._known or [set()] * len(labels), strict=True)
        )
        if OTHER not in bounded:
            bounded = (OTHER,) * len(labels)
        if bounded not in self._children and len(self._children) >= SETS_MAX:
            bounded = (OTHER,) * len(labels)
        if bounded not in self._children:
            self._add(bounded)
        return self._children[bounded]

    def _add(self, labels: tuple[str, ...]) -> None:
        child = self._make(self.family.labels_of(labels))
        self._children[labels] = child
        self.family.add(labels, child)


@dataclass(frozen=True)
class Setup:
    """What topics are made from."""

    site: Site
    flows: Mapping[str, FlowShape]
    live: LiveState
    made: dict[str, Bounded[Any]] = field(default_factory=dict)
    """Every bounded metric, by name."""

    def counter(self, spec: Spec, *values: Iterable[str]) -> Bounded[Count]:
        """Label sets: every combination of these values."""
        return self.counter_of(spec, product(*values))

    def counter_of(self, spec: Spec, sets: Iterable[tuple[str, ...]]) -> Bounded[Count]:
        return self._keep(spec, Bounded(spec, Count, sets))

    def gauge(self, spec: Spec, *values: Iterable[str]) -> Bounded[Level]:
        return self._keep(spec, Bounded(spec, Level, product(*values)))

    def histogram(
        self, spec: Spec, buckets: Iterable[float], *values: Iterable[str]
    ) -> Bounded[Spread]:
        bounds = tuple(sorted(set(buckets)))
        return self._keep(
            spec, Bounded(spec, lambda labels: Spread(labels, bounds), product(*values))
        )

    def _keep(self, spec: Spec, bounded: Bounded[_S]) -> Bounded[_S]:
        self.made[spec.name] = bounded
        return bounded


class Topic:
    """One file's metrics. `specs` lists them all; `record` counts, `collect` looks at scrape."""

    specs: ClassVar[tuple[Spec, ...]]

    def __init__(self, setup: Setup) -> None:
        raise NotImplementedError

    def record(self, event: Event) -> None:
        """Counts what concerns this topic."""

    def collect(self) -> Iterable[Metric]:
        """Gauges read at this moment."""
        return ()

    def reconfigure(self, setup: Setup) -> None:
        """Others are in force: what is known of site and flows besides names has changed."""


def live_gauge(spec: Spec, values: Mapping[Any, float]) -> GaugeMetricFamily:
    """A gauge family for `collect`; `values` by tuple of label values."""
    family = GaugeMetricFamily(PREFIX + spec.name, spec.help, labels=spec.labels)
    for labels, value in values.items():
        family.add_metric(labels, value)
    return family
