"""`ivr audit`: who did what; and that nobody has changed what is written about it."""

import json
from dataclasses import asdict

import click
from rich.table import Table

from ivr.accounts.chain import BrokenChainError, head_of
from ivr.cli.accounts import open_store
from ivr.cli.calls import cell, local_time, show
from ivr.cli.options import format_option, journal_options
from ivr.model.errors import UserError
from ivr.settings import Settings


@click.group(short_help="Who did what, and that nobody has changed the record of it.")
def command() -> None:
    """Sign-ins, refusals, supervision, orders, reloads, changes of users: append-only, each record
    chained to the one before."""


@command.command("list")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 100_000))
@format_option("A table to read, or one JSON object.")
@journal_options
def list_(settings: Settings, limit: int, shape: str) -> None:
    """Show the latest records, oldest first."""
    with open_store(settings) as store:
        records = store.chain.latest(limit)
    if shape == "json":
        found = [{**asdict(one), "details": json.loads(one.details)} for one in records]
        click.echo(json.dumps({"records": found}, indent=2))
        return
    table = Table("record", "at", "who", "action", "target", "details", box=None)
    for one in records:
        said = json.loads(one.details).items()
        details = ", ".join(f"{key} {value}" for key, value in said if value != "")
        words = (str(one.id), local_time(one.at_ms / 1000), one.who, one.action, one.target)
        table.add_row(*(cell(word) for word in (*words, details)))
    show(table)


@command.command()
@click.option("--noted", default="", help="ID:HASH that an earlier `verify` told.")
@journal_options
def verify(settings: Settings, noted: str) -> None:
    """Check every record; exit code 1 for one that was changed, removed or inserted.

    Tells ID:HASH of the last record: keep it elsewhere to compare later.
    """
    wanted = head_of(noted) if noted else None
    if noted and wanted is None:
        raise UserError(f"--noted {noted!r}: give ID:HASH as `ivr audit verify` told it")
    with open_store(settings) as store:
        try:
            head = store.chain.verify(wanted)
        except BrokenChainError as error:
            raise UserError(f"the audit is broken: {error}") from error
    click.echo(f"{head.id} records, unbroken; the last: {head}")
