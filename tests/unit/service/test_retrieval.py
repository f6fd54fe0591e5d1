"""`*97`: an agent hears how many messages there are, and each; a key says what becomes of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.model import events
from ivr.ports import Spoken
from ivr.service.messages import Kept
from ivr.service.retrieval import ASKED_MAX, Retrieval, retrieval_texts
from ivr.spoken import WORDINGS
from tests.unit.service.fakes import SITE, FakeLine, House
from tests.unit.service.voicemail import WITH_MAILBOXES, Voicemail

DAY_S = 24 * 3600
KEYS = "To hear it again, press 1; to keep it, press 2; to delete it, press 3."


@pytest.fixture
def voicemail(house: House) -> Voicemail:
    return Voicemail(house)


async def test_each_message_is_played_with_its_mailbox_time_and_caller(
    voicemail: Voicemail,
) -> None:
    await voicemail.left("c1", caller="+49301")  # at 13:46 UTC
    voicemail.house.clock.advance(DAY_S)
    line = await voicemail.dial("1001", "2")
    assert line.log == [
        "play New messages: 1. Old messages: 0.",
        "play Sales Yesterday at one forty-six p.m. from plus four nine three zero one",
        "message sales/c1.wav",
        f"play {KEYS}",
        "play There are no further messages. Goodbye.",
        "hangup",
    ]
    assert voicemail.states == {"c1": True}
    (heard,) = voicemail.house.events.of(events.MessageHeard)
    assert (heard.by, heard.agent) == ("1001", "ada")


async def test_new_messages_come_first_then_the_oldest(voicemail: Voicemail) -> None:
    for name in ("c1", "c2", "c3"):
        voicemail.house.clock.advance(1)
        await voicemail.left(name)
    voicemail.service.mark("sales", "c1", heard=True, by="api")
    line = await voicemail.dial("1001", "222")
    assert line.log[0] == "play New messages: 2. Old messages: 1."
    assert [entry for entry in line.log if entry.startswith("message")] == [
        "message sales/c2.wav",
        "message sales/c3.wav",
        "message sales/c1.wav",
    ]


async def test_keys_repeat_keep_and_delete_also_while_a_message_plays(
    voicemail: Voicemail,
) -> None:
    first, second = await voicemail.left("c1"), await voicemail.left("c2")
    line = FakeLine("f1", "feature-channel")
    line.message_keys[second] = "3"
    await voicemail.dial("1001", "12", line)
    assert [entry for entry in line.log if entry.startswith("message")] == [
        f"message {first}",
        f"message {first}",
        f"message {second}",
    ]
    assert "play The message is deleted." in line.log
    assert voicemail.files == [first]
    assert voicemail.states == {"c1": True}


async def test_a_key_while_messages_are_counted_is_about_none_of_them(
    voicemail: Voicemail,
) -> None:
    file = await voicemail.left("c1")
    line = FakeLine("f1", "feature-channel")
    line.cut_by["New messages: 1."] = "3"
    await voicemail.dial("1001", "2", line)
    assert f"message {file}" in line.log
    assert voicemail.files == [file]


async def test_who_hangs_up_within_a_message_has_not_heard_it(voicemail: Voicemail) -> None:
    file = await voicemail.left("c1")
    line = FakeLine("f1", "feature-channel")
    line.message_keys[file] = "hangup"
    await voicemail.dial("1001", "", line)
    assert voicemail.states == {"c1": False}


async def test_who_presses_nothing_keeps_the_message_and_the_call_ends(
    voicemail: Voicemail,
) -> None:
    await voicemail.left("c1")
    await voicemail.left("c2")
    line = await voicemail.dial("1001")
    assert line.log.count(f"play {KEYS}") == ASKED_MAX
    assert voicemail.states == {"c1": True, "c2": False}
    assert line.log[-1] == "hangup"


async def test_a_message_that_cannot_be_played_is_passed_over(voicemail: Voicemail) -> None:
    broken, whole = await voicemail.left("c1"), await voicemail.left("c2")
    line = FakeLine("f1", "feature-channel")
    line.unplayable.add(broken)
    await voicemail.dial("1001", "2", line)
    assert f"message {whole}" in line.log
    assert voicemail.states == {"c1": False, "c2": True}


async def test_a_message_a_colleague_has_just_deleted_is_no_failure(voicemail: Voicemail) -> None:
    file = await voicemail.left("c1", "front")
    line = FakeLine("f1", "feature-channel")
    line.message_keys[file] = "3"
    played = line.play_message

    async def play_and_lose(message: str, *, keys: str) -> str:
        voicemail.service.delete("front", "c1", by="1002", agent="bob")
        return await played(message, keys=keys)

    line.play_message = play_and_lose  # type: ignore[method-assign]
    await voicemail.dial("1001", "", line)
    assert line.log[-1] == "hangup"
    assert len(voicemail.house.events.of(events.MessageDeleted)) == 1


async def test_a_file_that_cannot_be_deleted_is_told(voicemail: Voicemail) -> None:
    file = voicemail.directory / await voicemail.left("c1")
    file.unlink()
    file.mkdir()
    line = await voicemail.dial("1001", "3")
    assert "play The message could not be deleted." in line.log
    assert voicemail.states == {"c1": True}


async def test_an_owner_of_an_empty_mailbox_is_told_so(voicemail: Voicemail) -> None:
    line = await voicemail.dial("1002")
    assert line.log == ["play There are no messages.", "hangup"]


@pytest.mark.parametrize(("keys", "heard"), [("123456#2", True), ("1#2#3#", False)])
async def test_who_has_a_pin_is_asked_for_it(voicemail: Voicemail, keys: str, heard: bool) -> None:
    await voicemail.left("c1", "front")
    line = await voicemail.dial("1009", keys)
    assert "enter your pin" in line.log[0]
    assert ("message front/c1.wav" in line.log) is heard
    refused = voicemail.house.events.of(events.OrderGiven)
    assert [one.order for one in refused] == ([] if heard else ["voicemail"])


async def test_who_owns_no_mailbox_hears_no_message(voicemail: Voicemail) -> None:
    await voicemail.left("c1")
    line = await voicemail.dial("1010", "654321#2")
    assert line.log == ["play You have no mailbox.", "hangup"]
    (refused,) = voicemail.house.events.of(events.OrderGiven)
    assert (refused.order, refused.by) == ("voicemail", "1010")


def test_a_site_without_mailboxes_has_nothing_to_render() -> None:
    assert retrieval_texts(SITE) == set()


@given(
    language=st.sampled_from(sorted(WORDINGS)),
    age_s=st.floats(min_value=0, max_value=100 * DAY_S),
    caller=st.text(alphabet="+0123456789", max_size=15),
    counts=st.tuples(st.integers(0, 200), st.integers(0, 200)),
)
def test_whatever_is_said_was_rendered_before(
    language: str, age_s: float, caller: str, counts: tuple[int, int]
) -> None:
    site = WITH_MAILBOXES.model_copy(update={"language": language, "timezone": "Asia/Kolkata"})
    now = 1_900_000_000.0
    message = Kept("sales", "sales/c1.wav", "c1", caller, now - age_s, 1.0)
    about = Retrieval.about(site, "ada", message, now)
    rendered = retrieval_texts(site)
    assert set(about) <= rendered
    told = site.words().told_messages(*counts)
    assert {Spoken(text, site.default_language) for text in told} <= rendered
