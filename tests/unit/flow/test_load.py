"""Flows: loaded whole or not at all, and everything wrong is told at once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.document import DocumentError, load_document
from ivr.flow import Flow, load_flows, read_flows
from ivr.model.site import Queue, Site
from tests.unit.flow.nodes import NODE_TYPES

SITE = Site.model_validate(
    {
        "numbers": {"600": "main"},
        "skills": {"billing": "Billing"},
        "teams": {"care": "Care"},
        "agents": {"ana": {"name": "Ana", "extension": "1001", "team": "care"}},
        "queues": {"sales": {"title": "Sales"}},
        "calendars": {"office": {"timezone": "UTC", "open": []}},
        "emergency": {"say": "Hold.", "ring": ["1001"]},
    }
)

MAIN = """\
flow: main
start: hello
variables:
  known: {type: flag}
  pin: {type: digits, default: "0"}
  count: {type: number, default: 2}
nodes:
  hello: {type: say, prompt: [Hello., {file: ding}], next: menu}
  menu: {type: menu, choices: {1: calm, 2: line}, no_input: bye}
  calm: {type: set, values: {known: "true"}, next: ask}
  ask: {type: branch, cases: [{when: known, go: line}], else: menu}
  line: {type: queue, queue: sales, calendar: office, skills: billing >= 1, next: bye}
  bye: {type: hangup}
