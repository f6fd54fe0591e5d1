"""`ivr demo`: the same as `ivr run`, with simulated callers and agents."""

import click

from ivr.cli.options import as_called, settings_options
from ivr.cli.run import run
from ivr.cli.setup import say
from ivr.model.site import Site
from ivr.provision.demo import Demo, Rate
from ivr.provision.secrets import Secrets
from ivr.provision.tools import ensure_demo_tools
from ivr.service.features import LOG_IN
from ivr.settings import Settings


@click.command(short_help="Run with simulated callers and agents.")
@click.option(
    "--calls-per-minute",
    type=click.FloatRange(0.1, 60),
    default=6.0,
    show_default=True,
    help="How often somebody calls, on average.",
)
@click.option(
    "--phone-port",
    type=click.IntRange(1024, 64000),
    default=17000,
    show_default=True,
    envvar="IVR_PHONE_PORT",
    help="First port of the simulated phones; each takes ten.",
)
@settings_options
def command(settings: Settings, calls_per_minute: float, phone_port: int) -> None:
    """Run with simulated callers and agents at a gentle rate, so that there is something to see."""
    ensure_demo_tools(say)
    rate = Rate(calls_per_minute, phone_port)

    async def people(site: Site, secrets: Secrets) -> None:
        await Demo(settings, site, secrets, rate, log_in=LOG_IN, say=say).run()

    run(settings, people, notes=(_note(settings),))


def _note(settings: Settings) -> str:
    return (
        "Simulated agents answer and simulated callers call, on real phones with real audio.\n"
        f"Watch with `{as_called(settings, 'calls')}`, or take an account that is not simulated: "
        "the supervisor's."
    )
