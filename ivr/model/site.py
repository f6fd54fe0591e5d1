"""The site: numbers, agents, queues, calendars. One file describes it; this is its shape.

The models validate values; references between them (an agent's skill, a number's flow) are checked
by `ivr.site`, which knows file, line and column.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from ivr.model.units import Seconds

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
"""A key: lower case letters, digits and underscores; it becomes a metric label and a file name."""

Extension = Annotated[str, Field(pattern=r"^[0-9]{2,10}$")]
DialString = Annotated[str, Field(pattern=r"^\+?[0-9]{2,15}$")]
Title = Annotated[str, Field(min_length=1, max_length=80, pattern=r'^[^\x00-\x1f"<>;|]+$')]
Proficiency = Annotated[int, Field(ge=1, le=10)]
TimeOfDay = Annotated[str, Field(pattern=r"^([01]?[0-9]|2[0-3]):[0-5][0-9]$|^24:00$")]
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
IsoDate = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]


class Model(BaseModel):
    """Immutable, and a key it does not know is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Agent(Model):
    """A person on a SIP phone."""

    name: Title
    extension: Extension
    team: Name
    role: Literal["agent", "supervisor"] = "agent"
    skills: dict[Name, Proficiency] = {}


class Phone(Model):
    """A SIP account of somebody who calls in: a test phone, a door station, a gateway."""

    name: Title
    extension: Extension


class Queue(Model):
    """Where calls wait for an agent."""

    title: Title
    skills: str = ""
    """Skill expression every call of this queue asks for, e.g. `billing >= 5 and lang_fr >= 3`."""
    priority: Annotated[int, Field(ge=-100, le=100)] = 0
    ring_timeout_s: Seconds = 15
    wrap_up_s: Seconds = 10
    wait_s_max: Seconds = 1800
    length_max: Annotated[int, Field(ge=1, le=10000)] = 500
    music: Name = "default"
    record: bool = True
    service_level_s: Seconds = 20
    service_level_target: Annotated[float, Field(gt=0, le=1)] = 0.8


class Period(Model):
    """One opening period on some days of the week."""

    days: list[Day]
    open: TimeOfDay
    close: TimeOfDay


class Calendar(Model):
    """Opening hours in one time zone; public holidays by region; single days that differ."""

    timezone: str
    open: list[Period]
    holidays: str = ""
    """Country or country-subdivision of the `holidays` library, e.g. `US`, `DE-BY`; empty: none."""
    closed: dict[IsoDate, str] = {}
    """Single days closed, with the reason."""


class Emergency(Model):
    """What callers get when the server cannot be reached."""

    say: Annotated[str, Field(min_length=1, max_length=500)]
    ring: list[Extension]
    ring_timeout_s: Seconds = 30


class Outbound(Model):
    """Which external numbers flows may dial; empty means none."""

    allow: list[Annotated[str, Field(pattern=r"^\+?[0-9]{1,15}\*?$")]] = []
    """Exact numbers, or prefixes ending in `*`."""
    trunk_host: Annotated[str, Field(pattern=r"^[A-Za-z0-9.\-]*(:[0-9]{1,5})?$")] = ""
    """SIP host (and port) of the trunk that carries them."""


class Site(Model):
    """Everything the administrator describes in `dialplans/site.yaml`."""

    numbers: dict[DialString, Name]
    """Dialled number -> flow."""
    skills: dict[Name, Title]
    teams: dict[Name, Title]
    agents: dict[Name, Agent]
    queues: dict[Name, Queue]
    calendars: dict[Name, Calendar] = {}
    phones: dict[Name, Phone] = {}
    pause_reasons: dict[Annotated[str, Field(pattern=r"^[1-9]$")], Name] = {}
    """Key pressed with the pause feature code -> reason."""
    emergency: Emergency
    outbound: Outbound = Outbound()
    voice: Annotated[str, Field(pattern=r"^[a-zA-Z0-9+\-]{2,40}$")] = "en-us"

    @property
    def extensions(self) -> frozenset[str]:
        """Every telephone of the house: the agents' and the others."""
        people: list[Agent | Phone] = [*self.agents.values(), *self.phones.values()]
        return frozenset(one.extension for one in people)
