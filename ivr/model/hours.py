"""Opening hours: the week, the days that differ from it, and what closes it all at once."""

from typing import Annotated, Literal

from pydantic import Field

from ivr.model.shape import Model

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
TimeOfDay = Annotated[
    str, Field(pattern=r"^([01]?[0-9]|2[0-3]):[0-5][0-9]$|^24:00$", examples=["9:00"])
]
IsoDate = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]

HOUSE = "house"
"""The emergency closure of every calendar at once; no calendar has this name."""


class Period(Model):
    """One opening period on some days of the week."""

    days: list[Day]
    open: TimeOfDay
    close: TimeOfDay


class Hours(Model):
    """One opening period on the days of an exception."""

    open: TimeOfDay
    close: TimeOfDay


class Exceptional(Model):
    """A day, or some in a row, with hours of their own instead of the week's and of holidays."""

    first: IsoDate
    last: IsoDate = ""
    """Left out: that one day."""
    hours: Annotated[list[Hours], Field(max_length=10)] = []
    """Left out: closed all day."""
    reason: Annotated[str, Field(max_length=200)] = ""


class Calendar(Model):
    """Opening hours in one time zone; public holidays by region; days that differ."""

    timezone: str
    open: list[Period]
    holidays: str = ""
    """Country or country-subdivision of the `holidays` library, e.g. `US`, `DE-BY`; empty: none."""
    closed: dict[IsoDate, str] = {}
    """Single days closed, with the reason."""
    exceptions: Annotated[list[Exceptional], Field(max_length=1000)] = []
    """Days closed or with other hours; each day in one of them at most."""
    closing_code: Annotated[str, Field(pattern=r"^([0-9]{1,2})?$")] = ""
    """What supervisors dial after `*16` to close this calendar in an emergency; empty: they
    can close it only with the whole house."""
