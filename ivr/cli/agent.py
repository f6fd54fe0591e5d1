"""`ivr agent`: shows agents, and sets their states from the command line."""

import json
from typing import Any
from urllib.parse import quote

import click
from rich.table import Table

from ivr.cli.calls import cell, local_time, show
from ivr.cli.live import give_order
from ivr.cli.options import format_option, live_options
from ivr.journal import JournalReader
from ivr.model.errors import UserError
from ivr.model.events import OrderGiven
from ivr.settings import Settings
from ivr.web.client import ask

ORDERS_SHOWN = 5
ORDERS = ("log-in", "log-out", "ready", "pause", "extend-wrap-up")


@click.command(short_help="Show agents, or set an agent's state.")
@click.option("--reason", default="", help="With pause: one of the site's pause_reasons.")
@click.option("--seconds", default=60, show_default=True, help="With extend-wrap-up.")
@format_option("A table to read, or one JSON object.")
@live_options
@click.argument("agent", required=False)
@click.argument("order", required=False, type=click.Choice(ORDERS))
def command(
    settings: Settings, agent: str | None, order: str | None, reason: str, seconds: int, shape: str
) -> None:
    """Without ORDER show the agents of the running server (or one AGENT); with it, set a state.

    As the feature codes do: a pause or log-out takes effect after the conversation. One AGENT is
    shown with the latest orders about them: who gave them, and what came of them.
    """
    if agent and order:
        query = {"pause": f"?reason={quote(reason)}", "extend-wrap-up": f"?seconds={seconds}"}
        give_order(settings, f"agents/{quote(agent, safe='')}/{order}{query.get(order, '')}")
    found = _agents(settings, agent)
    orders = _orders(settings, agent) if agent and not order else []
    if shape == "json":
        given = [vars(one) for one in orders]
        document = {"agents": found, "orders": given} if agent and not order else {"agents": found}
        click.echo(json.dumps(document, indent=2))
        return
    table = Table("agent", "state", "reason", "since", "call", "then", box=None)
    for one in found:
        since = local_time(one["since"]) if one["since"] else ""
        words = (one["agent"], one["state"], one["reason"], since, one["call"] or "", one["later"])
        table.add_row(*(cell(str(word)) for word in words))
    show(table)
    if orders:
        _show_orders(orders)


def _show_orders(orders: list[OrderGiven]) -> None:
    click.echo()
    table = Table("order", "at", "by", "", box=None)
    for one in orders:
        outcome = f"refused: {one.refusal}" if one.refusal else "accepted"
        words = (one.order, local_time(one.at), one.by, outcome)
        table.add_row(*(cell(word) for word in words))
    show(table)


def _orders(settings: Settings, agent: str) -> list[OrderGiven]:
    """The latest; none when the journal is out of reach, which is said."""
    try:
        reader = JournalReader.open(settings.journal_url)
    except UserError as error:
        click.echo(f"orders given before are not known: {error}", err=True)
        return []
    try:
        return reader.orders_about(agent, ORDERS_SHOWN)
    finally:
        reader.close()


def _agents(settings: Settings, agent: str | None) -> list[dict[str, Any]]:
    address, token = f"{settings.bind}:{settings.http_port}", settings.secrets_dir / "api"
    everybody = ask(address, token, "agents")["agents"]
    found = [one for one in everybody if agent in (None, one["agent"])]
    if not found:
        raise UserError(f"the site file has no agent {agent!r}")
    return found
