"""A mailbox's hook: told of each message, a few times at the most, also after a restart."""

import pytest

from ivr.model import events
from ivr.model.lookups import Outcome
from ivr.service.message_hooks import AGE_S_MAX, UNDER_WAY_MAX
from tests.unit.service.fakes import House, settle
from tests.unit.service.voicemail import Voicemail


@pytest.fixture
def voicemail(house: House) -> Voicemail:
    return Voicemail(house)


def told(voicemail: Voicemail) -> list[tuple[str, Outcome, int]]:
    found = voicemail.house.events.of(events.MessageNotified)
    return [(one.file, one.outcome, one.attempts) for one in found]


async def test_the_hook_is_told_what_there_is_to_know(voicemail: Voicemail) -> None:
    await voicemail.left("c1", "front", caller="+49301")
    (request,) = voicemail.tickets.asked
    assert (request.target, request.method, request.path) == ("tickets", "POST", "/new")
    assert request.body == {
        "event": "voicemail.left",
        "message": "front/c1",
        "mailbox": "front",
        "title": "Front",
        "caller": "+49301",
        "call": "c1",
        "at": "1970-01-12T13:46:40+00:00",
        "seconds": 1.0,
    }
    assert told(voicemail) == [("front/c1.wav", Outcome.ANSWERED, 1)]


async def test_a_mailbox_without_a_hook_tells_nobody(voicemail: Voicemail) -> None:
    await voicemail.left("c1", "sales")
    assert (voicemail.tickets.asked, told(voicemail)) == ([], [])


@pytest.mark.parametrize(
    ("outcomes", "outcome", "attempts"),
    [
        ([Outcome.TIMEOUT, Outcome.ANSWERED], Outcome.ANSWERED, 2),
        ([Outcome.FAILED, Outcome.UNREACHABLE, Outcome.SUSPENDED], Outcome.SUSPENDED, 3),
        ([Outcome.REFUSED], Outcome.REFUSED, 1),
        ([Outcome.NOT_FOUND], Outcome.NOT_FOUND, 1),
        ([Outcome.BAD_ANSWER], Outcome.ANSWERED, 1),
    ],
)
async def test_another_attempt_is_made_where_it_may_help(
    voicemail: Voicemail, outcomes: list[Outcome], outcome: Outcome, attempts: int
) -> None:
    voicemail.tickets.outcomes = outcomes
    await voicemail.left("c1", "front")
    await voicemail.house.tasks.wait()
    assert told(voicemail) == [("front/c1.wav", outcome, attempts)]
    assert len({str(request.body) for request in voicemail.tickets.asked}) == 1


async def test_what_a_killed_server_had_not_told_the_next_one_tells(voicemail: Voicemail) -> None:
    await voicemail.left("c1", "front")
    untold = voicemail.record("c2", "front")
    voicemail.house.events.record(
        events.MessageLeft(
            at=voicemail.house.clock.now(), call="c2", mailbox="front", file=untold, seconds=1.0
        )
    )
    await voicemail.restart()
    assert [file for file, _, _ in told(voicemail)] == ["front/c1.wav", "front/c2.wav"]


async def test_nobody_is_told_of_what_is_long_past(voicemail: Voicemail) -> None:
    untold = voicemail.record("c2", "front")
    at = voicemail.house.clock.now() - AGE_S_MAX - 1
    voicemail.house.events.record(
        events.MessageLeft(at=at, call="c2", mailbox="front", file=untold, seconds=1.0)
    )
    await voicemail.restart()
    assert voicemail.tickets.asked == []


async def test_more_messages_than_can_be_told_of_are_on_record(voicemail: Voicemail) -> None:
    voicemail.tickets.silent = True
    for number in range(UNDER_WAY_MAX + 1):
        voicemail.recorder.record(
            events.MessageLeft(
                at=1.0, call=f"c{number}", mailbox="front", file=f"front/{number}.wav", seconds=1.0
            )
        )
    await settle()
    assert len(voicemail.tickets.asked) == UNDER_WAY_MAX
    assert told(voicemail) == [(f"front/{UNDER_WAY_MAX}.wav", Outcome.NOT_SENT, 0)]
