"""What agents and supervisors dial, and what it does."""

import asyncio
from pathlib import Path

import pytest

from ivr.acd.messages import ConversationEnded, Resume
from ivr.cli.run import feature_codes
from ivr.model import events
from ivr.model.agents import AgentState
from ivr.model.ids import AgentId, CallId, QueueId
from ivr.service.conversations import Conversation
from ivr.service.supervision import Supervision
from tests.unit.service.fakes import FakeLine, House, settle
from tests.unit.service.features import dispositions_of, features


async def dial(house: House, extension: str, code: str, keys: str = "") -> FakeLine:
    line = FakeLine("f1", "feature-channel")
    for key in keys:
        line.keys.put_nowait(key)
    await features(house).serve(line, extension, code)
    return line


def talk(house: House) -> None:
    house.desk.conversations.add(Conversation("c1", "sales", "bob", "leg-1", "ch1", 0.0))


def refusals(house: House) -> list[tuple[str, str]]:
    return [(e.agent, e.reason) for e in house.events.of(events.SupervisionRefused)]


def test_every_code_is_on_the_card_and_in_the_readme(house: House) -> None:
    card, readme = feature_codes(house.desk.site), Path("README.md").read_text("utf-8")
    for code in features(house).codes:
        assert any(told.startswith(code) for told in card), code
        assert f"| `{code}`" in readme, code


async def test_log_in_pause_ready_and_log_out(house: House) -> None:
    states = []
    for code in ("*10", "*121", "*13", "*11"):
        await dial(house, "1002", code)
        states.append(house.engine.agent("bob").state)
    assert states == [
        AgentState.AVAILABLE,
        AgentState.PAUSED,
        AgentState.AVAILABLE,
        AgentState.LOGGED_OUT,
    ]


async def test_what_became_of_a_talk_is_given_by_its_place_in_the_queues_list(house: House) -> None:
    assert "talked to no caller yet" in (await dial(house, "1002", "*191")).log[0]
    terms = house.desk.site.queues["sales"].model_copy(
        update={"dispositions": {"sold": "Sold", "later": "Later"}}
    )
    house.desk.site = house.desk.site.model_copy(update={"queues": {"sales": terms}})
    talk(house)
    for wrong in ("*19", "*190", "*193"):
        assert "no such disposition" in (await dial(house, "1002", wrong)).log[0]
    assert house.events.of(events.DispositionGiven) == []
    assert "is kept" in (await dial(house, "1002", "*192")).log[0]
    (given,) = house.events.of(events.DispositionGiven)
    assert (given.call, given.code, given.note, given.by) == ("c1", "later", "", "1002")


async def test_a_note_given_before_stays(house: House) -> None:
    terms = house.desk.site.queues["sales"].model_copy(update={"dispositions": {"sold": "Sold"}})
    house.desk.site = house.desk.site.model_copy(update={"queues": {"sales": terms}})
    talk(house)
    known = dispositions_of(house)
    known.give(AgentId("bob"), "sold", "two", "Bob")
    await features(house, dispositions=known).serve(FakeLine("f1", "f"), "1002", "*191")
    assert [one.note for one in house.events.of(events.DispositionGiven)] == ["two", "two"]


async def test_sixty_seconds_more_to_write_up(house: House) -> None:
    await dial(house, "1002", "*10")
    house.dispatcher.feed(Resume(CallId("c1"), AgentId("bob"), QueueId("support")))
    house.dispatcher.feed(ConversationEnded(CallId("c1")))
    ends = house.engine.next_deadline()
    line = await dial(house, "1002", "*14")
    assert "sixty seconds more" in str(line.log)
    assert ends is not None
    assert house.engine.next_deadline() == ends + 60


async def test_log_in_again_ends_a_pause(house: House) -> None:
    for code in ("*10", "*121", "*10"):
        await dial(house, "1002", code)
    assert house.engine.agent("bob").state is AgentState.AVAILABLE


@pytest.mark.parametrize(
    ("extension", "code", "said"),
    [
        ("1002", "*121", "not logged in"),
        ("1002", "*13", "not logged in"),
        ("1002", "*14", "not writing up"),
        ("1002", "*17", "not talking to a caller"),
        ("1002", "*18", "not talking to a caller"),
        ("1002", "*55", "not known"),
        ("2001", "*10", "not known"),
        ("1002", "*", "not known"),
        ("1002", "*10\x00$(x)", "logged in"),
    ],
)
async def test_every_wrong_code_is_answered_by_a_sentence(
    house: House, extension: str, code: str, said: str
) -> None:
    line = await dial(house, extension, code)
    assert said in line.log[0]
    assert line.log[-1] == "hangup"


async def test_a_pause_reason_nobody_declared_is_refused(house: House) -> None:
    await dial(house, "1002", "*10")
    line = await dial(house, "1002", "*129")
    assert "no such pause reason" in line.log[0]
    assert house.engine.agent("bob").state is AgentState.AVAILABLE


async def test_a_supervisor_with_pin_listens_to_the_exact_leg(house: House) -> None:
    talk(house)
    line = FakeLine("f1", "sup")
    for key in "123456#":
        line.keys.put_nowait(key)
    supervision = Supervision(house.desk)
    codes = features(house, supervision=supervision)
    served = asyncio.create_task(codes.serve(line, "1009", "*151002"))
    await settle()
    assert line.log[-1] == "listen leg-1"
    for key in "5", "5", "6", "9", "4":
        supervision.key_pressed("sup", key)
    line.agent_left.set()
    await served
    assert [e.mode for e in house.events.of(events.SupervisionModeChanged)] == [
        "whisper",
        "barge",
        "listen",
    ]
    assert len(house.events.of(events.SupervisionEnded)) == 1


@pytest.mark.parametrize(
    ("extension", "target", "keys", "reason"),
    [
        ("1009", "1002", "111#222#333#", "wrong_pin"),
        ("1009", "1002", "", "wrong_pin"),
        ("1010", "1002", "654321#", "other_team"),
        ("1001", "1002", "123456#", "not_supervisor"),
        ("1009", "7777", "123456#", "no_agent"),
        ("1009", "1001", "123456#", "no_conversation"),
    ],
)
async def test_supervising_is_refused_and_on_record(
    house: House, extension: str, target: str, keys: str, reason: str
) -> None:
    talk(house)
    line = await dial(house, extension, f"*15{target}", keys)
    assert [r for _, r in refusals(house)] == [reason]
    assert not any(entry.startswith("listen") for entry in line.log)


async def test_what_is_dialled_is_on_record_with_what_came_of_it(house: House) -> None:
    for code in ("*13", "*10", "*127", "*121", "*14", "*11"):
        await dial(house, "1002", code)
    given = house.events.of(events.OrderGiven)
    assert {(one.by, one.target, one.agent, one.call) for one in given} == {
        ("1002", "bob", "bob", "")
    }
    assert [(one.order, bool(one.refusal)) for one in given] == [
        ("ready", True),
        ("log-in", False),
        ("pause 7", True),
        ("pause lunch", False),
        ("extend-wrap-up 60", True),
        ("log-out", False),
    ]
