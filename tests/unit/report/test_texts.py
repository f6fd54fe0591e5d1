"""What becomes of a table: CSV that no spreadsheet runs, JSON that tells formulas, HTML as text."""

import csv
import io
import json
from zoneinfo import ZoneInfo

import pytest

from ivr.report.page import page
from ivr.report.span import Span
from ivr.report.table import Cell, Column, Table, change, duration, shown, text
from ivr.report.texts import as_json, table_as_csv

SPAN = Span(0, 86400, ZoneInfo("UTC"))
LEVEL = Column("service_level", "service level", "share", "offered_minus_short")
NOISE = Column("noise", "noise", detail=True)


def table(name: str = "billing", level: float | None = 0.82061, *, compared: bool = False) -> Table:
    rows = [{"queue": name, "service_level": level, "noise": 3}]
    before = [{"queue": name, "service_level": 0.8, "noise": 2}] if compared else None
    return Table("queues", "Queues", [text("queue")], [LEVEL, NOISE], rows, before)


def read(found: Table) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO("".join(table_as_csv(found)), newline="")))


@pytest.mark.parametrize("bad", ["=1+1", "+49", "-x", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_no_text_is_a_formula_for_a_spreadsheet(bad: str) -> None:
    assert read(table(bad))[0]["queue"] == "'" + bad


def test_quotes_commas_and_line_ends_come_back_as_they_were() -> None:
    name = 'a "b", c\r\nd'
    assert read(table(name))[0]["queue"] == name


def test_csv_has_all_columns_and_leaves_empty_what_there_is_not() -> None:
    row = read(table(level=None, compared=True))[0]
    assert row == {
        "queue": "billing",
        "service_level": "",
        "noise": "3",
        "service_level_before": "0.8",
        "noise_before": "2",
    }


def test_json_tells_unit_formula_and_its_text() -> None:
    told = json.loads(as_json(SPAN, [table(compared=True)], ["a note"]))
    columns = {one["name"]: one for one in told["tables"][0]["columns"]}
    assert columns["service_level"]["formula"] == "offered_minus_short"
    assert columns["service_level"]["unit"] == "share"
    assert "A_T / (A + B - S)" in told["formulas"]["offered_minus_short"]
    assert told["tables"][0]["rows"][0]["before"]["service_level"] == 0.8
    assert (told["timezone"], told["notes"]) == ("UTC", ["a note"])
    assert told["before"]["begin"] == "1969-12-31 00:00"


def test_a_page_shows_everything_from_outside_as_text_and_loads_nothing() -> None:
    html = page("<i>", SPAN, [table("<script>alert(1)</script>")], [], ["<b>"])
    assert "<script" not in html
    assert "<i>" not in html
    assert "<b>" not in html
    assert "http:" not in html
    assert "default-src 'none'" in html


def test_a_page_tells_the_formula_and_the_change() -> None:
    html = page("day", SPAN, [table(compared=True)], [], [])
    assert "<dt>offered_minus_short</dt>" in html
    assert '82.1 % <span class="note">+2.1</span>' in html
    assert "noise" not in html


@pytest.mark.parametrize(
    ("unit", "value", "told"),
    [
        ("share", None, "–"),
        ("share", 0.0, "0.0 %"),
        ("count", 1234567, "1 234 567"),
        ("points", -0.25, "-25"),
        ("mark", 5.5, "5.50"),
        ("seconds", 59.94, "59.9 s"),
        ("seconds", 65, "1:05"),
        ("text", "x", "x"),
    ],
)
def test_figures_in_their_unit(unit: str, value: Cell, told: str) -> None:
    assert shown(Column("c", "c", unit), value) == told  # type: ignore[arg-type]


def test_durations() -> None:
    assert [duration(one) for one in (0, 60, 3600, 39725, -90)] == [
        "0.0 s",
        "1:00",
        "1:00:00",
        "11:02:05",
        "-1:30",
    ]


def test_there_is_no_change_from_nothing() -> None:
    assert change(LEVEL, 0.5, None) == ""
    assert change(LEVEL, None, 0.5) == ""
    assert change(Column("s", "s", "seconds"), 10, 75) == "-1:05"
    assert change(Column("s", "s", "seconds"), 75, 10) == "+1:05"
