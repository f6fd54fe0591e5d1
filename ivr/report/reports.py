"""The reports there are, and the tables each is made of."""

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass

from ivr.kpi import DEFAULT
from ivr.kpi.periods import By
from ivr.model.site import Site
from ivr.report import agents, answers, dispositions, flows, queues
from ivr.report.frame import Frame, Lines, Shape, fill
from ivr.report.history import History
from ivr.report.span import Span
from ivr.report.table import Table

ALL, INTERVALS = "all", "intervals"
"""Every report as one; queues by half hour."""


@dataclass(frozen=True)
class Wanted:
    """What was asked for. `formula` is that of the service level shown first."""

    span: Span
    by: By
    site: Site
    success: Set[tuple[str, str]]
    formula: str = DEFAULT


@dataclass(frozen=True)
class Kind:
    """One report: the history it reads, its shape, its lines."""

    topic: str
    shape: Callable[[str], Shape]
    """By the formula of the service level shown first."""
    lines: Callable[[Frame, History, Wanted], Lines]


def _always(shape: Shape) -> Callable[[str], Shape]:
    return lambda _formula: shape


def _queue_lines(of: Frame, history: History, wanted: Wanted) -> Lines:
    return queues.lines(of, history.queues, list(wanted.site.queues), wanted.formula)


def _teams(wanted: Wanted) -> Mapping[str, str]:
    return {name: agent.team for name, agent in wanted.site.agents.items()}


KINDS: Mapping[str, Kind] = {
    "queues": Kind("queues", queues.shape, _queue_lines),
    "agents": Kind(
        "agents",
        _always(agents.AGENTS),
        lambda of, history, w: agents.agent_lines(of, history.agents, _teams(w)),
    ),
    "teams": Kind(
        "agents",
        _always(agents.TEAMS),
        lambda of, history, w: agents.team_lines(of, history.agents, _teams(w)),
    ),
    "flows": Kind(
        "flows",
        _always(flows.FLOWS),
        lambda _of, history, _w: flows.flow_lines(history.flows),
    ),
    "nodes": Kind(
        "flows",
        _always(flows.NODES),
        lambda _of, history, _w: flows.node_lines(history.flows),
    ),
    "dispositions": Kind(
        "dispositions",
        _always(dispositions.DISPOSITIONS),
        lambda _of, history, w: dispositions.lines(history.dispositions, w.site.queues),
    ),
    "surveys": Kind(
        "surveys",
        _always(answers.SURVEYS),
        lambda _of, history, _w: answers.survey_lines(history.surveys),
    ),
    "callers": Kind(
        "callers",
        _always(answers.CALLERS),
        lambda of, history, _w: answers.caller_lines(of, history.callers),
    ),
}
"""By name, in the order of a report of everything."""


REPORTS = (*KINDS, INTERVALS, ALL)


def topics(names: Sequence[str]) -> frozenset[str]:
    """The histories these reports read."""
    return frozenset(KINDS[name].topic for name in names)


def tables(
    names: Sequence[str], wanted: Wanted, history: History, before: History | None
) -> list[Table]:
    """One for each name; `before` is the history of `wanted.span.before`, cut the same way."""
    found = []
    for name in names:
        kind = KINDS[name]
        lines = kind.lines(history.frame, history, wanted)
        earlier = None if before is None else kind.lines(before.frame, before, wanted)
        found.append(fill(kind.shape(wanted.formula), history.frame, lines, earlier))
    return found
