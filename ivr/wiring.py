"""The one place where the server's objects are constructed and joined."""

import asyncio
import json
import random
import secrets as randomness
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog

from ivr import __version__
from ivr.acd.engine import Engine
from ivr.acd.messages import KeepPlace
from ivr.asterisk.agi import AgiServer, AgiSession
from ivr.asterisk.ami import AmiLink
from ivr.asterisk.call import LiveCall
from ivr.asterisk.telephony import AsteriskTelephony
from ivr.asterisk.translate import customer_name, leg_name, translate
from ivr.flow import Flow
from ivr.journal.journal import Journal
from ivr.lookup import HttpLookups
from ivr.metrics.lag import LoopLag
from ivr.metrics.metrics import Metrics
from ivr.model import events
from ivr.model.ids import QueueId
from ivr.model.site import Site, Voice
from ivr.nodes.prompt import texts
from ivr.ports import Spoken
from ivr.provision.secrets import Secrets
from ivr.service.breaks import Breaks
from ivr.service.briefing import briefing_texts
from ivr.service.callback_entry import callback_texts
from ivr.service.callbacks import Callbacks
from ivr.service.channels import Channels
from ivr.service.clock import SystemClock
from ivr.service.conversations import Conversations
from ivr.service.desk import Desk
from ivr.service.dispatcher import Dispatcher
from ivr.service.features import FEATURE_PROMPTS, Features
from ivr.service.last_agents import LastAgents
from ivr.service.live import CoreState
from ivr.service.privacy import Privacy
from ivr.service.recorder import FanOut
from ivr.service.recordings import Recordings
from ivr.service.reload import Plan, make_plan
from ivr.service.resumption import Resumption
from ivr.service.sessions import Sessions
from ivr.service.supervision import Supervision
from ivr.service.switchboard import Switchboard
from ivr.service.tasks import Tasks
from ivr.service.watch import Books, Watch, look_around
from ivr.settings import Settings
from ivr.site.calendars import SiteCalendars
from ivr.site.changes import succeed
from ivr.speech.prompts import Progress, Prompts, in_silence
from ivr.web.health import Health
from ivr.web.live import live_routes
from ivr.web.orders import order_routes
from ivr.web.reload import reload_route
from ivr.web.server import WebServer, make_app

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Given:
    """What the files of the administrator say, checked."""

    site: Site
    flows: Mapping[str, Flow]
    secrets: Secrets


