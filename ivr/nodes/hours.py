"""hours: part the ways by opening hours."""

from typing import ClassVar

from ivr.flow.node import CalendarRef, Target
from ivr.nodes.base import Node, Visit


class Hours(Node):
    """Asks a calendar whether it is open now.

    Fields: `calendar`. Exits: `open`, `closed`, and `holiday` (left out: as `closed`).
    """

    type: ClassVar[str] = "hours"
    calendar: CalendarRef
    open: Target
    closed: Target
    holiday: Target | None = None

    async def run(self, visit: Visit) -> str:
        state = visit.calendars.state(self.calendar, visit.clock.now())
        if state == "holiday" and self.holiday is None:
            return "closed"
        return state
