"""The server: all groups of objects, started and closed together, and what binds them."""

import asyncio
import random
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path

import structlog

from ivr import __version__
from ivr.acd.engine import Engine
from ivr.asterisk.agi import AgiServer, AgiSession
from ivr.asterisk.ami import AmiLink
from ivr.asterisk.call import LiveCall
from ivr.asterisk.telephony import AsteriskTelephony
from ivr.asterisk.translate import translate
from ivr.journal import cel
from ivr.journal.journal import Journal
from ivr.journal.queue_log_file import QueueLogFile
from ivr.lookup import HttpLookups
from ivr.metrics.lag import LoopLag
from ivr.metrics.metrics import Metrics
from ivr.model import events
from ivr.model.site import Site
from ivr.ports import Spoken
from ivr.provision.emergency import write_emergency_file
from ivr.provision.own_asterisk import OwnAsterisk
from ivr.provision.paths import paths_of
from ivr.provision.secrets import Secrets
from ivr.service.admission import Admission
from ivr.service.breaks import Breaks
from ivr.service.callbacks import Callbacks
from ivr.service.channels import Channels
from ivr.service.clicks import Clicks
from ivr.service.clock import SystemClock
from ivr.service.closures import Closures
from ivr.service.console.alarms import alarms
from ivr.service.console.desks import Desks
from ivr.service.console.glance import TALK, Glance, House
from ivr.service.console.live import LiveBoard
from ivr.service.conversations import Conversations
from ivr.service.desk import Desk
from ivr.service.dispatcher import Dispatcher
from ivr.service.dispositions import Dispositions
from ivr.service.features import Features
from ivr.service.hanging_up import HangingUp
from ivr.service.help import Help
from ivr.service.kept_places import keep_places
from ivr.service.last_agents import LastAgents
from ivr.service.listening import Listening
from ivr.service.live import CoreState
from ivr.service.orders import Orders
from ivr.service.own_numbers import OwnNumbers
from ivr.service.privacy import Privacy
from ivr.service.recorder import FanOut
from ivr.service.recordings import Recordings
from ivr.service.reload import Plan
from ivr.service.reloading import Reloading
from ivr.service.resumption import Resumption, busy_since
from ivr.service.retrieval import Retrieval
from ivr.service.scheduled import ScheduledReports
from ivr.service.sessions import Sessions
from ivr.service.supervision import Supervision
from ivr.service.switchboard import Switchboard
from ivr.service.tasks import Tasks
from ivr.service.texts import voiced
from ivr.service.trunk import Trunk
from ivr.service.watch import Books, Watch, look_around
from ivr.settings import Settings
from ivr.site.changes import succeed
from ivr.site.serving import queues_of
from ivr.speech.prompts import Progress, Prompts, in_silence
from ivr.web.api import Parts
from ivr.web.health import Health
from ivr.webhooks import Webhooks
from ivr.wiring.given import Given, Reading
from ivr.wiring.keeping import Keeping
from ivr.wiring.memory import keep_what_is_there
from ivr.wiring.names import Names
from ivr.wiring.reception import Reception
from ivr.wiring.reports import delivery_of
from ivr.wiring.voicemail import Voicemail
from ivr.wiring.web import People, web_server

log = structlog.get_logger(__name__)


