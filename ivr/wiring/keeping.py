"""How long recordings, messages and events are kept, and who looks into the journal while it is
written."""

from collections.abc import Callable
from contextlib import AsyncExitStack

from ivr.journal import database
from ivr.journal.agent_day import AgentDays
from ivr.journal.journal import Journal
from ivr.journal.library import Library
from ivr.journal.projector import Projector
from ivr.journal.pruning import EventPruner
from ivr.model.site import Site
from ivr.ports import Clock, Recorder
from ivr.service.holds import Holds
from ivr.service.messages import MailboxService
from ivr.service.retention import Retention
from ivr.settings import Settings
from ivr.web.recordings import RecordingsResource


class Keeping:
    """Over a connection to the journal of its own."""

    def __init__(
        self,
        settings: Settings,
        site: Callable[[], Site],
        boxes: MailboxService,
        journal: Journal,
        recorder: Recorder,
        clock: Clock,
    ) -> None:
        """`site` is the one in force."""
        self._engine = database.open_engine(settings.journal_url)
        self._journal = journal
        directory, library = settings.recordings_dir, Library(self._engine)
        self.holds = Holds(library.has_call, recorder, clock)
        old_events = EventPruner(self._engine, lambda: site().timezone, clock.now)
        self.retention = Retention(
            site, directory, boxes, self.holds, library, old_events, journal.flush, recorder, clock
        )
        self.projector = Projector(self._engine)
        self.days = AgentDays(self._engine)
        self.recordings = RecordingsResource(library, directory, recorder, clock)

    async def start(self, closers: AsyncExitStack) -> None:
        """The journal has been started."""
        closers.callback(self._engine.dispose)
        self.holds.learn(await self._journal.holds())
