"""e. Wherever the caller hangs up, nothing is left behind: no channel, no reservation, no ghost."""

from tests.e2e.audio import read_wav
from tests.e2e.house import House
from tests.e2e.people import Person, all_hear
from tests.e2e.waiting import eventually

NUMBER = "6500"
BYTES_PER_SECOND = 16000


async def gone(house: House, caller: Person, node: str) -> str:
    """The call has ended where it was, everywhere: journal, Asterisk, queues."""
    call = await house.call_of(caller)
    ended = await house.journal.tells("call.ended", call=call)
    assert (ended.result, ended.node) == ("hangup", node)
    left = house.journal.facts("node.left", call=call)[-1]
    assert (left.node, left.outcome) == (node, "hangup")
    entered = house.journal.facts("queue.entered", call=call)
    outcomes = house.journal.facts("queue.left", call=call)
    assert len(entered) == len(outcomes), "who entered a queue has left it, once"
    made = house.journal.facts("offer.made", call=call)
    over = house.journal.facts("offer.ended", call=call)
    assert [one.offer for one in made] == [one.offer for one in over]
    await house.no_channel_of(caller)
    return call


async def test_during_the_greeting(house: House) -> None:
    (caller,) = await house.people("e_caller_1")
    await caller.dials(NUMBER)
    await caller.hears_something()
    await caller.hangs_up()
    await gone(house, caller, "greeting")


async def test_in_the_menu(house: House) -> None:
    (caller,) = await house.people("e_caller_2")
    await caller.dials(NUMBER)
    await caller.hears_something()
    await caller.presses("*")  # skips the greeting, and is no choice
    await house.journal.tells("input.received", call=await house.call_of(caller))
    await caller.hangs_up()
    await gone(house, caller, "choice")


async def test_while_waiting(house: House) -> None:
    (pia,) = await house.agents("e_pia")
    await pia.dials("*122")
    await pia.is_hung_up()
    await house.state(pia, "paused")
    (caller,) = await house.people("e_caller_3")
    await caller.dials(NUMBER)
    await caller.presses("1")
    call = await house.call_of(caller)
    await house.journal.tells("queue.entered", call=call)
    await caller.hears_something()
    assert await house.metric("queue_callers", queue="e_waiting") == 1
    await caller.hangs_up()
    await gone(house, caller, "waiting")
    left = house.journal.facts("queue.left", call=call)[-1]
    assert left.outcome == "abandoned"
    assert await house.metric("queue_callers", queue="e_waiting") == 0
    # No ghost: nobody rings Pia when she is ready again.
    await pia.dials("*13")
    await pia.is_hung_up()
    await house.state(pia, "available")
    assert house.journal.facts("offer.made", agent="e_pia") == []


async def test_while_the_agents_phone_rings(house: House) -> None:
    (rob,) = await house.agents("e_rob")
    (caller,) = await house.people("e_caller_4")
    await caller.dials(NUMBER)
    await caller.presses("2")
    await rob.rings()
    await caller.hangs_up()
    await rob.is_hung_up()
    call = await gone(house, caller, "ringing")
    (offer,) = house.journal.facts("offer.ended", call=call)
    assert offer.outcome == "cancelled"
    assert house.journal.facts("queue.left", call=call)[-1].outcome == "abandoned"
    await house.state(rob, "available")
    await house.no_channel_of(rob)
    await caller.dials(NUMBER)  # and can be reached at once
    await caller.presses("2")
    await rob.rings()
    await rob.picks_up()
    await all_hear((caller, [rob]), (rob, [caller]))
    await caller.hangs_up()


async def test_while_talking(house: House) -> None:
    (sam,) = await house.agents("e_sam")
    (caller,) = await house.people("e_caller_5")
    await caller.dials(NUMBER)
    await caller.presses("3")
    await sam.rings()
    await sam.picks_up()
    await all_hear((caller, [sam]), (sam, [caller]))
    await caller.hangs_up()
    await sam.is_hung_up()
    call = await gone(house, caller, "talking")
    await house.no_channel_of(sam)
    await house.state(sam, "available")
    talk = await house.journal.tells("conversation.ended", call=call)
    assert talk.ended_by == "caller"
    states = [c.after for c in house.journal.facts("agent.changed", agent="e_sam", call=call)]
    assert states == ["reserved", "ringing", "on_call", "wrap_up", "available"]


async def test_while_leaving_a_message(house: House) -> None:
    (caller,) = await house.people("e_caller_6")
    await caller.dials(NUMBER)
    await caller.presses("4")
    call = await house.call_of(caller)
    await house.journal.tells("node.entered", call=call, node="message")
    file = house.settings.voicemail_dir / "e_box" / f"{call}.wav"
    await eventually(
        lambda: file.exists() and file.stat().st_size > 2 * BYTES_PER_SECOND,
        15.0,
        f"two seconds of a message in {file}",
    )
    await caller.hangs_up()
    await gone(house, caller, "message")
    message = await house.journal.tells("voicemail.left", call=call)
    assert message.mailbox == "e_box"
    (sound,) = read_wav(house.settings.voicemail_dir / message.file)
    assert sound.part(0.5, 1.5).holds(caller.tone_hz), sound.report([caller.tone_hz])
