"""The pictures of a report, each over finer periods than its tables."""

from collections.abc import Sequence

from ivr.kpi import SERVICE_LEVELS, occupancy
from ivr.kpi.agent_history import AgentFigures
from ivr.kpi.agent_history import together as agents_together
from ivr.kpi.flow_history import HANGUP, NodeFigures
from ivr.kpi.periods import By
from ivr.kpi.queue_history import QueueFigures, together
from ivr.picture.plot import COLOURS, Curve, bars, chart, stacks
from ivr.report.frame import Frame
from ivr.report.history import History
from ivr.report.page import Plots
from ivr.report.reports import KINDS, Wanted
from ivr.report.span import Span

DAY_S, HOUR_S = 86400, 3600
BARS_MAX = 40
CURVES_MAX = 8


def fine(span: Span) -> By:
    """Into what a span is cut to be drawn."""
    length_s = span.end - span.begin
    if length_s <= 3 * DAY_S:
        return "interval"
    return "hour" if length_s <= 14 * DAY_S else "day"


def plots(names: Sequence[str], wanted: Wanted, history: History) -> Plots:
    """Of these reports; `history` is cut by `fine`."""
    topics = {KINDS[name].topic for name in names}
    found = []
    if "queues" in topics and history.queues.figures:
        found += [_calls(history), _levels(wanted, history)]
    if "agents" in topics and history.agents.figures:
        found.append(_occupancy(history))
    if "flows" in topics and history.flows.nodes:
        found.append(_hangups(history))
    return found


def _axis(of: Frame) -> tuple[float, str]:
    """Seconds in a unit of the axis, and its title."""
    is_long = of.span.end - of.span.begin > 3 * DAY_S
    unit, name = (DAY_S, "days") if is_long else (HOUR_S, "hours")
    return unit, f"{name} since {of.span.told(of.span.begin)}"


def _calls(history: History) -> tuple[str, str]:
    unit, title = _axis(history.frame)
    starts = history.frame.periods.starts
    columns = []
    for number, start in enumerate(starts):
        one = together(_of(history, number, queue) for queue in _queues(history))
        answered, abandoned = one.counts.answered, one.counts.abandoned
        parts = (answered, abandoned, one.entered - answered - abandoned)
        columns.append(((start - history.frame.span.begin) / unit, parts))
    step = {"interval": HOUR_S / 2, "hour": HOUR_S}.get(history.frame.by, DAY_S)
    names = ("answered", "abandoned", "other")
    kinds = list(zip(names, (COLOURS[0], COLOURS[1], COLOURS[5]), strict=True))
    return f"Calls by {_name(history.frame.by)}", stacks(
        kinds, columns, step / unit, title, "calls"
    )


def _levels(wanted: Wanted, history: History) -> tuple[str, str]:
    unit, title = _axis(history.frame)
    begin, starts = history.frame.span.begin, history.frame.periods.starts
    formula = SERVICE_LEVELS[wanted.formula]
    curves = []
    for place, queue in enumerate(_queues(history)):
        points = []
        for number, start in enumerate(starts):
            if (level := formula(_of(history, number, queue).counts)) is not None:
                points.append(((start - begin) / unit, level))
        curves.append(Curve(queue, COLOURS[place % len(COLOURS)], points))
    heading = f"Service level ({wanted.formula}) by {_name(history.frame.by)}"
    return heading, chart(curves[:CURVES_MAX], title, "service level")


def _occupancy(history: History) -> tuple[str, str]:
    parts: dict[str, list[AgentFigures]] = {}
    for (_, agent), one in history.agents.figures.items():
        parts.setdefault(agent, []).append(one)
    found = ((agent, occupancy(agents_together(one).spent)) for agent, one in parts.items())
    shares = sorted((agent, share) for agent, share in found if share is not None)
    return "Occupancy by agent", bars(shares[:BARS_MAX], COLOURS[0])


def _hangups(history: History) -> tuple[str, str]:
    nodes: dict[str, NodeFigures] = {}
    for key, one in history.flows.nodes.items():
        node = nodes.setdefault(f"{key.flow}/{key.node}", NodeFigures())
        node.entries += one.entries
        node.exits.update(one.exits)
    gone = sum(one.exits[HANGUP] for one in nodes.values())
    ordered = sorted(nodes.items(), key=lambda node: (-node[1].exits[HANGUP], node[0]))
    shares = [(name, one.exits[HANGUP] / gone) for name, one in ordered if one.exits[HANGUP]]
    return "Where callers hang up: share of all hang-ups", bars(shares[:BARS_MAX], COLOURS[1])


def _queues(history: History) -> Sequence[str]:
    return sorted({queue for _, queue in history.queues.figures})


def _of(history: History, number: int, queue: str) -> QueueFigures:
    return history.queues.figures.get((number, queue), QueueFigures())


def _name(by: By) -> str:
    return "half hour" if by == "interval" else by
