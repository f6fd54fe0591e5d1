"""Grafana's dashboards, one file each, written to `monitoring/grafana/dashboards/`.

Invariant: a panel asks only for metrics of the registry and for what the rules record.
"""

from ivr.metrics.dashboards.agents import AGENTS
from ivr.metrics.dashboards.build import Dashboard
from ivr.metrics.dashboards.ivr_funnel import IVR_FUNNEL
from ivr.metrics.dashboards.live_queues import LIVE_QUEUES
from ivr.metrics.dashboards.quality import QUALITY
from ivr.metrics.dashboards.system import SYSTEM

__all__ = ["DASHBOARDS"]

DASHBOARDS: dict[str, Dashboard] = {
    dashboard.name: dashboard for dashboard in (LIVE_QUEUES, AGENTS, IVR_FUNNEL, QUALITY, SYSTEM)
}
"""Dashboard by the name of its file and the end of its uid."""
