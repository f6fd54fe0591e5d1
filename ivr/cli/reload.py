"""`ivr reload`: puts changed YAML in force while calls are under way."""

import asyncio
import json
from typing import Any

import click

from ivr.cli.dialplans import load_dialplans
from ivr.cli.live import give_order
from ivr.cli.options import format_option, live_options
from ivr.provision.asterisk import AsteriskProcess
from ivr.provision.paths import paths_of, private_files
from ivr.provision.render import render_asterisk
from ivr.provision.rootfs import ensure_asterisk
from ivr.provision.secrets import load_or_create_secrets
from ivr.settings import Settings
from ivr.site.changes import Change

TIMEOUT_S = 120.0
"""New prompts are spoken into files before anything changes."""

ASTERISK_COMMANDS = ("module reload res_pjsip.so", "dialplan reload", "moh reload")


@click.command(short_help="Put changed YAML in force while calls are under way.")
@click.option("--dry-run", is_flag=True, help="Only show what would change.")
@format_option("Lines to read, or one JSON object.")
@live_options
def command(settings: Settings, dry_run: bool, shape: str) -> None:
    """Read the dialplans again and put them in force, whole or not at all.

    Calls under way finish on the flows they began with; who waits keeps place and requirement.
    Ports, addresses and the directory of the dialplans are those the server was started with.
    """
    found = give_order(settings, "reload?dry_run=1", TIMEOUT_S)
    # With other ports than the server's, Asterisk would look for it where nobody is.
    instance = Settings.heard(found.pop("settings"))
    if not dry_run:
        site = load_dialplans(instance.dialplans).site
        found = give_order(settings, "reload", TIMEOUT_S)
        del found["settings"]
    if found["for_telephony"] and not dry_run:
        with private_files():
            secrets = load_or_create_secrets(instance.secrets_dir, site)
            render_asterisk(instance, site, secrets)
        found["asterisk"] = asyncio.run(_reload_asterisk(instance))
    click.echo(json.dumps(found, indent=2) if shape == "json" else _text(found, dry_run))


async def _reload_asterisk(settings: Settings) -> bool:
    """Whether this instance's own Asterisk was there to be told."""
    paths = paths_of(settings)
    if not (paths.run / "asterisk.ctl").exists():
        return False
    asterisk = AsteriskProcess(ensure_asterisk(_silent), paths)
    for line in ASTERISK_COMMANDS:
        await asterisk.cli(line)
    return True


def _silent(_text: str) -> None:
    """The Asterisk that runs is there already."""


def _text(found: dict[str, Any], dry_run: bool) -> str:
    changes = [str(Change(**change)) for change in found["changes"]]
    lines = changes + [f"{one[:2]}flow {one[2:]}" for one in found["flows"]]
    if not lines:
        return "nothing has changed"
    lines.append("nothing is in force yet" if dry_run else "in force")
    if found.get("asterisk") is False:
        lines.append("Asterisk runs elsewhere: `ivr render`, then reload its pjsip and dialplan")
    return "\n".join(lines)
