"""What people at the desk are told, each in their own language."""

from collections.abc import Iterable

from ivr.model.site import Site
from ivr.ports import Spoken
from ivr.spoken import DESK, LanguageKey


def told(site: Site, phrase: Spoken, agent: str = "") -> Spoken:
    """The English phrase as this agent is told it."""
    return _in(site.language_of(agent), phrase)


def told_texts(site: Site, phrases: Iterable[Spoken]) -> set[Spoken]:
    """These phrases in every language that somebody at the desk is told things in."""
    return {_in(language, one) for one in phrases for language in site.desk_languages}


def _in(language: LanguageKey, phrase: Spoken) -> Spoken:
    return Spoken(DESK[language].get(phrase.text, phrase.text), language)
