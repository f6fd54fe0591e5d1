"""A menu: choices, silence and wrong keys, keys that begin longer ones."""

from ivr.testing.steps import HangUp, Listen, Press, Wait
from tests.unit.nodes.support import flow_of_node, tell

MENU = """
type: menu
prompt: Choose.
no_input_prompt: Nothing heard.
no_match_prompt: Not a choice.
no_input_retries: 1
no_match_retries: 2
choices: {"1": yes, "12": no}
no_input: silent
no_match: wrong
"""


async def test_a_key_ends_the_prompt_and_chooses() -> None:
    plan = flow_of_node(MENU.replace(', "12": no', ""))
    told = await tell(plan, Press("1"))
    assert told.path == ["first", "yes"]
    assert told.trace.inputs() == [("1", "match")]
    assert told.call.clock.now() < 1002.0, "an unambiguous key does not wait for more"


async def test_a_key_that_begins_a_longer_choice_waits_for_more() -> None:
    plan = flow_of_node(MENU)
    assert (await tell(plan, Press("1"))).path == ["first", "yes"]
    assert (await tell(plan, Press("12"))).path == ["first", "no"]


async def test_pound_ends_the_wait_for_more() -> None:
    told = await tell(flow_of_node(MENU), Press("1#"))
    assert told.path == ["first", "yes"]
    assert told.call.clock.now() - 1000.0 < 2.0


async def test_silence_is_counted_and_helped() -> None:
    told = await tell(flow_of_node(MENU), Wait(), Wait())
    assert told.path == ["first", "silent"]
    assert told.call.heard[:2] == ["Choose.", "Nothing heard. Choose."]
    assert told.trace.inputs() == [("", "no_input"), ("", "no_input")]


async def test_wrong_keys_are_counted_apart_from_silence() -> None:
    told = await tell(flow_of_node(MENU), Press("7"), Wait(), Press("8"), Press("9"))
    assert told.path == ["first", "wrong"]
    assert [result for _, result in told.trace.inputs()] == [
        "no_match",
        "no_input",
        "no_match",
        "no_match",
    ]
    assert "Not a choice. Choose." in told.call.heard


async def test_without_barge_in_the_prompt_is_heard_out() -> None:
    told = await tell(flow_of_node(MENU + "barge_in: false"), Press("12"))
    assert told.path == ["first", "no"]
    assert told.call.clock.now() > 1000.4


async def test_a_key_pressed_in_a_greeting_answers_the_menu() -> None:
    greeting = "type: say\nprompt: Hello.\nbarge_in: true\nnext: ask"
    more = "\n  ask: {type: menu, prompt: Choose., choices: {'1': yes}, no_input: no, no_match: no}"
    plan = flow_of_node(greeting, more=more)
    early = await tell(plan, Press("1"))
    assert early.path == ["first", "ask", "yes"]
    assert "Choose." not in early.call.heard
    late = await tell(plan, Listen(), Press("1"))
    assert "Choose." in late.call.heard


async def test_hanging_up_in_the_menu_is_recorded_there() -> None:
    told = await tell(flow_of_node(MENU), Wait(), HangUp())
    assert told.ending.result == "hangup"
    assert told.trace.left() == [("main", "first", "hangup")]
