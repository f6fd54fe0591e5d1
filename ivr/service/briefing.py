"""What an agent who has picked up is told before being joined, in their language."""

from ivr.model.site import Queue, Site
from ivr.ports import Briefing, Spoken
from ivr.spoken.wording import Wording


def briefing(site: Site, queue: str, waited_s: float, agent: str) -> Briefing | None:
    """Which queue, how long the caller waited, which key takes the call; None: nothing is told."""
    policy, language = site.queues[queue], site.language_of(agent)
    words = site.words(language)
    told = [policy.title, words.told_wait(waited_s)] if policy.whisper else []
    asked = [words.accept_by(policy.accept_key)] if policy.accept_key else []
    audio = tuple(Spoken(text, language) for text in (*told, *asked))
    return Briefing(audio, policy.accept_key) if audio else None


def briefing_texts(site: Site) -> set[Spoken]:
    """Everything an agent may be told."""
    return {
        Spoken(text, language)
        for language in site.desk_languages
        for queue in site.queues.values()
        for text in _told_in(queue, site.words(language))
    }


def _told_in(queue: Queue, words: Wording) -> set[str]:
    told = {queue.title, *words.waits()} if queue.whisper else set()
    asked = {words.accept_by(queue.accept_key)} if queue.accept_key else set()
    return told | asked
