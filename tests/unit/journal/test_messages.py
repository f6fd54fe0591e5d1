"""Voice messages, for a server that starts: as far back as it asks."""

from ivr.journal import Journal
from ivr.model.events import (
    Event,
    MessageDeleted,
    MessageHeard,
    MessageLeft,
    MessageNotified,
    ServerStopped,
)
from ivr.model.lookups import Outcome
from tests.unit.journal.conftest import Disk

BOX = {"mailbox": "sales", "file": "sales/c1.wav"}


async def test_a_later_server_learns_what_became_of_messages(journal: Journal, disk: Disk) -> None:
    history: list[Event] = [
        MessageLeft(at=10.0, call="c1", seconds=2.0, caller="2001", **BOX),
        MessageHeard(at=11.0, heard=True, by="1001", agent="ada", **BOX),
        MessageNotified(at=12.0, target="crm", outcome=Outcome.ANSWERED, attempts=1, **BOX),
        MessageDeleted(at=13.0, by="api", **BOX),
    ]
    for event in history:
        journal.record(event)
    journal.record(ServerStopped(at=14.0))
    await journal.close()
    later = disk.journal()
    await later.start()
    assert await later.messages_since(0.0) == history
    assert await later.messages_since(11.5) == history[2:]
    await later.close()
