"""Events that come late by way of the spill file are not passed over."""

from pathlib import Path

from ivr.journal import database
from ivr.journal.entry import Entry
from ivr.webhooks.source import Source


def entries(*numbers: int) -> list[Entry]:
    return [Entry(number, "a", number, 0, "call.ended", None, "{}") for number in numbers]


def test_behind_a_gap_nothing_is_told_until_it_closes_or_stays(tmp_path: Path) -> None:
    engine = database.open_engine(f"sqlite:///{tmp_path / 'journal.db'}")
    database.migrate(engine)
    source = Source(engine, gap_s=10)
    assert (source.newest(), list(source.after(0, 0.0))) == (0, [])
    database.store(engine, entries(1, 2, 5))
    assert [one.id for one in source.after(0, 0.0)] == [1, 2]
    assert list(source.after(2, 1.0)) == []
    database.store(engine, entries(3))
    assert [one.id for one in source.after(2, 2.0)] == [3]
    assert list(source.after(3, 3.0)) == []
    assert list(source.after(3, 12.9)) == []
    assert [one.id for one in source.after(3, 13.0)] == [5]
    engine.dispose()
