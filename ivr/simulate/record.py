"""What one replication leaves behind: every call's wait and end, and how agents spent the time."""

from array import array
from collections import defaultdict

from ivr.kpi import Seconds
from ivr.model.agents import AgentState, QueueOutcome

OUTCOMES = tuple(QueueOutcome)
_NUMBER = {outcome: number for number, outcome in enumerate(OUTCOMES)}


class QueueRecord:
    """The measured calls of one queue, in the order in which they left it."""

    def __init__(self) -> None:
        self.arrived_s = array("d")
        """Seconds since the beginning."""
        self.waits_s = array("d")
        self.outcomes = array("B")
        """Places in `OUTCOMES`."""
        self.talk_s = 0.0
        self.wrap_up_s = 0.0
        self.offers = 0
        self.missed = 0
        """Offers that rang and were not answered."""
        self.relaxed = 0
        """Relaxation steps that came into force."""
        self.again = 0
        """Calls by people who had hung up before."""
        self.kept = 0
        """Of these, calls back in time to have the old place."""
        self.reached = 0
        """Customers called back who answered."""
        self.unreached = 0
        """Customers given up after the last attempt, or because the request was too old."""

    def add(self, arrived_s: float, wait_s: float, outcome: QueueOutcome) -> None:
        self.arrived_s.append(arrived_s)
        self.waits_s.append(wait_s)
        self.outcomes.append(_NUMBER[outcome])

    def waits(self, outcome: QueueOutcome) -> list[float]:
        """Waits in seconds of the calls that ended so."""
        number = _NUMBER[outcome]
        pairs = zip(self.waits_s, self.outcomes, strict=True)
        return [wait_s for wait_s, ended in pairs if ended == number]

    def count(self, outcome: QueueOutcome) -> int:
        return self.outcomes.count(_NUMBER[outcome])


class AgentRecord:
    """Seconds of one agent by state, within the measured time."""

    def __init__(self) -> None:
        self.seconds: defaultdict[AgentState, float] = defaultdict(float)
        self.calls = 0
        """Answered within the measured time."""

    def spent(self) -> Seconds:
        s = self.seconds
        return Seconds(
            available=s[AgentState.AVAILABLE],
            ringing=s[AgentState.RESERVED] + s[AgentState.RINGING],
            talk=s[AgentState.ON_CALL],
            wrap_up=s[AgentState.WRAP_UP],
            paused=s[AgentState.PAUSED],
        )


class Record:
    """One replication."""

    def __init__(self, queues: list[str], agents: list[str]) -> None:
        self.queues = {name: QueueRecord() for name in queues}
        self.agents = {name: AgentRecord() for name in agents}
        self.calls = 0
        """All that entered, counted or not."""
        self.messages = 0
        """What the core was told."""
