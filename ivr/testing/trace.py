"""Events kept in memory, and what they tell of a walk."""

from ivr.model.events import Event, InputReceived, NodeEntered, NodeLeft


class EventList:
    """Implements the Recorder port."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def record(self, event: Event) -> None:
        self.events.append(event)

    def entered(self) -> list[tuple[str, str]]:
        """(flow, node) in the order they were entered."""
        return [(one.flow, one.node) for one in self.events if isinstance(one, NodeEntered)]

    def left(self) -> list[tuple[str, str, str]]:
        """(flow, node, outcome) in the order they were left."""
        found = [one for one in self.events if isinstance(one, NodeLeft)]
        return [(one.flow, one.node, one.outcome) for one in found]

    def inputs(self) -> list[tuple[str, str]]:
        """(value, result) of every input, in order."""
        found = [one for one in self.events if isinstance(one, InputReceived)]
        return [(one.value, one.result) for one in found]
