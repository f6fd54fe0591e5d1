"""A report made in a process of its own, and a patient one: the server has calls to look after.

`python -m ivr.wiring.report_child`: an `Order` comes in, pickled by the server, JSON goes out.
"""

import json
import os
import pickle
import sys
from collections.abc import Set
from dataclasses import asdict, dataclass
from zoneinfo import ZoneInfo

from sqlalchemy.exc import SQLAlchemyError

from ivr.journal import database
from ivr.journal.reporting import Asked, Made, make
from ivr.journal.stream import HistoryReader
from ivr.model.errors import UserError
from ivr.model.reports import ScheduledReport
from ivr.model.site import Site
from ivr.report.schedule import span_of
from ivr.service.report_delivery import Rendered

NICE = 10
AWAY = "the journal's database does not answer"


@dataclass(frozen=True)
class Order:
    """`success` as for `make`; `url`: of the journal."""

    url: str
    report: ScheduledReport
    due: float
    site: Site
    success: Set[tuple[str, str]]
    now: float


def render(order: Order) -> Rendered:
    """SQLAlchemyError; UserError when there is nothing to tell."""
    report = order.report
    span = span_of(report.period, order.due, ZoneInfo(order.site.timezone))
    asked = Asked(
        report.report,
        span,
        report.by,
        report.compare,
        drawn=report.format == "html",
        queues=report.queues,
    )
    engine = database.open_engine(order.url)
    try:
        made = make(HistoryReader(engine), asked, order.site, order.success, order.now)
    finally:
        engine.dispose()
    title = f"report {report.report}, {span}"
    return Rendered(title, _summary(made), made.text(report.format))


def _summary(made: Made) -> str:
    """What a letter says before one opens the report."""
    lines = [f"Report {made.name}, {made.span}.", *made.notes]
    lines += [f"{table.title}: {len(table.rows)} lines" for table in made.tables]
    return "\n".join([*lines, "", "The report is attached."]) + "\n"


def main() -> None:
    os.nice(NICE)
    order: Order = pickle.load(sys.stdin.buffer)  # noqa: S301 - our own server wrote it
    try:
        answer = asdict(render(order))
    except UserError as error:
        answer = {"error": str(error)}
    except SQLAlchemyError:
        answer = {"away": AWAY}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