class Server:
    """Everything `ivr serve` runs. `start` returns when it takes calls; `close` ends it."""

    def __init__(self, settings: Settings, given: Given, reread: Callable[[], Given]) -> None:
        """`reread` reads the files again for a reload; UserError for what is wrong with them."""
        site, flows, secrets = given.site, given.flows, given.secrets
        self._settings = settings
        self._reread = reread
        self._reloading = asyncio.Lock()
        self._site = site
        """As in the files; `desk.site` has also the queues that some calls are still in."""
        self._flows = flows
        self._boot = randomness.token_hex(3)
        self._legs = 0
        self._clock = clock = SystemClock()
        self._started_at = clock.now()
        self._tasks = Tasks("server")
        self._closers = AsyncExitStack()
        self._first_login = asyncio.Event()
        self._prompts = Prompts(settings.prompts_dir, settings.dialplans / "sounds")
        self._link = AmiLink(
            settings.asterisk_host,
            settings.ami_port,
            "ivr",
            secrets.ami,
            on_event=self._on_event,
            on_login=self._on_login,
            on_lost=self._on_lost,
            rng=random.Random(self._boot),  # noqa: S311 - only spreads reconnects
        )
        self._telephony = AsteriskTelephony(self._link, self._prompts)
        engine = Engine(site, offer_prefix=f"{self._boot}-", seed=int(self._boot, 16))
        live = CoreState(
            engine, clock, lambda: self._sessions.active, lambda: self._callbacks.pending()
        )
        self._metrics = Metrics(site, flows, live)
        self._journal = Journal(
            settings.journal_url,
            settings.journal_spill_file,
            on_write=self._metrics.system.observe_journal_write,
        )
        books = Books()
        last_agents = LastAgents()
        recorder = FanOut([self._journal, self._metrics, books, last_agents])
        self._recorder = recorder
        self._dispatcher = Dispatcher(
            site,
            engine,
            self._telephony,
            recorder,
            clock,
            self._new_leg,
            self._metrics.routing.observe_decision,
            self._metrics.routing.count_error,
        )
        self._breaks = Breaks(site, self._dispatcher.feed, engine.agent, clock)
        conversations = Conversations()
        self._channels = Channels()
        sight = look_around(
            engine,
            site,
            clock,
            self._dispatcher,
            conversations,
            self._channels,
            books,
            lambda: self._callbacks.queue_of_call(),
        )
        self._watch = Watch(sight, recorder, clock)
        recordings = Recordings(settings.recordings_dir, recorder, clock)
        self._desk = desk = Desk(
            site,
            self._dispatcher,
            conversations,
            recordings,
            Privacy(recordings, self._telephony, recorder, clock, self._tasks),
            recorder,
            clock,
            self._tasks,
            last_agents=last_agents,
        )
        supervision = Supervision(desk)
        self._resumption = Resumption(desk)
        self._callbacks = Callbacks(desk, self._telephony, self._new_customer)
        self._lookups = HttpLookups(
            site.http,
            settings.secrets_dir,
            random.Random(self._boot),  # noqa: S311 - only spreads repeated attempts
        )
        self._sessions = Sessions(
            desk, flows, SiteCalendars(site), self._resumption, self._callbacks, self._lookups
        )
        self._features = Features(desk, supervision, secrets.pins)
        self._switchboard = Switchboard(
            self._dispatcher, conversations, supervision, self._resumption, clock, self._callbacks
        )
        self._agi = AgiServer(
            self._serve, token=secrets.agi, on_error=self._metrics.system.agi_error
        )
        self._lag = LoopLag(self._metrics.system.observe_event_loop_lag)
        self._web = WebServer(
            make_app(
                self._metrics.render,
                self._health,
                [
                    *live_routes(engine, clock),
                    *order_routes(self._dispatcher.feed, lambda: self._site),
                    reload_route(self.reload, self._settings),
                ],
                secrets.api,
            ),
            settings.bind,
            settings.http_port,
        )
        self._metrics.system.watch_agi_sessions(lambda: self._agi.sessions_active)
        self._metrics.system.watch_journal(
            lambda: self._journal.backlog,
            lambda: self._journal.database_up,
            lambda: self._journal.lost,
        )

    async def start(self, progress: Progress = in_silence) -> None:
        """Prompts first, then the journal, then Asterisk; calls are taken last of all."""
        for directory in (self._settings.recordings_dir, self._settings.voicemail_dir):
            directory.mkdir(parents=True, exist_ok=True)
        await self._prompts.prepare(_voiced(self._site, self._flows), progress)
        self._write_emergency_snapshot(Spoken(self._site.emergency.say))
        await self._journal.start()
        self._closers.push_async_callback(self._journal.close)
        self._recorder.record(events.ServerStarted(at=self._clock.now(), version=__version__))
        self._closers.callback(
            lambda: self._recorder.record(events.ServerStopped(at=self._clock.now()))
        )
        await self._web.start()
        self._closers.push_async_callback(self._web.close)
        self._lag.start()
        self._closers.callback(self._lag.close)
        self._closers.push_async_callback(self._lookups.close)
        self._closers.push_async_callback(self._tasks.close)
        self._closers.push_async_callback(self._dispatcher.close)
        await self._link.start()
        self._closers.push_async_callback(self._link.close)
        self._closers.push_async_callback(self._dispatcher.drop_offers)
        self._closers.push_async_callback(self._callbacks.drop_legs)
        await self._first_login.wait()
        self._breaks.start()
        self._closers.push_async_callback(self._breaks.close)
        self._tasks.start(self._watch.run(), "watch")
        await self._agi.start(self._settings.bind, self._settings.agi_port)
        self._closers.push_async_callback(self._agi.close)

    async def close(self) -> None:
        """Close what was started, last first.

        Conversations go on in Asterisk, places in line stay in memos.
        """
        await self._closers.aclose()

    async def reload(self, dry_run: bool) -> Plan:
        """Reads site and flows again and puts them in force, whole or not at all.

        UserError says what is wrong with the files; then, and after a dry run, all is as before.
        """
        async with self._reloading:
            given = await asyncio.to_thread(self._reread)
            plan = make_plan(self._site, self._flows, given.site, given.flows)
            targets = self._lookups.read(given.site.http)
            if not dry_run:
                await self._lookups.use(targets)  # a secret can change without the files
            if not dry_run and not plan.empty:
                await self._prompts.prepare(_voiced(given.site, given.flows))
                self._put_in_force(given, plan)
                await self._breaks.replan(given.site)
            return plan

    def _put_in_force(self, given: Given, plan: Plan) -> None:
        known = succeed(self._desk.site, given.site)
        self._site, self._desk.site = given.site, known
        self._flows = given.flows
        self._metrics.reconfigure(known, given.flows)
        self._sessions.use(given.flows, SiteCalendars(given.site))
        self._features.use(given.secrets.pins)
        self._dispatcher.reconfigure(given.site, known)
        self._write_emergency_snapshot(Spoken(given.site.emergency.say))
        lines = [*map(str, plan.changes), *plan.flows]
        self._recorder.record(
            events.SiteReloaded(
                at=self._clock.now(), changes=len(lines), detail="\n".join(lines[:50])
            )
        )

    # --- Asterisk speaks

    async def _on_login(self) -> None:
        self._channels.forget()
        snapshot = await self._telephony.snapshot()
        self._channels.replace(snapshot)
        self._recorder.record(events.AmiConnected(at=self._clock.now()))
        missing = {a.extension for a in self._site.agents.values()} - snapshot.reachable
        self._tasks.start(self._telephony.look_for(sorted(missing)), "look for phones")
        if self._first_login.is_set():
            self._resumption.reconcile(snapshot)
            return
        for queue, seconds in await self._journal.handle_times():
            self._dispatcher.engine.handling.learn(queue, seconds)
        self._desk.last_agents.learn(await self._journal.conversations())
        await self._keep_places()
        calls = await self._journal.open_calls()
        snapshot, calls = await self._callbacks.take_over(snapshot, calls)
        await self._resumption.take_over(snapshot, await self._journal.last_agent_states(), calls)
        self._first_login.set()

    async def _keep_places(self) -> None:
        """Who hung up in line before the restart may still call again, and have the old place."""
        grace_s = {name: queue.redial_grace_s for name, queue in self._site.queues.items()}
        since = self._clock.now() - max(grace_s.values(), default=0.0)
        for left in await self._journal.abandons_since(since):
            until = left.at + grace_s.get(left.queue, 0.0)
            if until > self._clock.now():
                self._dispatcher.feed(
                    KeepPlace(QueueId(left.queue), left.caller, left.entered_at, until)
                )

    def _on_lost(self) -> None:
        self._channels.forget()
        self._recorder.record(events.AmiLost(at=self._clock.now()))

    def _on_event(self, event: Mapping[str, str]) -> None:
        report = translate(event)
        if report is not None:
            self._channels.report(report)
            self._switchboard.report(report)

    async def _serve(self, session: AgiSession) -> None:
        """One FastAGI session: `call` with (dialled, state), `callback` with (dialled, call), or
        `feature` with (ext, code)."""
        kind, (first, second) = session.path, (*session.args, "", "")[:2]
        dialled = second if kind == "feature" else first
        line = LiveCall(
            session,
            self._new_call(),
            dialled,
            self._prompts,
            self._settings.voicemail_dir,
            self._telephony,
        )
        memo = await line.recall(second) if kind == "call" and second else None
        if memo is not None:
            line.id = memo.call
        if kind == "callback":
            line.id = second
        self._switchboard.connect(line.channel, line)
        try:
            if kind == "call":
                await self._sessions.serve(line, memo)
            elif kind == "callback":
                await self._sessions.serve_callback(line, second)
            elif kind == "feature":
                await self._features.serve(line, extension=first, dialled=second)
            else:
                log.error("unknown FastAGI path", path=kind)
        finally:
            self._switchboard.disconnect(line.channel, line)

    def _health(self) -> Health:
        return Health(
            ami=self._link.connected,
            journal=self._journal.database_up,
            journal_backlog=self._journal.backlog,
            uptime_s=self._clock.now() - self._started_at,
        )

    # --- names

    def _new_call(self) -> str:
        """Sortable by time, unique, and safe in file names: `20261122-043512-7f3a9c`."""
        moment = datetime.fromtimestamp(self._clock.now(), UTC)
        return f"{moment:%Y%m%d-%H%M%S}-{randomness.token_hex(3)}"

    def _new_leg(self) -> str:
        self._legs += 1
        return leg_name(self._boot, self._legs)

    def _new_customer(self) -> str:
        self._legs += 1
        return customer_name(self._boot, self._legs)

    def _write_emergency_snapshot(self, prompt: Spoken) -> None:
        emergency = self._site.emergency
        snapshot = {
            "prompt": self._prompts.path(prompt),
            "ring": list(emergency.ring),
            "ring_timeout_s": emergency.ring_timeout_s,
        }
        partial = self._settings.emergency_file.with_suffix(".part")
        partial.write_text(json.dumps(snapshot, indent=1) + "\n", "utf-8")
        partial.replace(self._settings.emergency_file)


def _voiced(site: Site, flows: Mapping[str, Flow]) -> dict[Spoken, Voice]:
    """Everything this server may have to say, and by whom it is said."""
    said = texts(flows, site)
    languages = {one.language or site.default_language for one in said}
    told = {*said, *callback_texts(site, languages), *briefing_texts(site), *FEATURE_PROMPTS}
    told.add(Spoken(site.emergency.say))
    return {one: site.voices[site.spoken(one.language)] for one in sorted(told, key=str)}
