"""`ivr render`: writes Asterisk's configuration."""

import click

from ivr.cli.in_force import dialplans_to_run
from ivr.cli.options import settings_options
from ivr.provision.paths import private_files
from ivr.provision.render import render_asterisk
from ivr.provision.secrets import load_or_create_secrets
from ivr.settings import Settings


@click.command(short_help="Write Asterisk's configuration.")
@settings_options
def command(settings: Settings) -> None:
    """Write Asterisk's configuration for the site; makes secrets that are missing."""
    site = dialplans_to_run(settings).dialplans.site
    with private_files():
        secrets = load_or_create_secrets(settings.secrets_dir, site)
        paths = render_asterisk(settings, site, secrets)
    click.echo(paths.etc)
