"""`ivr queue-log`: history in the form of Asterisk's queue_log."""

import time
from zoneinfo import ZoneInfo

import click

from ivr.cli.in_force import dialplans_to_run
from ivr.cli.options import history_options
from ivr.journal.queue_log import QueueLog
from ivr.journal.stream import HistoryReader
from ivr.model.events import EVENT_TYPES
from ivr.report.pruned import Pruned
from ivr.report.span import read_span
from ivr.settings import Settings
from ivr.site.serving import queues_of

WARM_UP_S = 86400.0
"""Read before the time asked for, to know who is logged in and who waits."""


@click.command("queue-log", short_help="Write history in the form of Asterisk's queue_log.")
@click.option("--from", "begin", default="", metavar="TIME", help="Default: today.")
@click.option("--to", "end", default="", metavar="TIME", help="Not included. Default: now.")
@click.option("--last", default="", metavar="LENGTH", help="Up to now instead: 12h, 7d, 4w.")
@history_options
def command(settings: Settings, begin: str, end: str, last: str) -> None:
    """Print the lines of queue_log for a time that is over, out of the journal.

    The server writes them as they happen when it runs with --queue-log FILE.
    """
    site = dialplans_to_run(settings).dialplans.site
    span = read_span(begin, end, last, time.time(), ZoneInfo(site.timezone))
    log = QueueLog(lambda agent: queues_of(site, agent))
    reader = HistoryReader.open(settings.journal_url)
    try:
        pruned = Pruned(reader.pruned_before())
        if note := pruned.note(span):
            click.echo(note, err=True)
        for event in reader.events_from(span.begin - WARM_UP_S, EVENT_TYPES):
            lines = log.lines(event)
            if event.at >= span.end:
                break
            if event.at >= span.begin:
                for line in lines:
                    click.echo(line)
    finally:
        reader.close()
