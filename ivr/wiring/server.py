"""The server: all groups of objects, started and closed together, and what binds them."""

import asyncio
import random
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path

import structlog

from ivr import __version__
from ivr.acd.engine import Engine
from ivr.asterisk.agi import AgiServer
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
from ivr.service.breaks import Breaks
from ivr.service.callbacks import Callbacks
from ivr.service.channels import Channels
from ivr.service.clock import SystemClock
from ivr.service.closures import Closures
from ivr.service.console.alarms import alarms
from ivr.service.console.glance import TALK, Glance, House
from ivr.service.console.live import LiveBoard
from ivr.service.conversations import Conversations
from ivr.service.desk import Desk
from ivr.service.dispatcher import Dispatcher
from ivr.service.features import Features
from ivr.service.hanging_up import HangingUp
from ivr.service.kept_places import keep_places
from ivr.service.last_agents import LastAgents
from ivr.service.listening import Listening
from ivr.service.live import CoreState
from ivr.service.orders import Orders
from ivr.service.privacy import Privacy
from ivr.service.recorder import FanOut
from ivr.service.recordings import Recordings
from ivr.service.reload import Plan
from ivr.service.reloading import Reloading
from ivr.service.resumption import Resumption
from ivr.service.retrieval import Retrieval
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
from ivr.wiring.names import Names
from ivr.wiring.reception import Reception
from ivr.wiring.voicemail import Voicemail
from ivr.wiring.web import People, web_server

log = structlog.get_logger(__name__)


