"""f. The server is killed while one call talks and three wait: nobody loses talk or place."""

import asyncio

import pytest

from ivr.service.features import LOGGED_IN
from ivr.spoken import DESK
from tests.e2e.house import House
from tests.e2e.people import all_hear
from tests.e2e.waiting import eventually

NUMBER = "6600"


@pytest.mark.timeout(180)
async def test_a_killed_server_costs_nobody_their_talk_or_their_place(own_house: House) -> None:
    house = own_house
    (uma,) = await house.agents("f_uma")
    logged_in = await house.speech(DESK["fr"][LOGGED_IN.text], "fr")
    assert uma.sound.place_of(logged_in) is not None, "a phone of somebody who speaks French"
    talker, *waiting = await house.people("f_caller_0", "f_caller_1", "f_caller_2", "f_caller_3")
    talking = await house.calls_an_agent(talker, NUMBER, uma)
    entered = {}
    for caller in waiting:
        await caller.dials(NUMBER)
        call = await house.call_of(caller)
        entered[call] = (await house.journal.tells("queue.entered", call=call)).entered_at

    await house.stack.server.kill()
    await all_hear((talker, [uma]), (uma, [talker]))
    await asyncio.gather(*(caller.hears_something() for caller in waiting))
    await house.stack.server.start()

    for call, since in entered.items():
        again = await house.journal.tells("queue.entered", call=call, resumed=True)
        assert again.entered_at == pytest.approx(since, abs=0.001)
    assert house.journal.state_of("f_uma") == "on_call"
    await all_hear((talker, [uma]), (uma, [talker]))
    await uma.hangs_up()
    await talker.is_hung_up()
    over = await house.journal.tells("conversation.ended", call=talking)
    finished = await house.journal.tells("recording.finished", call=talking)
    assert finished.result == "ok"
    left, right = house.recording(finished.recording)
    assert left.seconds == pytest.approx(over.talk_s, abs=0.5)
    # From the first second to the last, also while there was no server.
    assert left.part(0.2, left.seconds - 0.3).holds(talker.tone_hz)
    assert right.part(0.2, right.seconds - 0.3).holds(uma.tone_hz)

    for caller, call in zip(waiting, entered, strict=True):
        await uma.rings()
        await uma.picks_up()
        await all_hear((caller, [uma]), (uma, [caller]))
        answered = await house.journal.tells("queue.left", call=call)
        assert answered.outcome == "answered"
        assert answered.wait_s == pytest.approx(answered.at - entered[call], abs=0.1)
        await caller.hangs_up()
        await uma.is_hung_up()
    await house.state(uma, "available")
    await house.no_channel_of(uma, talker, *waiting)
    for call in (talking, *entered):
        assert len(house.journal.facts("call.started", call=call)) == 1
        assert len(house.journal.facts("call.ended", call=call)) == 1


@pytest.mark.timeout(120)
async def test_a_killed_server_leaves_no_phone_ringing_for_nobody(own_house: House) -> None:
    house = own_house
    (uma,) = await house.agents("f_uma")
    (caller,) = await house.people("f_caller_0")
    await caller.dials(NUMBER)
    call = await house.call_of(caller)
    await uma.rings()
    await house.stack.server.kill()
    await house.stack.server.start()
    await uma.is_hung_up()
    await uma.rings()
    await uma.picks_up()
    await all_hear((caller, [uma]), (uma, [caller]))
    await caller.hangs_up()
    await uma.is_hung_up()
    assert (await house.journal.tells("queue.left", call=call)).outcome == "answered"
    await house.state(uma, "available")


@pytest.mark.timeout(120)
async def test_a_call_in_a_message_goes_on_behind_it(own_house: House) -> None:
    house = own_house
    (caller,) = await house.people("f_caller_1")
    await caller.dials("6500")
    await caller.presses("4")
    call = await house.call_of(caller)
    await house.journal.tells("node.entered", call=call, node="message")
    file = house.settings.voicemail_dir / "e_box" / f"{call}.wav"
    await eventually(file.exists, 15.0, f"a message in {file}")
    await house.stack.server.kill()
    await house.stack.server.start()
    await caller.presses("#")
    await caller.is_hung_up()
    ended = await house.journal.tells("call.ended", call=call)
    assert (ended.result, ended.node) == ("completed", "goodbye")
    assert house.journal.facts("queue.entered", call=call) == []
    left = await house.journal.tells("voicemail.left", call=call)
    assert left.file == f"e_box/{call}.wav", "what was said to nobody's server is a message, too"
