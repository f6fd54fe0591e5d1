"""directory: spell, hear the names, choose by key; page by page where there are many."""

import pytest

from ivr.model.site import Phone, Site
from ivr.nodes.base import Visit
from ivr.nodes.prompt import texts
from ivr.nodes.walk import walk
from ivr.ports import Spoken
from ivr.spoken import WORDINGS
from ivr.testing.call import FakeCall
from ivr.testing.clock import VirtualClock
from ivr.testing.lookups import FakeLookups
from ivr.testing.queues import FakeQueues, FixedCalendars
from ivr.testing.steps import Press, Step, Wait
from ivr.testing.trace import EventList
from tests.unit.nodes.support import NoCalendars, flow_of_node, site

NODE = """
type: directory
prompt: Spell it.
no_match_prompt: Nobody.
into: extension
next: yes
no_input: silent
no_match: wrong
"""
PLAN = flow_of_node(NODE, "{extension: {type: digits}}")
SMITHS = [f"Smith {letter}" for letter in "ABCDEFGHIJKLMNOPQR"]
"""Three pages: eight, eight and two."""


def house(*names: str) -> Site:
    """Everybody of these names has extension 10, 11, ... in this order."""
    phones = {
        f"p{n}": Phone(name=name, extension=f"{10 + n}", listed=True)
        for n, name in enumerate(names)
    }
    return site().model_copy(update={"phones": phones, "agents": {}})


async def visit(people: Site, *steps: Step) -> tuple[str, str, list[str]]:
    """(node it ends in, extension chosen, what was heard)"""
    clock, trace = VirtualClock(1000.0), EventList()
    call = FakeCall(clock, steps)
    calendars = FixedCalendars(NoCalendars(), {})
    one = Visit(call, FakeQueues(), calendars, clock, trace, people, FakeLookups(clock))
    await walk(PLAN, "main", one)
    return trace.entered()[-1][1], str(one.variables["extension"]), call.heard


async def test_one_match_is_read_out_and_taken_by_key() -> None:
    end, extension, heard = await visit(house("Ana Silva"), Press("745#"), Press("1"))
    assert (end, extension) == ("yes", "10")
    assert heard[:2] == [
        "Spell it.",
        "For Ana Silva, press 1. To spell another name, press star.",
    ]


async def test_several_are_read_out_by_name() -> None:
    people = house("Ina Silva", "Ana Silva", "Eva Stone")
    end, extension, heard = await visit(people, Press("745#"), Press("2"))
    assert (end, extension) == ("yes", "10")
    assert heard[1].startswith("For Ana Silva, press 1. For Ina Silva, press 2. To spell")


async def test_nine_reads_on_eight_at_a_time() -> None:
    steps = (Press("76484#"), Press("9"), Press("9"), Press("2"))
    end, extension, heard = await visit(house(*SMITHS), *steps)
    assert (end, extension) == ("yes", "27")
    first, second, third = heard[1:4]
    assert [page.count("For Smith") for page in (first, second, third)] == [8, 8, 2]
    assert ["For further names, press 9." in page for page in (first, second, third)] == [
        True,
        True,
        False,
    ]
    assert third.startswith("For Smith Q, press 1. For Smith R, press 2.")


async def test_a_pause_ends_the_spelling_and_no_more_than_max_letters_are_taken() -> None:
    assert (await visit(house("Ana Silva"), Press("745"), Press("1")))[0] == "yes"
    longest = "Smith" * 4
    assert (await visit(house(longest), Press("76484" * 4 + "1")))[0] == "yes"


async def test_star_spells_again_as_often_as_a_wrong_answer_may_be_given() -> None:
    again = [Press("745#"), Press("*")]
    end, _, heard = await visit(house("Ana Silva"), *again, *again, *again)
    assert (end, heard.count("Spell it.")) == ("wrong", 3)
    assert (await visit(house("Ana Silva"), *again, *again, Press("262#"), Press("1")))[0] == "yes"


async def test_nobody_found_is_a_wrong_answer() -> None:
    end, extension, heard = await visit(house("Ana Silva"), *[Press("999#")] * 3)
    assert (end, extension) == ("wrong", "")
    assert heard[:2] == ["Spell it.", "Nobody. Spell it."]


@pytest.mark.parametrize("key", ["2", "8", "9", "0", "#"])
async def test_a_key_that_was_not_offered_chooses_nobody(key: str) -> None:
    end, extension, heard = await visit(house("Ana Silva"), Press("745#"), *[Press(key)] * 3)
    assert (end, extension) == ("wrong", "")
    assert len([one for one in heard if "Ana Silva" in one]) == 3


async def test_silence_after_the_names_reads_them_again_within_limits() -> None:
    end, _, heard = await visit(house("Ana Silva"), Press("745#"), *[Wait()] * 3)
    assert end == "silent"
    assert len([one for one in heard if "Ana Silva" in one]) == 3
    assert (await visit(house("Ana Silva"), Press("745#"), Wait(), Press("1")))[0] == "yes"


async def test_who_is_not_listed_is_not_found() -> None:
    assert (await visit(site(), *[Press("3667#")] * 3))[0] == "wrong"
    assert (await visit(site(), Press("262#"), Press("1")))[:2] == ("yes", "1001")


@pytest.mark.parametrize("language", ["de", "en", "es", "fr"])
def test_everything_said_is_spoken_beforehand_and_no_name_that_is_not_listed(language: str) -> None:
    people = site().model_copy(update={"voice": language})
    said = {one.text for one in texts(PLAN, people)}
    words = WORDINGS[language]
    assert {words.directory_for("Ana"), words.directory_further, words.directory_again} <= said
    assert {words.directory_by(str(key)) for key in range(1, 9)} <= said
    assert not [text for text in said if "Door" in text]
    assert Spoken(words.directory_for("Ana"), language) in texts(PLAN, people)
