"""`ivr prioritise CALL POINTS`: lets a waiting call weigh more, or less."""

from urllib.parse import quote

import click

from ivr.cli.live import give_order
from ivr.cli.options import live_options
from ivr.journal import JournalReader
from ivr.settings import Settings


@click.command(short_help="Give a waiting call another priority.")
@live_options
@click.argument("call")
@click.argument("points", type=int)
def command(settings: Settings, call: str, points: int) -> None:
    """Set the priority of a waiting call: one point counts as a minute already waited.

    The time of entry stays. For fewer points than none write: ivr prioritise CALL -- -1

    CALL is the id `ivr calls` shows, or as much of its beginning as tells it from others.
    """
    reader = JournalReader.open(settings.journal_url)
    try:
        found = reader.find_call(call)
    finally:
        reader.close()
    give_order(settings, f"calls/{quote(found, safe='')}/priority?points={points}")
    click.echo(f"{found}: priority {points}")
