"""`ivr prune`: deletes what is older than the site keeps it."""

import json

import click

from ivr.cli.live import give_order
from ivr.cli.options import format_option, live_options
from ivr.settings import Settings

TIMEOUT_S = 600.0


@click.command(short_help="Delete what is older than the site keeps it.")
@click.option("--dry-run", is_flag=True, help="Only count what would go.")
@format_option("Lines to read, or one JSON object.")
@live_options
def command(settings: Settings, dry_run: bool, shape: str) -> None:
    """Delete recordings, voice messages and events older than `retention` in the site file says.

    The server does so by itself every night at three. Calls on hold (`ivr hold`) are left alone.
    Exit code 1 when a file could not be deleted.
    """
    done = give_order(settings, f"prune?dry_run={int(dry_run)}", TIMEOUT_S)
    if shape == "json":
        click.echo(json.dumps(done, indent=2))
    elif done.get("nothing_set"):
        click.echo("the site in force sets no `retention`: everything is kept for ever")
    else:
        verb = "would be deleted" if dry_run else "deleted"
        megabytes = done["bytes"] / 1e6
        click.echo(f"recordings {verb}: {done['recordings']} ({megabytes:.1f} MB)")
        click.echo(f"voice messages {verb}: {done['messages']}")
        click.echo(f"events {verb}: {done['events']} ({done['calls']} calls)")
        click.echo(f"left alone, on hold: {done['held']}")
    if done["failed"]:
        click.echo(f"{done['failed']} files could not be deleted: see the server's log", err=True)
        raise SystemExit(1)
