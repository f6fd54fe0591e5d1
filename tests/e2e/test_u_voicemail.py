"""u. A message is left: the owners' phones light up, *97 plays it, a ticket system hears of it."""

from pathlib import Path
from typing import Any

import pytest

from ivr.spoken import WORDINGS
from tests.e2e.audio import read_wav
from tests.e2e.command import ivr, ivr_text
from tests.e2e.crm import crm
from tests.e2e.house import House
from tests.e2e.lines import OpenSite, replacing
from tests.e2e.people import Person
from tests.e2e.waiting import eventually

SMALL = Path(__file__).parent / "small"
WORDS = WORDINGS["en"]
GREETING = "Nobody is here. Please leave a message."
TOKEN = "ticket-token"


async def leaves_a_message(house: House, caller: Person) -> str:
    """Two seconds, ended by a key; the message's file."""
    await caller.dials("601")
    call = await house.call_of(caller)
    await caller.hears_said(await house.speech(GREETING))
    file = f"office/{call}.wav"
    await speaks(house, file)
    await caller.presses("#")
    await caller.is_hung_up()
    left = await house.journal.tells("voicemail.left", call=call)
    assert (left.file, left.caller) == (file, caller.extension)
    return file


async def speaks(house: House, file: str) -> None:
    path = house.settings.voicemail_dir / file
    await eventually(
        lambda: path.exists() and path.stat().st_size > 2 * 16000,
        15.0,
        f"two seconds of a message in {path}",
    )


@pytest.mark.timeout(240)
async def test_a_message_is_shown_played_told_and_deleted(
    open_site: OpenSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IVR_SECRET_TICKETS", TOKEN)
    async with crm(lambda _: None, authorization=f"Bearer {TOKEN}") as tickets:
        house = await open_site(SMALL, replacing({"http://127.0.0.1:9": tickets.url}))
        (caller,) = await house.people("caller")
        (ann,) = await house.people("ann", light=True)
        await ann.sees_messages(new=0, heard=0)

        first = await leaves_a_message(house, caller)
        await ann.sees_messages(new=1, heard=0)
        assert await house.metric("voicemail_messages", mailbox="office", state="new") == 1
        notified = await house.journal.tells("voicemail.notified", file=first)
        assert (notified.outcome, notified.attempts) == ("answered", 1)
        [(path, told)] = tickets.posted
        assert (path, told["message"], told["caller"]) == (
            "/api/new",
            first.removesuffix(".wav"),
            caller.extension,
        )

        second = await leaves_a_message(house, caller)
        await ann.sees_messages(new=2, heard=0)
        await _listens_and_deletes_the_first(house, ann, caller)
        await ann.sees_messages(new=0, heard=1)
        files = [file.name for file in house.settings.voicemail_dir.glob("*/*.wav")]
        assert files == [Path(second).name], "a deleted message has no file any more"

        await _is_kept_over_a_restart(house, ann, second)
        await _is_exported_marked_and_deleted_by_command(house, ann, second)
        await ann.sees_messages(new=0, heard=0)
        assert list(house.settings.voicemail_dir.glob("*/*.wav")) == []


async def _listens_and_deletes_the_first(house: House, ann: Person, caller: Person) -> None:
    await ann.dials("*97")
    for words in WORDS.told_messages(2, 0):
        await ann.hears_said(await house.speech(words))
    await ann.hears_said(await house.speech(WORDS.voicemail_keys), within_s=25.0)
    before_s = ann.sound.seconds
    heard = ann.sound.part(before_s - 12.0 if before_s > 12.0 else 0.0)
    assert any(
        heard.part(at, at + 0.5).holds(caller.tone_hz) for at in _half_seconds(heard.seconds)
    ), heard.report([caller.tone_hz])
    await ann.presses("3")
    await ann.hears_said(await house.speech(WORDS.voicemail_deleted))
    await ann.hears_said(await house.speech(WORDS.voicemail_keys), within_s=25.0)
    await ann.presses("2")
    await ann.hears_said(await house.speech(WORDS.voicemail_over))
    await ann.is_hung_up()


def _half_seconds(seconds: float) -> list[float]:
    return [0.5 * step for step in range(int(seconds * 2) - 1)]


async def _is_kept_over_a_restart(house: House, ann: Person, file: str) -> None:
    """Also the light: Asterisk has forgotten it, and the phone asks again."""
    await house.stack.server.stop()
    await house.stack.server.start()
    assert [one["heard"] for one in await _listed(house)] == [True]
    assert await house.metric("voicemail_messages", mailbox="office", state="heard") == 1
    assert file == (await _listed(house))[0]["message"] + ".wav"
    await ann.sees_messages(new=0, heard=1)


async def _is_exported_marked_and_deleted_by_command(house: House, ann: Person, file: str) -> None:
    message = file.removesuffix(".wav")
    copy = house.settings.state_dir / "copy.wav"
    await ivr_text(house, "voicemail", "export", message, str(copy))
    (sound,) = read_wav(copy)
    assert sound.seconds > 1.5
    assert (await ivr(house, "voicemail", "mark", message, "new"))["changed"]
    await ann.sees_messages(new=1, heard=0)
    await ivr(house, "voicemail", "delete", message)


async def _listed(house: House) -> list[dict[str, Any]]:
    return list((await ivr(house, "voicemail", "list"))["messages"])


@pytest.mark.timeout(120)
async def test_nothing_a_caller_does_breaks_a_mailbox(
    open_site: OpenSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IVR_SECRET_TICKETS", TOKEN)
    house = await open_site(SMALL, str)
    caller, ann = await house.people("caller", "ann")
    box = house.settings.voicemail_dir / "office"

    await caller.dials("601")  # hangs up before the beep
    await caller.hangs_up()

    await caller.dials("601")  # a key at once: a message of no length
    call = await house.call_of(caller)
    await caller.hears_said(await house.speech(GREETING))
    await eventually((box / f"{call}.wav").exists, 10.0, "recording has begun")
    await caller.presses("#")
    await caller.hears_said(await house.speech("Thank you for your message."))
    await caller.is_hung_up()
    await house.journal.tells("call.ended", call=call)

    assert box.is_dir()
    for file in box.iterdir():
        file.unlink()
    box.rmdir()
    box.write_text("no place for a message")
    await caller.dials("601")
    refused = await house.call_of(caller)
    await caller.hears_said(await house.speech("No message can be taken now."), within_s=15.0)
    await caller.is_hung_up()
    assert (await house.journal.tells("voicemail.refused", call=refused)).reason == "failed"

    box.unlink()
    await leaves_a_message(house, caller)
    await ann.dials("*97")
    await ann.hears_said(await house.speech(WORDS.told_messages(1, 0)[0]))
    await ann.hangs_up()
