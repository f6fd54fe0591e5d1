"""`ivr close`: closes a calendar or the whole house at once, and shows what is closed."""

import json
from typing import Any
from urllib.parse import quote

import click
from rich.table import Table

from ivr.cli.calls import cell, local_time, show
from ivr.cli.live import give_order
from ivr.cli.options import format_option, live_options
from ivr.settings import Settings
from ivr.web.client import ask


@click.command(short_help="Close a calendar, or the house, in an emergency.")
@click.option("--list", "wanted", is_flag=True, help="Only show what is closed.")
@format_option("Lines to read, or one JSON object.")
@live_options
@click.argument("closure", required=False)
def command(settings: Settings, closure: str | None, wanted: bool, shape: str) -> None:
    """Close a calendar of the site, or `house`: all of them, whatever their hours say.

    It holds from the next `hours` node of any call on, also after a restart, until `ivr open`.
    To close what is closed already is no error.
    """
    if wanted == (closure is not None):
        raise click.UsageError("give the name of a calendar, or house; or --list alone")
    if closure is not None:
        change(settings, closure, "close", shape)
        return
    found = ask(f"{settings.bind}:{settings.http_port}", settings.secrets_dir / "api", "closures")
    if shape == "json":
        click.echo(json.dumps(found, indent=2))
        return
    table = Table("closure", "closed", "since", "by", box=None)
    for one in found["closures"]:
        since = local_time(one["since"]) if one["closed"] else ""
        words = (one["closure"], "yes" if one["closed"] else "no", since, one["by"])
        table.add_row(*(cell(word) for word in words))
    show(table)


def change(settings: Settings, closure: str, order: str, shape: str) -> None:
    """Orders `close` or `open`, and says what came of it; UserError when nothing could."""
    found = give_order(settings, f"closures/{quote(closure, safe='')}/{order}")
    click.echo(json.dumps(found, indent=2) if shape == "json" else _text(found))


def _text(found: dict[str, Any]) -> str:
    if found["closed"]:
        return f"{found['closure']}: closed{'' if found['changed'] else ' already'}"
    return f"{found['closure']}: {'not closed any more' if found['changed'] else 'was not closed'}"
