"""How callers fare in call flows: helped without an agent, or gone in the middle."""


def containment(contained: int, sessions: int) -> float | None:
    """Share of visits that reached a node marked as success, without an agent.

    Who gives up is not contained; neither is whom the flow has served but who then talked to an
    agent.
    """
    return contained / sessions if sessions else None


def node_abandonment(hangups: int, entries: int) -> float | None:
    """Share of entries of a node in which the caller hung up there."""
    return hangups / entries if entries else None
