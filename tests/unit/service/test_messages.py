"""Messages: kept over a restart as long as their files are there, marked, deleted for good."""

from pathlib import Path

import pytest

from ivr.model import events
from ivr.service.message_files import kept_seconds
from ivr.service.messages import (
    FREE_BYTES_MIN,
    MessageFileError,
    UnknownMessageError,
    mailboxes_of,
    owners,
)
from tests.unit.service.fakes import House
from tests.unit.service.voicemail import LOUD, QUIET, WAV_HEADER, WITH_MAILBOXES, Voicemail


@pytest.fixture
def voicemail(house: House) -> Voicemail:
    return Voicemail(house)


def test_a_mailbox_belongs_to_agents_and_to_whole_teams() -> None:
    assert owners(WITH_MAILBOXES, "sales") == ["ada"]
    assert owners(WITH_MAILBOXES, "front") == ["ada", "bob", "eve"]
    assert owners(WITH_MAILBOXES, "gone") == ()
    assert mailboxes_of(WITH_MAILBOXES, "ada") == ["sales", "front"]
    assert mailboxes_of(WITH_MAILBOXES, "zoe") == []


async def test_a_message_is_new_until_it_is_marked(voicemail: Voicemail) -> None:
    await voicemail.left("c1")
    assert voicemail.service.counts() == {"sales": (1, 0), "front": (0, 0)}
    assert voicemail.service.mark("sales", "c1", heard=True, by="api")
    assert not voicemail.service.mark("sales", "c1", heard=True, by="api")
    assert voicemail.service.counts()["sales"] == (0, 1)
    assert voicemail.service.mark("sales", "c1", heard=False, by="api")
    assert voicemail.service.counts()["sales"] == (1, 0)
    changes = voicemail.house.events.of(events.MessageHeard)
    assert [(one.heard, one.by) for one in changes] == [(True, "api"), (False, "api")]


async def test_a_deleted_message_has_no_file_any_more(voicemail: Voicemail) -> None:
    await voicemail.left("c1")
    await voicemail.left("c2")
    voicemail.service.delete("sales", "c1", by="1001", agent="ada")
    assert voicemail.files == ["sales/c2.wav"]
    (deleted,) = voicemail.house.events.of(events.MessageDeleted)
    assert (deleted.file, deleted.by, deleted.agent) == ("sales/c1.wav", "1001", "ada")
    with pytest.raises(UnknownMessageError, match="no message 'sales/c1'"):
        voicemail.service.delete("sales", "c1", by="api")


async def test_what_was_typed_never_names_a_file(voicemail: Voicemail) -> None:
    outside = voicemail.directory / "secret.wav"
    outside.write_text("not a message")
    with pytest.raises(UnknownMessageError):
        voicemail.service.delete("sales", "../secret", by="api")
    assert outside.exists()


async def test_a_message_whose_file_cannot_be_deleted_stays(voicemail: Voicemail) -> None:
    file = voicemail.directory / await voicemail.left("c1")
    file.unlink()
    file.mkdir()  # nothing that can be unlinked
    with pytest.raises(MessageFileError, match="the message stays"):
        voicemail.service.delete("sales", "c1", by="api")
    assert voicemail.states == {"c1": False}
    assert voicemail.house.events.of(events.MessageDeleted) == []


async def test_a_server_that_starts_knows_what_the_last_one_knew(voicemail: Voicemail) -> None:
    for name in ("c1", "c2", "c3", "c4"):
        await voicemail.left(name)
    voicemail.service.mark("sales", "c2", heard=True, by="api")
    voicemail.service.delete("sales", "c3", by="api")
    (voicemail.directory / "sales" / "c4.wav").unlink()  # by somebody else
    await voicemail.restart()
    assert voicemail.states == {"c1": False, "c2": True}


async def test_a_full_mailbox_takes_no_message_until_one_is_deleted(voicemail: Voicemail) -> None:
    for name in ("c1", "c2", "c3"):
        assert voicemail.service.takes("sales")
        await voicemail.left(name)
    assert not voicemail.service.takes("sales")
    assert voicemail.service.takes("front")
    voicemail.service.delete("sales", "c1", by="api")
    assert voicemail.service.takes("sales")


def test_a_full_disk_takes_no_message(voicemail: Voicemail) -> None:
    voicemail.free_bytes = FREE_BYTES_MIN - 1
    assert not voicemail.service.takes("front")
    voicemail.free_bytes = FREE_BYTES_MIN
    assert voicemail.service.takes("front")


@pytest.mark.parametrize("turns_out", ["resumed", "lost"])
async def test_a_message_left_while_the_server_was_dead_is_taken_over(
    voicemail: Voicemail, turns_out: str
) -> None:
    voicemail.record("c7")
    voicemail.record("c8")
    await voicemail.restart()
    assert voicemail.states == {}
    voicemail.recorder.record(
        events.CallResumed(at=1.0, call="c7", state="serving")
        if turns_out == "resumed"
        else events.CallEnded(
            at=1.0, call="c7", flow="main", result="lost", duration_s=1.0, node="message"
        )
    )
    assert voicemail.states == {"c7": False}
    (left,) = voicemail.house.events.of(events.MessageLeft)
    assert (left.call, left.mailbox, left.seconds) == ("c7", "sales", 1.0)


async def test_an_ordinary_end_of_a_call_takes_nothing_over_twice(voicemail: Voicemail) -> None:
    await voicemail.left("c1")
    voicemail.recorder.record(events.CallResumed(at=1.0, call="c1", state="serving"))
    assert len(voicemail.house.events.of(events.MessageLeft)) == 1


@pytest.mark.parametrize(
    ("sound", "seconds"),
    [
        (LOUD * 8000, 1.0),
        (QUIET * 16000 + LOUD * 8000, 3.0),
        (QUIET * 16000, 0.0),
        (LOUD * 2000, 0.0),
        (LOUD * 8000 + b"\0", 1.0),
        (b"", 0.0),
    ],
    ids=["speech", "speech after silence", "silence", "a click", "half a sample more", "nothing"],
)
def test_a_message_is_kept_only_when_something_is_said(
    tmp_path: Path, sound: bytes, seconds: float
) -> None:
    file = tmp_path / "c1.wav"
    file.write_bytes(WAV_HEADER + sound)
    assert kept_seconds(file) == seconds
    assert file.exists() == (seconds > 0)
    assert kept_seconds(tmp_path / "never.wav") == 0
