"""The web side: people and what was done by them, pages, API, and the server of all that."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from resource import RLIMIT_NOFILE, getrlimit

from ivr.accounts import Accounts, Store, Trail
from ivr.accounts.accounts import AccountsAwayError
from ivr.journal import database
from ivr.model.site import Site
from ivr.ports import Clock
from ivr.provision.secrets import sip_password
from ivr.service.console.desks import Desks
from ivr.settings import Settings
from ivr.web.address import is_proxy
from ivr.web.api import Parts, api_routes
from ivr.web.csrf import sound_origin
from ivr.web.desk import DeskParts
from ivr.web.door import Door, room_for
from ivr.web.guard import Gate
from ivr.web.health import Health
from ivr.web.metrics import Scrape
from ivr.web.pages import page_routes
from ivr.web.people import Members, password_noted, to_audit
from ivr.web.phone import Lines
from ivr.web.refusals import Refusals
from ivr.web.server import WebServer, make_app
from ivr.web.session import SessionResource


class People:
    """Users, their sign-ins, and the audit. `trail` is to be among those told of events."""

    def __init__(
        self,
        settings: Settings,
        site: Callable[[], Site],
        clock: Clock,
        audit_broken: Callable[[], None],
    ) -> None:
        self._site = site
        self._clock = clock
        self._origin = sound_origin(settings.http_origin)
        self._store = Store(
            database.open_engine(settings.journal_url),
            settings.audit_head_file,
            clock,
            audit_broken,
        )
        self.trail = Trail(self._store.chain, clock.now)
        self.accounts = Accounts(self._store, self.trail, clock)
        self._members = Members(self.accounts, self._team_of)
        self.sessions = SessionResource(self.accounts, self._members, self._origin)

    async def start(self, closers: AsyncExitStack) -> None:
        """UserError when the database cannot be opened."""
        await asyncio.to_thread(self._store.migrate)
        closers.callback(self._store.close)
        closers.callback(self.accounts.close)
        with suppress(AccountsAwayError):  # known or not, people can sign in
            await self.accounts.learn()
        self.trail.start()
        closers.push_async_callback(self.trail.close)

    def gate(self, secret: str) -> Gate:
        """`secret` opens everything: who can read it is the administrator of this machine."""
        audit = to_audit(self.trail, self._clock, self._origin)
        return Gate(secret, self._members, self._team_of, self._origin, audit)

    def desk(self, settings: Settings, desks: Desks) -> DeskParts:
        """Agents' own desks, with phones in the browser."""
        return DeskParts(
            desks,
            Lines(f"ws://{settings.asterisk_host}:{settings.ws_port}/ws", self._origin),
            self._site,
            lambda extension: sip_password(settings.secrets_dir, extension),
            password_noted(self.trail, self._clock, self._origin),
        )

    def _team_of(self, agent: str) -> str | None:
        found = self._site().agents.get(agent)
        return found.team if found else None


def web_server(
    settings: Settings,
    scrape: Scrape,
    health: Callable[[], Health],
    parts: Parts,
    gate: Gate,
    refused: Callable[[str], None],
) -> WebServer:
    routes = [*page_routes(), *api_routes(parts)]
    door = Door(
        room_for(getrlimit(RLIMIT_NOFILE)[0]),
        refusals=Refusals(refused),
        speaks_for_many=lambda address: is_proxy(address, gate.origin),
    )
    app = make_app(scrape, health, routes, gate, door)
    return WebServer(app, settings.bind, settings.http_port)
