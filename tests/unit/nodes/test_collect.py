"""Taking digits: length, terminator, tests on the value, confirmation, secrecy."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.model.events import FlowFailed, InputReceived
from ivr.nodes.collect import luhn_valid
from ivr.testing.steps import Press, Wait
from tests.unit.nodes.support import flow_of_node, flows, tell

VARIABLES = "{account: {type: digits, default: ''}}"
COLLECT = """
type: collect
prompt: Your number.
into: account
min: 2
max: 4
no_match_retries: 1
no_input_retries: 0
next: yes
no_input: silent
no_match: wrong
"""


@pytest.mark.parametrize("keys", ["12#", "1234", "123"])
async def test_an_input_ends_by_terminator_length_or_pause(keys: str) -> None:
    told = await tell(flow_of_node(COLLECT, VARIABLES), Press(keys))
    assert told.path == ["first", "yes"]
    assert told.visit.variables["account"] == keys.removesuffix("#")


@pytest.mark.parametrize("keys", ["1#", "#", "1*3", "1"])
async def test_an_input_that_cannot_be_is_asked_again(keys: str) -> None:
    told = await tell(flow_of_node(COLLECT, VARIABLES), Press(keys), Press("55#"))
    assert told.trace.inputs() == [(keys.removesuffix("#"), "no_match"), ("55", "match")]
    assert told.visit.variables["account"] == "55"


async def test_retries_end() -> None:
    told = await tell(flow_of_node(COLLECT, VARIABLES), Press("1#"), Press("1#"))
    assert told.path == ["first", "wrong"]
    assert told.visit.variables["account"] == ""


async def test_silence_leaves_by_its_own_exit() -> None:
    assert (await tell(flow_of_node(COLLECT, VARIABLES), Wait())).path == ["first", "silent"]


async def test_a_pattern_and_a_checksum_are_demanded() -> None:
    plan = flow_of_node(COLLECT + "pattern: '7.*'\nchecksum: luhn", VARIABLES)
    told = await tell(plan, Press("18#"), Press("75#"))
    assert told.trace.inputs() == [("18", "no_match"), ("75", "match")]
    assert luhn_valid("75")
    assert luhn_valid("18")


async def test_what_is_not_confirmed_is_entered_again() -> None:
    confirm = "confirm: [You typed, {digits: account}, 'Right?']"
    plan = flow_of_node(COLLECT + confirm, VARIABLES)
    told = await tell(plan, Press("12#"), Press("2"), Press("34#"), Press("1"))
    assert "You typed one two Right?" in told.call.heard
    assert told.visit.variables["account"] == "34"
    assert told.path == ["first", "yes"]


async def test_refusing_to_confirm_for_ever_ends() -> None:
    plan = flow_of_node(COLLECT + "confirm: Right?", VARIABLES)
    told = await tell(plan, Press("12#"), Press("2"), Press("12#"), Press("2"))
    assert told.path == ["first", "wrong"]


async def test_silence_at_the_confirmation_asks_once_more_and_is_no_yes() -> None:
    plan = flow_of_node(COLLECT + "confirm: Right?", VARIABLES)
    told = await tell(plan, Press("12#"), Wait(), Wait(), Wait())
    assert told.call.heard.count("Right?") == 2
    assert told.path == ["first", "silent"]


TWO = """
start: pin
variables: {pin: {type: digits, default: ""}, order: {type: digits, default: ""}}
nodes:
  pin: {type: collect, prompt: Your pin., into: pin, max: 4, sensitive: true, next: order,
        no_input: end, no_match: end}
  order: {type: collect, prompt: Your order., into: order, max: 10, next: end, no_input: end,
          no_match: end}
  end: {type: hangup}
