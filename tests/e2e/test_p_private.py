"""p. Card data: silence in every recording, nobody listens, and the digits are written nowhere."""

import asyncio
import sys
from pathlib import Path

import numpy as np
import pytest

from ivr.service.features import NO_CONVERSATION, SECLUDED
from ivr.service.pins import ENTER_PIN
from ivr.service.supervision import PRIVATE
from tests.e2e.audio import Sound, longest_run
from tests.e2e.house import House
from tests.e2e.people import Person, all_hear

NUMBER = "6410"
CARD = "4539148803436467"
TOLERANCE_S = 0.15
"""Between the clock of the journal and the first sample of a recording."""
AFTER = "Thank you. To talk to somebody, press 1."
ASKED = "Please enter the number of your card."


async def reaches_the_card(house: House, caller: Person) -> None:
    await caller.dials(NUMBER)
    await caller.presses("1")
    await caller.hears_said(await house.speech(ASKED), within_s=20)


async def gives_the_card(house: House, caller: Person) -> None:
    await caller.presses(CARD)
    await caller.hears_said(await house.speech("If that is right, press 1."), within_s=30)
    await caller.presses("1")
    await caller.hears_said(await house.speech(AFTER), within_s=20)


async def paused_between(house: House, call: str, recording: str) -> tuple[float, float]:
    """From and to, in seconds from the recording's start, as the journal tells."""
    tells = house.journal.tells
    started = await tells("recording.started", call=call, recording=recording)
    paused = await tells("recording.paused", call=call, recording=recording)
    resumed = await tells("recording.resumed", call=call, recording=recording)
    return paused.at - started.at, resumed.at - started.at


def exact_silence(*sides: Sound) -> tuple[float, float]:
    """Where the longest run of samples begins and ends that are all exactly 0."""
    silent = np.all([side.samples == 0 for side in sides], axis=0)
    length = longest_run(silent)
    sums = np.convolve(silent, np.ones(length), "valid")
    begin = int(np.argmax(sums == length))
    return begin / 8000, (begin + length) / 8000


def covers(house: House, recording: str, interval: tuple[float, float], caller: Person) -> None:
    """Not one sample of the interval holds anything; around it the caller is heard."""
    left, right = house.recording(recording)
    begin, end = exact_silence(left, right)
    about = f"paused {interval}, silent {begin}..{end}\n{left.report([caller.tone_hz])}"
    assert begin <= interval[0] + TOLERANCE_S, about
    assert end >= interval[1] - TOLERANCE_S, about
    assert left.part(interval[0] - 1.2, begin - 0.1).holds(caller.tone_hz), about
    assert left.part(end + 0.2, left.seconds - 0.3).holds(caller.tone_hz), about


async def traffic_log(house: House) -> Path:
    """Asterisk writes down from now on all that is said on AGI and AMI."""
    for order in (
        "logger add channel traffic notice,warning,error,verbose,debug,dtmf",
        "agi set debug on",
        "manager set debug on",
        "core set verbose 5",
    ):
        await house.stack.asterisk.cli(order)
    return house.settings.state_dir


async def is_patient(house: House, caller: Person) -> None:
    """A caller in the flow is given to the emergency script after three seconds without a server;
    this one waits for as long as the server of a busy test machine takes to start."""
    listing = await house.stack.asterisk.cli("core show channels concise")
    names = [line.split("!")[0] for line in listing.splitlines()]
    (name,) = [one for one in names if one.startswith(f"PJSIP/{caller.extension}-")]
    await house.stack.asterisk.cli(f"dialplan set chanvar {name} IVR_TRIES -100")


def files_with(text: str, directory: Path) -> list[str]:
    wanted = text.encode()
    files = [file for file in directory.rglob("*") if file.is_file()]
    assert len(files) > 10
    return [str(file) for file in files if wanted in file.read_bytes()]


