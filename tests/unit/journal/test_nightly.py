"""A night as the server has it: the parts joined as they are, over a real journal."""

import json
from contextlib import AsyncExitStack
from dataclasses import asdict
from pathlib import Path

from ivr.model import events
from ivr.model.site import Retention
from ivr.service.messages import MailboxService, Messages
from ivr.service.recordings import Recording
from ivr.settings import Settings
from ivr.testing.clock import VirtualClock
from ivr.wiring.keeping import Keeping
from tests.unit.journal.calls import DAY_S, Tables, abandoned, answered, ringing
from tests.unit.journal.conftest import Disk
from tests.unit.service.fakes import SITE

NOW = 1000 * DAY_S + 3 * 3600
OLD = NOW - 91 * DAY_S


async def test_old_events_are_gone_after_the_night_and_the_journal_says_so(
    disk: Disk, tmp_path: Path
) -> None:
    tables = Tables(disk.url)
    for call in ("old", "held", "recorded"):
        tables.write(answered(call, OLD, "ada"))
    tables.write([*abandoned("young", NOW - DAY_S), *ringing("open", OLD)])
    tables.write([events.HoldChanged(at=NOW, call="held", held=True, reason="4711", by="max")])
    tables.write(answered("last", OLD, "ada"))
    site = SITE.model_copy(update={"retention": Retention(events_days=90)})
    settings = Settings(tmp_path, journal=disk.url)
    settings.recordings_dir.mkdir()
    recording = Recording("recorded-1", "recorded", "sales", "ada", OLD, 60.0, "ok")
    (settings.recordings_dir / "recorded-1.json").write_text(json.dumps(asdict(recording)))
    journal, clock = disk.journal(), VirtualClock(NOW)
    await journal.start()
    boxes = MailboxService(lambda: site, Messages(tmp_path), journal, clock)
    keeping = Keeping(settings, lambda: site, boxes, journal, journal, clock)
    async with AsyncExitStack() as closers:
        await keeping.start(closers)
        rehearsed = await keeping.retention.prune(by="max", dry_run=True)
        assert (rehearsed.calls, rehearsed.events, rehearsed.held) == (1, 7, 1)
        assert "old" in tables.calls()
        done = await keeping.retention.prune(by="max")
        assert (done.calls, done.events, done.held) == (1, 7, 1)
        assert (await keeping.retention.prune(by="max")).events == 0
    await journal.close()
    assert tables.calls() == {"held", "recorded", "young", "open", "last"}
    told = [json.loads(data) for _, _, _, kind, data in disk.rows() if kind == "journal.pruned"]
    assert told == [{"before": 910 * DAY_S, "calls": 1, "events": 7, "by": "max"}]
    assert [row[:2] for row in tables.rows("days")["days"]] == [("1972-06-28", 1)]
    tables.close()
