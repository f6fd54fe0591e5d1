"""`ivr user`: who may use the web side, in which role, with which tokens."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

import click
from rich.table import Table

from ivr.accounts import User
from ivr.accounts.passwords import Passwords, one_time_password
from ivr.accounts.users import clean_name
from ivr.cli.accounts import open_store, show_password
from ivr.cli.calls import cell, show
from ivr.cli.dialplans import SITE_FILE, read_text
from ivr.cli.options import format_option, history_options, journal_options
from ivr.document import suggest
from ivr.model.access import Role
from ivr.model.errors import UserError
from ivr.settings import Settings
from ivr.site import read_site

UNITS_S = {"h": 3600, "d": 86400}
DAYS_MAX = 366

role_option = click.option("--role", type=click.Choice([role.value for role in Role]))
team_option = click.option("--team", "teams", multiple=True, help="May be given several times.")
agent_option = click.option("--agent", help="Who this is among the agents of the site file.")


@click.group(short_help="People of the web side: roles, passwords, tokens.")
def command() -> None:
    """People of the web side. Changes hold at once, also for who is signed in; each is in the
    audit."""


@command.command("list")
@format_option("A table to read, or one JSON object.")
@journal_options
def list_(settings: Settings, shape: str) -> None:
    """Show everybody."""
    with open_store(settings) as store:
        users = store.users()
    if shape == "json":
        click.echo(json.dumps({"users": [_as_json(user) for user in users]}, indent=2))
        return
    table = Table("name", "role", "teams", "agent", "", box=None)
    for user in users:
        state = "disabled" if user.disabled else "has a one-time password" * user.must_change
        words = (user.name, user.role, ", ".join(sorted(user.teams)), user.agent, state)
        table.add_row(*(cell(word) for word in words))
    show(table)


@command.command()
@role_option
@team_option
@agent_option
@history_options
@click.argument("name")
def add(
    settings: Settings, name: str, role: str | None, teams: Sequence[str], agent: str | None
) -> None:
    """Add somebody and show the one-time password, once. Without --role: an agent.

    Agents and supervisors see the teams given, or that of --agent; managers and admins see all.
    """
    user = User(clean_name(name), Role(role or "agent"), _names(teams), _name(agent or ""))
    password = one_time_password()
    with open_store(settings) as store:
        store.add(user, Passwords().hash(password))
    show_password(user.name, password)
    _warn_of_unknown(settings, user.teams if teams else (), agent or "")


@command.command()
@journal_options
@click.argument("name")
def passwd(settings: Settings, name: str) -> None:
    """Give a new one-time password and show it, once; ends all sign-ins of NAME."""
    password = one_time_password()
    with open_store(settings) as store:
        store.set_password(clean_name(name), Passwords().hash(password), must_change=True)
    show_password(clean_name(name), password)


@command.command()
@role_option
@team_option
@agent_option
@history_options
@click.argument("name")
def role(
    settings: Settings, name: str, role: str | None, teams: Sequence[str], agent: str | None
) -> None:
    """Change role, teams or agent; what is not given stays."""
    with open_store(settings) as store:
        user = store.user(clean_name(name))
        changed = replace(
            user,
            role=Role(role) if role else user.role,
            teams=_names(teams) if teams else user.teams,
            agent=user.agent if agent is None else _name(agent),
        )
        store.set_role(changed)
    if changed.role.sees_all_teams:
        seen = " of all teams"
    else:
        seen = f" of {', '.join(sorted(changed.teams))}" if changed.teams else ""
    click.echo(f"{changed.name}: {changed.role}{seen}")
    _warn_of_unknown(settings, changed.teams if teams else (), agent or "")


@command.command()
@journal_options
@click.argument("name")
def disable(settings: Settings, name: str) -> None:
    """Let somebody in no more: sign-ins and tokens end at once."""
    with open_store(settings) as store:
        store.set_disabled(clean_name(name), disabled=True)
    click.echo(f"{clean_name(name)}: disabled")


@command.command()
@journal_options
@click.argument("name")
def enable(settings: Settings, name: str) -> None:
    """Let somebody in again, with the password as it was; tokens have to be made anew."""
    with open_store(settings) as store:
        store.set_disabled(clean_name(name), disabled=False)
    click.echo(f"{clean_name(name)}: enabled")


@command.command()
@click.option("--expires", default="90d", show_default=True, help="In hours or days: 12h, 90d.")
@click.option("--revoke", is_flag=True, help="Instead: end all tokens of NAME.")
@journal_options
@click.argument("name")
def token(settings: Settings, name: str, expires: str, revoke: bool) -> None:
    """Make a token for a program that acts as NAME, and show it, once."""
    user, lasts_s = clean_name(name), _seconds(expires)
    with open_store(settings) as store:
        if revoke:
            click.echo(f"{user}: tokens ended: {store.revoke_tokens(user)}")
            return
        click.echo(store.add_token(user, lasts_s))


def _warn_of_unknown(settings: Settings, teams: Iterable[str], agent: str) -> None:
    """They may be in the site tomorrow, so it is no error. A site nobody can read knows nothing."""
    file = settings.dialplans / SITE_FILE
    text = read_text(file, [])
    site = None if text is None else read_site(text, str(file)).site
    if site is None:
        return
    given = [("team", team, site.teams) for team in sorted(teams)] + [("agent", agent, site.agents)]
    for kind, name, known in given:
        if name and name not in known:
            hint = suggest(name, known) or "`ivr user role` changes it"
            click.echo(f"warning: {file} has no {kind} {name!r} ({hint})", err=True)


def _seconds(text: str) -> int:
    found = re.fullmatch(r"([1-9][0-9]{0,4})([hd])", text)
    seconds = int(found[1]) * UNITS_S[found[2]] if found else 0
    if not 0 < seconds <= DAYS_MAX * UNITS_S["d"]:
        raise UserError(f"--expires {text!r}: give hours or days, e.g. 12h or 90d, at most 366d")
    return seconds


def _names(teams: Sequence[str]) -> frozenset[str]:
    return frozenset(_name(team) for team in teams)


def _name(text: str) -> str:
    if text and not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", text):
        raise UserError(f"{text!r} is no key of the site file, such as `sales`")
    return text


def _as_json(user: User) -> dict[str, object]:
    return {
        "name": user.name,
        "role": user.role.value,
        "teams": sorted(user.teams),
        "agent": user.agent,
        "must_change": user.must_change,
        "disabled": user.disabled,
    }
