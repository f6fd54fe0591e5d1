"""Draws what the dashboards' queries answer now, panel by panel, into docs/dashboards.

    .venv/bin/python -m benchmarks.dashboards --prometheus http://127.0.0.1:9090 --minutes 30

Grafana is not needed: the queries are those of the dashboards, the data is Prometheus's, the
drawing is ours.
"""

import argparse
import json
import math
import re
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.panels import Point, Series, picture
from ivr.metrics.dashboards import DASHBOARDS
from ivr.metrics.dashboards.panel import Panel, Query

DIRECTORY = Path(__file__).parents[1] / "docs" / "dashboards"
POINTS = 200
"""Of each line."""


class Asked:
    """A Prometheus, asked about the latest minutes."""

    def __init__(self, address: str, minutes: int) -> None:
        self._address = address
        self._end = time.time()
        self._seconds = minutes * 60
        self._variables = {
            "$queue": ".*",
            "$flow": ".*",
            "$__rate_interval": "1m",
            "$__range": f"{minutes}m",
        }

    def series(self, panel: Panel) -> Series:
        """What the panel would show, by legend."""
        found: dict[str, list[Point]] = {}
        for query in panel.queries:
            for one in self._answer(query, over_time=panel.kind == "timeseries"):
                values = one.get("values") or [one["value"]]
                points = [(float(at), float(value)) for at, value in values]
                name = _legend(query, one["metric"])
                found[name] = [point for point in points if math.isfinite(point[1])]
        return found

    def _answer(self, query: Query, *, over_time: bool) -> list[dict[str, Any]]:
        expression = query.expr
        for name, value in self._variables.items():
            expression = expression.replace(name, value)
        asked: dict[str, str | float] = {"query": expression, "time": self._end}
        if over_time:
            begin, step = self._end - self._seconds, self._seconds / POINTS
            asked = {"query": expression, "start": begin, "end": self._end, "step": step}
        kind = "query_range" if over_time else "query"
        url = f"{self._address}/api/v1/{kind}?{urllib.parse.urlencode(asked)}"
        with urllib.request.urlopen(url, timeout=30) as answer:  # noqa: S310 - one's own address
            result: list[dict[str, Any]] = json.load(answer)["data"]["result"]
        return result


def _legend(query: Query, labels: Mapping[str, str]) -> str:
    return re.sub(r"\{\{(\w+)\}\}", lambda found: labels.get(found[1], ""), query.legend)


def main() -> None:
    parser = argparse.ArgumentParser("benchmarks.dashboards", description=__doc__)
    parser.add_argument("--prometheus", default="http://127.0.0.1:9090", help="its address")
    parser.add_argument("--minutes", type=int, default=30, help="how far back")
    options = parser.parse_args()
    asked = Asked(options.prometheus, options.minutes)
    DIRECTORY.mkdir(exist_ok=True)
    for name, dashboard in DASHBOARDS.items():
        try:
            data = [asked.series(panel) for panel in dashboard.panels]
        except OSError as error:
            sys.exit(f"error: Prometheus at {options.prometheus}: {error}")
        file = DIRECTORY / f"{name}.svg"
        file.write_text(picture(dashboard.title, dashboard.placed(), data), encoding="utf-8")
        print(file)


if __name__ == "__main__":
    main()
