"""`ivr reload`: puts changed YAML in force while calls are under way, or takes it back."""

import json
from typing import Any

import click

from ivr.cli.calls import local_time
from ivr.cli.live import give_order
from ivr.cli.options import format_option, live_options
from ivr.model.errors import UserError
from ivr.provision.own_asterisk import COMMANDS
from ivr.settings import Settings
from ivr.site.changes import Change
from ivr.web.client import ask

TIMEOUT_S = 120.0
"""New prompts are spoken into files before anything changes."""

CHANGES_SHOWN = 3


@click.command(short_help="Put changed YAML in force while calls are under way.")
@click.option("--dry-run", is_flag=True, help="Only show what would change.")
@click.option("--rollback", is_flag=True, help="The version before the one in force, again.")
@click.option("--versions", is_flag=True, help="Only list the versions kept.")
@format_option("Lines to read, or one JSON object.")
@live_options
def command(settings: Settings, dry_run: bool, rollback: bool, versions: bool, shape: str) -> None:
    """Read the dialplans again and put them in force, whole or not at all.

    Calls under way finish on the flows they began with; who waits keeps place and requirement.
    Ports, addresses and the directory of the dialplans are those the server was started with.
    A rollback leaves the files as they are; it holds, also after a restart, until they change or
    are reloaded.
    """
    if versions and (dry_run or rollback):
        raise UserError("--versions changes nothing: give it alone")
    if versions:
        address = f"{settings.bind}:{settings.http_port}"
        found = ask(address, settings.secrets_dir / "api", "versions")
        text = _list(found)
    else:
        wanted = {"dry_run": dry_run, "rollback": rollback}
        query = "&".join(f"{name}=1" for name, given in wanted.items() if given)
        found = give_order(settings, f"reload?{query}" if query else "reload", TIMEOUT_S)
        text = _text(found, dry_run)
    click.echo(json.dumps(found, indent=2) if shape == "json" else text)


def _text(found: dict[str, Any], dry_run: bool) -> str:
    changes = [str(Change(**change)) for change in found["changes"]]
    lines = changes + [f"{one[:2]}flow {one[2:]}" for one in found["flows"]]
    if not lines:
        lines = ["nothing has changed"]
    version = found["version"]
    lines.append(f"version {version} is not in force yet" if dry_run else f"in force: {version}")
    if found["asterisk"] is False:
        lines.append("Asterisk was not told: `ivr render` where it runs, then on its console")
        lines.append("; ".join(COMMANDS))
    return "\n".join(lines)


def _list(found: dict[str, Any]) -> str:
    """Newest first."""
    lines = []
    for one in reversed(found["versions"]):
        mark = "*" if one["version"] == found["in_force"] else " "
        shown = one["changes"][:CHANGES_SHOWN]
        more = len(one["changes"]) - len(shown)
        what = "; ".join(shown + [f"{more} more"] * (more > 0)) or "the server began with it"
        lines.append(f"{mark} {one['version']}  {local_time(one['at'])}  {what}")
    if found["rolled_back"]:
        lines.append("rolled back: the files say something else; `ivr reload` puts them in force")
    return "\n".join(lines)
