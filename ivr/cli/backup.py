"""`ivr backup`: one file with all that the instance cannot make again."""

from pathlib import Path

import click

from ivr.cli.options import history_options
from ivr.provision.backup import back_up
from ivr.settings import Settings


@click.command(short_help="Write all that cannot be made again into one file.")
@click.argument("file", type=click.Path(path_type=Path))
@history_options
def command(settings: Settings, file: Path) -> None:
    """Back up journal, accounts, audit, recordings, voice messages, secrets, webhooks, site and
    flows into FILE, also while the server runs.

    FILE holds secrets and customers' voices: only its owner can read it. It is never overwritten.
    A journal in PostgreSQL is not in it: run pg_dump afterwards.
    """
    contents = back_up(settings, file)
    click.echo(f"{file}: {len(contents.files)} files, {contents.size / 1e6:.1f} MB")
    if not contents.journal:
        click.echo("the journal is in a database server and not in the file: now run pg_dump")
