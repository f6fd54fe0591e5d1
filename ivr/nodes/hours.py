"""hours: part the ways by opening hours."""

from typing import ClassVar

from pydantic import Field

from ivr.flow.node import CalendarRef, Target
from ivr.nodes.base import Node, Visit


class Hours(Node):
    """Parts the ways by opening hours."""

    type: ClassVar[str] = "hours"
    calendar: CalendarRef = Field(description="The calendar that is asked whether it is open now.")
    open: Target = Field(description="Taken inside the opening hours.")
    closed: Target = Field(description="Taken outside them, and on single days closed.")
    holiday: Target | None = Field(
        default=None, description="Taken on a public holiday; left out: `closed` is taken."
    )

    emergency: Target | None = Field(
        default=None,
        description="Taken while an emergency closure is in force; left out: `closed` is taken.",
    )

    @property
    def is_instant(self) -> bool:
        return True

    async def run(self, visit: Visit) -> str:
        state = visit.calendars.state(self.calendar, visit.clock.now())
        return state if state in self.exits() else "closed"
