"""Which phones can be rung: registered, and not busy with a call that is not ours.

Counting the phone's own channels is exact and immediate; a device state also turns `in use` for
the very leg we ring, and late.
"""

from ivr.service.legs import ChannelGone, ChannelStarted, PhoneChanged, Snapshot


class Devices:
    """Knows each extension's phone; every change yields the extension whose state may differ."""

    def __init__(self) -> None:
        self._reachable: set[str] = set()
        self._foreign: dict[str, str] = {}

    def state(self, extension: str) -> tuple[bool, bool]:
        """(reachable, busy with a call that is not ours)"""
        return extension in self._reachable, extension in self._foreign.values()

    def apply(self, event: PhoneChanged | ChannelStarted | ChannelGone) -> str | None:
        """Take the event in; the extension concerned, or None when it means nothing here."""
        match event:
            case PhoneChanged(extension=extension, reachable=reachable):
                (self._reachable.add if reachable else self._reachable.discard)(extension)
                return extension
            case ChannelStarted(channel=channel, extension=extension):
                self._foreign[channel] = extension
                return extension
            case ChannelGone(channel=channel):
                return self._foreign.pop(channel, None)

    def replace(self, snapshot: Snapshot) -> None:
        """After a (re)connection: forget everything, believe the snapshot."""
        self._reachable = set(snapshot.reachable)
        self._foreign = {
            channel.channel: channel.extension
            for channel in snapshot.channels
            if channel.extension and not channel.is_leg
        }
