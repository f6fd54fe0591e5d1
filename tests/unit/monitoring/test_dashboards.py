"""Dashboards ask only for what the registry has, and can be read by a person."""

import json
import re
import subprocess
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import yaml

from ivr.metrics.dashboards import DASHBOARDS
from ivr.metrics.metrics import ALL_TOPICS
from ivr.metrics.recording_rules import recorded_names
from ivr.metrics.topic import PREFIX
from tests.unit.monitoring.names import series_names

PROMTOOL = "promtool"
MONITORING = Path(__file__).parents[3] / "monitoring"
DASHBOARDS_FILES = sorted((MONITORING / "grafana" / "dashboards").glob("*.json"))
PROVISIONING = MONITORING / "grafana" / "provisioning"
UIDS = {
    "agents": "callcenter-agents",
    "ivr-funnel": "callcenter-ivr-funnel",
    "live-queues": "callcenter-live-queues",
    "quality": "callcenter-quality",
    "system": "callcenter-system",
}
"""File -> uid: links and bookmarks hold it, so it never changes."""

UNITS = {"short", "s", "percentunit", "cpm", "cps", "bytes"}
BUILT_IN = {"__rate_interval", "__range"}
EMPTY_MAX = 10
"""Panels that may be empty; who adds one more should rather mend its query."""
NOT_SHOWN: set[str] = set()
"""Metrics on no dashboard."""
WIDTH = 24

Panel = dict[str, Any]


@pytest.fixture(params=DASHBOARDS_FILES, ids=lambda path: path.stem)
def path(request: pytest.FixtureRequest) -> Path:
    found: Path = request.param
    return found


@pytest.fixture
def dashboard(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_text())
    return document


@pytest.fixture
def panels(dashboard: dict[str, Any]) -> list[Panel]:
    found: list[Panel] = dashboard["panels"]
    return found


@pytest.fixture
def queries(dashboard: dict[str, Any], panels: list[Panel]) -> list[str]:
    return [target["expr"] for panel in panels for target in panel["targets"]]


def test_there_is_a_dashboard() -> None:
    assert [path.stem for path in DASHBOARDS_FILES] == sorted(UIDS)


def test_identity_is_stable(path: Path, dashboard: dict[str, Any]) -> None:
    assert dashboard["uid"] == UIDS[path.stem]
    assert dashboard["title"]
    assert dashboard["description"]


def test_every_panel_says_what_it_shows_and_in_which_unit(panels: list[Panel]) -> None:
    assert len({panel["id"] for panel in panels}) == len(panels)
    assert len({panel["title"] for panel in panels}) == len(panels)
    assert [panel["title"] for panel in panels if len(panel["description"]) < 15] == []
    units = {panel["fieldConfig"]["defaults"]["unit"] for panel in panels}
    assert units <= UNITS


def test_panels_lie_side_by_side(panels: list[Panel]) -> None:
    boxes = [(panel["title"], panel["gridPos"]) for panel in panels]
    assert [title for title, box in boxes if box["x"] + box["w"] > WIDTH] == []
    overlapping = [
        (first, second)
        for (first, a), (second, b) in combinations(boxes, 2)
        if a["x"] < b["x"] + b["w"]
        and b["x"] < a["x"] + a["w"]
        and a["y"] < b["y"] + b["h"]
        and b["y"] < a["y"] + a["h"]
    ]
    assert overlapping == []


def test_choices_are_offered_and_used(dashboard: dict[str, Any], queries: list[str]) -> None:
    used = {name for query in queries for name in re.findall(r"\$(\w+)", query)}
    offered = {variable["name"]: variable for variable in dashboard["templating"]["list"]}
    assert used - BUILT_IN == set(offered)
    known = series_names()
    for name, variable in offered.items():
        asked = re.fullmatch(r"label_values\((\w+), (\w+)\)", variable["definition"])
        assert asked is not None
        metric, label = asked.groups()
        assert label == name
        assert label in known[metric].labels


def test_what_may_be_empty_says_why_and_is_little() -> None:
    reasons = [
        panel.may_be_empty
        for dashboard in DASHBOARDS.values()
        for panel in dashboard.panels
        if panel.may_be_empty
    ]
    assert len(reasons) <= EMPTY_MAX
    assert [reason for reason in reasons if len(reason) < 15] == []


def test_every_metric_is_on_a_dashboard() -> None:
    text = "".join(path.read_text() for path in DASHBOARDS_FILES)
    text += (MONITORING / "rules" / "recording.yml").read_text()
    shown = set(re.findall(rf"{PREFIX}\w+", text))
    specs = {spec.name for topic in ALL_TOPICS for spec in topic.specs}
    by_name = {name: spec.name for name, spec in series_names().items()}
    assert specs - {by_name[name] for name in shown} == NOT_SHOWN


def test_windows_follow_the_scrape_or_the_chosen_time(queries: list[str]) -> None:
    windows = {window for query in queries for window in re.findall(r"\[([^\]]*)\]", query)}
    assert windows <= {"$__rate_interval", "$__range"}
    assert [
        query for query in queries if "rate(" in query and "$__rate_interval" not in query
    ] == []


def test_queries_use_only_metrics_and_labels_of_the_registry(queries: list[str]) -> None:
    known = series_names()
    used = {name for query in queries for name in re.findall(rf"{PREFIX}\w+", query)}
    assert used - set(known) == set()
    recorded = {name for query in queries for name in re.findall(r"\w+:\w+:\w+", query)}
    assert recorded <= set(recorded_names())
    for query in queries:
        for name, matchers in re.findall(rf"({PREFIX}\w+)\{{([^}}]*)\}}", query):
            labels = set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", matchers))
            assert labels <= set(known[name].labels), query


def test_counters_are_never_shown_raw(queries: list[str]) -> None:
    counters = {name for name, spec in series_names().items() if spec.kind == "counter"}
    for query in queries:
        for name in counters & set(re.findall(rf"{PREFIX}\w+", query)):
            assert re.search(rf"(rate|increase)\({name}\b", query), query


def test_prometheus_can_parse_every_query(queries: list[str], tmp_path: Path) -> None:
    rules = [
        {
            "record": f"panel:query:{number}",
            "expr": query.replace("$__rate_interval", "1m").replace("$__range", "1h"),
        }
        for number, query in enumerate(queries)
    ]
    file = tmp_path / "rules.yml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}))
    check = subprocess.run(
        [PROMTOOL, "check", "rules", str(file)], capture_output=True, text=True, check=False
    )
    assert check.returncode == 0, check.stdout + check.stderr
    assert f"{len(queries)} rules found" in check.stdout


def test_every_source_is_the_one_provisioned(dashboard: dict[str, Any]) -> None:
    sources = yaml.safe_load((PROVISIONING / "datasources" / "prometheus.yml").read_text())
    (source,) = sources["datasources"]
    used = set(re.findall(r'"uid": "([^"]*prometheus[^"]*)"', json.dumps(dashboard)))
    assert used == {source["uid"]}
