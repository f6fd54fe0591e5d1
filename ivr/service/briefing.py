"""What an agent who has picked up is told before being joined, in the site's default language."""

from ivr.model.site import Site
from ivr.ports import Briefing, Spoken


def briefing(site: Site, queue: str, waited_s: float) -> Briefing | None:
    """Which queue, how long the caller waited, which key takes the call; None: nothing is told."""
    policy, words = site.queues[queue], site.words()
    told = [policy.title, words.told_wait(waited_s)] if policy.whisper else []
    asked = [words.accept_by(policy.accept_key)] if policy.accept_key else []
    audio = tuple(Spoken(text) for text in (*told, *asked))
    return Briefing(audio, policy.accept_key) if audio else None


def briefing_texts(site: Site) -> set[Spoken]:
    """Everything an agent may be told."""
    words, found = site.words(), set()
    for queue in site.queues.values():
        if queue.whisper:
            found |= {queue.title, *words.waits()}
        if queue.accept_key:
            found.add(words.accept_by(queue.accept_key))
    return {Spoken(text) for text in found}
