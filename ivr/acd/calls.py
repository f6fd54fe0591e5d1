"""The waiting calls: one line per different requirement, each in order of effective start."""

from collections import Counter
from collections.abc import Iterator

from ivr.acd.consequences import PRIORITY_WEIGHT_S
from ivr.acd.errors import UnknownCallError
from ivr.acd.messages import Enter
from ivr.acd.order import Key, Order, Shelves
from ivr.acd.requirement import Profile, Requirement
from ivr.model.ids import AgentId, CallId, OfferId, QueueId


class Line:
    """Calls that ask for the same; nobody in it overtakes."""

    __slots__ = ("calls", "requirement")

    def __init__(self, requirement: Requirement) -> None:
        self.requirement = requirement
        self.calls: Order[CallRecord] = Order()


class CallRecord:
    """One call in a queue, whether it just waits or rings somebody."""

    __slots__ = (
        "caller",
        "entered_at",
        "expires_at",
        "ident",
        "in_line",
        "key",
        "offer",
        "priority",
        "queue",
        "requirement",
        "spared",
    )

    def __init__(self, message: Enter, requirement: Requirement, number: int) -> None:
        self.ident: CallId = message.call
        self.queue: QueueId = message.queue
        self.requirement = requirement
        self.priority = message.priority
        self.entered_at = message.entered_at
        self.expires_at = message.expires_at
        self.caller = message.caller
        self.key: Key = (message.entered_at - message.priority * PRIORITY_WEIGHT_S, number)
        """Effective start, then order of entry."""
        self.offer: OfferId | None = None
        self.in_line = False
        """Whether it waits for an offer; not while it rings, nor once it is gone."""
        self.spared: set[AgentId] = set()
        """Agents this call rang in vain: rung again only when nobody else is free."""


class Calls:
    """Every call in a queue. Those that ring somebody are in no line until they come back."""

    def __init__(self) -> None:
        self._by_id: dict[str, CallRecord] = {}
        self._lines: dict[str, Line] = {}
        self._shelves: Shelves[Line] = Shelves()
        self._in_queue: Counter[str] = Counter()

    def __contains__(self, ident: str) -> bool:
        return ident in self._by_id

    def __iter__(self) -> Iterator[CallRecord]:
        return iter(self._by_id.values())

    def __getitem__(self, ident: str) -> CallRecord:
        try:
            return self._by_id[ident]
        except KeyError:
            raise UnknownCallError(f"call {ident!r} waits in no queue") from None

    def count(self, queue: str) -> int:
        """Calls in this queue, ringing ones included."""
        return self._in_queue[queue]

    def lines(self) -> list[Line]:
        """Every line somebody stands in, in the order in which they came to be."""
        return list(self._lines.values())

    def line(self, requirement: Requirement) -> Line | None:
        """Where those stand who ask for just this; None when nobody does."""
        return self._lines.get(requirement.text)

    def add(self, call: CallRecord) -> None:
        self._by_id[call.ident] = call
        self._in_queue[call.queue] += 1
        self.line_up(call)

    def remove(self, call: CallRecord) -> None:
        """The call is out of its queue."""
        del self._by_id[call.ident]
        self._in_queue[call.queue] -= 1
        if call.in_line:
            self.take_out(call)

    def line_up(self, call: CallRecord) -> None:
        """Puts the call (back) in its place."""
        call.in_line = True
        line = self._lines.get(call.requirement.text)
        if line is None:
            line = self._lines[call.requirement.text] = Line(call.requirement)
        before = line.calls.head
        line.calls.add(call.key, call)
        self._shelves.place(line, line.requirement.labels, before, line.calls.head)

    def take_out(self, call: CallRecord) -> None:
        """The call rings somebody, or is gone."""
        call.in_line = False
        line = self._lines[call.requirement.text]
        before = line.calls.head
        line.calls.remove(call.key)
        self._shelves.place(line, line.requirement.labels, before, line.calls.head)
        if not len(line.calls):
            del self._lines[call.requirement.text]

    def first_for(self, profile: Profile) -> CallRecord | None:
        """The first call in line, over all queues, that agents of this profile may serve."""
        best: CallRecord | None = None
        for label in profile.labels:
            shelf = self._shelves.shelf(label)
            if shelf is None:
                continue
            for key, line in shelf.entries():
                if best is not None and key >= best.key:
                    break
                if line.requirement.accepts(profile):
                    best = line.calls.first()
                    break
        return best
