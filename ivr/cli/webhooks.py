"""`ivr webhooks`: shows webhooks and what could not be told; tries again; tells of a test."""

import asyncio
import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager

import click
from rich.table import Table

from ivr.cli.calls import cell, local_time, show
from ivr.cli.in_force import dialplans_to_run
from ivr.cli.options import format_option, history_options
from ivr.model.errors import UserError
from ivr.model.site import Site
from ivr.settings import Settings
from ivr.webhooks.outbox import Outbox
from ivr.webhooks.receiver import Receiver, Told
from ivr.webhooks.webhooks import OUTBOX

TEST = "webhook.test"
"""Type of the event that `test` tells of; the journal has none such."""


@click.group(short_help="Show webhooks and their dead letters; try again, test.")
def command() -> None:
    """Webhooks of this instance: systems that are told of what happens. They stand in the site."""


@command.command("list", short_help="Show the webhooks and what is under way to them.")
@format_option("A table to read, or one JSON object.")
@history_options
def list_command(settings: Settings, shape: str) -> None:
    """Show each webhook: where it goes, what it wants, how much is under way, and dead."""
    site = _site(settings)
    with _outbox(settings) as outbox:
        counts = outbox.counts() if outbox else {}
    now, found = time.time(), []
    for name, hook in site.webhooks.items():
        waiting, oldest_at = counts.get((name, "waiting"), (0, now))
        found.append(
            {
                "webhook": name,
                "url": site.http[hook.target].url.rstrip("/") + hook.path,
                "events": list(hook.events),
                "waiting": waiting,
                "oldest_s": round(max(0.0, now - oldest_at), 1),
                "dead": counts.get((name, "dead"), (0, now))[0],
            }
        )
    if shape == "json":
        click.echo(json.dumps({"webhooks": found}, indent=2))
        return
    table = Table("webhook", "url", "events", "waiting", "oldest s", "dead", box=None)
    for one in found:
        values = {**one, "events": " ".join(site.webhooks[str(one["webhook"])].events)}
        table.add_row(*(cell(str(value)) for value in values.values()))
    show(table)


@command.command("dead", short_help="Show what could not be told.")
@format_option("A table to read, or one JSON object.")
@history_options
@click.argument("webhook", required=False, default="")
def dead_command(settings: Settings, webhook: str, shape: str) -> None:
    """Show dead letters of all webhooks, or of WEBHOOK, in the order of the journal."""
    with _outbox(settings) as outbox:
        dead = outbox.dead(webhook) if outbox else []
    found = [
        {
            "webhook": one.hook,
            "id": one.letter.id,
            "type": one.letter.entry.type,
            "call": one.letter.entry.call,
            "at": one.letter.entry.at,
            "reason": one.reason,
            "attempts": one.letter.attempts,
            "dead_at": one.ended_at,
        }
        for one in dead
    ]
    if shape == "json":
        click.echo(json.dumps({"dead": found}, indent=2))
        return
    table = Table("webhook", "id", "event", "call", "at", "reason", "attempts", box=None)
    for line in found:
        texts = {**line, "at": local_time(float(str(line["at"]))), "call": line["call"] or ""}
        del texts["dead_at"]
        table.add_row(*(cell(str(text)) for text in texts.values()))
    show(table)


@command.command("retry", short_help="Try dead letters again.")
@format_option("A line to read, or one JSON object.")
@history_options
@click.argument("webhook")
@click.argument("ids", nargs=-1, type=click.IntRange(1))
def retry_command(settings: Settings, webhook: str, ids: tuple[int, ...], shape: str) -> None:
    """Try WEBHOOK's dead letters again, all or those with these IDS, as if they were new.

    The running server takes them up within a second, a stopped one when it starts.
    """
    _receiver_named(_site(settings), webhook)
    with _outbox(settings) as outbox:
        number = outbox.ask_again(webhook, ids) if outbox else 0
    text = f"{webhook}: {number} to be tried again"
    click.echo(json.dumps({"webhook": webhook, "again": number}) if shape == "json" else text)


@command.command("test", short_help="Tell a webhook of a test event.")
@format_option("A line to read, or one JSON object.")
@history_options
@click.argument("webhook")
def test_command(settings: Settings, webhook: str, shape: str) -> None:
    """Send WEBHOOK a signed event of type `webhook.test`, once, from here; fails unless taken."""
    site = _site(settings)
    _receiver_named(site, webhook)
    told = asyncio.run(_test(site, webhook, settings))
    if shape == "json":
        click.echo(json.dumps({"webhook": webhook, "outcome": told}))
    else:
        click.echo(f"{webhook}: {told}")
    if told != Told.DELIVERED:
        raise UserError(f"{webhook} has not taken the event: {told}")


async def _test(site: Site, name: str, settings: Settings) -> Told:
    hook = site.webhooks[name]
    receiver = Receiver(name, hook, site.http[hook.target], settings.secrets_dir)
    now = time.time()
    body = {"id": 0, "type": TEST, "call": None, "seq": None, "at": None, "data": {}}
    try:
        return await receiver.tell(f"test-{int(now)}", TEST, json.dumps(body).encode(), now)
    finally:
        await receiver.close()


def _site(settings: Settings) -> Site:
    return dialplans_to_run(settings).dialplans.site


def _receiver_named(site: Site, name: str) -> None:
    if name not in site.webhooks:
        known = ", ".join(site.webhooks) or "none"
        raise UserError(f"there is no webhook {name!r} in the site; there are: {known}")


@contextmanager
def _outbox(settings: Settings) -> Iterator[Outbox | None]:
    """None: nothing was ever told."""
    file = settings.state_dir / OUTBOX
    if not file.exists():
        yield None
        return
    try:
        outbox = Outbox(file)
        try:
            yield outbox
        finally:
            outbox.close()
    except sqlite3.Error as error:
        raise UserError(f"{file}: {error}; does this user own the state directory?") from error
