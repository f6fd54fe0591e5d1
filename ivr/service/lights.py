"""Message-waiting lights: each agent's phone shows how many messages there are."""

from collections.abc import Callable

import structlog

from ivr.model import events
from ivr.model.errors import TelephonyDownError, TelephonyError
from ivr.model.site import Site
from ivr.ports import MessageLights
from ivr.service.messages import Messages, mailboxes_of, owners
from ivr.service.tasks import Tasks

CHANGES = (events.MessageLeft, events.MessageHeard, events.MessageDeleted)

log = structlog.get_logger(__name__)


class Lights:
    """A recorder, to come after the messages: what they change it shows.

    The telephony system remembers a light, and tells it to a phone that registers. When it has
    started anew, or could not be reached, `show_all` brings everything up to date.
    """

    def __init__(
        self, site: Callable[[], Site], messages: Messages, telephony: MessageLights, tasks: Tasks
    ) -> None:
        """`site` is the one in force, for mailboxes and their owners."""
        self._site = site
        self._messages = messages
        self._telephony = telephony
        self._tasks = tasks
        self._due: dict[str, None] = {}
        """Agents whose light may have changed, each once, in order."""
        self._owning: set[str] = set()
        """Whoever has been shown anything."""
        self._busy = False

    def record(self, event: events.Event) -> None:
        if isinstance(event, CHANGES):
            self._show(*owners(self._site(), event.mailbox))

    def show_all(self) -> None:
        """Of every owner, and of who was one until now."""
        site = self._site()
        owning = {agent for mailbox in site.mailboxes for agent in owners(site, mailbox)}
        self._show(*sorted(owning | self._owning))

    def _show(self, *agents: str) -> None:
        self._due.update(dict.fromkeys(agents))
        self._owning.update(agents)
        if self._due and not self._busy:
            self._busy = True
            self._tasks.start(self._work(), "message lights")

    async def _work(self) -> None:
        try:
            while self._due:
                agent = next(iter(self._due))
                del self._due[agent]
                try:
                    await self._show_one(agent)
                except TelephonyDownError:
                    raise
                except TelephonyError as error:  # the next one may well be shown
                    log.warning("message light not set", agent=agent, error=str(error))
        except TelephonyDownError as error:
            self._due.clear()
            log.warning("message lights not set", error=str(error))
        finally:
            self._busy = False

    async def _show_one(self, agent: str) -> None:
        site = self._site()
        if agent not in site.agents:
            self._owning.discard(agent)
            return
        messages = self._messages.of(mailboxes_of(site, agent))
        heard = sum(one.heard for one in messages)
        await self._telephony.show_messages(
            site.agents[agent].extension, new=len(messages) - heard, heard=heard
        )
