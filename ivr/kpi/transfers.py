"""Whether callers came to the right agent at once."""


def routing_accuracy(transferred: int, conversations: int) -> float | None:
    """Share of conversations after which the agent did not hand the caller on."""
    return (conversations - transferred) / conversations if conversations else None
