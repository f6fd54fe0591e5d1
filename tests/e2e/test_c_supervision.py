"""c. Listening in is heard by nobody, whispering by the agent alone, barging in by both."""

import asyncio

from tests.e2e.command import ivr
from tests.e2e.house import House
from tests.e2e.people import Person, all_hear
from tests.e2e.supervising import supervise

NUMBER = "6300"
KNOWN = ("STATE_DIR", "JOURNAL")


async def conversation(house: House, caller: Person, agent: Person, key: str) -> str:
    """The caller reaches the agent through the menu's `key`; the call's id."""
    await caller.dials(NUMBER)
    await caller.presses(key)
    await agent.rings()
    await agent.picks_up()
    await all_hear((caller, [agent]), (agent, [caller]))
    return await house.call_of(caller)


async def test_a_supervisor_listens_whispers_barges_and_listens_again(house: House) -> None:
    (kim,) = await house.agents("c_kim")
    caller, sue = await house.people("c_caller", "c_sue")
    call = await conversation(house, caller, kim, "1")

    await supervise(house, sue, kim, house.pin(sue))
    listening = ((sue, [caller, kim]), (caller, [kim]), (kim, [caller]))
    await all_hear(*listening)
    await sue.presses("5")
    await all_hear((sue, [caller, kim]), (caller, [kim]), (kim, [caller, sue]))
    unheard_until = caller.sound.seconds
    await sue.presses("6")
    await all_hear((sue, [caller, kim]), (caller, [kim, sue]), (kim, [caller, sue]))
    await sue.presses("4")
    await all_hear(*listening)
    assert caller.sound.part(0, unheard_until).lacks(sue.tone_hz), caller.describe(kim, sue)

    await caller.hangs_up()
    await sue.is_hung_up()  # the target was this conversation, and it is over
    await house.no_channel_of(caller, kim, sue)
    started = await house.journal.tells("supervision.started", call=call)
    assert (started.supervisor, started.agent, started.mode) == ("c_sue", "c_kim", "listen")
    modes = [fact.mode for fact in house.journal.facts("supervision.mode", call=call)]
    assert modes == ["whisper", "barge", "listen"]
    await house.journal.tells("supervision.ended", call=call, supervisor="c_sue")
    async with asyncio.timeout(20):
        while (told := await audited(house, call)) != AUDITED:
            assert told == AUDITED[: len(told)]


AUDITED = [
    ("c_sue", "supervision.started", "c_kim", "listen"),
    ("c_sue", "supervision.mode", "c_kim", "whisper"),
    ("c_sue", "supervision.mode", "c_kim", "barge"),
    ("c_sue", "supervision.mode", "c_kim", "listen"),
    ("c_sue", "supervision.ended", "c_kim", None),
]


async def audited(house: House, call: str) -> list[tuple[str, str, str, str | None]]:
    """(who, action, target, mode) of what the audit tells of this call."""
    records = (await ivr(house, "audit", "list", "--limit", "1000", known=KNOWN))["records"]
    return [
        (one["who"], one["action"], one["target"], one["details"].get("mode"))
        for one in records
        if one["details"].get("call") == call
    ]


async def test_the_conversation_goes_on_when_the_supervisor_leaves(house: House) -> None:
    (kim,) = await house.agents("c_kim")
    caller, sue = await house.people("c_caller", "c_sue")
    await conversation(house, caller, kim, "1")
    await supervise(house, sue, kim, house.pin(sue))
    await sue.presses("6")
    await all_hear((caller, [kim, sue]), (kim, [caller, sue]))
    await sue.hangs_up()
    await all_hear((caller, [kim]), (kim, [caller]))
    await caller.hangs_up()


async def test_no_key_leads_the_supervisor_to_another_conversation(house: House) -> None:
    kim, lea = await house.agents("c_kim", "c_lea")
    caller, other, sue = await house.people("c_caller", "c_caller_2", "c_sue")
    await conversation(house, caller, kim, "1")
    await conversation(house, other, lea, "2")
    await supervise(house, sue, kim, house.pin(sue))
    await all_hear((sue, [caller, kim]))
    for keys in ("1302#", "7", "#"):
        await sue.presses(keys)
        await all_hear((sue, [caller, kim]), (other, [lea]), (lea, [other]))
    await sue.presses("*")  # Asterisk's own key for "the next channel" ends it instead
    await sue.is_hung_up()
    for stranger in (other, lea):
        assert not sue.sound.catches(stranger.tone_hz), sue.describe(stranger)
    await all_hear((caller, [kim]), (kim, [caller]), (other, [lea]), (lea, [other]))
