"""Whole reports from a short history: which lines there are, and what they say."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import pytest

from ivr.kpi.formulas import FORMULAS
from ivr.kpi.periods import By
from ivr.model import events
from ivr.model.agents import AgentState as S
from ivr.model.agents import QueueOutcome as Q
from ivr.model.site import Site
from ivr.report.frame import frame
from ivr.report.history import TOPICS, History, event_types
from ivr.report.plots import fine, plots
from ivr.report.reports import KINDS, Wanted, tables, topics
from ivr.report.span import Span
from ivr.report.table import Row, Table
from tests.unit.kpi.stories import (
    disposed,
    ended,
    entered,
    left,
    moved,
    started,
    talk_began,
    talk_ended,
)

SITE = Site.model_validate(
    {
        "numbers": {"600": "main"},
        "skills": {},
        "teams": {"care": "Care", "night": "Night"},
        "agents": {
            "mia": {"name": "Mia", "extension": "1001", "team": "care"},
            "tom": {"name": "Tom", "extension": "1002", "team": "night"},
        },
        "queues": {"billing": {"title": "Billing"}, "claims": {"title": "Claims"}},
        "emergency": {"say": "Sorry", "ring": ["1001"]},
    }
)
SPAN = Span(0.0, 7200.0, ZoneInfo("UTC"))
STORY: Sequence[events.Event] = (
    moved(0, S.LOGGED_OUT, S.AVAILABLE, 0),
    started(10),
    entered(10),
    moved(30, S.AVAILABLE, S.ON_CALL, 30, "a"),
    left(30, 20, Q.ANSWERED),
    talk_began(30),
    moved(130, S.ON_CALL, S.AVAILABLE, 100, "a"),
    talk_ended(130, 100),
    ended(130, result="completed"),
    started(4000, "b"),
    entered(4000, "b"),
    left(4030, 30, Q.ABANDONED, "b"),
    ended(4030, "b"),
)


def history(by: By, names: Sequence[str], told: Sequence[events.Event] = STORY) -> History:
    found = History(frame(SPAN, by), topics(names), SITE, set())
    for event in told:
        found.add(event)
    found.agents.close(SPAN.end)
    return found


def table(name: str, by: By = "total", before: History | None = None) -> Table:
    wanted = Wanted(SPAN, by, SITE, set())
    return tables([name], wanted, history(by, [name]), before)[0]


def line(rows: Sequence[Row], **about: str) -> Row:
    (found,) = [row for row in rows if about.items() <= row.items()]
    return found


def test_queues_each_and_all_together() -> None:
    rows = table("queues").rows
    assert [row["queue"] for row in rows] == ["billing", "claims", "all queues"]
    assert line(rows, queue="billing")["service_level"] == 0.5
    assert line(rows, queue="all queues")["asa_s"] == 20


def test_a_queue_without_calls_has_no_figures_and_not_zero() -> None:
    row = line(table("queues").rows, queue="claims")
    figures = [one.name for one in table("queues").figures if one.formula]
    assert {row[name] for name in figures} == {None}
    assert row["entered"] == 0


def test_hours_are_lines_of_their_own() -> None:
    rows = table("queues", "hour").rows
    first = line(rows, begin="1970-01-01 00:00", queue="billing")
    second = line(rows, begin="1970-01-01 01:00", queue="billing")
    assert (first["service_level"], second["service_level"]) == (1.0, 0.0)
    assert first["utc_offset"] == "UTC+00:00"


def test_agents_and_teams() -> None:
    agents, teams = table("agents").rows, table("teams").rows
    assert line(agents, agent="mia")["logged_in_s"] == 7200
    assert line(agents, agent="mia")["occupancy"] == pytest.approx(100 / 7200)
    assert line(agents, agent="tom")["occupancy"] is None
    assert line(teams, team="care")["conversations"] == 1
    assert line(teams, team="night")["logged_in_s"] == 0


def test_an_agent_the_site_does_not_name_any_more_is_in_no_team() -> None:
    gone = moved(0, S.AVAILABLE, S.LOGGED_OUT, 0, agent="old")
    found = history("total", ["teams"], [moved(0, S.LOGGED_OUT, S.AVAILABLE, 0, agent="old"), gone])
    found.agents.add(moved(10, S.AVAILABLE, S.LOGGED_OUT, 10, agent="old"))
    rows = tables(["teams"], Wanted(SPAN, "total", SITE, set()), found, None)[0].rows
    assert line(rows, team="no team")["logged_in_s"] == 10


def test_flows_nodes_and_callers() -> None:
    assert line(table("flows").rows, flow="main")["sessions"] == 2
    assert line(table("callers").rows)["repeat_callers"] == 1.0
    assert table("nodes").rows == []
    assert table("surveys").rows == []


def test_dispositions_by_queue_and_what_was_said_last_counts() -> None:
    more = [
        *(talk_ended(at, 30, hold_s=10, call=call) for at, call in ((40, "b"), (50, "c"))),
        *(disposed(at, call, code) for at, call, code in ((35, "b", "sold"), (51, "c", "later"))),
        disposed(60, "c", "sold"),
    ]
    found = history("total", ["dispositions"], [*STORY, *more])
    rows = tables(["dispositions"], Wanted(SPAN, "total", SITE, set()), found, None)[0].rows
    sold, silent = line(rows, code="sold"), line(rows, code="\N{EN DASH}")
    assert (sold["queue"], sold["title"], sold["group"]) == ("billing", "Sold", "Well")
    assert (sold["conversations"], sold["talk_s"], sold["talk_mean_s"]) == (2, 80, 40)
    assert (sold["share"], silent["conversations"]) == (pytest.approx(2 / 3), 1)
    assert len(rows) == 2


def test_a_queue_of_which_nothing_was_said_at_all_is_told_when_the_site_has_dispositions() -> None:
    billing = SITE.queues["billing"].model_copy(update={"dispositions": {"sold": "Sold"}})
    site = SITE.model_copy(update={"queues": SITE.queues | {"billing": billing}})
    wanted = Wanted(SPAN, "total", site, set())
    rows = tables(["dispositions"], wanted, history("total", ["dispositions"]), None)[0].rows
    (row,) = rows
    assert (row["queue"], row["code"], row["share"]) == ("billing", "\N{EN DASH}", 1.0)


def test_queues_that_know_no_dispositions_are_left_out() -> None:
    assert table("dispositions").rows == []


def test_several_versions_of_a_flow_are_also_told_as_one() -> None:
    again = [started(20, "c", version="v2"), ended(30, "c")]
    found = history("total", ["flows"], [*STORY, *again])
    rows = tables(["flows"], Wanted(SPAN, "total", SITE, set()), found, None)[0].rows
    assert {row["version"]: row["sessions"] for row in rows} == {
        "v1": 2,
        "v2": 1,
        "all versions": 3,
    }


def test_compared_line_by_line_with_the_same_line_of_before() -> None:
    before = history("total", ["queues"], [entered(10), left(90, 80, Q.ANSWERED)])
    found = table("queues", before=before)
    assert found.before is not None
    assert [row and row["service_level"] for row in found.before] == [0.0, None, 0.0]


@pytest.mark.parametrize("name", list(KINDS))
def test_every_share_and_average_tells_a_formula_that_there_is(name: str) -> None:
    found = table(name)
    assert set(found.formulas) <= FORMULAS.keys()
    told = {one.name for one in found.columns if one.formula}
    plain = {"talk_mean_s", "reached", "wait_max_s", "stay_mean_s", "visit_mean_s"}
    assert {one.name for one in found.figures if one.unit in ("share", "points", "mark")} <= (
        told | plain
    )
    assert {key for row in found.rows for key in row} <= {one.name for one in found.columns}


def test_a_history_takes_only_what_its_topics_are_made_of() -> None:
    kinds = event_types(TOPICS)
    assert {event.type for event in STORY} <= kinds
    assert not history("total", ["surveys"]).queues.figures


def test_pictures_of_every_report_that_has_one() -> None:
    wanted = Wanted(SPAN, "total", SITE, set())
    drawn = plots(list(KINDS), wanted, history(fine(SPAN), list(KINDS)))
    assert [title for title, _ in drawn] == [
        "Calls by half hour",
        "Service level (offered_minus_short) by half hour",
        "Occupancy by agent",
    ]
    assert all(plot.startswith("<svg") for _, plot in drawn)


def test_nothing_is_drawn_of_nothing() -> None:
    wanted = Wanted(SPAN, "total", SITE, set())
    assert plots(list(KINDS), wanted, history(fine(SPAN), list(KINDS), [])) == []
