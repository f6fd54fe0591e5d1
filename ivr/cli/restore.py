"""`ivr restore`: an instance made from a back-up."""

from pathlib import Path

import click

from ivr.cli.options import history_options
from ivr.provision.backup import check, restore
from ivr.settings import Settings


@click.command(short_help="Make an instance from a back-up.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--check", "only_check", is_flag=True, help="Only read it and compare checksums.")
@history_options
def command(settings: Settings, file: Path, only_check: bool) -> None:
    """Restore FILE, made by `ivr backup`, into --state-dir and --dialplans.

    Both must be empty or not there: nothing is overwritten. Every file is held against its checksum
    before any is put into its place.
    """
    contents = check(file) if only_check else restore(settings, file)
    what = "whole" if only_check else "restored"
    click.echo(f"{file}: {what}: {len(contents.files)} files, {contents.size / 1e6:.1f} MB")
    if not contents.journal:
        click.echo("the journal is in a database server and not in the file: use pg_restore")
