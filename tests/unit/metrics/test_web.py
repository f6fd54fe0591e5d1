"""The web side's metrics: whom it did not serve, and an audit that was changed."""

from concurrent.futures import ThreadPoolExecutor

from ivr.metrics import Metrics
from tests.unit.metrics.conftest import value


def test_who_is_not_served_is_counted_by_reason(metrics: Metrics) -> None:
    metrics.web.refused("malformed")
    metrics.web.refused("address")
    metrics.web.refused("address")
    counted = [value(metrics, "web_refused_total", reason=one) for one in ("malformed", "address")]
    assert counted == [1, 2]
    assert value(metrics, "web_refused_total", reason="no_room") == 0


def test_a_broken_audit_is_counted_whoever_tells_of_it(metrics: Metrics) -> None:
    with ThreadPoolExecutor(4) as threads:
        for _ in range(100):
            threads.submit(metrics.web.audit_broken)
    assert b"callcenter_audit_broken_writes_total 100.0" in metrics.render()
    assert value(metrics, "audit_broken_writes_total") == 100
