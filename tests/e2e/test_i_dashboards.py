"""i. Real calls, scraped by a real Prometheus: every panel has data, every rule is evaluated."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from ivr.metrics.dashboards import DASHBOARDS
from ivr.metrics.dashboards.panel import Panel
from ivr.metrics.recording_rules import recorded_names
from tests.e2e.crm import crm
from tests.e2e.house import House
from tests.e2e.lines import OpenSite, replacing
from tests.e2e.people import all_hear
from tests.e2e.ports import PortBlock
from tests.e2e.prometheus import Prometheus
from tests.e2e.waiting import eventually

WATCHED = Path(__file__).parent / "watched"
NUMBER = "600"
PLENTY = "There is plenty."
RATE_US = "From 1 to 5, how did we do?"
VARIABLES = {"$queue": ".*", "$flow": ".*", "$__rate_interval": "5m", "$__range": "10m"}
"""What Grafana would put into a query."""
EMPTY_HERE = {"Expected wait", "Error of announced waits"}
"""Nothing is expected before five conversations are over; these calls are too few."""

QUIET = (
    "AmiDown",
    "AuditBroken",
    "CallersTurnedAway",
    "CallersWaitingNobodyStaffed",
    "InvariantViolated",
    "NodeErrors",
    "ScrapeAbsent",
)
"""Alerts for which nothing in these calls is a reason."""


@pytest.mark.timeout(120)
async def test_after_real_calls_every_panel_has_data_and_every_rule_is_evaluated(
    open_site: OpenSite, ports: PortBlock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IVR_SECRET_SIGNING", "between the two")
    async with crm({"/apples": {"kilos": 12}}.get) as stock:
        house = await open_site(WATCHED, replacing({"https://stock.example.com": stock.url}))
        address = f"{house.settings.bind}:{house.settings.http_port}"
        async with Prometheus(tmp_path, ports.for_server(), address) as prometheus:
            await asyncio.gather(asks_the_machine(house), talks_and_rates(house))
            await figures_are_right(prometheus)
            await eventually(
                lambda: without_data(prometheus) == [],
                20,
                lambda: f"data for {without_data(prometheus)}",
            )
            await eventually(
                lambda: not_evaluated(prometheus) == [],
                20,
                lambda: f"evaluated: {not_evaluated(prometheus)}",
            )
            state = {rule["name"]: rule["state"] for rule in prometheus.rules() if "state" in rule}
            assert state["TrunkUnreachable"] != "inactive", "nobody is at the trunk's address"
            assert {state[name] for name in QUIET} == {"inactive"}


async def asks_the_machine(house: House) -> None:
    """A wrong key, then the right one: contained."""
    (asker,) = await house.people("asker")
    await asker.dials(NUMBER)
    call = await house.call_of(asker)
    await asker.presses("9")
    await house.journal.tells("input.received", call=call, result="no_match")
    await asker.presses("1")
    await asker.hears_said(await house.speech(PLENTY))
    await asker.is_hung_up()
    await house.journal.tells("call.ended", call=call)


async def talks_and_rates(house: House) -> None:
    """One caller talks to Ann and gives a mark, another hangs up meanwhile."""
    (ann,) = await house.agents("ann")
    buyer, leaver = await house.people("buyer", "leaver")
    await buyer.dials(NUMBER)
    await buyer.presses("2")
    await ann.rings()
    await ann.picks_up()
    await all_hear((buyer, [ann]), (ann, [buyer]))
    await leaver.dials(NUMBER)
    await leaver.presses("2")
    await house.journal.tells("queue.entered", call=await house.call_of(leaver))
    await leaver.hangs_up()
    await ann.hangs_up()
    await buyer.hears_said(await house.speech(RATE_US))
    await buyer.presses("5")
    await buyer.is_hung_up()
    await house.state(ann, "available")
    for caller in (buyer, leaver):
        await house.journal.tells("call.ended", call=await house.call_of(caller))


async def figures_are_right(prometheus: Prometheus) -> None:
    """The leaver was too short to count; one of three visits was contained."""
    expected = {
        'queue:service_level:ratio5m{queue="desk"}': 1.0,
        'queue:abandonment:ratio5m{queue="desk"}': 0.0,
        "site:containment:ratio5m": 1 / 3,
    }
    await eventually(
        lambda: all(
            prometheus.value(name) == pytest.approx(value, abs=0.02)
            for name, value in expected.items()
        ),
        20,
        lambda: str({name: prometheus.value(name) for name in expected}),
    )


def without_data(prometheus: Prometheus) -> list[str]:
    """Queries of panels that should have data and have none."""
    return [
        f"{dashboard}, {panel.title}: {expression}"
        for dashboard, panel in panels()
        if panel.title not in EMPTY_HERE
        for expression in asked(panel)
        if not prometheus.has_data(expression)
    ]


def panels() -> Iterator[tuple[str, Panel]]:
    for name, dashboard in DASHBOARDS.items():
        for panel in dashboard.panels:
            yield name, panel


def asked(panel: Panel) -> Iterator[str]:
    """Its queries, as Grafana would ask."""
    for query in panel.queries:
        expression = query.expr
        for name, value in VARIABLES.items():
            expression = expression.replace(name, value)
        yield expression


def not_evaluated(prometheus: Prometheus) -> list[str]:
    """Rules that failed or were not evaluated yet, and records without a number."""
    unhealthy = [
        f"{rule['name']}: {rule['health']} {rule.get('lastError', '')}"
        for rule in prometheus.rules()
        if rule["health"] != "ok"
    ]
    return unhealthy + [name for name in recorded_names() if not prometheus.has_data(name)]


def test_what_is_empty_here_is_said_to_be_so() -> None:
    assert {panel.title for _, panel in panels() if panel.may_be_empty} >= EMPTY_HERE
