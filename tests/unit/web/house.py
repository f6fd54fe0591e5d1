"""A whole web side over a real core, and people of every role who show tokens."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from ivr.model.access import Role
from ivr.model.errors import JournalAwayError, TelephonyError, UserError
from ivr.model.events import AgentChanged, Event, HoldChanged, MessageLeft
from ivr.model.hours import Calendar
from ivr.model.retention import Due
from ivr.model.site import Disposition, Mailbox, Site
from ivr.service.clicks import ClickRefusedError
from ivr.service.closures import Closures
from ivr.service.console.desks import Desks
from ivr.service.console.glance import Glance
from ivr.service.console.glance import House as Looked
from ivr.service.console.live import LiveBoard
from ivr.service.conversations import Conversations
from ivr.service.dispositions import Dispositions
from ivr.service.hanging_up import HangingUp
from ivr.service.help import Help
from ivr.service.holds import Holds
from ivr.service.listening import ListeningRefusedError, NotListeningError
from ivr.service.messages import MailboxService, Messages
from ivr.service.orders import Orders
from ivr.service.own_numbers import OwnNumbers
from ivr.service.reload import Plan
from ivr.service.reloading import Kept, Reloaded
from ivr.service.retention import Retention
from ivr.service.supervision import Still
from ivr.testing.clock import VirtualClock
from ivr.web import Gate, Health, WebServer, make_app
from ivr.web.api import Parts, api_routes
from ivr.web.caller import Caller
from ivr.web.desk import DeskParts
from ivr.web.pages import page_routes
from ivr.web.people import Members, password_noted, to_audit
from ivr.web.phone import Lines
from ivr.web.recordings import RecordingsResource
from ivr.web.routes import Route
from ivr.web.session import SessionResource
from tests.unit.accounts.rooms import Rooms
from tests.unit.acd.centre import Centre, site
from tests.unit.service.fakes import Events
from tests.unit.web.recorded import Recorded

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
    """People who show tokens, which the test may take away; behind them those with accounts."""

    def __init__(self, members: Members | None) -> None:
        self._members = members
        self.people: dict[str, Caller] = dict(PEOPLE)
        self.asked = 0
        self.asked_again = asyncio.Event()
        """The same request was looked at a second time."""

    async def by_session(self, secret: str) -> Caller | None:
        return await self._members.by_session(secret) if self._members else None

    async def by_token(self, secret: str) -> Caller | None:
        self.asked += 1
        if self.asked > 1:
            self.asked_again.set()
        if self._members is None or secret in self.people:
            return self.people.get(secret)
        return await self._members.by_token(secret)


class NothingOld:
    """A journal that is young."""

    async def due(self, before: float, kept: object) -> Due:
        return Due()

    async def prune(self, before: float, kept: object) -> Due:
        return Due()


class NoReloads:
    in_force = "aaaa"
    rolled_back = False

    async def reload(self, *, dry_run: bool, rollback: bool, by: str) -> Reloaded:
        if rollback:
            raise UserError("there is no version before this one")
        return Reloaded(Plan((), ()), "aaaa", asterisk=None)

    def versions(self) -> tuple[Kept, ...]:
        return ()


class Days:
    """What the journal knows of anybody's day; `asked` is whose was asked for, and since when.
    It is `reads` while it waits for `goes_on`."""

    def __init__(self) -> None:
        self.happened: list[Event] = []
        self.asked: list[tuple[str, float]] = []
        self.is_away = False
        self.reads, self.goes_on = asyncio.Event(), asyncio.Event()
        self.goes_on.set()

    async def since(self, agent: str, begin: float) -> tuple[AgentChanged | None, list[Event]]:
        if self.is_away:
            raise JournalAwayError
        self.asked.append((agent, begin))
        self.reads.set()
        await self.goes_on.wait()
        return None, self.happened


class Clicked:
    """Who clicked what; refuses whatever it is told to."""

    def __init__(self) -> None:
        self.wanted: list[tuple[str, str, str]] = []
        """(agent, number, by)"""
        self.refusal = ""
        self.down = False

    async def begin(self, agent: str, number: str, by: str) -> None:
        if self.down:
            raise TelephonyError("Asterisk is out of reach")
        if self.refusal:
            raise ClickRefusedError(self.refusal)
        self.wanted.append((agent, number, by))


class Phones:
    """Ends channels, and rings a supervisor who has a phone."""

    def __init__(self) -> None:
        self.ended: list[str] = []
        self.wanted: list[tuple[str, str]] = []
        """(supervisor, agent)"""
        self.mode = ""
        self.down = False

    async def hang_up(self, channel: str) -> None:
        if self.down:
            raise TelephonyError("Asterisk is out of reach")
        self.ended.append(channel)

    async def begin(self, supervisor: str, target: str, still: Still) -> None:
        if not supervisor:
            raise ListeningRefusedError("no_extension")
        await self.hang_up("")
        self.wanted.append((supervisor, target))
        self.still = still

    async def switch(self, supervisor: str, mode: str) -> None:
        if not self.wanted:
            raise NotListeningError("you do not listen to anybody now")
        self.mode = mode

    async def end(self, supervisor: str) -> None:
        await self.switch(supervisor, "")


DISPOSITIONS = {
    "solved": "Solved",
    "open": Disposition(title="Open", group="Not solved"),
}


def two_teams() -> Site:
    """Ann and Bob are in team north, Cem in south; all serve billing.

    Ann's phone is the browser.
    """
    plain = site({name: {"billing": 5} for name in ("ann", "bob", "cem")})
    teams = {"ann": "north", "bob": "north", "cem": "south"}
    return plain.model_copy(
        update={
            "teams": {"north": "North", "south": "South"},
            "agents": {
                name: one.model_copy(
                    update={"team": teams[name], "phone": "browser" if name == "ann" else "sip"}
                )
                for name, one in plain.agents.items()
            },
            "pause_reasons": {"1": "lunch"},
            "queues": {
                **plain.queues,
                "support": plain.queues["support"].model_copy(
                    update={"dispositions": DISPOSITIONS}
                ),
            },
            "mailboxes": {
                name: Mailbox(title=name.title(), teams=[name]) for name in ("north", "south")
            },
            "calendars": {"office": Calendar(timezone="UTC", open=[])},
        }
    )


def one_message_each() -> Messages:
    """`north/m1` and `south/m1`."""
    messages = Messages(Path("/nowhere"))
    for box in ("north", "south"):
        file = f"{box}/m1.wav"
        messages.record(
            MessageLeft(at=50.0, call="c0", mailbox=box, file=file, seconds=2.0, caller="+15550100")
        )
    return messages


class House:
    """Everybody is logged in; `c1` waits for somebody who speaks French.

    There are accounts only when there are rooms for them.
    """

    def __init__(
        self,
        more: list[Route] | None = None,
        rooms: Rooms | None = None,
        origin: str = "",
        sounds: Path | None = None,
        asterisk: str = "ws://127.0.0.1:9/ws",
    ) -> None:
        whole = two_teams()
        self.centre = Centre(whole)
        self.centre.log_in(0.0, "ann", "bob", "cem")
        self.centre.enter(10.0, "c1", "french >= 1")
        self.events, clock = Events(), VirtualClock(100.0)
        feed = lambda message: self.centre.at(100.0, message) and None  # noqa: E731
        closures = Closures(lambda: whole, self.events, clock)
        self.phones, self.talks = Phones(), Conversations()
        self.recorded = Recorded()
        self.days = Days()
        self.clicks = Clicked()
        self.help = Help(self.talks, self.events, clock)
        self.alarms: list[str] = []
        looked = Looked(
            self.centre.engine,
            self.talks,
            clock,
            lambda: whole,
            closures.now,
            lambda: self.alarms,
            list,
            lambda _call: False,
            lambda agent: self.help.since(agent),
        )
        glance = Glance(looked)
        self.board = LiveBoard(glance, "b0")
        self.dispositions = Dispositions(lambda: whole, self.talks, feed, self.events, clock)
        self.desks = Desks(glance, lambda _call: {"order": "4711"}, self.dispositions.item)
        self.lines = Lines(asterisk, origin)
        channels = {"c1": "ch-1"}
        has_accounts = rooms is not None
        rooms = rooms or Rooms(Path("/nowhere"))

        def team_of(agent: str) -> str | None:
            return whole.agents[agent].team if agent in whole.agents else None

        members = Members(rooms.accounts, team_of)
        directory = sounds or Path("/nowhere")
        boxes = MailboxService(lambda: whole, one_message_each(), self.events, clock)
        holds = Holds(self.recorded.has_call, self.events, clock)
        holds.learn([HoldChanged(at=60.0, call="c1", held=True, reason="a complaint", by="Max")])

        async def flush() -> None:
            """All is on record at once."""

        parts = Parts(
            self.centre.engine,
            clock,
            Orders(feed, self.events, clock),
            lambda: whole,
            NoReloads(),
            closures,
            boxes,
            SessionResource(rooms.accounts, members, origin),
            rooms.accounts,
            self.board,
            HangingUp(self.talks, channels.get, self.phones, self.events, clock),
            self.phones,
            RecordingsResource(self.recorded, directory, self.events, clock),
            Retention(
                lambda: whole,
                directory,
                boxes,
                holds,
                self.recorded,
                NothingOld(),
                flush,
                self.events,
                clock,
            ),
            holds,
            DeskParts(
                self.desks,
                self.lines,
                lambda: whole,
                lambda extension: f"password of {extension}",
                password_noted(rooms.trail, clock, origin),
            ),
            self.dispositions,
            self.help,
            OwnNumbers(self.days, lambda: whole, clock),
            self.clicks,
        )
        self.tokens = Tokens(members if has_accounts else None)
        self.refused: list[tuple[str, str, str]] = []
        """(who, path, why)"""
        gate = Gate(
            SECRET,
            self.tokens,
            team_of,
            origin,
            self._note_refusal,
        )
        self._to_audit = to_audit(rooms.trail, clock, origin)
        self.app = make_app(
            lambda: b"", lambda: WELL, [*page_routes(), *api_routes(parts), *(more or [])], gate
        )
        self.server = WebServer(self.app, "127.0.0.1", 0)

    def _note_refusal(self, who: Caller, request: web.Request, why: str) -> None:
        self.refused.append((who.name, request.path, why))
        self._to_audit(who, request, why)

    async def fetch(
        self, path: str, headers: Mapping[str, str] | None = None
    ) -> tuple[Mapping[str, str], str]:
        """Headers and text of what anybody may have."""
        url = f"http://127.0.0.1:{self.server.port}{path}"
        async with aiohttp.ClientSession() as client, client.get(url, headers=headers) as answer:
            return answer.headers, await answer.text()

    async def ask(
        self,
        method: str,
        path: str,
        token: str = "",
        headers: Mapping[str, str] | None = None,
        body: object = None,
    ) -> tuple[int, Any]:
        """(status, answer); `body` is sent as JSON."""
        shown = {"Authorization": f"Bearer {token}"} if token else {}
        url = f"http://127.0.0.1:{self.server.port}{path}"
        async with (
            aiohttp.ClientSession() as client,
            client.request(method, url, headers={**shown, **(headers or {})}, json=body) as answer,
        ):
            if answer.content_type == "text/event-stream" and answer.status == 200:
                return answer.status, ""  # it has no end
            is_json = answer.content_type == "application/json" and method != "HEAD"
            return answer.status, await answer.json() if is_json else await answer.text()
