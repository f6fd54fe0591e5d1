"""Nodes that part the ways or change variables, without the caller's help."""

import pytest

from tests.unit.nodes.support import flow_of_node, flows, tell


@pytest.mark.parametrize(
    ("state", "end"),
    [("open", "yes"), ("closed", "no"), ("holiday", "silent"), ("emergency", "wrong")],
)
async def test_hours_follow_the_calendar(state: str, end: str) -> None:
    node = (
        "{type: hours, calendar: office, open: yes, closed: no, holiday: silent, emergency: wrong}"
    )
    told = await tell(flow_of_node(node.strip("{}").replace(", ", "\n")), calendar=state)
    assert told.path == ["first", end]


@pytest.mark.parametrize("state", ["holiday", "emergency"])
async def test_closed_is_taken_when_there_is_no_exit_for_the_reason(state: str) -> None:
    plan = flow_of_node("type: hours\ncalendar: office\nopen: yes\nclosed: no")
    told = await tell(plan, calendar=state)
    assert told.trace.left()[0] == ("main", "first", "closed")


@pytest.mark.parametrize(("start", "end"), [("'3'", "yes"), ("'15'", "no"), ("'40'", "silent")])
async def test_branch_takes_the_first_case_that_holds(start: str, end: str) -> None:
    node = """
    type: branch
    cases:
      - {when: n < 10, next: yes}
      - {when: n < 20, next: no}
    otherwise: silent
    """
    told = await tell(flow_of_node(node, f"{{n: {{type: number, default: {start}}}}}"))
    assert told.path == ["first", end]


async def test_set_computes_one_after_the_other() -> None:
    node = "type: set\nvalues: {a: 2 + 1, b: a + 1, who: caller}\nnext: yes"
    variables = "{a: {type: number}, b: {type: number}, who: {type: text}}"
    told = await tell(flow_of_node(node, variables))
    assert (told.visit.variables["a"], told.visit.variables["b"]) == (3, 4)
    assert told.visit.variables["who"] == "+15550100"


async def test_goto_another_flow_takes_shared_variables_along() -> None:
    plan = flows(
        main="""
        start: note
        variables: {tier: {type: text, default: none}}
        nodes:
          note: {type: set, values: {tier: "'gold'"}, next: away}
          away: {type: goto, flow: other}
        """,
        other="""
        start: look
        variables: {tier: {type: text, default: none}, own: {type: flag, default: true}}
        nodes:
          look:
            type: branch
            cases: [{when: own and tier == 'gold', next: bye}]
            otherwise: strange
          bye: {type: hangup}
          strange: {type: hangup}
        """,
    )
    told = await tell(plan)
    assert told.trace.entered() == [
        ("main", "note"),
        ("main", "away"),
        ("other", "look"),
        ("other", "bye"),
    ]
    assert ("main", "away", "flow") in told.trace.left()
    assert told.ending.flow == "other"


async def test_say_reads_digits_and_names_files() -> None:
    node = "type: say\nprompt: [Number, {digits: n}, {file: chime}]\nnext: yes"
    told = await tell(flow_of_node(node, "{n: {type: text, default: '+4 2'}}"))
    assert told.call.heard[0] == "Number plus four two <chime>"
