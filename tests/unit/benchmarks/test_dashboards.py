"""Pictures of dashboards: every panel in its place, with the values of its queries."""

import json
import re
import threading
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from benchmarks.dashboards import Asked
from benchmarks.panels import picture, written
from ivr.metrics.dashboards import DASHBOARDS
from ivr.metrics.dashboards.panel import Query, bars, lines, stat

DOCS = Path(__file__).parents[3] / "docs"
STAT = stat("How many", "Of them.", "short", "a", base="red", steps=((2, "green"),))
LINES = lines("How long", "It took.", "s", Query("b", "{{queue}}"), stacked=True)
BARS = bars("How often", "It came.", "percentunit", Query("c"), high=1)
EMPTY = lines("What else", "There was.", "s", Query("d"), may_be_empty="nothing came")
PLACED = [(STAT, 0, 0), (LINES, 4, 0), (BARS, 0, 8), (EMPTY, 12, 8)]
DATA = [
    {"": [(0.0, 3.1)]},
    {"<one>": [(0.0, 1.0), (60.0, 4.0)], "two": [(0.0, 0.5), (60.0, 0.5)]},
    {"half": [(60.0, 0.5)]},
    {},
]


def texts(svg: str) -> list[str]:
    root = ET.fromstring(svg)
    return [element.text or "" for element in root.iter("{http://www.w3.org/2000/svg}text")]


def test_a_picture_holds_every_panel_and_its_values() -> None:
    said = texts(picture("All of it", PLACED, DATA))
    assert said[0] == "All of it"
    assert {"How many", "How long", "How often", "What else"} <= set(said)
    assert {"3", "<one>", "4 s", "500 ms", "50.0 %", "no data: nothing came"} <= set(said)
    assert {"1 min ago", "now"} <= set(said)


def test_what_is_stacked_stands_on_what_is_below() -> None:
    data = [DATA[0], {"one": [(0.0, 2.0), (60.0, 4.0)], "two": [(0.0, 0.0), (60.0, 4.0)]}, {}, {}]
    assert "8.4 s" in texts(picture("", PLACED, data)), "the scale has room for both together"


def test_no_line_is_drawn_where_there_was_no_value() -> None:
    line = lines("Gaps", "It has one.", "s", Query("a"))
    points = [(0.0, 1.0), (1.0, 1.0), (5.0, 2.0), (6.0, 2.0)]
    svg = picture("", [(line, 0, 0)], [{"a": points}])
    assert len(re.findall('fill="none"', svg)) == 2


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.8206, "percentunit", "82.1 %"),
        (1.0, "percentunit", "100 %"),
        (0.000181, "s", "181 µs"),
        (0.0447, "s", "44.7 ms"),
        (14.6, "s", "14.6 s"),
        (150.0, "s", "2.5 min"),
        (2_110_000.0, "bytes", "2.11 MB"),
        (3.05, "cpm", "3.05 /min"),
        (0.25, "cps", "0.25 /s"),
        (1234.0, "short", "1,234"),
        (0.5, "short", "0.5"),
    ],
)
def test_values_are_written_with_their_unit(value: float, unit: str, text: str) -> None:
    assert written(value, unit) == text


class Answers(BaseHTTPRequestHandler):
    """As Prometheus does: one series, whatever is asked."""

    def do_GET(self) -> None:
        one: dict[str, Any] = {"metric": {"queue": "sales"}}
        if "query_range" in self.path:
            one["values"] = [[0, "1"], [60, "NaN"], [120, "2"]]
        else:
            one["value"] = [120, "3"]
        body = json.dumps({"data": {"result": [one]}}).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def address() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_lines_are_asked_over_time_and_the_rest_at_once(address: str) -> None:
    asked = Asked(address, 5)
    assert asked.series(LINES) == {"sales": [(0, 1), (120, 2)]}
    assert asked.series(STAT) == {"": [(120, 3)]}


def test_each_dashboard_is_shown_to_readers() -> None:
    page = (DOCS / "howto" / "monitor.md").read_text()
    shown = re.findall(r"!\[.*\]\(\.\./dashboards/([\w-]+)\.svg\)", page)
    assert sorted(shown) == sorted(DASHBOARDS)
    for name in shown:
        said = texts((DOCS / "dashboards" / f"{name}.svg").read_text())
        assert said[0] == DASHBOARDS[name].title
