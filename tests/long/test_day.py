"""10,000 calls of a day in the journal: key figures are the same by three ways that share no code.

Reports read events one by one; SQL asks the raw table; a loop over plain dictionaries counts what
the rows say.
"""

import fcntl
import json
import os
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ivr.journal.stream import HistoryReader
from ivr.kpi.periods import By
from ivr.metrics import Metrics
from ivr.nodes.survey import Survey
from ivr.report.frame import frame
from ivr.report.history import TOPICS, History, event_types
from ivr.report.reports import KINDS, Wanted, tables
from ivr.report.span import Span
from ivr.report.table import Row, Table
from tests.long.day import SITE, day, write
from tests.unit.metrics.conftest import Last, Live, Step, Tree, series

BERLIN = ZoneInfo("Europe/Berlin")
BEGIN = datetime(2026, 3, 2, tzinfo=BERLIN).timestamp()
SPAN = Span(BEGIN, BEGIN + 86400, BERLIN)
BEGIN_MS, END_MS = round(SPAN.begin * 1000), round(SPAN.end * 1000)
HALF_HOUR_MS = 1_800_000
T_S = {name: queue.service_level_s for name, queue in SITE.queues.items()}
SUCCESS = {("company", "menu")}

Figures = dict[Any, dict[str, float]]


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once, by whichever worker comes first."""
    directory = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        directory = directory.parent
    file, part = directory / "day.db", directory / "day.part"
    with (directory / "day.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not file.exists():
            write(f"sqlite:///{part}", day())
            part.rename(file)
    return file


@pytest.fixture(scope="module")
def reported(journal: Path) -> Mapping[str, Table]:
    """By half hour for queues; everything else as one."""
    cuts: tuple[By, ...] = ("interval", "total")
    histories = {by: History(frame(SPAN, by), set(TOPICS), SITE, SUCCESS) for by in cuts}
    reader = HistoryReader.open(f"sqlite:///{journal}")
    try:
        for event in reader.events_from(SPAN.begin, event_types(TOPICS)):
            for history in histories.values():
                history.add(event)
    finally:
        reader.close()
    found = {}
    for by, history in histories.items():
        history.agents.close(SPAN.end)
        for table in tables(list(KINDS), Wanted(SPAN, by, SITE, SUCCESS), history, None):
            found[table.name if by == "total" else f"{table.name} by {by}"] = table
    return found


@pytest.fixture(scope="module")
def sql(journal: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"file:{journal}?mode=ro", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        yield connection


QUEUES_SQL = """
WITH entered AS (
    SELECT call, at_ms, json_extract(data, '$.queue') AS queue FROM events
    WHERE type = 'queue.entered' AND at_ms >= :begin AND at_ms < :end
), left_ AS (
    SELECT call, json_extract(data, '$.outcome') AS outcome, json_extract(data, '$.wait_s') AS wait
    FROM events WHERE type = 'queue.left'
), talks AS (
    SELECT call, count(*) AS talks, sum(json_extract(data, '$.talk_s')) AS talk,
        sum(json_extract(data, '$.hold_s')) AS hold
    FROM events WHERE type = 'conversation.ended' GROUP BY call
), wraps AS (
    SELECT call, sum(json_extract(data, '$.seconds')) AS wrap FROM events
    WHERE type = 'agent.changed' AND json_extract(data, '$.before') = 'wrap_up' GROUP BY call
), called AS (
    SELECT call FROM events
    WHERE type = 'callback.ended' AND json_extract(data, '$.result') = 'completed'
), moved AS (SELECT call FROM events WHERE type = 'call.transferred')
SELECT queue, (at_ms - :begin) / :step AS period,
    count(*) AS entered,
    sum(outcome = 'answered') AS answered,
    sum(outcome = 'answered' AND wait <= CASE queue WHEN 'french' THEN 30 ELSE 20 END)
        AS answered_in_time,
    sum(outcome = 'abandoned') AS abandoned,
    sum(outcome = 'abandoned' AND wait <= CASE queue WHEN 'french' THEN 30 ELSE 20 END)
        AS abandoned_in_time,
    sum(outcome = 'abandoned' AND wait <= 5) AS abandoned_short,
    sum(outcome = 'callback') AS callback,
    sum(CASE WHEN outcome = 'answered' THEN wait ELSE 0 END) AS answered_wait_s,
    sum(called.call IS NOT NULL) AS called_back,
    total(talks) AS conversations, total(talk) AS talk_s, total(hold) AS hold_s,
    total(wrap) AS wrap_up_s, sum(moved.call IS NOT NULL) AS transferred
