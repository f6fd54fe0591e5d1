"""u. A message is left: the owner's phone lights up, *97 plays it, a ticket system hears of it."""

from pathlib import Path

import pytest

from ivr.spoken import WORDINGS
from tests.e2e.audio import read_wav
from tests.e2e.command import ivr
from tests.e2e.crm import Crm, crm
from tests.e2e.house import House
from tests.e2e.lines import OpenSite, replacing
from tests.e2e.people import Person
from tests.e2e.waiting import eventually

MESSAGES = Path(__file__).parent / "messages"
WORDS = WORDINGS["en"]
GREETING = "Nobody is here. Please leave a message."
TOKEN = "ticket-token"
BYTES_PER_SECOND = 16000


@pytest.mark.timeout(240)
async def test_a_message_is_shown_played_told_and_deleted(
    open_site: OpenSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IVR_SECRET_TICKETS", TOKEN)
    async with crm(lambda _: None, authorization=f"Bearer {TOKEN}") as tickets:
        house = await open_site(MESSAGES, replacing({"http://127.0.0.1:9": tickets.url}))
        (caller,) = await house.people("caller")
        (ann,) = await house.people("ann", light=True)
        await ann.sees_messages(new=0, heard=0)
        message = await leaves_a_message(house, caller)
        await ann.sees_messages(new=1, heard=0)
        assert await house.metric("voicemail_messages", mailbox="office", state="new") == 1
        await _is_told(house, tickets, message, caller)

        await listens(house, ann, caller)
        await ann.sees_messages(new=0, heard=1)
        await house.stack.server.stop()
        await house.stack.server.start()
        assert await house.metric("voicemail_messages", mailbox="office", state="heard") == 1
        [listed] = (await ivr(house, "voicemail", "list"))["messages"]
        assert (listed["message"], listed["heard"]) == (message, True)

        await _nothing_breaks_the_mailbox(house, caller)
        await _deletes(house, ann)
        await ann.sees_messages(new=0, heard=0)
        assert list(house.settings.voicemail_dir.glob("*/*.wav")) == [], "the file is gone, too"
        assert len(tickets.posted) == 1, "told once, of what was a message"


async def leaves_a_message(house: House, caller: Person) -> str:
    """Two seconds, ended by hanging up."""
    await caller.dials("601")
    call = await house.call_of(caller)
    await caller.hears_said(await house.speech(GREETING))
    file = house.settings.voicemail_dir / "office" / f"{call}.wav"
    await eventually(
        lambda: file.exists() and file.stat().st_size > 2 * BYTES_PER_SECOND,
        15.0,
        f"two seconds of a message in {file}",
    )
    await caller.hangs_up()
    left = await house.journal.tells("voicemail.left", call=call)
    assert (left.file, left.caller) == (f"office/{call}.wav", caller.extension)
    (sound,) = read_wav(file)
    assert sound.part(0.5, 1.5).holds(caller.tone_hz), sound.report([caller.tone_hz])
    return f"office/{call}"


async def _is_told(house: House, tickets: Crm, message: str, caller: Person) -> None:
    notified = await house.journal.tells("voicemail.notified", file=f"{message}.wav")
    assert (notified.outcome, notified.attempts) == ("answered", 1)
    [(path, told)] = tickets.posted
    assert path == "/api/new"
    assert (told["message"], told["caller"]) == (message, caller.extension)


async def listens(house: House, ann: Person, caller: Person) -> None:
    """To the message's end, and hangs up instead of pressing a key."""
    await ann.dials("*97")
    await ann.hears_said(await house.speech(WORDS.told_messages(1, 0)[0]))
    await ann.hears_said(await house.speech(WORDS.voicemail_keys), within_s=25.0)
    heard = ann.sound
    windows = [heard.part(0.5 * half, 0.5 * half + 1.0) for half in range(int(heard.seconds * 2))]
    assert any(one.holds(caller.tone_hz) for one in windows), heard.report([caller.tone_hz])
    await ann.hangs_up()


async def _nothing_breaks_the_mailbox(house: House, caller: Person) -> None:
    """A key at once leaves no message; where none can be kept, callers are told and served."""
    box = house.settings.voicemail_dir / "office"
    await caller.dials("601")
    call = await house.call_of(caller)
    await caller.hears_said(await house.speech(GREETING))
    await eventually((box / f"{call}.wav").exists, 10.0, "recording has begun")
    await caller.presses("#")
    await caller.hears_said(await house.speech("Thank you for your message."))
    await caller.is_hung_up()

    box.rename(box.with_name("away"))
    box.write_text("no place for a message")
    await caller.dials("601")
    call = await house.call_of(caller)
    await caller.hears_said(await house.speech("No message can be taken now."), within_s=15.0)
    await caller.is_hung_up()
    assert (await house.journal.tells("voicemail.refused", call=call)).reason == "failed"
    box.unlink()
    box.with_name("away").rename(box)


async def _deletes(house: House, ann: Person) -> None:
    """Before it is played out; a key during the counts only cuts them short."""
    await ann.dials("*97")
    await ann.presses("3")
    await ann.hears_said(await house.speech(WORDS.voicemail_today))
    await ann.presses("3")
    await ann.hears_said(await house.speech(WORDS.voicemail_deleted))
    await ann.is_hung_up()
