"""The agent who has been free for the longest time, whatever the queue."""

from collections.abc import Container

from ivr.acd.agents import AgentRecord, Agents, Group
from ivr.acd.ask import Ask
from ivr.acd.order import Key
from ivr.model.ids import AgentId


def _first(group: Group, barred: Container[AgentId]) -> tuple[Key, AgentRecord] | None:
    for entry in group.free.entries():
        if entry[1].ident not in barred:
            return entry
    return None


class LongestIdle:
    """Idle since the last conversation's end or since becoming available, whichever is later.

    Groups stand by their longest idle agent, so the search ends at the first group that fits.
    """

    def choose(self, agents: Agents, ask: Ask) -> AgentRecord | None:
        best: tuple[Key, AgentRecord] | None = None
        for shelf in agents.shelves(ask.labels):
            for key, group in shelf.entries():
                if best is not None and key >= best[0]:
                    break
                if not ask.accepts(group.profile):
                    continue
                found = _first(group, ask.barred)
                if found is not None and (best is None or found[0] < best[0]):
                    best = found
        return best[1] if best else None

    def reason(self, agent: AgentRecord, now: float) -> str:
        return f"longest idle: {now - agent.idle_since:.1f} s"
