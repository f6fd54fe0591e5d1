"""Whether the way to the outside answers, by what the telephony side reports."""

from ivr.service.legs import LegEvent, PhoneChanged, Snapshot

TRUNK = "trunk"
"""Name of the telephony side's way to numbers outside."""


class Trunk:
    """Between a lost link and the next snapshot nothing is known."""

    def __init__(self) -> None:
        self.reachable: bool | None = None

    def report(self, event: LegEvent) -> None:
        match event:
            case PhoneChanged(extension=name, reachable=reachable) if name == TRUNK:
                self.reachable = reachable

    def forget(self) -> None:
        self.reachable = None

    def replace(self, snapshot: Snapshot) -> None:
        self.reachable = TRUNK in snapshot.reachable
