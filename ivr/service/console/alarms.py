"""What is wrong in the house now, in words for whoever looks on."""

from typing import Protocol


class Watching(Protocol):
    @property
    def alarms(self) -> list[str]:
        """What core, telephony and journal disagree about."""


def alarms(watch: Watching, asterisk_up: bool, database_up: bool) -> list[str]:
    found = list(watch.alarms)
    if not asterisk_up:
        found.append("Asterisk is out of reach: nobody can be rung")
    if not database_up:
        found.append("the journal's database is out of reach: events wait on the disk")
    return found
