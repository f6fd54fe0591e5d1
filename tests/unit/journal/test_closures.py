"""Emergency closures, for a server that starts: they are closed before the first call is taken."""

from ivr.journal import Journal
from ivr.model.events import ClosureChanged, ServerStopped
from tests.unit.journal.conftest import Disk


async def test_a_later_server_learns_every_change_in_order(journal: Journal, disk: Disk) -> None:
    changes = [
        ClosureChanged(at=1.0, closure="house", closed=True, by="api"),
        ClosureChanged(at=2.0, closure="office", closed=True, by="1009", agent="eve"),
        ClosureChanged(at=3.0, closure="house", closed=False, by="api"),
    ]
    for change in changes:
        journal.record(change)
    journal.record(ServerStopped(at=4.0))
    await journal.close()
    later = disk.journal()
    await later.start()
    assert await later.closures() == changes
    await later.close()
