"""Private calls: muted before anything is asked, nobody listening, back again afterwards."""

import asyncio

import pytest

from ivr.model import events
from ivr.model.errors import TelephonyError
from ivr.service import privacy as privacy_module
from ivr.service.conversations import Conversation
from ivr.service.features import NOT_SECLUDED, NOT_TALKING, RECORDED_AGAIN, SECLUDED
from ivr.service.privacy import AGENT, SENSITIVE
from ivr.service.supervision import PRIVATE, Supervision
from ivr.service.taping import Taping
from tests.unit.service.fakes import FakeLine, House, settle
from tests.unit.service.features import features


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(privacy_module, "FADE_S", 0.0)
    monkeypatch.setattr(privacy_module, "PRESS_AGAIN_S", 0.001)
    monkeypatch.setattr(privacy_module, "HANGUP_S", 0.001)


async def faded(house: House, call: str = "c1") -> None:
    async with asyncio.timeout(5):
        await house.desk.privacy.wait_over(call)


def told(house: House) -> list[tuple[str, str]]:
    kinds = (events.RecordingPaused, events.RecordingResumed)
    return [(one.type, one.reason) for one in house.events if isinstance(one, kinds)]


def talking(house: House) -> Conversation:
    talk = Conversation("c1", "sales", "bob", "leg-1", "ch1", house.clock.now())
    house.desk.conversations.add(talk)
    return talk


async def test_a_recording_is_muted_both_ways_and_heard_again(house: House) -> None:
    line = FakeLine()
    taping = Taping(house.desk, line)
    await taping.start()
    await taping.pause()
    assert house.telephony.muted == [("ch1", True)]
    await taping.pause()
    await taping.resume()
    await faded(house)
    assert house.telephony.muted == [("ch1", True), ("ch1", False)]
    assert told(house) == [("recording.paused", "sensitive"), ("recording.resumed", "left")]


async def test_a_recording_that_cannot_be_muted_is_stopped_before_anything_is_asked(
    house: House,
) -> None:
    line = FakeLine()
    taping = Taping(house.desk, line)
    await taping.start()
    house.telephony.down = True
    await taping.pause()
    assert line.log == ["record", "stop recording"]
    assert told(house) == []
    house.telephony.down = False
    await taping.resume()
    assert line.log[2:] == ["record"]


async def test_what_can_neither_be_muted_nor_stopped_is_not_private(house: House) -> None:
    talking(house)
    await house.desk.recordings.start(FakeLine(), "sales", "bob")
    house.telephony.down = True
    with pytest.raises(TelephonyError):
        await house.desk.privacy.begin("c1", "ch1", AGENT)
    assert not house.desk.privacy.is_on("c1")
    assert told(house) == []


async def test_a_recording_does_not_begin_in_private(house: House) -> None:
    line = FakeLine()
    taping = Taping(house.desk, line, wanted=True)
    await taping.pause()
    await taping.start()
    assert line.log == []
    await taping.resume()
    assert line.log == ["record"]


async def test_privacy_lasts_until_its_last_reason_is_gone(house: House) -> None:
    line = FakeLine()
    await house.desk.recordings.start(line, "sales", "bob")
    privacy = house.desk.privacy
    await privacy.begin("c1", "ch1", AGENT)
    await privacy.begin("c1", "ch1", SENSITIVE, line)
    privacy.end("c1", AGENT, AGENT)
    await settle()
    assert privacy.is_on("c1")
    privacy.end("c1", SENSITIVE, "left")
    await faded(house)
    assert house.telephony.muted == [("ch1", True), ("ch1", False)]


async def test_asked_again_while_the_buffers_run_empty_it_stays_mute(house: House) -> None:
    await house.desk.recordings.start(FakeLine(), "sales", "bob")
    privacy = house.desk.privacy
    await privacy.begin("c1", "ch1", AGENT)
    privacy.end("c1", AGENT, AGENT)
    await privacy.begin("c1", "ch1", AGENT)
    await settle()
    assert ("ch1", False) not in house.telephony.muted
    assert privacy.is_on("c1")


async def test_a_refusal_ends_the_recording_and_none_begins(house: House) -> None:
    line = FakeLine()
    taping = Taping(house.desk, line)
    await taping.start()
    await taping.consent("refused")
    await taping.resume()
    assert line.log == ["record", "stop recording"]


