"""What a server is made from: the administrator's files, and the way to other versions of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ivr.flow import Flow
from ivr.model.site import Site
from ivr.provision.secrets import Secrets
from ivr.provision.versions import Versions
from ivr.site.calendars import SiteCalendars


@dataclass(frozen=True)
class Given:
    """What the files of the administrator say, checked."""

    site: Site
    flows: Mapping[str, Flow]
    secrets: Secrets
    version: str
    sources: Mapping[str, str]

    @property
    def calendars(self) -> SiteCalendars:
        return SiteCalendars(self.site)


@dataclass(frozen=True)
class Reading:
    """How a running server comes to other files, and to earlier versions."""

    read: Callable[[str], Given]
    """The files, or the version named; UserError for what is wrong with them."""
    files_version: Callable[[], str]
    versions: Versions
