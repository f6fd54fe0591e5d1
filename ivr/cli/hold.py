"""`ivr hold`: a call of which nothing may be deleted."""

import json
from urllib.parse import quote, urlencode

import click
from rich.table import Table

from ivr.cli.calls import cell, local_time, show
from ivr.cli.live import give_order
from ivr.cli.options import format_option, live_options
from ivr.settings import Settings
from ivr.web.client import ask


@click.command(short_help="Keep a call whatever its age, or no longer.")
@click.option("--reason", metavar="TEXT", help="Why it is kept; goes on record.")
@click.option("--lift", is_flag=True, help="Keep the call no longer than others.")
@click.option("--list", "wanted", is_flag=True, help="Only show which calls are on hold.")
@format_option("Lines to read, or one JSON object.")
@live_options
@click.argument("call", required=False)
def command(
    settings: Settings, call: str | None, reason: str | None, lift: bool, wanted: bool, shape: str
) -> None:
    """Put a legal hold on a call: its recordings and messages are not deleted, until it is lifted.

    Give a call's whole id, as `ivr calls` shows it.
    """
    if [wanted, lift, bool(reason)].count(True) != 1 or wanted == bool(call):
        raise click.UsageError("give a call and --reason TEXT; a call and --lift; or --list alone")
    if wanted:
        _list(settings, shape)
        return
    place = f"calls/{quote(call or '', safe='')}"
    order = f"{place}/lift-hold" if lift else f"{place}/hold?{urlencode({'reason': reason})}"
    done = give_order(settings, order)
    words = "kept no longer than others" if lift else "on hold"
    click.echo(json.dumps(done) if shape == "json" else f"{call}: {words}")


def _list(settings: Settings, shape: str) -> None:
    found = ask(f"{settings.bind}:{settings.http_port}", settings.secrets_dir / "api", "holds")
    if shape == "json":
        click.echo(json.dumps(found, indent=2))
        return
    table = Table("call", "since", "by", "reason", box=None)
    for one in found["holds"]:
        words = (one["call"], local_time(one["at"]), one["by"], one["reason"])
        table.add_row(*(cell(word) for word in words))
    show(table)
