"""A report made from the journal: history read, cut, and told as tables. Blocking."""

from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Literal

from ivr.flow import Flow
from ivr.journal.stream import HistoryReader
from ivr.kpi import DEFAULT
from ivr.kpi.callers import REPEAT_DAYS
from ivr.kpi.periods import By
from ivr.model.errors import UserError
from ivr.model.events import CallStarted
from ivr.model.site import Site
from ivr.report.frame import frame
from ivr.report.history import History, event_types
from ivr.report.page import Plots, page
from ivr.report.plots import fine, plots
from ivr.report.pruned import Pruned
from ivr.report.reports import ALL, INTERVALS, KINDS, Wanted, tables, topics
from ivr.report.span import Span
from ivr.report.table import Table
from ivr.report.texts import as_json, table_as_csv

Form = Literal["csv", "json", "html"]
LATE_S = 86400.0
"""How long after the period is looked for the end of calls that began in it."""
SOON_S = 60.0
"""Events are recorded within this time of the moment they tell of."""


@dataclass(frozen=True)
class Asked:
    """What somebody wants to know. `queues`: only these lines of tables by queue; none: all."""

    name: str
    span: Span
    by: By = "total"
    compare: bool = False
    formula: str = DEFAULT
    drawn: bool = False
    queues: Collection[str] = ()


@dataclass(frozen=True)
class Made:
    """A report. What is missing of the time asked for is told in `notes`."""

    name: str
    span: Span
    tables: Sequence[Table]
    notes: Sequence[str]
    plots: Plots = ()

    def text(self, form: Form) -> str:
        """The whole of it; CSV holds the first table. UserError when there is none."""
        match form:
            case "csv" if not self.tables or self.tables[0].name == "pruned":
                raise UserError(" ".join(self.notes))
            case "csv":
                return "".join(table_as_csv(self.tables[0]))
            case "json":
                return as_json(self.span, self.tables, self.notes) + "\n"
        title = "Report" if self.name == ALL else f"Report: {self.name}"
        return page(title, self.span, self.tables, self.plots, self.notes) + "\n"


def make(
    reader: HistoryReader, asked: Asked, site: Site, success: Set[tuple[str, str]], now: float
) -> Made:
    """`success` as from `successes`. SQLAlchemyError."""
    names = names_of(asked.name)
    by = "interval" if asked.name == INTERVALS else asked.by
    pruned = _pruned(reader, asked.span)
    notes = [note] if (note := pruned.note(asked.span)) else []
    span = pruned.rest(asked.span)
    if span is None:
        return Made(asked.name, asked.span, pruned.tables(), notes)
    wanted = Wanted(span, by, site, success, asked.formula)
    histories = _collect(reader, names, wanted, span, now, drawn=asked.drawn)
    before = None
    if asked.compare and pruned.before <= asked.span.before.begin:
        before = _collect(reader, names, wanted, span.before, now)[0]
    elif asked.compare:
        notes.append(f"Nothing to compare with: of {asked.span.before} events were deleted.")
    notes += _notes(reader, span.before if before else span)
    found = tables(names, wanted, histories[0], before)
    drawn = plots(names, wanted, histories[-1]) if asked.drawn else ()
    found = [table.only("queue", asked.queues) for table in found] if asked.queues else found
    return Made(asked.name, span, [*found, *pruned.tables()], notes, drawn)


def successes(flows: Mapping[str, Flow]) -> set[tuple[str, str]]:
    """(flow, node) of the nodes marked as success."""
    return {
        (name, node)
        for name, flow in flows.items()
        for node, spec in flow.nodes.items()
        if spec.success
    }


def names_of(report: str) -> list[str]:
    """The tables it is made of."""
    return list(KINDS) if report == ALL else ["queues" if report == INTERVALS else report]


def _pruned(reader: HistoryReader, span: Span) -> Pruned:
    before = reader.pruned_before()
    if before <= span.begin:
        return Pruned(before)
    days = reader.pruned_days(span.told(span.begin)[:10], span.told(span.end - 1)[:10])
    return Pruned(before, days)


def _collect(
    reader: HistoryReader,
    names: Sequence[str],
    wanted: Wanted,
    span: Span,
    now: float,
    *,
    drawn: bool = False,
) -> list[History]:
    """The history as the tables cut it and, if it is drawn, as the pictures do."""
    cuts = [wanted.by, fine(span)] if drawn else [wanted.by]
    wide = topics(names)
    histories = [History(frame(span, by), wide, wanted.site, wanted.success) for by in cuts]
    if "callers" in wide:
        for event in reader.events_from(span.begin - REPEAT_DAYS * 86400, [CallStarted.type]):
            if event.at >= span.begin:
                break
            for history in histories:
                history.callers.add(event)
    if "agents" in wide:
        states = reader.agent_states_at(span.begin)
        for history in histories:
            history.agents.begin_with(states)
    _read(reader, histories, event_types(wide), span)
    for history in histories:
        history.agents.close(min(now, span.end))
    return histories


def _read(
    reader: HistoryReader, histories: Sequence[History], types: Collection[str], span: Span
) -> None:
    """To the end of the span, and on until all that began in it is over."""
    for event in reader.events_from(span.begin, types):
        if event.at >= span.end + SOON_S and (
            event.at > span.end + LATE_S or not any(one.unfinished for one in histories)
        ):
            return
        for history in histories:
            history.add(event)


def _notes(reader: HistoryReader, earliest: Span) -> list[str]:
    """What to know before trusting the figures."""
    notes, begins_at = [], reader.begins_at()
    if begins_at is None:
        notes.append("The journal is empty.")
    elif begins_at > earliest.begin:
        notes.append(f"The journal begins at {earliest.told(begins_at)}.")
    if reader.unreadable:
        notes.append(f"{reader.unreadable} events of another version could not be read.")
    return notes
