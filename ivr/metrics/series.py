"""The numbers of a metric, and their lines in a scrape.

Ours and not prometheus-client's own: a large site has tens of thousands of series, and asking that
library for all their lines takes most of a second in which no call is served. Here a line is
written anew only when its number has changed. The text is the same, byte for byte.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Generic, Protocol, TypeVar

from prometheus_client.core import Metric
from prometheus_client.utils import floatToGoString

Labels = tuple[tuple[str, str], ...]
Line = tuple[str, Labels, float]
"""What follows the metric's name, labels, value."""


class Series(Protocol):
    """One label set of a metric."""

    text: str
    """Its lines as they were when it was looked at last; empty: to be written anew."""

    def lines(self) -> Iterable[Line]: ...


class Count:
    """Only grows."""

    __slots__ = ("_labels", "_value", "text")

    def __init__(self, labels: Labels) -> None:
        self._labels, self._value, self.text = labels, 0.0, ""

    def inc(self, amount: float = 1.0) -> None:
        if amount < 0:
            raise ValueError(f"a counter cannot be lowered (by {-amount:g})")
        self._value += amount
        self.text = ""

    def lines(self) -> Iterable[Line]:
        return (("_total", self._labels, self._value),)


class Level:
    """Goes up and down."""

    __slots__ = ("_labels", "_value", "text")

    def __init__(self, labels: Labels) -> None:
        self._labels, self._value, self.text = labels, 0.0, ""

    def set(self, value: float) -> None:
        self._value = float(value)
        self.text = ""

    def inc(self, amount: float) -> None:
        self.set(self._value + amount)

    def lines(self) -> Iterable[Line]:
        return (("", self._labels, self._value),)


class Spread:
    """How often a value was within each of some bounds, which ascend."""

    __slots__ = ("_bounds", "_counts", "_labels", "_sum", "text")

    def __init__(self, labels: Labels, bounds: Sequence[float]) -> None:
        self._labels, self._bounds, self.text = labels, bounds, ""
        self._counts = [0] * (len(bounds) + 1)
        self._sum = 0.0

    def observe(self, value: float) -> None:
        self._counts[bisect_left(self._bounds, value)] += 1
        self._sum += value
        self.text = ""

    def lines(self) -> Iterable[Line]:
        bounds = (*map(_number, self._bounds), "+Inf")
        up_to = list(accumulate(self._counts))
        for bound, count in zip(bounds, up_to, strict=True):
            yield "_bucket", tuple(sorted((*self._labels, ("le", bound)))), float(count)
        yield "_count", self._labels, float(up_to[-1])
        yield "_sum", self._labels, self._sum


S = TypeVar("S", bound=Series)


class Family(Generic[S]):
    """All series of one metric."""

    def __init__(self, name: str, kind: str, about: str, labels: Sequence[str]) -> None:
        """`kind` is `counter`, `gauge` or `histogram`; a counter's name comes without `_total`."""
        self.name, self.kind = name, kind
        self._about = about
        self._labels = labels
        self._series: dict[tuple[str, ...], S] = {}
        shown = f"{name}_total" if kind == "counter" else name
        told = about.replace("\\", "\\\\").replace("\n", "\\n")
        self._head = f"# HELP {shown} {told}\n# TYPE {shown} {kind}\n"

    def labels_of(self, values: Sequence[str]) -> Labels:
        return tuple(sorted(zip(self._labels, map(str, values), strict=True)))

    def add(self, values: tuple[str, ...], series: S) -> None:
        self._series[values] = series

    def text(self) -> str:
        """As in Prometheus' text format, version 0.0.4."""
        for one in self._series.values():
            if not one.text:
                one.text = "".join(map(self._line, one.lines()))
        return self._head + "".join(one.text for one in self._series.values())

    def metric(self) -> Metric:
        """The same as prometheus-client has it."""
        metric = Metric(self.name, self._about, self.kind)
        for one in self._series.values():
            for suffix, labels, value in one.lines():
                metric.add_sample(self.name + suffix, dict(labels), value)
        return metric

    def _line(self, line: Line) -> str:
        suffix, labels, value = line
        shown = ",".join(f'{name}="{_escaped(text)}"' for name, text in labels)
        return f"{self.name}{suffix}{f'{{{shown}}}' if shown else ''} {_number(value)}\n"


def _number(value: float) -> str:
    return str(floatToGoString(value))  # type: ignore[no-untyped-call]


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')