class Server:
    """Everything `ivr serve` runs. `start` returns when it takes calls; `close` ends it."""

    def __init__(
        self, settings: Settings, given: Given, reading: Reading, *, rolled_back: bool = False
    ) -> None:
        """`rolled_back`: what is given is an earlier version than the files say."""
        self._settings = settings
        self._site = given.site
        """In force; `desk.site` has also the queues that some calls are still in."""
        self._clock = SystemClock()
        self._started_at = self._clock.now()
        self._names = Names(self._clock)
        self._recorder = FanOut()
        self._tasks = Tasks("server")
        self._closers = AsyncExitStack()
        self._first_login = asyncio.Event()
        self._prompts = Prompts(settings.prompts_dir, settings.dialplans / "sounds")
        self._reach_asterisk(given.secrets)
        self._route()
        self._tell_of_events(given)
        self._take_calls(given)
        self.reloading = Reloading(
            given,
            reading.read,
            reading.files_version,
            self,
            reading.versions,
            self._recorder,
            self._clock,
            rolled_back=rolled_back,
        )
        self._open_to_browsers(given.secrets)
        self._watch_for_metrics()

    def _in_force(self) -> Site:
        return self._site

    def _reach_asterisk(self, secrets: Secrets) -> None:
        self._link = AmiLink(
            self._settings.asterisk_host,
            self._settings.ami_port,
            "ivr",
            secrets.ami,
            on_event=self._on_event,
            on_login=self._on_login,
            on_lost=self._on_lost,
            rng=random.Random(self._names.boot),  # noqa: S311 - only spreads reconnects
        )
        self._telephony = AsteriskTelephony(self._link, self._prompts)
        self._channels = Channels()
        self._trunk = Trunk()
        self._own_asterisk = OwnAsterisk(self._settings)

    def _route(self) -> None:
        """The core, who drives it, and the desk on which calls lay what belongs to them."""
        site, clock, recorder, boot = self._site, self._clock, self._recorder, self._names.boot
        engine = Engine(site, offer_prefix=f"{boot}-", seed=int(boot, 16))
        self._dispatcher = Dispatcher(
            site,
            engine,
            self._telephony,
            recorder,
            clock,
            self._names.leg,
            lambda seconds: self._metrics.routing.observe_decision(seconds),
            lambda where: self._metrics.routing.count_error(where),
        )
        self._breaks = Breaks(site, self._dispatcher.feed, engine.agent, clock)
        recordings = Recordings(self._settings.recordings_dir, recorder, clock)
        self._desk = Desk(
            site,
            self._dispatcher,
            Conversations(),
            recordings,
            Privacy(recordings, self._telephony, recorder, clock, self._tasks),
            recorder,
            clock,
            self._tasks,
            last_agents=LastAgents(),
        )
        self._books = Books()
        sight = look_around(
            engine,
            clock,
            self._dispatcher,
            self._desk.conversations,
            self._channels,
            self._books,
            lambda: self._callbacks.queue_of_call(),
        )
        self._watch = Watch(sight, recorder, clock)

    def _tell_of_events(self, given: Given) -> None:
        """Whoever hears of every event: the journal first."""
        settings, clock, engine = self._settings, self._clock, self._dispatcher.engine
        self._closures = Closures(self._in_force, self._recorder, clock)
        self._voicemail = Voicemail(
            settings.voicemail_dir,
            self._in_force,
            self._telephony,
            lambda: self._lookups,
            self._recorder,
            clock,
            self._tasks,
        )
        live = CoreState(
            engine,
            clock,
            lambda: self._sessions.active,
            lambda: self._callbacks.pending(),
            self._closures.now,
            self._voicemail.boxes.counts,
        )
        self._metrics = Metrics(given.site, given.flows, live)
        self._journal = Journal(
            settings.journal_url,
            settings.journal_spill_file,
            on_write=self._metrics.system.observe_journal_write,
        )
        self._help = Help(self._desk.conversations, self._recorder, clock)
        self._glance = Glance(
            House(
                engine,
                self._desk.conversations,
                clock,
                self._in_force,
                self._closures.now,
                lambda: alarms(
                    self._watch,
                    self._link.connected,
                    self._journal.database_up,
                    self._admission.reasons(),
                ),
                lambda: self._listening.attending,
                self._desk.privacy.is_on,
                self._help.since,
            )
        )
        self._board = LiveBoard(self._glance, self._names.boot)
        self._keeping = Keeping(
            settings,
            self._in_force,
            self._voicemail.boxes,
            self._journal,
            self._recorder,
            clock,
        )
        self._reports = ScheduledReports(
            self._in_force,
            delivery_of(settings, self._in_force, lambda: self.reloading.tree.flows, clock),
            self._journal.flush,
            self._recorder,
            clock,
        )
        self._dispositions = Dispositions(
            lambda: self._desk.site,
            self._desk.conversations,
            self._dispatcher.feed,
            self._recorder,
            clock,
        )
        self._desks = Desks(
            self._glance,
            lambda call: self._sessions.collected(call),
            self._dispositions.item,
        )
        self._people = People(settings, self._in_force, clock, self._metrics.web.audit_broken)
        self._queue_log = self._queue_log_file(settings.queue_log)
        self._webhooks = Webhooks(settings, clock, self._metrics.webhooks)
        self._receivers = self._webhooks.read(given.site)
        self._recorder.add(self._journal, self._metrics, self._books, self._desk.last_agents)
        self._recorder.add(self._people.trail, *self._voicemail.listeners)
        self._recorder.add(self._board, self._desks)
        self._recorder.add(*filter(None, [self._queue_log]))
        self._recorder.add(self._help)

    def _take_calls(self, given: Given) -> None:
        desk, settings = self._desk, self._settings
        supervision = Supervision(desk)
        self._listening = Listening(
            desk,
            supervision,
            self._telephony,
            self._names.supervisor,
            lambda agent: self._board.touch((TALK, agent)),
        )
        self._clicks = Clicks(desk, self._telephony, self._names.click)
        self._resumption = Resumption(desk)
        self._callbacks = Callbacks(desk, self._telephony, self._names.customer)
        self._lookups = HttpLookups(
            given.site.http,
            settings.secrets_dir,
            random.Random(self._names.boot),  # noqa: S311 - only spreads repeated attempts
        )
        self._sessions = Sessions(
            desk,
            given.flows,
            self._closures.over(given.calendars),
            self._resumption,
            self._callbacks,
            self._lookups,
            self._voicemail.boxes,
            given.version,
        )
        retrieval = Retrieval(self._voicemail.boxes, self._clock)
        pins = given.secrets.pins
        self._features = Features(
            desk,
            supervision,
            self._closures,
            retrieval,
            self._help,
            self._dispositions,
            pins,
        )
        self._switchboard = Switchboard(
            self._dispatcher,
            desk.conversations,
            supervision,
            self._resumption,
            self._clock,
            self._callbacks,
            self._listening,
            self._clicks,
        )
        self._admission = Admission(
            self._in_force,
            lambda: self._sessions.active + self._resumption.away,
            lambda: self._agi.sessions_share,
            self._recorder,
            self._clock,
        )
        self._admission.use(given.flows)
        reception = Reception(
            self._admission,
            self._switchboard,
            self._sessions,
            self._features,
            self._listening,
            self._clicks,
            self._line,
        )
        self._agi = AgiServer(
            reception.serve, token=given.secrets.agi, on_error=self._metrics.system.agi_error
        )

    def _line(self, session: AgiSession, dialled: str) -> LiveCall:
        voicemail, call = self._settings.voicemail_dir, self._names.call()
        return LiveCall(session, call, dialled, self._prompts, voicemail, self._telephony)

    def _open_to_browsers(self, secrets: Secrets) -> None:
        recorder, clock, people = self._recorder, self._clock, self._people
        conversations, channel_of = self._desk.conversations, self._sessions.channel_of
        desk = people.desk(self._settings, self._desks)
        self._phone_lines = desk.lines
        parts = Parts(
            self._dispatcher.engine,
            clock,
            Orders(self._dispatcher.feed, recorder, clock),
            self._in_force,
            self.reloading,
            self._closures,
            self._voicemail.boxes,
            people.sessions,
            people.accounts,
            self._board,
            HangingUp(conversations, channel_of, self._telephony, recorder, clock),
            self._listening,
            self._keeping.recordings,
            self._keeping.retention,
            self._keeping.holds,
            desk,
            self._dispositions,
            self._help,
            OwnNumbers(self._keeping.days, self._in_force, clock),
            self._clicks,
        )
        gate = people.gate(secrets.api)
        metrics = self._metrics
        self._web = web_server(
            self._settings, metrics.pieces, self._health, parts, gate, metrics.web.refused
        )
        self._lag = LoopLag(self._lagged)

    def _lagged(self, seconds: float) -> None:
        self._metrics.system.observe_event_loop_lag(seconds)
        self._admission.observe_lag(seconds)

    def _watch_for_metrics(self) -> None:
        """What is asked for at every scrape, and told by nobody."""
        self._metrics.system.watch_agi_sessions(lambda: self._agi.sessions_active)
        self._metrics.system.watch_trunk(
            lambda: self._trunk.reachable if self._site.outbound.trunk_host else None
        )
        self._metrics.admission.watch(self._admission.reasons, self._admission.nearness)
        self._metrics.storage.watch(
            {"state": self._settings.state_dir, "recordings": self._settings.recordings_dir}
        )
        self._metrics.system.watch_journal(
            lambda: self._journal.backlog,
            lambda: self._journal.database_up,
            lambda: self._journal.lost,
        )

    async def start(self, progress: Progress = in_silence) -> None:
        """Prompts first, then the journal, then Asterisk; calls are taken last of all."""
        for directory in (self._settings.recordings_dir, self._settings.voicemail_dir):
            directory.mkdir(parents=True, exist_ok=True)
        await self._prompts.prepare(voiced(self._site, self.reloading.tree.flows), progress)
        self._write_emergency_file(self._site)
        self.reloading.begin()
        await self._journal.start()
        self._closers.push_async_callback(self._journal.close)
        self._closers.push_async_callback(self._webhooks.close)
        await self._webhooks.use(self._receivers)
        if self._queue_log is not None:
            self._queue_log.start()
            self._closers.push_async_callback(asyncio.to_thread, self._queue_log.close)
        await self._people.start(self._closers)
        self._closures.learn(await self._journal.closures())
        await self._keeping.start(self._closers)
        await self._voicemail.learn(self._journal)
        self._reports.learn(await self._journal.reports())
        self._recorder.record(
            events.ServerStarted(
                at=self._clock.now(), version=__version__, config=self.reloading.tree.version
            )
        )
        self._closers.callback(
            lambda: self._recorder.record(events.ServerStopped(at=self._clock.now()))
        )
        await self._web.start()
        self._closers.push_async_callback(self._web.close)
        self._closers.callback(self._board.close)
        self._closers.callback(self._desks.close)
        self._closers.callback(self._phone_lines.close)
        self._tasks.start(self._board.run(), "console")
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
        self._voicemail.hooks.catch_up()
        self._breaks.start()
        self._closers.push_async_callback(self._breaks.close)
        self._tasks.start(self._watch.run(), "watch")
        self._tasks.start(self._listening.watch(), "who may listen")
        self._tasks.start(self._keeping.retention.run(), "retention")
        self._tasks.start(self._reports.run(), "reports")
        self._tasks.start(self._keeping.projector.run(self._clock.now), "tables of calls")
        self._tasks.start(cel.keep_small(paths_of(self._settings).cel), "Asterisk's record")
        self._tasks.start(
            self._metrics.storage.keep_counting(self._settings.recordings_dir), "recordings' size"
        )
        keep_what_is_there(cleaned=True)
        await self._agi.start(self._settings.bind, self._settings.agi_port)
        self._closers.push_async_callback(self._agi.close)

    async def close(self) -> None:
        """Close what was started, last first.

        Conversations go on in Asterisk, places in line stay in memos.
        """
        await self._closers.aclose()

    # --- another version of site and flows, as `Reloading` asks

    def look(self, tree: Given) -> None:
        self._targets = self._lookups.read(tree.site.http)
        self._receivers = self._webhooks.read(tree.site)

    async def refresh(self) -> None:
        await self._lookups.use(self._targets)  # a secret can change without the files
        await self._webhooks.use(self._receivers)

    async def prepare(self, tree: Given, plan: Plan) -> None:
        await self._prompts.prepare(voiced(tree.site, tree.flows))
        self._known = succeed(self._desk.site, tree.site)
        self._series = await asyncio.to_thread(self._metrics.prepare, self._known, tree.flows)
        if plan.for_telephony:
            await asyncio.to_thread(self._own_asterisk.prepare, tree.site, tree.secrets)

    def switch(self, tree: Given) -> None:
        self._own_asterisk.put_in_place()
        self._site, self._desk.site = tree.site, self._known
        self._metrics.reconfigure(self._series)
        self._admission.use(tree.flows)
        self._sessions.use(tree.flows, self._closures.over(tree.calendars), tree.version)
        self._features.use(tree.secrets.pins)
        self._dispatcher.reconfigure(tree.site, self._known)

    async def finish(self, tree: Given, plan: Plan) -> bool | None:
        await self.refresh()
        self._voicemail.lights.show_all()
        self._write_emergency_file(tree.site)
        await self._breaks.replan(tree.site)
        self._reports.replan()
        keep_what_is_there(cleaned=False)  # agents and queues are filed anew: as many objects again
        return await self._own_asterisk.tell() if plan.for_telephony else None

    def _write_emergency_file(self, site: Site) -> None:
        prompt = self._prompts.path(Spoken(site.emergency.say))
        write_emergency_file(self._settings.emergency_file, site.emergency, prompt)

    # --- Asterisk speaks

    async def _on_login(self) -> None:
        self._channels.forget()
        snapshot = await self._telephony.snapshot()
        self._channels.replace(snapshot)
        self._trunk.replace(snapshot)
        self._recorder.record(events.AmiConnected(at=self._clock.now()))
        missing = {a.extension for a in self._site.agents.values()} - snapshot.reachable
        self._tasks.start(self._telephony.look_for(sorted(missing)), "look for phones")
        self._voicemail.lights.show_all()
        if self._first_login.is_set():
            self._resumption.reconcile(snapshot)
            return
        for queue, seconds in await self._journal.handle_times():
            self._dispatcher.engine.handling.learn(queue, seconds)
        self._desk.last_agents.learn(await self._journal.conversations())
        await keep_places(self._journal.abandons_since, self._dispatcher, self._clock)
        calls = await self._journal.open_calls()
        self._dispatcher.learn_places(calls)
        self._resumption.settle_offers(snapshot, calls)
        self._glance.callers.learn(event for history in calls.values() for event in history)
        self._help.learn(event for history in calls.values() for event in history)
        snapshot, calls = await self._callbacks.take_over(snapshot, calls)
        agents = await self._journal.last_agent_states()
        orders = await self._journal.agent_orders(busy_since(agents, self._clock.now()))
        await self._resumption.take_over(snapshot, agents, calls, orders)
        self._dispositions.learn(event for history in calls.values() for event in history)
        self._first_login.set()

    def _on_lost(self) -> None:
        self._channels.forget()
        self._trunk.forget()
        self._recorder.record(events.AmiLost(at=self._clock.now()))

    def _on_event(self, event: Mapping[str, str]) -> None:
        self._metrics.system.ami_event(event.get("Event", ""))
        report = translate(event)
        if report is not None:
            self._channels.report(report)
            self._trunk.report(report)
            self._switchboard.report(report)

    def _health(self) -> Health:
        return Health(
            ami=self._link.connected,
            journal=self._journal.database_up,
            journal_backlog=self._journal.backlog,
            uptime_s=self._clock.now() - self._started_at,
            calls=self._admission.calls,
            calls_max=self._admission.calls_max,
            turning_away=self._admission.reasons(),
            turned_away=self._admission.refused,
            used=self._admission.nearness(),
        )

    def _queue_log_file(self, path: str) -> QueueLogFile | None:
        if not path:
            return None
        return QueueLogFile(Path(path), lambda agent: queues_of(self._site, agent))