"""


def problems_of(text: str, **other: str) -> list[str]:
    files = {"d/main.yaml": text, **{f"d/{name}.yaml": body for name, body in other.items()}}
    read = read_flows(files, SITE, NODE_TYPES, sound_exists=lambda name: name == "ding")
    assert bool(read.flows) != bool(read.problems)
    return [str(problem) for problem in read.problems]


def test_a_good_flow_is_loaded() -> None:
    flow: Flow = load_flows({"d/main.yaml": MAIN}, SITE, NODE_TYPES)["main"]
    assert (flow.name, flow.start, list(flow.nodes)[:2]) == ("main", "hello", ["hello", "menu"])
    initial = {name: variable.initial for name, variable in flow.variables.items()}
    assert initial == {"known": False, "pin": "0", "count": 2.0}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("flow: main", "flow: mian", "1:7: the flow is called 'mian', its file 'main'"),
        ("start: hello", "start: helo", "2:8: there is no node 'helo' (did you mean 'hello'?)"),
        ("variables:", "variabels:", "3:1: unknown key 'variabels' (did you mean 'variables'?)"),
        ("type: flag", "type: flog", "4:17: type: 'flog' is not one of text, number, digits"),
        ("default: 2", "default: two", "6:10: count: default 'two' is not a number"),
        ("  count:", "  caller:", "6:3: 'caller' is always there and cannot be declared"),
        ("type: say", "type: sayy", "8:17: unknown node type 'sayy' (did you mean 'say'?)"),
        ("type: say, ", "", "8:3: node 'hello' has no type (one of branch, goto"),
        ("prompt: [", "promt: [", "8:22: unknown key 'promt' (did you mean 'prompt'?)"),
        ("Hello.", "'...'", "8:31: a prompt without anything to say"),
        ("ding", "dong", "8:46: there is no sound file 'dong'"),
        ("next: menu", "next: manu", "8:60: there is no node 'manu' (did you mean 'menu'?)"),
        ("2: line", "22: line", "9:41: key '22' is not"),
        ("{known: ", "{knwon: ", "10:30: there is no variable 'knwon' (did you mean 'known'?)"),
        ("{known: ", "{caller: ", "10:30: variable 'caller' cannot be set"),
        ('"true"', '"count"', "10:37: a flag is needed here, not a number"),
        ('"true"', '"pin + 1"', "10:42: a text and a number do not add up"),
        ("when: known", "when: pin", "11:38: a flag is needed here, not a text"),
        ("when: known", "when: known and", "11:47: the expression ends where a value"),
        ("queue: sales", "queue: sale", "12:30: there is no queue 'sale' (did you mean 'sales'?)"),
        ("office", "ofice", "12:47: there is no calendar 'ofice' (did you mean 'office'?)"),
        ("billing >= 1", "biling >= 1", "12:63: 'biling' is not declared (did you mean"),
        ("skills: b", "read: pn, skills: b", "12:61: there is no variable 'pn' (did you mean"),
        ("skills: b", "colleague: 1002, skills: b", "12:66: there is no extension '1002' (did"),
        ("bye: {type: hangup}", "bye: {type: say, prompt: Bye.}", "13:3: dead end: no exit of"),
    ],
)
def test_each_mistake_is_told_in_place(old: str, new: str, expected: str) -> None:
    assert old in MAIN
    first = problems_of(MAIN.replace(old, new, 1))[0]
    assert first.startswith("d/main.yaml:" + expected)


def test_a_misspelt_exit_does_not_cut_off_the_nodes_behind_it() -> None:
    assert len(problems_of(MAIN.replace("next: menu", "next: manu"))) == 1


def test_a_wrong_node_does_not_cut_off_the_nodes_behind_it() -> None:
    assert len(problems_of(MAIN.replace("type: menu", "type: manu"))) == 1


def test_a_condition_that_was_tried_before_hides_its_way() -> None:
    twice = "[{when: known, go: line}, {when: known, go: bye}]"
    (complaint,) = problems_of(MAIN.replace("[{when: known, go: line}]", twice))
    assert complaint.startswith("d/main.yaml:11:63: the same condition stands above")


def test_a_node_nobody_leads_to_is_told() -> None:
    (complaint,) = problems_of(MAIN + "  island: {type: hangup}\n")
    assert complaint.startswith("d/main.yaml:14:3: node 'island' is never reached")


def test_a_loop_that_never_waits_for_the_caller_is_told_once() -> None:
    text = MAIN.replace("next: bye", "next: ask")
    (complaint,) = problems_of(text)
    assert complaint.startswith("d/main.yaml:11:3: loop without any node that waits for the caller")
    assert "ask -> line -> ask" in complaint


def test_two_loops_that_share_a_node_are_both_told() -> None:
    text = MAIN.replace("next: bye", "next: ask").replace("else: menu", "else: calm")
    loops = [one.split("caller: ")[1].split(" (")[0] for one in problems_of(text) if "loop" in one]
    assert loops == ["calm -> ask -> calm", "line -> ask -> line"]


def test_a_loop_through_a_menu_is_none() -> None:
    assert problems_of(MAIN.replace("next: bye", "next: menu")) == []


def test_a_circle_without_a_way_out_is_told() -> None:
    text = MAIN.replace("no_input: bye", "no_input: menu").replace("next: bye", "next: menu")
    complaints = problems_of(text.replace("  bye: {type: hangup}\n", ""))
    assert [one.split(": ", 1)[1] for one in complaints] == [
        "no way leads from node 'hello' (and 4 more) to an end of the call"
        " (give it an exit towards a hangup)"
    ]


def test_each_circle_without_a_way_out_is_told() -> None:
    text = MAIN.replace("1: calm, 2: line", "1: calm, 2: line, 3: pit, 4: hole")
    pits = """\
  pit: {type: menu, choices: {1: pit, 2: deep}, no_input: pit}
  deep: {type: menu, choices: {1: pit}, no_input: deep}
  hole: {type: menu, choices: {1: hole, 2: deep}, no_input: way}
  way: {type: say, prompt: Hello., next: hole2}
  hole2: {type: menu, choices: {1: hole2}, no_input: hole2}