@pytest.mark.parametrize(
    ("policy", "answer", "allowed"),
    [
        ("always", "", True),
        ("always", "refused", True),
        ("never", "given", False),
        ("with_consent", "given", True),
        ("with_consent", "", False),
        ("with_consent", "refused", False),
    ],
)
async def test_a_queue_decides_with_the_answer(house, policy, answer, allowed) -> None:
    assert Taping(house.desk, FakeLine(), answer=answer).allows(policy) is allowed


class Listener(FakeLine):
    """A supervisor whose listening ends when the telephony side is told so."""

    def __init__(self, house: House, deaf_to_orders: bool = False) -> None:
        super().__init__("s1", "spy")
        self.house = house
        self.listening = asyncio.Event()
        self.deaf_to_orders = deaf_to_orders

    async def listen(self, leg: str) -> None:
        self.log.append(f"listen {leg}")
        self.listening.set()
        before = len(self.house.telephony.deafened)
        while not self.agent_left.is_set() and not self.hung_up.is_set():
            if len(self.house.telephony.deafened) > before and not self.deaf_to_orders:
                break
            await asyncio.sleep(0)
        self.listening.clear()


async def test_who_listens_is_cut_off_told_why_and_let_in_again(house: House) -> None:
    talking(house)
    supervision, line = Supervision(house.desk), Listener(house)
    attending = asyncio.create_task(supervision.attend(line, "eve", "bob"))
    await line.listening.wait()
    await house.desk.privacy.begin("c1", "ch1", AGENT)
    assert not line.listening.is_set()
    await line.log.reaches(2)
    supervision.key_pressed("spy", "6")
    house.desk.privacy.end("c1", AGENT, AGENT)
    async with asyncio.timeout(5):
        await line.listening.wait()
    line.agent_left.set()
    assert await attending
    assert line.log == ["listen leg-1", f"play {PRIVATE.text}", "listen leg-1"]
    modes = [one.mode for one in house.events.of(events.SupervisionModeChanged)]
    assert modes == ["suspended", "listen"]


async def test_nobody_begins_to_listen_in_private(house: House) -> None:
    talk = talking(house)
    await house.desk.privacy.begin("c1", "ch1", AGENT)
    line = Listener(house)
    attending = asyncio.create_task(Supervision(house.desk).attend(line, "eve", "bob"))
    await line.log.reaches(1)
    assert line.log == [f"play {PRIVATE.text}"]
    house.desk.conversations.remove(talk)
    house.desk.privacy.forget("c1")
    assert await attending
    assert line.log == [f"play {PRIVATE.text}"]


async def test_who_cannot_be_cut_off_is_hung_up_and_nothing_is_private(house: House) -> None:
    talking(house)
    line = Listener(house, deaf_to_orders=True)
    attending = asyncio.create_task(Supervision(house.desk).attend(line, "eve", "bob"))
    await line.listening.wait()
    with pytest.raises(TelephonyError, match="goes on listening"):
        await house.desk.privacy.begin("c1", "ch1", AGENT)
    assert house.telephony.ended == ["spy"]
    line.agent_left.set()
    await attending


async def dial(house: House) -> FakeLine:
    line = FakeLine("f1", "feature")
    await features(house).serve(line, "1002", "*17")
    return line


async def test_an_agent_pauses_and_goes_on(house: House) -> None:
    assert (await dial(house)).log[0] == f"play {NOT_TALKING.text}"
    talking(house)
    await house.desk.recordings.start(FakeLine(), "sales", "bob")
    assert (await dial(house)).log[0] == f"play {SECLUDED.text}"
    assert house.telephony.muted == [("ch1", True)]
    assert (await dial(house)).log[0] == f"play {RECORDED_AGAIN.text}"
    await faded(house)
    assert told(house) == [("recording.paused", "agent"), ("recording.resumed", "agent")]


async def test_an_agent_hears_that_it_did_not_work(house: House) -> None:
    talking(house)
    await house.desk.recordings.start(FakeLine(), "sales", "bob")
    house.telephony.down = True
    assert (await dial(house)).log[0] == f"play {NOT_SECLUDED.text}"


async def test_what_an_agent_forgets_goes_on_by_itself(house: House) -> None:
    talking(house)
    await house.desk.recordings.start(FakeLine(), "sales", "bob")
    await house.desk.privacy.begin("c1", "ch1", AGENT)
    house.desk.privacy.end_later("c1", AGENT, 0.001)
    await faded(house)
    assert told(house)[-1] == ("recording.resumed", "limit")
    assert house.telephony.muted[-1] == ("ch1", False)
