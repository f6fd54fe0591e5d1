"""`ivr setup`: everything the machine needs, so that a start is quick."""

import click

from ivr.provision.rootfs import ensure_asterisk
from ivr.provision.tools import ensure_server_tools, ensure_test_tools


def say(text: str) -> None:
    """Progress, beside whatever the command prints."""
    click.echo(text, err=True)


@click.command(short_help="Install what this needs; does nothing twice.")
@click.option("--tests", is_flag=True, help="Also what the tests need: phones, promtool, ...")
def command(tests: bool) -> None:
    """Install the Debian packages and the Asterisk this needs; does nothing twice."""
    ensure_server_tools(say)
    home = ensure_asterisk(say)
    if tests:
        ensure_test_tools(say)
    where = "in a private root" if home.root else "of this machine"
    say(f"ready: Asterisk {home.version} {where}")
