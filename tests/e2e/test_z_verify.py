"""z. The journal tells what Asterisk itself saw; one that lacks something is found out."""

import asyncio
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ivr.journal.database import sqlite_file
from tests.e2e.command import ivr, ivr_text
from tests.e2e.house import House
from tests.e2e.lines import OpenSite
from tests.e2e.people import Person, all_hear
from tests.e2e.waiting import eventually

VERIFIED = Path(__file__).parent / "verified"
KNOWN = ("STATE_DIR", "DIALPLANS")


@pytest.mark.timeout(180)
async def test_no_difference_but_what_the_servers_death_explains_and_a_lost_row(
    open_site: OpenSite, tmp_path: Path
) -> None:
    house = await open_site(VERIFIED, str)
    ann, ben = await house.agents("ann", "ben")
    asker, buyer, late = await house.people("asker", "buyer", "late")
    await asker.dials("600")
    await asker.hears_something()
    await asker.hangs_up()
    asked = await house.call_of(asker)
    blind = await bought(house, buyer, ann)
    await ann.puts_on_hold()
    await ann.dials(f"*2{ben.extension}")
    await ben.rings()
    await ben.picks_up()
    await all_hear((buyer, [ben]), (ben, [buyer]))
    await buyer.hangs_up()
    await house.journal.tells("call.ended", call=blind)
    await house.state(ann, "available")
    consulted = await bought(house, buyer, ann)
    await ann.puts_on_hold()
    await asyncio.gather(ann.dials(f"*3{ben.extension}"), answers(ben))
    await all_hear((ben, [ann]), (ann, [ben]))
    await ann.hangs_up()
    await all_hear((buyer, [ben]), (ben, [buyer]))

    await house.stack.server.kill()
    await late.dials("600")
    await late.hears_something()
    await late.hangs_up()
    await house.stack.server.start()
    await buyer.hangs_up()
    await house.journal.tells("call.ended", call=consulted)
    await house.no_channel_of(buyer, ben)

    found = await verified(house, 0)
    assert (found["calls"], found["conversations"], found["unexplained"]) == (3, 4, 0)
    assert kinds(found) == [("channel without a call", "", "the server was away")]

    newest = house.journal.newest_id()
    await eventually(
        lambda: rows(house, "projections")[0][0] >= newest, 20, "the tables tell of all events"
    )
    made = rows(house, "calls"), rows(house, "queue_legs")
    told = await ivr_text(house, "journal", "rebuild", known=KNOWN)
    assert told.startswith("3 calls made anew")
    assert (rows(house, "calls"), rows(house, "queue_legs")) == made

    without = await asyncio.to_thread(copy_without, house, tmp_path, "call.ended", asked)
    found = await verified(house, 1, "--journal", without)
    assert kinds(found) == [
        ("end of a call", asked, ""),
        ("channel without a call", "", "the server was away"),
    ]
    without = await asyncio.to_thread(copy_without, house, tmp_path, "conversation.started", blind)
    found = await verified(house, 1, "--journal", without)
    assert kinds(found) == [
        ("talk without a conversation", blind, ""),
        ("talk without a conversation", blind, ""),
        ("channel without a call", "", "the server was away"),
    ]


def rows(house: House, table: str) -> Sequence[tuple[Any, ...]]:
    """Of a table that the server makes from events."""
    file = sqlite_file(house.settings.journal_url)
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as journal:
        return sorted(journal.execute(f"SELECT * FROM {table}"))


async def verified(house: House, status: int, *words: str) -> Any:
    return await ivr(house, "journal", "verify", *words, known=KNOWN, status=status)


def kinds(found: Any) -> Sequence[tuple[str, str, str]]:
    return [(one["kind"], one["call"], one["because"]) for one in found["differences"]]


def copy_without(house: House, directory: Path, kind: str, call: str) -> str:
    """URL of a copy of the journal in which the call has no such events."""
    original, copy = sqlite_file(house.settings.journal_url), directory / f"{kind}.db"
    with (
        closing(sqlite3.connect(f"file:{original}?mode=ro", uri=True)) as source,
        closing(sqlite3.connect(copy)) as target,
    ):
        source.backup(target)
        target.execute("DELETE FROM events WHERE type = ? AND call = ?", (kind, call))
        target.commit()
    return f"sqlite:///{copy}"


async def bought(house: House, buyer: Person, ann: Person) -> str:
    """The buyer chooses in the menu and talks to Ann; the call's id."""
    await buyer.dials("600")
    await buyer.hears_something()
    await buyer.presses("1")
    await ann.rings()
    await ann.picks_up()
    await all_hear((buyer, [ann]), (ann, [buyer]))
    return await house.call_of(buyer)


async def answers(person: Person) -> None:
    await person.rings()
    await person.picks_up()
