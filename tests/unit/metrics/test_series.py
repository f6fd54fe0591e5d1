"""A scrape's text is that of prometheus-client, to the byte, however it came about."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)

from ivr.metrics import Metrics
from ivr.metrics.series import Count, Family, Level, Spread
from ivr.model.agents import QueueOutcome
from tests.unit.metrics.conftest import FLOWS, SITE, Live
from tests.unit.metrics.happenings import call_ended, feed, queue_left, talked

BOUNDS = (0.5, 1.0, 30.0, 3600.0, 12_345_678.0)
LABELS = ("zone", "about", "last")
NAMES = st.tuples(*[st.text(max_size=8)] * len(LABELS))
AMOUNTS = st.floats(0, 1e12, allow_nan=False)
STEPS = st.lists(st.tuples(NAMES, AMOUNTS), max_size=12)


@given(STEPS, st.text(max_size=20))
def test_the_text_is_that_of_prometheus_client(
    steps: list[tuple[tuple[str, ...], float]], about: str
) -> None:
    disable_created_metrics()
    registry = CollectorRegistry()
    count = Counter("a_count", about, LABELS, registry=registry)
    level = Gauge("b_level", about, LABELS, registry=registry)
    spread = Histogram("c_spread", about, LABELS, registry=registry, buckets=BOUNDS)
    counts: Family[Count] = Family("a_count", "counter", about, LABELS)
    levels: Family[Level] = Family("b_level", "gauge", about, LABELS)
    spreads: Family[Spread] = Family("c_spread", "histogram", about, LABELS)
    ours: dict[tuple[str, ...], tuple[Count, Level, Spread]] = {}
    for values, amount in steps:
        if values not in ours:
            labels = counts.labels_of(values)
            ours[values] = Count(labels), Level(labels), Spread(labels, BOUNDS)
            for family, series in zip((counts, levels, spreads), ours[values], strict=True):
                family.add(values, series)  # type: ignore[arg-type]
        ours[values][0].inc(amount)
        ours[values][1].set(amount)
        ours[values][2].observe(amount)
        count.labels(*values).inc(amount)
        level.labels(*values).set(amount)
        spread.labels(*values).observe(amount)
        written = counts.text() + levels.text() + spreads.text()
        assert written.encode() == generate_latest(registry)


def test_what_is_scraped_is_what_the_registry_holds(live: Live) -> None:
    metrics = Metrics(SITE, FLOWS, live)
    for _ in range(2):
        assert metrics.render() == generate_latest(metrics.registry)
        feed(metrics, queue_left(QueueOutcome.ANSWERED, 17), talked(), call_ended())


def test_labels_are_plain_text_whatever_names_them() -> None:
    family: Family[Count] = Family("calls", "counter", "", ("outcome",))
    labels = family.labels_of((QueueOutcome.ANSWERED,))
    assert labels == (("outcome", "answered"),)
    assert type(labels[0][1]) is str


def test_a_count_cannot_be_lowered() -> None:
    with pytest.raises(ValueError, match="cannot be lowered"):
        Count(()).inc(-1)


def test_a_label_that_is_no_sound_text_does_not_end_the_scrape(live: Live) -> None:
    metrics = Metrics(SITE, {**FLOWS, "\ud800": next(iter(FLOWS.values()))}, live)
    assert b'flow="?"' in metrics.render()