class Server:
    """Everything `ivr serve` runs. `start` returns when it takes calls; `close` ends it."""

    def __init__(
        self, settings: Settings, given: Given, reading: Reading, *, rolled_back: bool = False
    ) -> None:
        """`rolled_back`: what is given is an earlier version than the files say."""
        site, flows, secrets = given.site, given.flows, given.secrets
        self._settings = settings
        self._site = site
        """In force; `desk.site` has also the queues that some calls are still in."""
        self._clock = clock = SystemClock()
        self._names = names = Names(clock)
        self._recorder = recorder = FanOut()

        def in_force() -> Site:
            return self._site

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
            rng=random.Random(names.boot),  # noqa: S311 - only spreads reconnects
        )
        self._telephony = AsteriskTelephony(self._link, self._prompts)
        engine = Engine(site, offer_prefix=f"{names.boot}-", seed=int(names.boot, 16))
        live = CoreState(
            engine,
            clock,
            lambda: self._sessions.active,
            lambda: self._callbacks.pending(),
            lambda: self._closures.now(),
            lambda: self._voicemail.boxes.counts(),
        )
        self._metrics = Metrics(site, flows, live)
        self._journal = Journal(
            settings.journal_url,
            settings.journal_spill_file,
            on_write=self._metrics.system.observe_journal_write,
        )
        books = Books()
        last_agents = LastAgents()
        conversations = Conversations()
        self._glance = Glance(
            House(
                engine,
                conversations,
                clock,
                in_force,
                lambda: self._closures.now(),
                lambda: alarms(self._watch, self._link.connected, self._journal.database_up),
                lambda: self._listening.attending,
                lambda call: self._desk.privacy.is_on(call),
            )
        )
        self._board = board = LiveBoard(self._glance, names.boot)
        self._people = people = People(settings, in_force, clock)
        self._voicemail = voicemail = Voicemail(
            settings.voicemail_dir,
            in_force,
            self._telephony,
            lambda: self._lookups,
            recorder,
            clock,
            self._tasks,
        )
        self._queue_log = self._queue_log_file(settings.queue_log)
        recorder.add(self._journal, self._metrics, books, last_agents, people.trail)
        recorder.add(*voicemail.listeners, board, *filter(None, [self._queue_log]))
        self._closures = closures = Closures(in_force, recorder, clock)
        self._dispatcher = Dispatcher(
            site,
            engine,
            self._telephony,
            recorder,
            clock,
            names.leg,
            self._metrics.routing.observe_decision,
            self._metrics.routing.count_error,
        )
        self._breaks = Breaks(site, self._dispatcher.feed, engine.agent, clock)
        self._channels = Channels()
        self._trunk = Trunk()
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
        self._listening = listening = Listening(
            desk,
            supervision,
            self._telephony,
            names.supervisor,
            lambda agent: board.touch((TALK, agent)),
        )
        self._resumption = Resumption(desk)
        self._callbacks = Callbacks(desk, self._telephony, names.customer)
        self._lookups = HttpLookups(
            site.http,
            settings.secrets_dir,
            random.Random(names.boot),  # noqa: S311 - only spreads repeated attempts
        )
        self._webhooks = Webhooks(settings, clock, self._metrics.webhooks)
        self._receivers = self._webhooks.read(site)
        self._sessions = Sessions(
            desk,
            flows,
            closures.over(given.calendars),
            self._resumption,
            self._callbacks,
            self._lookups,
            voicemail.boxes,
            given.version,
        )
        retrieval = Retrieval(voicemail.boxes, clock)
        self._features = Features(desk, supervision, closures, retrieval, secrets.pins)
        self._switchboard = Switchboard(
            self._dispatcher,
            conversations,
            supervision,
            self._resumption,
            clock,
            self._callbacks,
            listening,
        )
        hanging_up = HangingUp(
            conversations, self._sessions.channel_of, self._telephony, recorder, clock
        )
        self._own_asterisk = OwnAsterisk(settings)
        self.reloading = Reloading(
            given,
            reading.read,
            reading.files_version,
            self,
            reading.versions,
            recorder,
            clock,
            rolled_back=rolled_back,
        )
        reception = Reception(
            self._switchboard,
            self._sessions,
            self._features,
            listening,
            lambda session, dialled: LiveCall(
                session,
                names.call(),
                dialled,
                self._prompts,
                settings.voicemail_dir,
                self._telephony,
            ),
        )
        self._agi = AgiServer(
            reception.serve, token=secrets.agi, on_error=self._metrics.system.agi_error
        )
        self._lag = LoopLag(self._metrics.system.observe_event_loop_lag)
        parts = Parts(
            engine,
            clock,
            Orders(self._dispatcher.feed, recorder, clock),
            in_force,
            self.reloading,
            closures,
            voicemail.boxes,
            people.sessions,
            people.accounts,
            board,
            hanging_up,
            listening,
        )
        gate = people.gate(secrets.api)
        self._web = web_server(settings, self._metrics.render, self._health, parts, gate)
        self._watch_for_metrics()

    def _watch_for_metrics(self) -> None:
        """What is asked for at every scrape, and told by nobody."""
        self._metrics.system.watch_agi_sessions(lambda: self._agi.sessions_active)
        self._metrics.system.watch_trunk(
            lambda: self._trunk.reachable if self._site.outbound.trunk_host else None
        )
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
        await self._voicemail.learn(self._journal)
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
        self._tasks.start(cel.keep_small(paths_of(self._settings).cel), "Asterisk's record")
        self._tasks.start(
            self._metrics.storage.keep_counting(self._settings.recordings_dir), "recordings' size"
        )
        await self._agi.start(self._settings.bind, self._settings.agi_port)
        self._closers.push_async_callback(self._agi.close)

    async def close(self) -> None:
        """Close what was started, last first.

        Conversations go on in Asterisk, places in line stay in memos.
        """
        await self._closers.aclose()

    # --- another version of site and flows, as `Reloading` asks

    def look(self, tree: Given) -> None:
        self._metrics.check(tree.site, tree.flows)
        self._targets = self._lookups.read(tree.site.http)
        self._receivers = self._webhooks.read(tree.site)

    async def refresh(self) -> None:
        await self._lookups.use(self._targets)  # a secret can change without the files
        await self._webhooks.use(self._receivers)

    async def prepare(self, tree: Given, plan: Plan) -> None:
        await self._prompts.prepare(voiced(tree.site, tree.flows))
        if plan.for_telephony:
            await asyncio.to_thread(self._own_asterisk.prepare, tree.site, tree.secrets)

    def switch(self, tree: Given) -> None:
        self._own_asterisk.put_in_place()
        known = succeed(self._desk.site, tree.site)
        self._site, self._desk.site = tree.site, known
        self._metrics.reconfigure(known, tree.flows)
        self._sessions.use(tree.flows, self._closures.over(tree.calendars), tree.version)
        self._features.use(tree.secrets.pins)
        self._dispatcher.reconfigure(tree.site, known)

    async def finish(self, tree: Given, plan: Plan) -> bool | None:
        await self.refresh()
        self._voicemail.lights.show_all()
        self._write_emergency_file(tree.site)
        await self._breaks.replan(tree.site)
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
        self._dispatcher.learn_steps(calls)
        self._resumption.settle_offers(snapshot, calls)
        self._glance.callers.learn(event for history in calls.values() for event in history)
        snapshot, calls = await self._callbacks.take_over(snapshot, calls)
        await self._resumption.take_over(snapshot, await self._journal.last_agent_states(), calls)
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
        )

    def _queue_log_file(self, path: str) -> QueueLogFile | None:
        if not path:
            return None
        return QueueLogFile(Path(path), lambda agent: queues_of(self._site, agent))