async def explained(house: House, call: str) -> str:
    process = await asyncio.create_subprocess_exec(
        *[sys.executable, "-m", "ivr", "explain", call],
        *["--state-dir", str(house.settings.state_dir), "--http-port"],
        str(house.settings.http_port),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    assert process.returncode == 0, output.decode()
    return output.decode()


@pytest.mark.timeout(300)
async def test_a_card_number_is_in_no_sample_no_file_and_no_log(own_house: House) -> None:
    house = own_house
    (pam,) = await house.agents("p_pam")
    (caller,) = await house.people("p_caller")
    state = await traffic_log(house)
    await reaches_the_card(house, caller)
    await gives_the_card(house, caller)
    await caller.has_heard(caller.sound.seconds + 2)
    call = await house.call_of(caller)
    await caller.presses("1")
    await pam.rings()
    await pam.picks_up()
    await all_hear((caller, [pam]), (pam, [caller]))
    await caller.hangs_up()

    own = await house.journal.tells("recording.started", call=call, queue="")
    finished = await house.journal.tells("recording.finished", recording=own.recording)
    assert finished.result == "ok"
    covers(house, own.recording, await paused_between(house, call, own.recording), caller)
    talk = await house.journal.tells("recording.started", call=call, queue="p_desk")
    assert (
        await house.journal.tells("recording.finished", recording=talk.recording)
    ).result == "ok"
    assert files_with("AGI Tx", state), "the traffic was not written down"
    assert files_with(CARD, state) == []
    story = await explained(house, call)
    assert "*" * len(CARD) in story
    assert CARD not in story
    assert CARD not in await house.metrics_text()
    assert await house.metric("recording_pauses_total", reason="sensitive") == 1


@pytest.mark.timeout(180)
async def test_nobody_hears_it_and_a_caller_who_hangs_up_leaves_silence(house: House) -> None:
    (pam,) = await house.agents("p_pam")
    caller, sid = await house.people("p_caller", "p_sid")
    await reaches_the_card(house, caller)
    await caller.presses(CARD[:9])
    await sid.dials(f"*15{pam.extension}")
    await sid.hears_said(await house.speech(ENTER_PIN.text))
    await sid.presses(f"{house.pin(sid)}#")
    await sid.hears_said(await house.speech(NO_CONVERSATION.text))
    assert not sid.sound.catches(caller.tone_hz), sid.describe(caller)
    await caller.hangs_up()
    call = await house.call_of(caller)
    finished = await house.journal.tells("recording.finished", call=call)
    started = await house.journal.tells("recording.started", call=call)
    paused = await house.journal.tells("recording.paused", call=call)
    left, right = house.recording(finished.recording)
    begin, end = exact_silence(left, right)
    assert begin <= paused.at - started.at + TOLERANCE_S
    assert end == left.seconds, left.report([caller.tone_hz])


@pytest.mark.timeout(180)
async def test_a_killed_server_leaves_the_card_unrecorded(own_house: House) -> None:
    house = own_house
    (caller,) = await house.people("p_caller")
    await reaches_the_card(house, caller)
    await caller.presses(CARD[:9])
    call = await house.call_of(caller)
    first = await house.journal.tells("recording.started", call=call)
    paused = await house.journal.tells("recording.paused", call=call)
    await house.stack.server.kill()
    await is_patient(house, caller)
    await house.stack.server.start()
    await caller.hears_said(await house.speech(ASKED), within_s=30)
    await gives_the_card(house, caller)
    await caller.has_heard(caller.sound.seconds + 2)
    await caller.hangs_up()

    await house.journal.tells("recording.finished", recording=first.recording)
    left, right = house.recording(first.recording)
    begin, end = exact_silence(left, right)
    assert begin <= paused.at - first.at + TOLERANCE_S
    assert end == left.seconds, left.report([caller.tone_hz])
    (second,) = [
        one
        for one in house.journal.facts("recording.started", call=call)
        if one.recording != first.recording
    ]
    left_again = [one for one in house.journal.facts("node.left", call=call) if one.node == "card"]
    assert second.at >= left_again[-1].at
    await house.journal.tells("recording.finished", recording=second.recording)
    again, _ = house.recording(second.recording)
    assert again.part(0.3, again.seconds - 0.3).holds(caller.tone_hz)
    assert files_with(CARD, house.settings.state_dir) == []


@pytest.mark.timeout(180)
async def test_an_agent_makes_the_talk_private(house: House) -> None:
    (pam,) = await house.agents("p_pam")
    caller, sid = await house.people("p_caller", "p_sid")
    await reaches_the_card(house, caller)
    await gives_the_card(house, caller)
    await caller.presses("1")
    await pam.rings()
    await pam.picks_up()
    await all_hear((caller, [pam]), (pam, [caller]))
    call = await house.call_of(caller)
    await sid.dials(f"*15{pam.extension}")
    await sid.hears_said(await house.speech(ENTER_PIN.text))
    await sid.presses(f"{house.pin(sid)}#")
    await all_hear((sid, [caller, pam]))

    await pam.puts_on_hold()
    await pam.dials("*17")
    await pam.hears_said(await house.speech(SECLUDED.text))
    await pam.is_hung_up()
    await pam.takes_back()
    await sid.hears_said(await house.speech(PRIVATE.text))
    quiet_from = sid.sound.seconds
    await caller.hears_only(pam)
    await caller.has_heard(caller.sound.seconds + 3)
    assert sid.sound.part(quiet_from).lacks(caller.tone_hz), sid.describe(caller, pam)
    assert sid.sound.part(quiet_from).lacks(pam.tone_hz), sid.describe(caller, pam)

    await pam.puts_on_hold()
    await pam.dials("*17")
    await pam.is_hung_up()
    await pam.takes_back()
    await all_hear((sid, [caller, pam]), (caller, [pam]))
    await caller.hangs_up()
    talk = await house.journal.tells("recording.started", call=call, queue="p_desk")
    await house.journal.tells("recording.finished", recording=talk.recording)
    covers(house, talk.recording, await paused_between(house, call, talk.recording), caller)
    modes = [fact.mode for fact in house.journal.facts("supervision.mode", call=call)]
    assert modes == ["suspended", "listen"]
