"""`ivr serve`: the server itself, beside a running Asterisk."""

import asyncio
import faulthandler
import signal
from pathlib import Path
from resource import RLIM_INFINITY, RLIMIT_NOFILE, getrlimit, setrlimit

import click
import structlog
import uvloop

from ivr.cli.accounts import tell_first_admin
from ivr.cli.dialplans import Dialplans, files_version, load_dialplans
from ivr.cli.in_force import dialplans_to_run
from ivr.cli.options import settings_options
from ivr.logs import configure_logs
from ivr.model.errors import UserError
from ivr.provision.paths import paths_of, private_files
from ivr.provision.secrets import load_or_create_secrets
from ivr.provision.service_manager import ServiceManager
from ivr.provision.versions import Versions
from ivr.service.tasks import Tasks
from ivr.settings import Settings
from ivr.speech.prompts import Progress
from ivr.wiring import Given, Reading, Server

DESCRIPTORS = 65_536
"""Open files and connections, as far as the system allows."""
PROGRESS_EVERY = 100
"""Prompts between two lines."""
PROGRESS_WITHIN_S = 120.0
"""Longer than any prompt takes to be spoken."""

log = structlog.get_logger(__name__)


@click.command(short_help="Run the server beside a running Asterisk.")
@settings_options
def command(settings: Settings) -> None:
    """Serve calls until stopped: flows, routing, supervision, recording, metrics."""
    configure_logs()
    faulthandler.enable()  # a watchdog that aborts this process leaves its stacks in the log
    raise_descriptor_limit()
    with private_files():
        uvloop.run(_serve(settings))


def raise_descriptor_limit() -> None:
    """Shells and systemd grant 1024 open files unless asked: every call needs some."""
    soft, hard = getrlimit(RLIMIT_NOFILE)
    wanted = DESCRIPTORS if hard == RLIM_INFINITY else min(DESCRIPTORS, hard)
    if soft != RLIM_INFINITY and soft < wanted:
        setrlimit(RLIMIT_NOFILE, (wanted, hard))


async def _serve(settings: Settings) -> None:
    def given(dialplans: Dialplans) -> Given:
        secrets = load_or_create_secrets(settings.secrets_dir, dialplans.site)
        version, sources = dialplans.version, dialplans.sources
        return Given(dialplans.site, dialplans.flows, secrets, version, sources)

    versions = Versions(settings.versions_dir)

    def read(version: str) -> Given:
        yaml = versions.yaml_of(version) if version else None
        return given(load_dialplans(settings.dialplans, yaml))

    manager = ServiceManager.of_environment()
    to_run = dialplans_to_run(settings)
    ready = paths_of(settings).server_ready
    await asyncio.to_thread(tell_first_admin, settings)
    ready.parent.mkdir(parents=True, exist_ok=True)
    ready.unlink(missing_ok=True)
    progress = _telling(paths_of(settings).server_progress, manager)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    reading = Reading(read, lambda: files_version(settings.dialplans), versions)
    server = Server(settings, given(to_run.dialplans), reading, rolled_back=to_run.rolled_back)
    tasks = Tasks("serve")
    loop.add_signal_handler(signal.SIGHUP, lambda: tasks.start(_reload(server), "reload"))
    starting = asyncio.create_task(server.start(progress), name="server start")
    stopping = asyncio.create_task(stop.wait(), name="stop signal")
    try:
        await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            starting.result()
            ready.write_text("ready\n", "ascii")
            manager.ready()
            tasks.start(manager.keep_alive(), "signs of life")
            await stopping
    except OSError as error:
        raise UserError(f"{error.strerror or error}; choose other ports, see --help") from error
    finally:
        manager.stopping()
        ready.unlink(missing_ok=True)
        starting.cancel()
        stopping.cancel()
        await tasks.close()
        await server.close()


def _telling(file: Path, manager: ServiceManager) -> Progress:
    """Leaves a line there for whoever waits for the start; now and then one in the log, and the
    service manager is told that it goes on."""
    file.unlink(missing_ok=True)

    def told(done: int, of: int) -> None:
        if done == of or done % PROGRESS_EVERY == 0:
            file.write_text(f"prompts spoken: {done} of {of}\n", "ascii")
            manager.starting(f"prompts spoken: {done} of {of}", PROGRESS_WITHIN_S)
            log.info("prompts spoken", done=done, of=of)

    return told


async def _reload(server: Server) -> None:
    """On SIGHUP: what came of it is in the log."""
    try:
        done = await server.reloading.reload()
    except UserError as error:
        log.error("reload refused, all is as before", problems=str(error))  # noqa: TRY400
        return
    log.info("reloaded", changes=len(done.plan.lines), version=done.version, asterisk=done.asterisk)
