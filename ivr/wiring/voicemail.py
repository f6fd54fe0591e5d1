"""Voice messages: kept, shown on phones, told to other systems, listened to."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from ivr.journal.journal import Journal
from ivr.model.site import Site
from ivr.ports import Clock, Lookups, MessageLights, Recorder
from ivr.service.lights import Lights
from ivr.service.message_hooks import MessageHooks
from ivr.service.messages import Adoption, MailboxService, Messages
from ivr.service.tasks import Tasks

MESSAGE_MARGIN_S = 3600.0
"""No message takes longer from its beginning to its place in the journal."""


class Voicemail:
    """`listeners` are to be among those who are told of events, in this order."""

    def __init__(
        self,
        directory: Path,
        site: Callable[[], Site],
        telephony: MessageLights,
        lookups: Callable[[], Lookups],
        recorder: Recorder,
        clock: Clock,
        tasks: Tasks,
    ) -> None:
        """`site` is the one in force; `lookups` are asked for when needed."""
        self._messages = messages = Messages(directory)
        self.lights = Lights(site, messages, telephony, tasks)
        self.hooks = MessageHooks(site, messages, lookups, lambda: recorder, clock, tasks)
        self.boxes = MailboxService(site, messages, recorder, clock)
        adoption = Adoption(self.boxes.adopt)
        self.listeners: list[Recorder] = [messages, self.lights, self.hooks, adoption]

    async def learn(self, journal: Journal) -> None:
        """As far back as there are files; a message is told of when it is over."""
        oldest_at = await asyncio.to_thread(self._messages.oldest_file_at)
        if oldest_at is not None:
            since = oldest_at - MESSAGE_MARGIN_S
            self._messages.learn(await journal.messages_since(since))
