"""Flows: what became of visits, and where callers go, wait and hang up."""

from collections.abc import Iterable

from ivr.kpi import containment, node_abandonment
from ivr.kpi.flow_history import HANGUP, FlowFigures, FlowHistory, FlowKey, NodeFigures
from ivr.report.frame import Lines, Shape
from ivr.report.table import Cell, Column, Row, text

ALL = "all versions"
OUTCOMES = ("contained", "agent", "completed", "abandoned", "error", "lost")
NOTES = (
    "A call counts in the period in which it began, for the version it began with.",
    "contained: reached a node marked `success` (as the flows have it now) without an agent; "
    "completed: the flow ended without either; abandoned: the caller hung up before either.",
)
FLOWS = Shape(
    "flows",
    "Flows",
    [text("flow"), text("version")],
    [
        Column("sessions", "visits"),
        *(Column(one, one) for one in OUTCOMES),
        Column("under_way", "under way", detail=True),
        Column("containment", "containment", "share", "containment"),
        Column("visit_mean_s", "mean visit", "seconds"),
    ],
    NOTES,
)
NODES = Shape(
    "nodes",
    "Nodes",
    [text("flow"), text("version"), text("node")],
    [
        Column("entries", "entries"),
        Column("reached", "of visits", "share"),
        Column("hangups", "hang-ups"),
        Column("node_abandonment", "hang up here", "share", "node_abandonment"),
        Column("stay_mean_s", "mean stay", "seconds"),
        Column("no_input", "no input"),
        Column("no_match", "no match"),
        Column("exits", "leave by", "text"),
    ],
    (
        "of visits: entries / visits that began with this flow and version; above 100 % where "
        "callers come back or other flows lead here.",
    ),
)


def flow_lines(history: FlowHistory) -> Lines:
    """In the order of the names; only flows that were called. Several versions also as one."""
    found: dict[tuple[int | str, ...], Row] = {}
    flows: dict[tuple[int, str], list[FlowKey]] = {}
    for key in sorted(history.flows):
        flows.setdefault(key[:2], []).append(key)
    for (period, flow), keys in flows.items():
        found.update({tuple(key): _flow_row(history.flows[key]) for key in keys})
        if len(keys) > 1:
            whole = _together([history.flows[key] for key in keys])
            found[period, flow, ALL] = _flow_row(whole)
    return found


def _together(parts: Iterable[FlowFigures]) -> FlowFigures:
    whole = FlowFigures()
    for one in parts:
        whole.sessions += one.sessions
        whole.outcomes.update(one.outcomes)
        whole.seconds += one.seconds
    return whole


def node_lines(history: FlowHistory) -> Lines:
    """The nodes of a flow in the order of how many callers came there."""
    keys = sorted(
        history.nodes,
        key=lambda key: (key.period, key.flow, key.version, -history.nodes[key].entries, key.node),
    )
    found: dict[tuple[int | str, ...], Row] = {}
    for key in keys:
        flow = history.flows.get(FlowKey(*key[:3]))
        visits = flow.sessions if flow else 0
        found[tuple(key)] = _node_row(history.nodes[key], visits)
    return found


def _flow_row(one: FlowFigures) -> Row:
    over = one.outcomes.total()
    counts: dict[str, Cell] = {name: one.outcomes[name] for name in OUTCOMES}
    return {
        "sessions": one.sessions,
        **counts,
        "under_way": one.sessions - over,
        "containment": containment(one.outcomes["contained"], one.sessions),
        "visit_mean_s": one.seconds / over if over else None,
    }


def _node_row(one: NodeFigures, visits: int) -> Row:
    left = one.exits.total()
    ways = sorted(one.exits.items(), key=lambda way: (-way[1], way[0]))
    return {
        "entries": one.entries,
        "reached": one.entries / visits if visits else None,
        "hangups": one.exits[HANGUP],
        "node_abandonment": node_abandonment(one.exits[HANGUP], one.entries),
        "stay_mean_s": one.seconds / left if left else None,
        "no_input": one.inputs["no_input"],
        "no_match": one.inputs["no_match"],
        "exits": ", ".join(f"{outcome} {count}" for outcome, count in ways),
    }
