"""One panel: what it asks, what it tells, how it looks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

SOURCE = {"type": "prometheus", "uid": "callcenter-prometheus"}
"""The data source that `monitoring/grafana/provisioning` makes."""

Kind = Literal["stat", "timeseries", "bargauge"]
Steps = Sequence[tuple[float, str]]
"""From this value on, this colour; below the first one the colour is the panel's `base`."""


@dataclass(frozen=True)
class Query:
    expr: str
    """PromQL; `$queue`, `$flow`, `$__rate_interval` and `$__range` are put in by Grafana."""
    legend: str = ""
    """Name of a series; `{{label}}` stands for the label's value."""


@dataclass(frozen=True)
class Panel:
    kind: Kind
    title: str
    description: str
    unit: str
    queries: tuple[Query, ...]
    width: int
    height: int
    base: str = "green"
    steps: Steps = ()
    stacked: bool = False
    low: float | None = 0
    high: float | None = None
    may_be_empty: str = ""
    """Why a sound server under traffic may have no data for it; empty: it always has."""

    def document(self, number: int, x: int, y: int) -> dict[str, Any]:
        """As Grafana reads it, at this place."""
        return {
            "id": number,
            "type": self.kind,
            "title": self.title,
            "description": self.description,
            "datasource": SOURCE,
            "gridPos": {"x": x, "y": y, "w": self.width, "h": self.height},
            "targets": [
                self._target(query, letter)
                for query, letter in zip(self.queries, "ABCDEF", strict=False)
            ],
            "options": _OPTIONS[self.kind],
            "fieldConfig": {"defaults": self._defaults(), "overrides": []},
        }

    def _target(self, query: Query, letter: str) -> dict[str, Any]:
        instant = self.kind != "timeseries"
        return {
            "refId": letter,
            "datasource": SOURCE,
            "editorMode": "code",
            "expr": query.expr,
            "legendFormat": query.legend,
            "instant": instant,
            "range": not instant,
        }

    def _defaults(self) -> dict[str, Any]:
        bounds = {"min": self.low, "max": self.high}
        defaults: dict[str, Any] = {
            "unit": self.unit,
            **{name: value for name, value in bounds.items() if value is not None},
        }
        if self.kind == "timeseries":
            return defaults | {"color": {"mode": "palette-classic"}, "custom": self._lines()}
        if self.unit == "short":
            defaults["decimals"] = 0  # Prometheus extrapolates: 12 calls may come as 12.1
        steps = [(None, self.base), *self.steps]
        return defaults | {
            "color": {"mode": "thresholds"},
            "thresholds": {
                "mode": "absolute",
                "steps": [{"color": colour, "value": value} for value, colour in steps],
            },
        }

    def _lines(self) -> dict[str, Any]:
        return {
            "drawStyle": "line",
            "lineInterpolation": "stepAfter",
            "lineWidth": 1,
            "fillOpacity": 40 if self.stacked else 10,
            "showPoints": "never",
            "stacking": {"mode": "normal" if self.stacked else "none", "group": "A"},
        }


_REDUCED = {
    "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
    "orientation": "auto",
}
_OPTIONS: dict[Kind, dict[str, Any]] = {
    "stat": {
        **_REDUCED,
        "colorMode": "value",
        "graphMode": "none",
        "textMode": "auto",
        "justifyMode": "auto",
    },
    "bargauge": {
        **_REDUCED,
        "orientation": "horizontal",
        "displayMode": "basic",
        "showUnfilled": True,
        "valueMode": "text",
    },
    "timeseries": {
        "legend": {
            "displayMode": "table",
            "placement": "right",
            "calcs": ["lastNotNull", "max"],
            "sortBy": "Max",
            "sortDesc": True,
            "showLegend": True,
        },
        "tooltip": {"mode": "multi", "sort": "desc"},
    },
}


def stat(
    title: str,
    description: str,
    unit: str,
    expr: str,
    *,
    base: str = "green",
    steps: Steps = (),
    high: float | None = None,
    may_be_empty: str = "",
) -> Panel:
    """One number, a sixth of the width."""
    return Panel(
        "stat",
        title,
        description,
        unit,
        (Query(expr),),
        width=4,
        height=4,
        base=base,
        steps=steps,
        high=high,
        may_be_empty=may_be_empty,
    )


def lines(
    title: str,
    description: str,
    unit: str,
    *queries: Query,
    stacked: bool = False,
    low: float | None = 0,
    high: float | None = None,
    may_be_empty: str = "",
) -> Panel:
    """Series over time, half the width."""
    return Panel(
        "timeseries",
        title,
        description,
        unit,
        queries,
        width=12,
        height=8,
        stacked=stacked,
        low=low,
        high=high,
        may_be_empty=may_be_empty,
    )


def bars(
    title: str, description: str, unit: str, *queries: Query, high: float | None = None
) -> Panel:
    """One bar for each series, over the chosen time, half the width."""
    return Panel(
        "bargauge", title, description, unit, queries, width=12, height=8, base="blue", high=high
    )
