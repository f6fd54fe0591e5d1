"""`ivr run`: Asterisk and the server, in the foreground, until Ctrl-C."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

import click

from ivr.cli.accounts import tell_first_admin
from ivr.cli.in_force import dialplans_to_run
from ivr.cli.options import settings_options
from ivr.cli.setup import say
from ivr.journal import database
from ivr.model.site import Site
from ivr.provision.card import card
from ivr.provision.instance import Instance, sole_instance
from ivr.provision.paths import paths_of, private_files
from ivr.provision.ports import refuse_contradictions, refuse_taken, wanted_ports
from ivr.provision.render import render_asterisk
from ivr.provision.rootfs import ensure_asterisk
from ivr.provision.secrets import Secrets, load_or_create_secrets
from ivr.provision.tools import ensure_server_tools
from ivr.service.features import (
    CLOSE,
    DISPOSE,
    EXTEND,
    HELP,
    LOG_IN,
    LOG_OUT,
    PAUSE,
    PRIVATE_TALK,
    READY,
    SUPERVISE,
    VOICEMAIL,
)
from ivr.service.handovers import BLIND, CONSULT, PARK
from ivr.settings import Settings

Beside = Callable[[Site, Secrets], Awaitable[None]]
"""What else runs while the instance does; it is cancelled when the instance stops."""


@click.command(short_help="Run Asterisk and the server until Ctrl-C.")
@settings_options
def command(settings: Settings) -> None:
    """Run Asterisk and the server until Ctrl-C; prints one card with all there is to know."""
    run(settings)


def run(settings: Settings, beside: Beside | None = None, notes: Sequence[str] = ()) -> None:
    """Everything from a broken YAML file to the last call; UserError for what can be mended."""
    refuse_contradictions(settings)
    to_run = dialplans_to_run(settings)
    site = to_run.dialplans.site
    ensure_server_tools(say)
    home = ensure_asterisk(say)
    with private_files(), sole_instance(paths_of(settings)):
        refuse_taken(wanted_ports(settings))
        secrets = load_or_create_secrets(settings.secrets_dir, site)
        paths = render_asterisk(settings, site, secrets)
        _prepare_journal(settings.journal_url)
        tell_first_admin(settings)
        instance = Instance(settings, home, paths)
        text = card(
            settings,
            site,
            secrets,
            codes=feature_codes(site),
            notes=(*to_run.notes, *notes),
        )
        side = (lambda: beside(site, secrets)) if beside else None
        asyncio.run(_run(instance, text, side))


def _prepare_journal(url: str) -> None:
    """As the server will: what is wrong with it is told before Asterisk starts."""
    engine = database.open_engine(url)
    try:
        database.migrate(engine)
    finally:
        engine.dispose()


def feature_codes(site: Site) -> dict[str, str]:
    reasons = ", ".join(f"{key} {reason}" for key, reason in site.pause_reasons.items())
    return {
        LOG_IN: "log in",
        LOG_OUT: "log out",
        f"{PAUSE}N": f"pause; N is the reason: {reasons}",
        READY: "ready again: ends a pause or wrap-up",
        EXTEND: "sixty seconds more to write up",
        f"{SUPERVISE}EXT": "supervisors: listen to that agent; keys 4 listen, 5 whisper, 6 barge",
        CLOSE: "supervisors: close the house in an emergency, or lift it",
        PRIVATE_TALK: "with the caller on hold: recording paused for card data; again: goes on",
        HELP: "with the caller on hold: ask supervisors for help; again: no more",
        f"{DISPOSE}N": "what became of your last call: its place in the queue's dispositions",
        VOICEMAIL: "listen to the messages in your mailboxes",
        f"{BLIND}TARGET": "with the caller on hold: transfer to an extension or number",
        f"{CONSULT}TARGET": "the same, after a word with the target",
        f"{PARK}": "with the caller on hold: park; the slot is told",
        f"{PARK}SLOT": "retrieve who is parked there",
    }


async def _run(instance: Instance, text: str, beside: Callable[[], Awaitable[None]] | None) -> None:
    main = asyncio.current_task()
    loop = asyncio.get_running_loop()
    stopping = asyncio.Event()

    def stop() -> None:
        if main is not None and not stopping.is_set():
            stopping.set()
            main.cancel()

    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(name, stop)
    side: asyncio.Task[None] | None = None
    with suppress(asyncio.CancelledError):
        try:
            await instance.start(say)
            click.echo(text)
            if beside is not None:
                side = asyncio.create_task(_await(beside), name="beside the instance")
            await _until_end(instance, side)
        finally:
            # From here on nothing may interrupt: a second Ctrl-C changes nothing.
            stopping.set()
            say("stopping")
            if side is not None:
                side.cancel()
                await asyncio.gather(side, return_exceptions=True)
            await instance.stop()


async def _await(beside: Callable[[], Awaitable[None]]) -> None:
    await beside()


async def _until_end(instance: Instance, side: asyncio.Task[None] | None) -> None:
    ending = asyncio.create_task(instance.wait(), name="end of a child")
    watched = {ending} if side is None else {ending, side}
    try:
        done, _ = await asyncio.wait(watched, return_when=asyncio.FIRST_COMPLETED)
    finally:
        ending.cancel()
        await asyncio.gather(ending, return_exceptions=True)
    for task in done:
        task.result()
