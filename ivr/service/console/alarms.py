"""What is wrong in the house now, in words for whoever looks on."""

from collections.abc import Collection, Mapping
from typing import Protocol

from ivr.service.overload import Reason


class Watching(Protocol):
    @property
    def alarms(self) -> list[str]:
        """What core, telephony and journal disagree about."""


WORDS: Mapping[Reason, str] = {
    "calls": "as many calls are in the house as the site allows",
    "lag": "the server is late",
    "descriptors": "the server has hardly any files and connections left",
    "sessions": "the server has hardly any FastAGI sessions left",
}


def alarms(
    watch: Watching, asterisk_up: bool, database_up: bool, refusing: Collection[Reason] = ()
) -> list[str]:
    """`refusing`: why new callers are turned away."""
    found = list(watch.alarms)
    found += [f"new callers are turned away: {WORDS[reason]}" for reason in refusing]
    if not asterisk_up:
        found.append("Asterisk is out of reach: nobody can be rung")
    if not database_up:
        found.append("the journal's database is out of reach: events wait on the disk")
    return found
