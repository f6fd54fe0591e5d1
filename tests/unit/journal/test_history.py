"""One line of a call, told from its events."""

import pytest

from ivr.journal.history import summarise
from ivr.model import events
from ivr.model.events import Event

SAID = events.DispositionGiven(
    at=2.0,
    call="c1",
    agent="ann",
    queue="care",
    code="solved",
    title="Solved",
    group="",
    note="",
    by="Ann",
)
MISSING = events.DispositionMissing(at=3.0, call="c1", agent="ben", queue="care")


@pytest.mark.parametrize(
    ("history", "disposition"),
    [
        ([], ""),
        ([MISSING], "none"),
        ([MISSING, SAID], "solved"),
        ([SAID, MISSING], "solved"),
    ],
)
def test_what_was_said_is_never_replaced_by_what_was_not(
    history: list[Event], disposition: str
) -> None:
    assert summarise("c1", history).disposition == disposition
