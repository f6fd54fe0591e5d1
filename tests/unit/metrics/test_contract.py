"""The contract every metric keeps."""

import subprocess
from pathlib import Path

from ivr.asterisk.agi import ERROR_REASONS
from ivr.asterisk.translate import TRANSLATORS
from ivr.metrics import Metrics
from ivr.metrics.metrics import ALL_TOPICS
from ivr.metrics.reference import NOT_COUNTED, reference
from ivr.metrics.system import AGI_ERRORS, AMI_EVENTS
from ivr.model.agents import AgentState, QueueOutcome
from ivr.model.site import Queue
from ivr.ports import QueueNow
from tests.unit.metrics.conftest import FLOWS, SITE, Live, value
from tests.unit.metrics.happenings import call_ended, feed, moved, queue_left, talked

PROMTOOL = "promtool"
REFERENCE = Path(__file__).parents[3] / "docs" / "reference" / "metrics.md"

ON_CALL, AVAILABLE = AgentState.ON_CALL, AgentState.AVAILABLE


def test_promtool_accepts_a_populated_scrape(metrics: Metrics, live: Live) -> None:
    live.queues_now = [QueueNow("billing", 1, 2.0, {AVAILABLE: 1})]
    feed(
        metrics,
        queue_left(QueueOutcome.ANSWERED, 3),
        talked(),
        moved(ON_CALL, AVAILABLE, 9),
        call_ended(),
        call_ended(flow="gone"),
    )
    check = subprocess.run(
        [PROMTOOL, "check", "metrics"], input=metrics.render(), capture_output=True, check=False
    )
    assert (check.returncode, check.stdout, check.stderr) == (0, b"", b"")


def test_each_spec_is_scraped_and_each_family_has_a_spec(metrics: Metrics) -> None:
    specs = {
        (f"callcenter_{spec.name}", spec.kind, spec.help)
        for topic in ALL_TOPICS
        for spec in topic.specs
    }
    families = {
        (
            family.name + ("_total" if family.type == "counter" else ""),
            family.type,
            family.documentation,
        )
        for family in metrics.registry.collect()
    }
    assert families == specs


def test_the_reference_page_is_current() -> None:
    assert REFERENCE.read_text() == reference(), "run `ivr reference` again"


def test_agi_errors_are_those_the_agi_server_reports() -> None:
    assert set(AGI_ERRORS) == set(ERROR_REASONS)


def test_events_counted_by_name_are_those_the_server_reads() -> None:
    assert set(AMI_EVENTS) == set(TRANSLATORS)


def test_what_is_not_counted_is_named_only_while_it_is_so() -> None:
    specs = {spec.name for topic in ALL_TOPICS for spec in topic.specs}
    assert specs & set(NOT_COUNTED) == set()


def test_buckets_follow_the_site_not_only_the_defaults(live: Live) -> None:
    queues = {"vip": Queue(title="VIP", service_level_s=7.25)}
    metrics = Metrics(SITE.model_copy(update={"queues": queues}), FLOWS, live)
    labels = {"queue": "vip", "outcome": "answered", "le": "7.25"}
    assert value(metrics, "queue_wait_seconds_bucket", **labels) == 0
