"""What became of a talk, given over real HTTP and told at the desk."""

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import given as anything
from hypothesis import strategies as st

from ivr.model.access import Role
from ivr.model.events import DispositionGiven
from ivr.nodes.collect import luhn_valid
from ivr.service.conversations import Conversation
from ivr.service.dispositions import NOTE_MAX, sound_note
from tests.unit.web.house import TOKENS, House

ANN = TOKENS[Role.AGENT]


@pytest.fixture
async def house() -> AsyncIterator[House]:
    """Ann talks in the call c9."""
    house = House()
    house.talks.add(Conversation("c9", "support", "ann", "leg-1", "ch-1", 90.0))
    await house.server.start()
    yield house
    await house.server.close()


async def give(
    house: House, token: str = ANN, agent: str = "ann", **body: str
) -> tuple[int, dict[str, Any]]:
    return await house.ask(
        "POST", f"/api/agents/{agent}/disposition", token, body={"code": "open", **body}
    )


def given(house: House) -> list[DispositionGiven]:
    return [one for one in house.events if isinstance(one, DispositionGiven)]


async def test_a_code_and_a_note_are_on_record_and_shown_at_the_desk(house: House) -> None:
    shown = house.dispositions.item("ann")
    assert shown is not None
    assert shown["choices"] == [
        {"code": "solved", "title": "Solved", "group": None},
        {"code": "open", "title": "Open", "group": "Not solved"},
    ]
    assert (shown["call"], shown["queue"], shown["code"]) == ("c9", "Support", "")
    assert await give(house, note="calls <b>again</b>") == (200, {"done": True})
    (one,) = given(house)
    assert (one.call, one.queue, one.code, one.title, one.group, one.note, one.by) == (
        "c9",
        "support",
        "open",
        "Open",
        "Not solved",
        "calls <b>again</b>",
        "Ann",
    )
    again = house.dispositions.item("ann")
    assert again is not None
    assert (again["code"], again["note"]) == ("open", "calls <b>again</b>")


async def test_a_later_one_takes_the_place_of_the_first(house: House) -> None:
    await give(house)
    await give(house, code="solved")
    assert [one.code for one in given(house)] == ["open", "solved"]
    shown = house.dispositions.item("ann")
    assert shown is not None
    assert shown["code"] == "solved"


async def test_it_can_be_given_after_the_talk_until_the_next_one_begins(house: House) -> None:
    talk = house.talks.of_agent("ann")
    assert talk is not None
    house.talks.remove(talk)
    assert (await give(house, call="c9"))[0] == 200
    house.talks.add(Conversation("c10", "support", "ann", "leg-2", "ch-2", 99.0))
    shown = house.dispositions.item("ann")
    assert shown is not None
    assert shown["code"] == ""
    status, said = await give(house, call="c9")
    assert (status, said["error"]) == (409, "call c9 is not the latest of agent ann any more")


async def test_what_the_queue_does_not_know_is_refused(house: House) -> None:
    status, said = await give(house, code="sold")
    assert (status, said["error"]) == (
        422,
        "queue support has no disposition 'sold'; give one of solved, open",
    )
    house.talks.add(Conversation("c9", "sales", "ann", "leg-1", "ch-1", 90.0))
    status, said = await give(house)
    assert (status, said["error"]) == (422, "queue sales has no disposition 'open'; it has none")
    assert house.dispositions.item("ann") is None
    assert given(house) == []


async def test_who_has_talked_to_nobody_has_nothing_to_say(house: House) -> None:
    status, said = await give(house, TOKENS[Role.MANAGER], agent="bob")
    assert (status, said["error"]) == (
        409,
        "agent bob has talked to nobody since this server started",
    )


async def test_nobody_says_it_for_an_agent_out_of_reach(house: House) -> None:
    assert (await give(house, agent="bob"))[0] == 403
    assert (await give(house, TOKENS[Role.SUPERVISOR]))[0] == 200


async def test_a_note_that_is_too_long_or_a_field_unknown_is_refused(house: House) -> None:
    assert (await give(house, note="x" * (NOTE_MAX + 1)))[0] == 422
    assert (await give(house, colour="red"))[0] == 422
    assert given(house) == []


def test_a_note_is_kept_without_control_characters() -> None:
    assert sound_note(" two\r\nlines\x00\x1b[31m\u2028 ") == "two\nlines  [31m"


@pytest.mark.parametrize(
    "card", ["4111111111111111", "4111 1111 1111 1111", "3782-822463-10005", "4111.1111.1111.1111"]
)
def test_a_card_number_in_a_note_is_masked(card: str) -> None:
    kept = sound_note(f"paid with {card}.")
    assert kept.startswith("paid with •")
    assert kept.endswith(f"{card[-4:]}.")
    assert card not in kept


SEPARATORS = st.text(st.characters(exclude_categories=["L", "N"]), max_size=3)


@anything(st.text("0123456789", min_size=12, max_size=18), st.data())
def test_a_card_number_is_masked_whatever_is_between_its_digits_and_around_it(
    begun: str, data: st.DataObject
) -> None:
    check = next(digit for digit in "0123456789" if luhn_valid(begun + digit))
    card = begun + check
    written = "".join(data.draw(SEPARATORS) + digit for digit in card)
    others = st.from_regex(r"([0-9]{1,8}[ ,:/\n\u2013]{1,2}){0,3}", fullmatch=True)
    kept = sound_note(f"{data.draw(others)}-{written}-{data.draw(others)}")
    assert card not in re.sub(r"[^\d•]", "", kept)


@pytest.mark.parametrize(
    ("note", "kept"),
    [
        ("4111111111111111 123", "••••••••••••1111 123"),
        ("order 7 4111111111111111", "order 7 ••••••••••••1111"),
        ("exp 12 4111111111111111", "exp 12 ••••••••••••1111"),
        ("4111 1111 1111 1111 12/28", "•••• •••• •••• 1111 12/28"),
        ("4111/1111/1111/1111", "••••/••••/••••/1111"),
        ("4111  1111  1111  1111", "••••  ••••  ••••  1111"),
        ("4111\n1111\n1111\n1111", "••••\n••••\n••••\n1111"),
        ("4111\xa01111\xa01111\xa01111", "••••\xa0••••\xa0••••\xa01111"),
        ("4111–1111–1111–1111", "••••–••••–••••–1111"),
        ("4111111111111111123", "••••••••••••1111123"),
        ("7378282246310005", "7•••••••••••0005"),
    ],
)
def test_all_but_the_last_digits_of_a_card_are_hidden(note: str, kept: str) -> None:
    assert sound_note(note) == kept


@pytest.mark.parametrize(
    "number",
    ["+4930123456789", "1234567890123", "order 47114711", "1234567890123456", "0170 1234567, 1430"],
)
def test_other_numbers_in_a_note_are_kept(number: str) -> None:
    assert sound_note(number) == number
