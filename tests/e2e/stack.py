"""One instance under test: a real Asterisk and a real server on ports and paths of their own."""

import sys
from pathlib import Path

from ivr.cli.dialplans import load_dialplans
from ivr.provision.asterisk import AsteriskProcess
from ivr.provision.instance import ServerProcess
from ivr.provision.paths import paths_of
from ivr.provision.render import render_asterisk
from ivr.provision.rootfs import ensure_asterisk
from ivr.provision.secrets import load_or_create_secrets
from ivr.settings import Settings
from tests.e2e.ports import PortBlock
from tests.e2e.spoken import lend_prompts

SITE = Path(__file__).parent / "site"


def settings_on(ports: PortBlock, state: Path, dialplans: Path = SITE) -> Settings:
    """An instance of the tests' site (or of its copy) that collides with no other."""
    return Settings(
        state_dir=state,
        dialplans=dialplans,
        sip_port=ports.for_server(),
        ami_port=ports.for_server(),
        agi_port=ports.for_server(),
        http_port=ports.for_server(),
        ws_port=ports.for_server(),
        rtp_start=20000,
        rtp_end=23999,
        queue_log=str(state / "queue_log"),
    )


class Stack:
    """Asterisk and server, started, stopped and killed each for itself.

    Other processes may make one of the same settings, to look at what runs there.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        dialplans = load_dialplans(settings.dialplans)
        self.site, self.flows = dialplans.site, dialplans.flows
        self.secrets = load_or_create_secrets(settings.secrets_dir, self.site)
        paths = paths_of(settings)
        self.asterisk = AsteriskProcess(ensure_asterisk(_say), paths)
        self.server = ServerProcess(settings, paths)

    async def start(self) -> None:
        render_asterisk(self.settings, self.site, self.secrets)
        await lend_prompts(self.site, self.flows, self.settings.prompts_dir)
        await self.asterisk.start()
        await self.server.start()

    async def stop(self) -> None:
        await self.server.stop()
        await self.asterisk.stop()


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
