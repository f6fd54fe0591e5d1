"""d. The recording: the caller on one side, the agent on the other, from first second to last."""

import asyncio
import json

import pytest

from tests.e2e.house import House
from tests.e2e.people import all_hear

TALK_S = 5.0


async def test_a_recording_holds_each_party_on_a_side_of_its_own(house: House) -> None:
    (mia,) = await house.agents("d_mia")
    (caller,) = await house.people("d_caller")
    clock = asyncio.get_running_loop()

    await caller.dials("6400")
    await caller.hears_something()
    await mia.rings()
    await mia.picks_up()
    began = clock.time()
    await all_hear((caller, [mia]), (mia, [caller]))
    await mia.has_heard(TALK_S)
    await mia.hangs_up()
    talked_s = clock.time() - began
    await caller.is_hung_up()

    call = await house.call_of(caller)
    finished = await house.journal.tells("recording.finished", call=call)
    assert finished.result == "ok"
    left, right = house.recording(finished.recording)
    assert left.seconds == right.seconds == pytest.approx(talked_s, abs=0.5)
    assert finished.seconds == pytest.approx(left.seconds, abs=0.01)
    for side, own, other in ((left, caller, mia), (right, mia, caller)):
        description = side.report([caller.tone_hz, mia.tone_hz])
        assert side.lacks(other.tone_hz), description
        for second in range(int(left.seconds)):
            last = second + 1 > left.seconds - 0.5
            heard = side.part(second + (0.2 if second == 0 else 0), second + (0.7 if last else 1))
            assert heard.holds(own.tone_hz), f"second {second}\n{description}"

    beside = house.settings.recordings_dir / f"{finished.recording}.json"
    about = json.loads(beside.read_text())
    assert about["call"] == call
    assert about["queue"] == "d_desk"
    assert about["agent"] == "d_mia"
    assert about["result"] == "ok"
    assert about["seconds"] == pytest.approx(left.seconds, abs=0.01)
    talk = await house.journal.tells("conversation.ended", call=call)
    assert talk.talk_s == pytest.approx(left.seconds, abs=0.5)
    assert talk.ended_by == "agent"


async def test_a_recording_ends_with_the_caller_who_hangs_up(house: House) -> None:
    (mia,) = await house.agents("d_mia")
    (caller,) = await house.people("d_caller")
    await caller.dials("6400")
    await mia.rings()
    await mia.picks_up()
    await all_hear((caller, [mia]), (mia, [caller]))
    await caller.hangs_up()
    call = await house.call_of(caller)
    finished = await house.journal.tells("recording.finished", call=call)
    talk = await house.journal.tells("conversation.ended", call=call)
    assert (finished.result, talk.ended_by) == ("ok", "caller")
    left, right = house.recording(finished.recording)
    assert left.seconds == pytest.approx(talk.talk_s, abs=0.5)
    assert left.part(left.seconds - 1.0, left.seconds - 0.3).holds(caller.tone_hz)
    assert right.part(right.seconds - 1.0, right.seconds - 0.3).holds(mia.tone_hz)


async def test_a_caller_on_hold_hears_music_and_the_time_is_counted(house: House) -> None:
    (mia,) = await house.agents("d_mia")
    (caller,) = await house.people("d_caller")
    clock = asyncio.get_running_loop()
    call = await house.calls_an_agent(caller, "6400", mia)
    began = clock.time()
    await mia.puts_on_hold()
    await caller.hears_only()
    await caller.hears_something()
    held_s = clock.time() - began
    await mia.takes_back()
    await caller.hears_only(mia)  # mia's phone writes down nothing more after a hold
    await mia.hangs_up()
    await caller.is_hung_up()
    talk = await house.journal.tells("conversation.ended", call=call)
    assert talk.hold_s == pytest.approx(held_s, abs=0.5)
    assert caller.longest_silence_s < 1.0
