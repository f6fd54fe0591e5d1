"""Who calls again."""

REPEAT_DAYS = 7
"""Who calls again within this time is a repeat caller."""


def repeat_callers(returned: int, callers: int) -> float | None:
    """Share of callers who called again within seven days; says nothing of why.

    Callers are told apart by their number; a call without one counts for neither.
    """
    return returned / callers if callers else None
