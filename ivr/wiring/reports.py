"""Reports by the clock: made from the journal, put into directories, sent by e-mail."""

import asyncio
import json
import pickle
import sys
from collections.abc import Callable, Mapping

from ivr.flow import Flow
from ivr.journal.reporting import successes
from ivr.mail import Smtp
from ivr.model.errors import JournalAwayError, UserError
from ivr.model.reports import ScheduledReport
from ivr.model.site import Site
from ivr.ports import Clock
from ivr.service.report_delivery import Rendered
from ivr.service.scheduled import Delivery
from ivr.settings import Settings
from ivr.wiring.report_child import Order

CHILD = (sys.executable, "-m", "ivr.wiring.report_child")


def delivery_of(
    settings: Settings,
    site: Callable[[], Site],
    flows: Callable[[], Mapping[str, Flow]],
    clock: Clock,
) -> Delivery:
    """Each report is read from the journal by a process of its own."""

    async def made(report: ScheduledReport, due: float) -> Rendered:
        order = Order(settings.journal_url, report, due, site(), successes(flows()), clock.now())
        return await _by_child(order)

    post = Smtp(lambda: site().smtp, settings.secrets_dir)
    return Delivery(site, made, post, settings.state_dir)


async def _by_child(order: Order) -> Rendered:
    """Who stops waiting ends the child. JournalAwayError also when the machine is short of
    processes, files or memory: that passes, too."""
    try:
        child = await asyncio.create_subprocess_exec(
            *CHILD,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            said, complained = await child.communicate(pickle.dumps(order))
        finally:
            if child.returncode is None:
                child.kill()
                await child.wait()
    except OSError as error:
        raise JournalAwayError(f"the report was not made: {error.strerror or error}") from error
    if child.returncode:
        last = complained.decode("utf-8", "replace").strip().splitlines()[-1:]
        raise JournalAwayError(f"the report was not made: {' '.join(last)[:200]}")
    try:
        answer = json.loads(said)
    except ValueError as error:
        raise JournalAwayError(f"the report was made by halves: {error}") from error
    if "away" in answer:
        raise JournalAwayError(answer["away"])
    if "error" in answer:
        raise UserError(answer["error"])
    return Rendered(**answer)
