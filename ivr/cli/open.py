"""`ivr open`: lifts an emergency closure."""

import click

from ivr.cli.close import change
from ivr.cli.options import format_option, live_options
from ivr.settings import Settings


@click.command(short_help="Lift the emergency closure of a calendar, or of the house.")
@format_option("A line to read, or one JSON object.")
@live_options
@click.argument("closure")
def command(settings: Settings, closure: str, shape: str) -> None:
    """Lift an emergency closure: the hours of the calendar count again.

    A calendar stays closed while the house is. `ivr close --list` shows what is closed.
    """
    change(settings, closure, "open", shape)