FROM entered LEFT JOIN left_ USING (call) LEFT JOIN talks USING (call)
    LEFT JOIN wraps USING (call) LEFT JOIN called USING (call) LEFT JOIN moved USING (call)
GROUP BY queue, period
"""

AGENTS_SQL = """
WITH spans AS (
    SELECT agent, json_extract(data, '$.after') AS state, at_ms AS since,
        lead(at_ms, 1, :end) OVER (PARTITION BY agent ORDER BY id) AS until
    FROM events WHERE type = 'agent.changed'
)
SELECT agent, state, sum(min(until, :end) - max(since, :begin)) / 1000.0 AS seconds FROM spans
WHERE state <> 'logged_out' AND since < :end GROUP BY agent, state
"""


def by_sql(sql: sqlite3.Connection, step_ms: int) -> Figures:
    rows = sql.execute(QUEUES_SQL, {"begin": BEGIN_MS, "end": END_MS, "step": step_ms})
    return {
        (row["period"], row["queue"]): {key: row[key] for key in row.keys()[2:]} for row in rows
    }


def by_loop(sql: sqlite3.Connection) -> Figures:
    """The same, for the day as a whole, by counting."""
    found: Figures = defaultdict(lambda: defaultdict(float))
    queue_of: dict[str, str] = {}
    rows = sql.execute("SELECT call, at_ms, type, data FROM events ORDER BY id").fetchall()
    for call, at_ms, kind, data in rows:
        says = json.loads(data)
        if kind == "queue.entered" and BEGIN_MS <= at_ms < END_MS:
            queue_of[call] = says["queue"]
            found[0, says["queue"]]["entered"] += 1
        if call not in queue_of:
            continue
        one, t_s = found[0, queue_of[call]], T_S[queue_of[call]]
        if kind == "queue.left":
            outcome, wait_s = says["outcome"], says["wait_s"]
            one[outcome] += 1
            if outcome in ("answered", "abandoned"):
                one[f"{outcome}_in_time"] += wait_s <= t_s
            one["abandoned_short"] += outcome == "abandoned" and wait_s <= 5
            one["answered_wait_s"] += wait_s if outcome == "answered" else 0
        elif kind == "conversation.ended":
            one["conversations"] += 1
            one["talk_s"] += says["talk_s"]
            one["hold_s"] += says["hold_s"]
        elif kind == "agent.changed" and says["before"] == "wrap_up":
            one["wrap_up_s"] += says["seconds"]
        elif kind == "callback.ended":
            one["called_back"] += says["result"] == "completed"
        elif kind == "call.transferred":
            one["transferred"] += 1
    return {key: dict(one) for key, one in found.items()}


COUNTS = (
    "entered",
    "answered",
    "answered_in_time",
    "abandoned",
    "abandoned_in_time",
    "abandoned_short",
    "callback",
    "called_back",
    "conversations",
    "transferred",
)
SECONDS = ("talk_s", "hold_s", "wrap_up_s")


def counted(row: Row) -> dict[str, Any]:
    return {name: row[name] for name in COUNTS}


def test_queues_by_sql_and_by_hand(reported: Mapping[str, Table], sql: sqlite3.Connection) -> None:
    one, other = by_sql(sql, 10**9), by_loop(sql)
    assert one.keys() == other.keys() == {(0, queue) for queue in SITE.queues}
    assert sum(figures["entered"] for figures in one.values()) > 9000
    for (_, queue), figures in one.items():
        (row,) = [row for row in reported["queues"].rows if row["queue"] == queue]
        assert counted(row) == {name: figures[name] for name in COUNTS}
        assert counted(row) == {name: other[0, queue].get(name, 0) for name in COUNTS}
        for name in SECONDS:
            assert row[name] == pytest.approx(figures[name], abs=1e-6)
            assert row[name] == pytest.approx(other[0, queue][name], abs=1e-6)
        answered, abandoned = figures["answered"], figures["abandoned"]
        short, in_time = figures["abandoned_short"], figures["answered_in_time"]
        assert row["service_level"] == in_time / (answered + abandoned - short)
        assert row["service_level_answered"] == in_time / answered
        assert row["abandonment"] == (abandoned - short) / (answered + abandoned - short)
        assert row["asa_s"] == pytest.approx(figures["answered_wait_s"] / answered)
        handled_s = sum(figures[name] for name in SECONDS)
        assert row["aht_s"] == pytest.approx(handled_s / (answered + figures["called_back"]))
        talks, gone = figures["conversations"], figures["transferred"]
        assert row["routing_accuracy"] == (talks - gone) / talks


def test_half_hours_by_sql(reported: Mapping[str, Table], sql: sqlite3.Connection) -> None:
    found = by_sql(sql, HALF_HOUR_MS)
    rows = [row for row in reported["queues by interval"].rows if row["queue"] in SITE.queues]
    assert len(rows) == 48 * len(SITE.queues)
    for place, row in enumerate(rows):
        figures = found.get((place // len(SITE.queues), row["queue"]), dict.fromkeys(COUNTS, 0))
        assert counted(row) == {name: figures[name] for name in COUNTS}, row["begin"]


def test_half_hours_add_up_to_the_day(reported: Mapping[str, Table]) -> None:
    for queue in SITE.queues:
        (whole,) = [row for row in reported["queues"].rows if row["queue"] == queue]
        parts = [row for row in reported["queues by interval"].rows if row["queue"] == queue]
        assert {name: sum(int(part[name] or 0) for part in parts) for name in COUNTS} == counted(
            whole
        )


STATES = {
    "available": "available_s",
    "on_call": "on_call_s",
    "wrap_up": "wrap_up_s",
    "paused": "paused_s",
}


def test_agents_time_by_sql(reported: Mapping[str, Table], sql: sqlite3.Connection) -> None:
    spent: dict[str, Counter[str]] = defaultdict(Counter)
    for row in sql.execute(AGENTS_SQL, {"begin": BEGIN_MS, "end": END_MS}):
        spent[row["agent"]][row["state"]] += row["seconds"]
    rows = {row["agent"]: row for row in reported["agents"].rows if row["agent"] in SITE.agents}
    assert spent.keys() == rows.keys() == SITE.agents.keys()
    for agent, seconds in spent.items():
        row, ringing = rows[agent], seconds["ringing"] + seconds["reserved"]
        for state, name in STATES.items():
            assert row[name] == pytest.approx(seconds[state], abs=0.01)
        busy = ringing + seconds["on_call"] + seconds["wrap_up"]
        assert row["occupancy"] == pytest.approx(busy / (busy + seconds["available"]), abs=1e-5)
        assert row["logged_in_s"] == pytest.approx(sum(seconds.values()), abs=0.01)


def test_agents_day_is_the_sum_of_its_half_hours(reported: Mapping[str, Table]) -> None:
    for agent in SITE.agents:
        (whole,) = [row for row in reported["agents"].rows if row["agent"] == agent]
        parts = [row for row in reported["agents by interval"].rows if row["agent"] == agent]
        for name in ("logged_in_s", "on_call_s", "paused_s", "conversations", "missed"):
            assert sum(float(part[name] or 0) for part in parts) == pytest.approx(whole[name])


def test_flows_surveys_and_callers_by_sql(
    reported: Mapping[str, Table], sql: sqlite3.Connection
) -> None:
    within = {"begin": BEGIN_MS, "end": END_MS}
    nodes = sql.execute(
        "SELECT json_extract(data, '$.node') AS node, count(*) AS entries FROM events "
        "WHERE type = 'node.entered' GROUP BY node"
    )
    entries = {row["node"]: row["entries"] for row in nodes}
    assert {row["node"]: row["entries"] for row in reported["nodes"].rows} == entries
    calls, callers = sql.execute(
        "SELECT count(*), count(DISTINCT nullif(json_extract(data, '$.caller'), '')) FROM events "
        "WHERE type = 'call.started' AND at_ms >= :begin AND at_ms < :end",
        within,
    ).fetchone()
    (again,) = sql.execute(
        "SELECT count(*) FROM (SELECT 1 FROM events WHERE type = 'call.started' AND "
        "json_extract(data, '$.caller') <> '' GROUP BY json_extract(data, '$.caller') "
        "HAVING count(*) > 1)"
    ).fetchone()
    (row,) = reported["callers"].rows
    assert (row["calls"], row["callers"], row["returned"]) == (calls, callers, again)
    assert row["repeat_callers"] == again / callers
    marks = sql.execute(
        "SELECT avg(json_extract(data, '$.score') >= 4) FROM events WHERE type = 'survey.answered' "
        "AND at_ms >= :begin AND at_ms < :end",
        within,
    ).fetchone()
    (whole,) = [row for row in reported["surveys"].rows if row["queue"] == "any"]
    assert whole["csat"] == pytest.approx(marks[0])
    (flow,) = reported["flows"].rows
    assert flow["sessions"] == calls


COUNTED_SQL = {
    "queue_calls_total": """
        SELECT json_extract(data, '$.queue'), json_extract(data, '$.outcome'), count(*)
        FROM events WHERE type = 'queue.left' GROUP BY 1, 2""",
    "queue_calls_entered_total": """
        SELECT json_extract(data, '$.queue'), count(*) FROM events
        WHERE type = 'queue.entered' GROUP BY 1""",
    "ivr_node_entries_total": """
        SELECT json_extract(data, '$.flow'), json_extract(data, '$.node'), count(*) FROM events
        WHERE type = 'node.entered' GROUP BY 1, 2""",
    "calls_total": """
        SELECT 'inbound', json_extract(data, '$.flow'), json_extract(data, '$.result'), count(*)
        FROM events WHERE type = 'call.ended' GROUP BY 2, 3""",
    "survey_responses_total": """
        SELECT json_extract(data, '$.survey'), json_extract(data, '$.score'), count(*)
        FROM events WHERE type = 'survey.answered' GROUP BY 1, 2""",
    "agent_state_seconds_total": """
        SELECT json_extract(data, '$.before'), sum(json_extract(data, '$.seconds'))
        FROM events WHERE type = 'agent.changed' AND json_extract(data, '$.before') <> 'logged_out'
        GROUP BY 1""",
    "queue_talk_seconds_sum": """
        SELECT json_extract(data, '$.queue'), sum(json_extract(data, '$.talk_s'))
        FROM events WHERE type = 'conversation.ended' GROUP BY 1""",
}
LABELS = {
    "queue_calls_total": ("queue", "outcome"),
    "queue_calls_entered_total": ("queue",),
    "ivr_node_entries_total": ("flow", "node"),
    "calls_total": ("direction", "flow", "result"),
    "survey_responses_total": ("survey", "score"),
    "agent_state_seconds_total": ("state",),
    "queue_talk_seconds_sum": ("queue",),
}
ASK = Survey.model_validate(
    {
        "survey": "service",
        "kind": "csat",
        "prompt": "How was it?",
        "next": "bye",
        "no_input": "bye",
        "no_match": "bye",
    }
)
FLOWS = {"company": Tree({"menu": Step(), "wait": Step(), "ask": ASK, "bye": Last()})}


def test_what_prometheus_counts_is_what_the_journal_holds(sql: sqlite3.Connection) -> None:
    metrics = Metrics(SITE, FLOWS, Live())
    for event in day():
        metrics.record(event)
    scraped = series(metrics)
    for name, query in COUNTED_SQL.items():
        expected = {}
        for *labels, amount in map(tuple, sql.execute(query)):
            pairs = sorted(zip(LABELS[name], map(str, labels), strict=True))
            if amount:
                expected[f"callcenter_{name}{pairs}"] = amount
        found = {
            key: value
            for key, value in scraped.items()
            if key.startswith(f"callcenter_{name}[") and value
        }
        assert expected
        assert found == pytest.approx(expected), name
