"""What became of conversations, as agents say."""


def disposition_share(conversations: int, all_conversations: int) -> float | None:
    """Share of a queue's conversations that ended with this disposition."""
    return conversations / all_conversations if all_conversations else None
