"""The Asterisk of this instance, where it runs on this machine: told of a changed site."""

import asyncio

import structlog

from ivr.model.errors import UserError
from ivr.model.site import Site
from ivr.provision.asterisk import AsteriskProcess
from ivr.provision.paths import paths_of
from ivr.provision.render import Rendered, prepare_asterisk, put_in_place
from ivr.provision.rootfs import present_asterisk
from ivr.provision.secrets import Secrets
from ivr.settings import Settings

log = structlog.get_logger(__name__)

COMMANDS = (
    "module reload res_rtp_asterisk.so",
    "module reload res_pjsip.so",
    "dialplan reload",
    "moh reload",
)
"""Given on Asterisk's own console, the socket only this user can open: the manager interface would
need a class by which a stolen password could do more than that."""

UNHEARD = ("Unable to connect", "no answer to")


class OwnAsterisk:
    """`prepare` may fail and changes nothing; `put_in_place` is one rename; `tell` is the rest."""

    def __init__(self, settings: Settings) -> None:
        self._rendered: Rendered | None = None
        self._settings = settings
        self._paths = paths_of(settings)

    def prepare(self, site: Site, secrets: Secrets) -> None:
        """Its configuration for this site; nothing when it runs elsewhere, or not at all."""
        self._rendered = None
        if (self._paths.run / "asterisk.ctl").exists():
            self._rendered = prepare_asterisk(self._settings, site, secrets)

    def put_in_place(self) -> None:
        """What was prepared. UserError when that cannot be; nothing has changed then."""
        rendered, self._rendered = self._rendered, None
        if rendered is not None:
            put_in_place(rendered)

    async def tell(self) -> bool:
        """Has it read again what is in place; whether it was there to be told."""
        if not (self._paths.run / "asterisk.ctl").exists():
            return False
        try:
            home = await asyncio.to_thread(present_asterisk)
            return home is not None and await self._all_heard(AsteriskProcess(home, self._paths))
        except (OSError, UserError) as error:
            log.error("Asterisk not told", error=str(error))  # noqa: TRY400
            return False

    async def _all_heard(self, asterisk: AsteriskProcess) -> bool:
        for line in COMMANDS:
            said = await asterisk.cli(line)
            if said.startswith(UNHEARD):
                log.error("Asterisk does not hear", command=line, said=said.strip())
                return False
        return True