"""
    assert [one.split(" to an")[0] for one in problems_of(text + pits)] == [
        "d/main.yaml:14:3: no way leads from node 'pit' (and 1 more)",
        "d/main.yaml:16:3: no way leads from node 'hole' (and 2 more)",
    ]


def test_a_loop_across_flows_is_told() -> None:
    main = MAIN.replace("bye: {type: hangup}", "bye: {type: goto, flow: other}")
    main = main.replace("start: hello", "start: bye")
    other = "flow: other\nstart: back\nnodes:\n  back: {type: goto, flow: main}\n"
    loops = [one for one in problems_of(main, other=other) if "loop" in one]
    assert len(loops) == 1
    assert "bye -> other.back -> bye" in loops[0]


def test_a_flow_that_is_not_there_is_told() -> None:
    (complaint,) = problems_of(MAIN.replace("{type: hangup}", "{type: goto, flow: mian}"))
    assert complaint.startswith("d/main.yaml:13:27: there is no flow 'mian' (did you mean 'main'?)")


def test_a_flow_that_cannot_be_read_is_not_also_missing() -> None:
    text = MAIN.replace("{type: hangup}", "{type: goto, flow: other}")
    (complaint,) = problems_of(text, other="flow: [")
    assert complaint.startswith("d/other.yaml:")


def test_a_number_without_a_flow_is_shown_in_the_site_file() -> None:
    site_text = 'numbers: {"600": mian}\n'
    site = SITE.model_copy(update={"numbers": {"600": "mian"}})
    with pytest.raises(DocumentError) as caught:
        load_flows(
            {"d/main.yaml": MAIN},
            site,
            NODE_TYPES,
            site_document=load_document(site_text, "d/site.yaml"),
        )
    assert str(caught.value) == (
        "d/site.yaml:1:18: number 600: there is no flow 'mian' (did you mean 'main'?)"
    )


def test_without_a_site_the_flows_are_still_checked() -> None:
    text = MAIN.replace("queue: sales", "queue: nowhere").replace("next: menu", "next: manu")
    read = read_flows({"main.yaml": text}, None, NODE_TYPES)
    assert [problem.line for problem in read.problems] == [8]


def test_all_mistakes_of_all_files_come_at_once() -> None:
    text = MAIN.replace("office", "ofice").replace("known, go", "knwon, go")
    assert len(problems_of(text.replace("start: hello", "start: h"), other="flow: x")) == 6


LINES = MAIN.splitlines(keepends=True)


@given(
    st.lists(st.sampled_from(LINES), max_size=16).map("".join),
    st.sampled_from(["known", "menu", "type", "{", "1", ": "]),
    st.sampled_from(["", "x", "[", "nodes", "'"]),
)
def test_any_file_ends_in_flows_or_in_problems(text: str, old: str, new: str) -> None:
    read = read_flows({"main.yaml": text.replace(old, new)}, SITE, NODE_TYPES)
    assert bool(read.flows) != bool(read.problems)


def test_a_call_is_sent_to_no_queue_of_another_channel() -> None:
    web = SITE.queues["sales"].model_copy(update={"channel": "chat"})
    site = SITE.model_copy(update={"queues": {"sales": web}, "channels": {"chat": 3}})
    read = read_flows({"d/main.yaml": MAIN}, site, NODE_TYPES, sound_exists=lambda _name: True)
    (problem,) = map(str, read.problems)
    assert problem.startswith("d/main.yaml:12:")
    assert "queue 'sales' is for chat, not for calls" in problem


def test_a_screen_pop_asks_for_variables_that_there_are() -> None:
    address = "https://crm.example/{caller}/{pin}/{cuont}?{x}"
    text = f"queues: {{sales: {{title: S, screen_pop: '{address}'}}}}"
    document = load_document(text, "d/site.yaml")
    queues = {"sales": Queue(title="S", screen_pop=address)}
    site = SITE.model_copy(update={"queues": queues})
    sounds = {"sound_exists": lambda _name: True, "site_document": document}
    read = read_flows({"d/main.yaml": MAIN}, site, NODE_TYPES, **sounds)
    assert [str(problem) for problem in read.problems] == [
        "d/site.yaml:1:40: queue sales: no flow has a variable 'cuont' (did you mean 'count'?)",
        "d/site.yaml:1:40: queue sales: no flow has a variable 'x' "
        "(known: agent, call, caller, count, known, pin, queue)",
    ]
    broken = read_flows({"d/main.yaml": "flow: ["}, site, NODE_TYPES, **sounds)
    assert not [one for one in broken.problems if "has a variable" in str(one)]
