"""Who is told of what happens, by signed `POST`."""

from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Annotated

from pydantic import Field

from ivr.model.shape import Model

EventGlob = Annotated[str, Field(pattern=r"^[a-z_*]{1,30}(\.[a-z_*]{1,30})?$")]
"""The name of an event, or several by `*`: `call.*`."""

DEFAULT_EVENTS: tuple[str, ...] = (
    "call.*",
    "queue.entered",
    "queue.left",
    "conversation.*",
    "callback.*",
    "disposition.*",
    "survey.*",
    "voicemail.left",
    "recording.finished",
)
"""What a CRM needs for the card of a customer."""


class Webhook(Model):
    """One receiver of events."""

    target: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    """A key of the site's `http`."""
    path: Annotated[str, Field(pattern=r"^/[A-Za-z0-9/._~%-]{0,200}$")] = "/"
    """Below the target's url."""
    events: Annotated[tuple[EventGlob, ...], Field(min_length=1)] = DEFAULT_EVENTS
    """Which events, by name or `*`."""
    secret: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,40}$")]
    """Name of the secret that signs what is sent; it stands in no file of the site."""

    def wants(self, event_type: str) -> bool:
        return any(fnmatchcase(event_type, glob) for glob in self.events)


def matching(glob: str, event_types: Iterable[str]) -> list[str]:
    """The events a glob stands for."""
    return [one for one in event_types if fnmatchcase(one, glob)]
