"""A dashboard: panels laid out from left to right, and the choices above them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ivr.metrics.dashboards.panel import SOURCE, Panel

WIDTH = 24
"""Columns of Grafana's grid."""


@dataclass(frozen=True)
class Variable:
    """A choice of label values; `$NAME` in queries."""

    name: str
    label: str
    metric: str
    """Whose label of this name holds the values."""

    def document(self) -> dict[str, Any]:
        values = f"label_values({self.metric}, {self.name})"
        return {
            "name": self.name,
            "label": self.label,
            "type": "query",
            "datasource": SOURCE,
            "definition": values,
            "query": {"query": values, "refId": self.name},
            "refresh": 2,
            "multi": True,
            "includeAll": True,
            "allValue": ".*",
            "current": {"text": ["All"], "value": ["$__all"]},
            "sort": 1,
        }


QUEUE = Variable("queue", "Queue", "callcenter_queue_callers")
FLOW = Variable("flow", "Flow", "callcenter_ivr_sessions_total")


@dataclass(frozen=True)
class Dashboard:
    name: str
    """Of its file; its uid ends in it, so it never changes."""
    title: str
    description: str
    panels: Sequence[Panel]
    variables: Sequence[Variable] = ()
    since: str = "now-1h"
    """Beginning of the time shown at first."""

    def text(self) -> str:
        """The file."""
        return json.dumps(self.document(), indent=2, ensure_ascii=False) + "\n"

    def document(self) -> dict[str, Any]:
        return {
            "uid": f"callcenter-{self.name}",
            "title": self.title,
            "description": self.description,
            "tags": ["callcenter"],
            "schemaVersion": 39,
            "version": 1,
            "editable": False,
            "graphTooltip": 1,
            "refresh": "5s" if self.since == "now-1h" else "1m",
            "time": {"from": self.since, "to": "now"},
            "timezone": "browser",
            "annotations": {"list": []},
            "links": [_LINKS],
            "templating": {"list": [variable.document() for variable in self.variables]},
            "panels": [
                panel.document(number, x, y)
                for number, (panel, x, y) in enumerate(self.placed(), start=1)
            ],
        }

    def placed(self) -> list[tuple[Panel, int, int]]:
        """Each panel with its left upper corner (column, row), line by line."""
        corners = []
        x = y = height = 0
        for panel in self.panels:
            if x + panel.width > WIDTH:
                x, y, height = 0, y + height, 0
            corners.append((panel, x, y))
            x, height = x + panel.width, max(height, panel.height)
        return corners


_LINKS = {
    "title": "Contact centre",
    "type": "dashboards",
    "tags": ["callcenter"],
    "asDropdown": True,
    "includeVars": True,
    "keepTime": True,
    "targetBlank": False,
    "icon": "external link",
    "tooltip": "The other dashboards",
    "url": "",
}
"""From each dashboard to the others."""
