"""Which channels exist, by what the telephony side reported: never asked for while calls run."""

from ivr.service.legs import (
    ChannelGone,
    ChannelStarted,
    LegAnswered,
    LegEvent,
    LegFailed,
    LegGone,
    LegRinging,
    Snapshot,
)


class Channels:
    """Kept by the switchboard. Between a lost link and the next snapshot nothing is known."""

    def __init__(self) -> None:
        self._live: set[str] = set()
        self._legs: set[str] = set()
        self._gone: set[str] = set()
        """Ended while a snapshot was being taken."""
        self._known = False

    @property
    def known(self) -> bool:
        """Whether the picture is whole."""
        return self._known

    @property
    def live(self) -> frozenset[str]:
        return frozenset(self._live)

    @property
    def legs(self) -> frozenset[str]:
        """Those to agents and others whom the server rang."""
        return frozenset(self._legs)

    def report(self, event: LegEvent) -> None:
        match event:
            case ChannelStarted(channel=channel):
                self._live.add(channel)
            case LegRinging(leg=leg) | LegAnswered(leg=leg):
                self._live.add(leg)
                self._legs.add(leg)
            case ChannelGone(channel=gone) | LegGone(leg=gone) | LegFailed(leg=gone):
                self._live.discard(gone)
                self._legs.discard(gone)
                if not self._known:
                    self._gone.add(gone)

    def forget(self) -> None:
        """The link was lost, or is new: from now on what is reported counts, and a snapshot."""
        self._live.clear()
        self._legs.clear()
        self._gone.clear()
        self._known = False

    def replace(self, snapshot: Snapshot) -> None:
        """Everything that was there when the snapshot was taken, but for what ended meanwhile."""
        self._live |= {channel.channel for channel in snapshot.channels} - self._gone
        self._legs |= {one.channel for one in snapshot.channels if one.is_leg} - self._gone
        self._gone.clear()
        self._known = True