"""


async def test_who_types_too_much_of_a_secret_answers_no_other_question_by_it() -> None:
    told = await tell(flows(main=TWO), Press("41111111111111"), Press("77#"))
    assert told.trace.inputs() == [("****", "match"), ("77", "match")]


async def test_a_sensitive_value_is_in_no_event() -> None:
    sensitive = flow_of_node(
        COLLECT.replace("next: yes", "next: use") + "sensitive: true",
        VARIABLES,
        more="\n  use: {type: dial, variable: account, next: yes, no_answer: yes}",
    )
    told = await tell(sensitive, Press("4711"))
    assert told.path == ["first", "use", "yes"]
    assert InputReceived(
        at=told.trace.events[1].at,
        call="call-1",
        flow="main",
        node="first",
        value="****",
        result="match",
    ) in (told.trace.events)
    assert "4711" not in repr(told.trace.events)
    assert told.visit.variables["account"] == "4711"
    assert "account" not in told.visit.lasting_variables
    assert "caller" in told.visit.lasting_variables
    assert told.visit.collected == {}
    assert not [one for one in told.trace.events if isinstance(one, FlowFailed)]


async def test_a_pattern_that_would_backtrack_for_ever_answers_at_once() -> None:
    plan = flow_of_node(COLLECT.replace("max: 4", "max: 50") + "pattern: '(\\d+)+0'", VARIABLES)
    told = await tell(plan, Press("1" * 50), Press("1" * 49 + "0"))
    assert [result for _, result in told.trace.inputs()] == ["no_match", "match"]


@pytest.mark.parametrize(
    ("kind", "value"), [("text", "1969-12-31"), ("digits", "311269"), ("number", "311269")]
)
async def test_a_date_is_kept_as_the_variable_can_hold_it(kind: str, value: str) -> None:
    default = "0" if kind == "number" else "''"
    variables = f"{{account: {{type: {kind}, default: {default}}}}}"
    dated = COLLECT.replace("max: 4", "max: 6") + "date: ddmmyy\ndate_max: today"
    told = await tell(flow_of_node(dated, variables), Press("310269"), Press("311269"))
    assert told.trace.inputs() == [("310269", "no_match"), ("311269", "match")]
    assert str(told.visit.variables["account"]) == value


async def test_what_set_computes_from_a_secret_is_a_secret() -> None:
    plan = flow_of_node(
        COLLECT.replace("next: yes", "next: copy") + "sensitive: true",
        "{account: {type: digits, default: ''}, copy: {type: text, default: ''},"
        " known: {type: flag, default: false}, open: {type: text, default: ''}}",
        more=(
            "\n  copy: {type: set, values: {copy: \"'x' + account\", known: account != '',"
            " open: \"'y'\"}, next: ask}"
            "\n  ask: {type: branch, cases: [{when: copy == 'x12', next: use}], otherwise: yes}"
            "\n  use: {type: dial, variable: copy, next: yes, no_answer: yes}"
        ),
    )
    told = await tell(plan, Press("12#"))
    assert told.visit.variables["copy"] == "x12"
    lasting = told.visit.lasting_variables
    assert (lasting["known"], lasting["open"]) == (True, "y")
    assert not {"copy", "account"} & lasting.keys()
    assert told.visit.collected == {"known": "true", "open": "y"}
    assert "12" not in repr([one for one in told.trace.events if not hasattr(one, "seconds")])


async def test_keys_pressed_instead_of_a_confirmation_are_masked_too() -> None:
    plan = flow_of_node(COLLECT + "sensitive: true\nconfirm: Right?", VARIABLES)
    told = await tell(plan, Press("12#"), Press("7"), Press("1"))
    assert told.trace.inputs() == [("**", "match"), ("*", "no_match"), ("1", "match")]


@given(st.text("0123456789", min_size=1, max_size=19))
def test_luhn_finds_every_single_wrong_digit(body: str) -> None:
    valid = next(body + check for check in "0123456789" if luhn_valid(body + check))
    for position, digit in enumerate(valid):
        other = str((int(digit) + 1) % 10)
        assert not luhn_valid(valid[:position] + other + valid[position + 1 :])


def test_luhn_knows_a_card_number() -> None:
    assert luhn_valid("4539148803436467")
    assert not luhn_valid("4539148803436468")
