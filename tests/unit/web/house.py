"""A whole web side over a real core, and people of every role who show tokens."""

import asyncio
from collections.abc import Mapping
from typing import Any

import aiohttp

from ivr.model.access import Role
from ivr.model.errors import UserError
from ivr.model.hours import Calendar
from ivr.model.site import Site
from ivr.service.closures import Closures
from ivr.service.orders import Orders
from ivr.service.reload import Plan
from ivr.service.reloading import Kept, Reloaded
from ivr.testing.clock import VirtualClock
from ivr.web import Gate, Health, WebServer, make_app
from ivr.web.api import Parts, api_routes
from ivr.web.caller import Caller
from ivr.web.routes import Route
from tests.unit.acd.centre import Centre, site
from tests.unit.service.fakes import Events

WELL = Health(ami=True, journal=True, journal_backlog=0, uptime_s=1.0)
SECRET = "0123456789abcdef"
ALL = frozenset({"north"})

PEOPLE = {
    "ann-shows-this": Caller("Ann", Role.AGENT, ALL, agent="ann"),
    "sue-shows-this": Caller("Sue", Role.SUPERVISOR, ALL),
    "max-shows-this": Caller("Max", Role.MANAGER),
    "eva-shows-this": Caller("Eva", Role.ADMIN),
}
TOKENS = dict(zip(Role, PEOPLE, strict=True))


class Tokens:
    """Accounts whose only way in are tokens; the test may take one away."""

    def __init__(self) -> None:
        self.people: dict[str, Caller] = dict(PEOPLE)
        self.asked = 0
        self.asked_again = asyncio.Event()
        """The same request was looked at a second time."""

    async def by_session(self, secret: str) -> Caller | None:
        return None

    async def by_token(self, secret: str) -> Caller | None:
        self.asked += 1
        if self.asked > 1:
            self.asked_again.set()
        return self.people.get(secret)


class NoReloads:
    in_force = "aaaa"
    rolled_back = False

    async def reload(self, *, dry_run: bool, rollback: bool) -> Reloaded:
        if rollback:
            raise UserError("there is no version before this one")
        return Reloaded(Plan((), ()), "aaaa", asterisk=None)

    def versions(self) -> tuple[Kept, ...]:
        return ()


def two_teams() -> Site:
    """Ann and Bob are in team north, Cem in south; all serve billing."""
    plain = site({name: {"billing": 5} for name in ("ann", "bob", "cem")})
    teams = {"ann": "north", "bob": "north", "cem": "south"}
    return plain.model_copy(
        update={
            "teams": {"north": "North", "south": "South"},
            "agents": {
                name: one.model_copy(update={"team": teams[name]})
                for name, one in plain.agents.items()
            },
            "pause_reasons": {"1": "lunch"},
            "calendars": {"office": Calendar(timezone="UTC", open=[])},
        }
    )


class House:
    """Everybody is logged in; `c1` waits for somebody who speaks French."""

    def __init__(self, more: list[Route] | None = None) -> None:
        whole = two_teams()
        self.centre = Centre(whole)
        self.centre.log_in(0.0, "ann", "bob", "cem")
        self.centre.enter(10.0, "c1", "french >= 1")
        self.events, clock = Events(), VirtualClock(100.0)
        feed = lambda message: self.centre.at(100.0, message) and None  # noqa: E731
        parts = Parts(
            self.centre.engine,
            clock,
            Orders(feed, self.events, clock),
            lambda: whole,
            NoReloads(),
            Closures(lambda: whole, self.events, clock),
        )
        self.tokens = Tokens()
        self.refused: list[tuple[str, str, str]] = []
        """(who, path, why)"""
        gate = Gate(
            SECRET,
            self.tokens,
            team_of=lambda agent: whole.agents[agent].team if agent in whole.agents else None,
            refused=lambda who, request, why: self.refused.append((who.name, request.path, why)),
        )
        self.app = make_app(lambda: b"", lambda: WELL, [*api_routes(parts), *(more or [])], gate)
        self.server = WebServer(self.app, "127.0.0.1", 0)

    async def ask(
        self, method: str, path: str, token: str = "", headers: Mapping[str, str] | None = None
    ) -> tuple[int, Any]:
        """(status, answer)"""
        shown = {"Authorization": f"Bearer {token}"} if token else {}
        url = f"http://127.0.0.1:{self.server.port}{path}"
        async with (
            aiohttp.ClientSession() as client,
            client.request(method, url, headers={**shown, **(headers or {})}) as answer,
        ):
            is_json = answer.content_type == "application/json" and method != "HEAD"
            return answer.status, await answer.json() if is_json else await answer.text()
