"""`*97`: an agent listens to the messages in their mailboxes, in their language."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import structlog

from ivr.model.errors import TelephonyError
from ivr.model.ids import AgentId
from ivr.model.site import Site
from ivr.ports import Clock, Line, Spoken
from ivr.service.messages import (
    Kept,
    MailboxService,
    MessageFileError,
    UnknownMessageError,
    mailboxes_of,
)
from ivr.spoken.values import Manner, say, vocabulary

AGAIN, KEEP, DELETE = "1", "2", "3"
KEYS = AGAIN + KEEP + DELETE
KEY_TIMEOUT_S = 8.0
ASKED_MAX = 3
"""Who presses nothing so often has gone: the message is kept, and the call ends."""

AGAIN_MAX = 20
"""So often one message is played."""

TIME, DIGITS = Manner("time"), Manner("digits")

log = structlog.get_logger(__name__)


def retrieval_texts(site: Site) -> set[Spoken]:
    """Everything that may be said here; nothing at a site without mailboxes."""
    if not site.mailboxes:
        return set()
    titles = {box.title for box in site.mailboxes.values()}
    return {
        Spoken(text, language)
        for language in site.desk_languages
        for text in (
            *titles,
            *site.words(language).voicemail(),
            *vocabulary(TIME, language),
            *vocabulary(DIGITS, language),
        )
    }


class Retrieval:
    """Plays messages, the new ones first; keys work while they play, too."""

    def __init__(self, service: MailboxService, clock: Clock) -> None:
        self._service = service
        self._clock = clock

    async def serve(self, line: Line, agent: AgentId) -> None:
        """CallerGoneError when the agent hangs up: a message that was not heard out stays new."""
        site = self._service.site()
        messages = self._service.messages.of(mailboxes_of(site, agent))
        todo = sorted(messages, key=lambda one: (one.heard, one.at))
        new = sum(not one.heard for one in todo)
        language = site.language_of(agent)
        words = site.words(language)
        counts = [Spoken(text, language) for text in words.told_messages(new, len(todo) - new)]
        await line.play(counts, keys=KEYS)  # a key only cuts this short: it is about no message yet
        for message in todo:
            if not await self._one(line, site, agent, message):
                return
        if todo:
            await line.play([Spoken(words.voicemail_over, language)])

    async def _one(self, line: Line, site: Site, agent: AgentId, message: Kept) -> bool:
        """Until the agent has decided what becomes of it; False: says nothing any more."""
        about = self.about(site, agent, message, self._clock.now())
        for _ in range(AGAIN_MAX):
            key = await line.play(about, keys=KEYS)
            if not key:
                try:
                    key = await line.play_message(message.file, keys=KEYS)
                except TelephonyError as error:  # somebody else has deleted it meanwhile, say
                    log.warning("message not played", file=message.file, error=str(error))
                    return True
                self._heard(site, agent, message)
            key = key or await self._asked(line, site, agent)
            if key == DELETE:
                await self._delete(line, site, agent, message)
            if key != AGAIN:
                return key != ""
        return True

    async def _asked(self, line: Line, site: Site, agent: AgentId) -> str:
        language = site.language_of(agent)
        question = [Spoken(site.words(language).voicemail_keys, language)]
        for _ in range(ASKED_MAX):
            key = await line.play(question, keys=KEYS) or await line.wait_key(KEY_TIMEOUT_S)
            if key and key in KEYS:
                return key
        return ""

    @staticmethod
    def about(site: Site, agent: str, message: Kept, now: float) -> Sequence[Spoken]:
        """In which mailbox, if there are several; when; from whom."""
        language = site.language_of(agent)
        words = site.words(language)
        several = len(mailboxes_of(site, agent)) > 1
        zone = ZoneInfo(site.timezone)
        left = datetime.fromtimestamp(message.at, zone)
        days = (datetime.fromtimestamp(now, zone).date() - left.date()).days
        number = say(message.caller, DIGITS, language)
        said = (
            *([site.mailboxes[message.mailbox].title] if several else []),
            words.told_days(days),
            *say(f"{left:%H:%M}", TIME, language),
            *([words.voicemail_caller, *number] if number else [words.voicemail_unknown]),
        )
        return [Spoken(text, language) for text in said]

    def _heard(self, site: Site, agent: AgentId, message: Kept) -> None:
        extension = site.agents[agent].extension
        try:
            self._service.mark(message.mailbox, message.name, heard=True, by=extension, agent=agent)
        except UnknownMessageError:
            log.info("message deleted while it was played", file=message.file)

    async def _delete(self, line: Line, site: Site, agent: AgentId, message: Kept) -> None:
        language, extension = site.language_of(agent), site.agents[agent].extension
        words = site.words(language)
        try:
            self._service.delete(message.mailbox, message.name, by=extension, agent=agent)
        except MessageFileError:
            await line.play([Spoken(words.voicemail_not_deleted, language)])
            return
        except UnknownMessageError:
            log.info("message was deleted already", file=message.file)
        await line.play([Spoken(words.voicemail_deleted, language)])
