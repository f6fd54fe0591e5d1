"""The server itself: its life, its link to Asterisk, and the watch over its core."""

from dataclasses import dataclass

from ivr.model.events.base import Event


@dataclass(frozen=True, kw_only=True)
class ServerStarted(Event):
    type = "server.started"
    version: str
    config: str = ""
    """Version of the site and flows it began with."""


@dataclass(frozen=True, kw_only=True)
class ServerStopped(Event):
    type = "server.stopped"


@dataclass(frozen=True, kw_only=True)
class SiteReloaded(Event):
    """Site and flows were read again and are in force since."""

    type = "site.reloaded"
    changes: int
    detail: str
    """The changes, one in each line; the first fifty."""
    config: str = ""
    """Their version."""
    rollback: bool = False
    """They are an earlier version, not what the files say."""
    by: str = ""
    """As in OrderGiven; empty: a signal to the process."""


@dataclass(frozen=True, kw_only=True)
class ReloadFailed(Event):
    """Site and flows were not put in force: all is as before."""

    type = "site.refused"
    detail: str
    """What is wrong, one problem in each line; the first fifty."""
    by: str = ""
    """As in SiteReloaded."""


@dataclass(frozen=True, kw_only=True)
class AmiConnected(Event):
    type = "ami.connected"


@dataclass(frozen=True, kw_only=True)
class AmiLost(Event):
    type = "ami.lost"


@dataclass(frozen=True, kw_only=True)
class InvariantViolated(Event):
    type = "routing.violated"
    invariant: str
    detail: str
